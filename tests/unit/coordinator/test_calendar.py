"""Promise: what the calendar says is launched once, with enough online and held to every rule."""

import json
import threading
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from tests.support.consortium import altered
from tests.support.released_home import ROSTER, released_home, run
from tests.unit.coordinator.test_schedule import a_rule

from foyer_coordinator.adapters.database_charges import DatabaseCharges
from foyer_coordinator.adapters.database_schedule import DatabaseSchedule
from foyer_coordinator.app import open_books
from foyer_coordinator.config import CONFIG_NAME, read_config
from foyer_coordinator.planning.calendar import Calendar, period_end, question_of, still_to_come
from foyer_coordinator.schedule import KeptRule, Outcome, due_at, occurrences
from foyer_coordinator.setup import make_coordinator
from foyer_protocol.catalogue.measures import Family
from foyer_protocol.errors import StorageError
from foyer_protocol.messages.roster import SignedRoster
from foyer_protocol.rounds.phases import Phase

RULE = a_rule(name="monthly", zone="UTC", covers_months=12, lag_months=3)
CHEAP = {Family.VISITS: "1/10000"}
DUE = due_at(RULE, 2026, 2)
EVERYBODY = [member.institution for member in ROSTER.members]
ADD = (
    "schedule", "add", "season", "--every", "month", "--day", "5", "--at", "06:00",
    "--zone", "Europe/Copenhagen", "--covers", "12",
)  # fmt: skip


@pytest.fixture
def home(tmp_path):
    return released_home(tmp_path)


@pytest.fixture
def books(home):
    with open_books(read_config(home)) as opened:
        yield opened


class Town:
    """A calendar over real books, with a clock and streams that the test sets."""

    def __init__(self, books, rule=RULE):
        self.now, self.online = DUE, list(EVERYBODY)
        self.books, self.book = books, DatabaseSchedule(books.database)
        self.calendar = Calendar(
            book=self.book,
            members=books.members,
            rounds=books.rounds,
            charges=DatabaseCharges(books.database),
            currency="EUR",
            connected=lambda: self.online,
            clock=lambda: self.now,
        )
        self.book.add(
            KeptRule(rule=rule, proposed_by="anna", approved_by="ben", paused=False, since=DUE - 60)
        )

    def look(self, now=None):
        self.now = DUE if now is None else now
        self.calendar.look()
        return [(one.outcome, one.reason or one.round_id) for one in self.book.settled("monthly")]


def test_nothing_happens_before_it_is_due_and_one_round_comes_when_it_is(books):
    town = Town(books)
    assert town.look(DUE - 1) == []
    assert town.look() == [(Outcome.LAUNCHED, "monthly-2026-02")]
    row = books.rounds.round("monthly-2026-02")
    assert row.phase is Phase.REPORTING
    assert (str(row.plan.starts), str(row.plan.ends)) == ("2024-11-01", "2025-11-01")
    assert len(town.look(DUE + 5)) == 1


def test_it_waits_for_its_quorum_and_then_comes(books):
    town = Town(books, altered(RULE, quorum=5))
    town.online = [*EVERYBODY[:4], "a-stranger"]
    assert town.look() == []
    town.online = EVERYBODY[:5]
    assert town.look(DUE + 60) == [(Outcome.LAUNCHED, "monthly-2026-02")]


def test_without_a_quorum_of_its_own_it_waits_for_the_minimum_cohort(books):
    town = Town(books)
    town.online = EVERYBODY[: ROSTER.minimum_cohort - 1]
    assert town.look() == []
    town.online = EVERYBODY[: ROSTER.minimum_cohort]
    assert len(town.look()) == 1


def test_at_its_deadline_it_is_given_up_for_good(books):
    town = Town(books)
    town.online = []
    assert town.look(DUE + 3600) == []
    assert town.look(DUE + 3601) == [(Outcome.MISSED, "deadline-passed")]
    town.online = EVERYBODY
    assert len(town.look(DUE + 3602)) == 1
    assert books.rounds.round("monthly-2026-02") is None


def test_times_that_passed_while_nobody_looked_are_missed_and_the_next_one_comes(books):
    town = Town(books)
    found = town.look(due_at(RULE, 2026, 5))
    assert found == [(Outcome.MISSED, "deadline-passed")] * 3 + [
        (Outcome.LAUNCHED, "monthly-2026-05")
    ]


def test_a_time_that_waits_holds_back_the_next(books):
    town = Town(books, altered(RULE, wait_minutes=31 * 24 * 60))
    town.online = []
    assert town.look(due_at(RULE, 2026, 3)) == []
    town.online = EVERYBODY
    assert [name for _, name in town.look(due_at(RULE, 2026, 3))] == [
        "monthly-2026-02",
        "monthly-2026-03",
    ]


@pytest.mark.parametrize("rests", ["paused", "unapproved"])
def test_what_rests_is_not_even_missed(books, rests):
    town = Town(books)
    if rests == "paused":
        town.book.pause("monthly", True, DUE)
    else:
        town.book.approve("monthly", "", DUE - 60)
    assert town.look(DUE + 10_000) == []


def test_stewards_are_shown_the_plan_ahead_and_it_is_launched_as_shown(books):
    town = Town(books, altered(RULE, notice_days=7))
    assert town.look(DUE - 7 * 86_400 - 1) == []
    assert books.rounds.round("monthly-2026-02") is None
    town.look(DUE - 7 * 86_400)
    shown = books.rounds.round("monthly-2026-02")
    assert (shown.phase, shown.proposed_by) == (Phase.PLANNED, "anna")
    town.look(DUE - 3600)
    assert town.look() == [(Outcome.LAUNCHED, "monthly-2026-02")]
    assert books.rounds.round("monthly-2026-02").plan == shown.plan


def test_what_was_announced_can_be_withdrawn(books):
    town = Town(books, altered(RULE, notice_days=7))
    town.look(DUE - 86_400)
    books.rounds.move_round("monthly-2026-02", Phase.ABORTED, DUE - 3600, "plan-withdrawn")
    assert town.look() == [(Outcome.REFUSED, "plan-withdrawn")]


def test_what_was_announced_and_missed_is_withdrawn(books):
    town = Town(books, altered(RULE, notice_days=7))
    town.look(DUE - 86_400)
    town.online = []
    assert town.look(DUE + 3601) == [(Outcome.MISSED, "deadline-passed")]
    row = books.rounds.round("monthly-2026-02")
    assert (row.phase, row.reason) == (Phase.ABORTED, "plan-withdrawn")


def test_a_proposal_of_somebody_else_under_the_same_name_is_left_alone(books):
    town = Town(books)
    own = altered(books.rounds.rounds()[0].plan, round_id="monthly-2026-02", groups=1)
    books.rounds.add_round(altered(own, ends=date(2026, 12, 1)), DUE - 60, "carl")
    assert town.look() == [(Outcome.REFUSED, "protocol-misuse")]
    assert books.rounds.round("monthly-2026-02").phase is Phase.PLANNED


def test_what_cannot_be_announced_is_tried_again_after_an_hour(books):
    town = Town(books, altered(RULE, notice_days=7))
    poor = altered(ROSTER, epoch=9, period_rho_cap="1/100")
    books.members.add_roster(SignedRoster(roster=poor, signatures={}))
    town.look(DUE - 86_400)
    books.members.add_roster(SignedRoster(roster=altered(ROSTER, epoch=10), signatures={}))
    town.look(DUE - 86_400 + 3599)
    assert books.rounds.round("monthly-2026-02") is None
    town.look(DUE - 86_400 + 3600)
    assert books.rounds.round("monthly-2026-02").phase is Phase.PLANNED


def test_an_announced_round_is_proposed_and_no_longer_still_to_come():
    live = KeptRule(rule=RULE, proposed_by="a", approved_by="b", paused=False, since=0)
    year = altered(ROSTER, period="2026")
    known = frozenset({"monthly-2026-03"})
    assert len(still_to_come([live], year, "EUR", DUE, known)) == 9


def test_a_round_that_would_say_too_little_is_refused_and_not_paid(books):
    rule = altered(RULE, prices=CHEAP)
    assert Town(books, rule).look() == [(Outcome.REFUSED, "unreadable")]


def test_what_is_too_new_for_its_figures_is_refused(books):
    assert Town(books, altered(RULE, lag_months=2)).look() == [(Outcome.REFUSED, "privacy")]


def test_a_lag_that_is_too_short_is_refused_when_it_is_scheduled(home):
    said = run(home, *ADD, "--lag", "1", "--by", "anna")
    assert (said.exit_code, "its figures may be asked from" in said.stderr) == (30, True)
    fewer = ("--statistic", "volume.bookers", "--by", "anna")
    assert run(home, *ADD, "--lag", "1", *fewer).exit_code == 0


def test_who_insists_gets_it(books):
    rule = altered(RULE, prices=CHEAP, accept_unreadable=True)
    assert Town(books, rule).look() == [(Outcome.LAUNCHED, "monthly-2026-02")]


def test_a_round_that_the_period_cannot_pay_is_refused(books):
    poor = altered(ROSTER, epoch=9, period_rho_cap="1/100")
    books.members.add_roster(SignedRoster(roster=poor, signatures={}))
    assert Town(books).look() == [(Outcome.REFUSED, "budget-exhausted")]


def test_a_question_that_was_answered_is_refused(books):
    town = Town(books)
    town.look()
    plan = books.rounds.round("monthly-2026-02").plan
    books.rounds.move_round("monthly-2026-02", Phase.ABORTED, DUE, "too-few-nodes")
    books.rounds.add_round(altered(plan, round_id="by-hand"), DUE)
    again = KeptRule(
        rule=altered(RULE, name="again"), proposed_by="anna", approved_by="ben", paused=False,
        since=DUE - 60,
    )  # fmt: skip
    town.book.add(again)
    town.look()
    (settled,) = town.book.settled("again")
    assert (settled.outcome, settled.reason) == (Outcome.REFUSED, "protocol-misuse")


def test_without_a_roster_it_waits(tmp_path):
    make_coordinator(tmp_path / "new", "empty", tmp_path / "key", "", "EUR")
    with open_books(read_config(tmp_path / "new")) as books:
        assert Town(books).look() == []


def test_a_look_that_fails_is_tried_again(books):
    town, stop, looks = Town(books), threading.Event(), []

    def clock():
        looks.append(1)
        if len(looks) == 1:
            raise StorageError("the disk was away")
        stop.set()
        return DUE

    town.calendar.clock, town.calendar.look_seconds = clock, 0.001
    town.calendar.keep(stop)
    assert len(looks) > 1
    assert books.rounds.round("monthly-2026-02").phase is Phase.REPORTING


def test_the_period_of_a_roster_ends_with_its_year_or_month():
    year, month, last = (altered(ROSTER, period=one) for one in ("2026", "2026-03", "2026-12"))
    assert (
        period_end(year)
        == period_end(last)
        == int(datetime(2027, 1, 1, tzinfo=UTC).timestamp()) - 1
    )
    assert period_end(month) == int(datetime(2026, 4, 1, tzinfo=UTC).timestamp()) - 1


def test_what_is_still_to_come_is_counted_until_the_period_ends():
    live = KeptRule(rule=RULE, proposed_by="a", approved_by="b", paused=False, since=0)
    resting = KeptRule(rule=RULE, proposed_by="a", approved_by="", paused=False, since=0)
    year = altered(ROSTER, period="2026")
    plans = still_to_come([live, resting], year, "EUR", DUE)
    assert [plan.round_id for plan in plans][:2] == ["monthly-2026-03", "monthly-2026-04"]
    assert len(plans) == 10


def test_prices_of_a_rule_are_those_of_its_question():
    rule = altered(RULE, prices={Family.VISITS: "3/100"})
    question = question_of(rule, next(occurrences(rule, DUE - 1, DUE)))
    assert dict(question.prices) == {"visits": Fraction(3, 100)}


def test_a_schedule_rests_until_a_second_person_approves_it(home):
    said = run(home, *ADD, "--by", "anna")
    assert said.exit_code == 0
    assert "once it is approved" in said.stdout
    assert run(home, "schedule", "approve", "season", "--by", "Anna").exit_code == 36
    assert "waits for approval" in run(home, "schedule", "list").stdout
    assert "comes next on" in run(home, "schedule", "approve", "season", "--by", "ben").stdout
    assert "approved before" in run(home, "schedule", "approve", "season", "--by", "carl").stdout
    (one,) = json.loads(run(home, "schedule", "list", "--as", "json").stdout)
    assert (one["state"], one["rule"]["covers_months"]) == ("live", 12)


def test_a_schedule_pauses_and_lives_again(home):
    run(home, *ADD, "--by", "anna")
    run(home, "schedule", "approve", "season", "--by", "ben")
    assert "rests until" in run(home, "schedule", "pause", "season").stdout
    assert "paused" in run(home, "schedule", "list").stdout
    assert "comes next on" in run(home, "schedule", "resume", "season").stdout
    assert "live" in run(home, "schedule", "list").stdout


def test_a_network_of_one_operator_needs_no_approval(home):
    settings = home / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("# second_person = true", "second_person = false"))
    assert "approved" not in run(home, *ADD, "--by", "anna").stdout
    assert "live" in run(home, "schedule", "list").stdout


@pytest.mark.parametrize(
    "words, said",
    [
        (("--at", "25:00"), "--at: "),
        (("--at", "noon"), "--at: "),
        (("--zone", "Europe/Atlantis"), "--zone: "),
        (("--every", "week"), "--every: "),
        (("--covers", "99"), "--covers: "),
        (("--wait-minutes", "0"), "--wait-minutes: "),
        (("--price", "visits"), "--price visits is no price"),
    ],
)
def test_a_word_that_cannot_be_one_is_named(home, words, said):
    done = run(home, *ADD, *words, "--by", "anna")
    assert done.exit_code == 10
    assert said in done.stderr
    assert run(home, "schedule", "list").stdout == "nothing is scheduled\n"


def test_a_schedule_that_would_say_too_little_is_refused_at_once(home):
    words = (*ADD, "--price", "visits=1/10000", "--by", "anna")
    assert run(home, *words).exit_code == 35
    assert run(home, *words, "--accept-unreadable").exit_code == 0
    again = run(home, *words, "--accept-unreadable")
    assert (again.exit_code, "there is a schedule 'season'" in again.stderr) == (10, True)


def test_a_schedule_that_is_not_there_is_not_changed(home):
    for words in (("approve", "ghost", "--by", "ben"), ("pause", "ghost"), ("resume", "ghost")):
        done = run(home, "schedule", *words)
        assert (done.exit_code, "no schedule is called 'ghost'" in done.stderr) == (10, True)


def test_the_list_says_what_became_of_the_last_times(home):
    with open_books(read_config(home)) as books:
        Town(books).look(due_at(RULE, 2026, 3))
    said = run(home, "schedule", "list").stdout
    assert "2026-02-05 06:00 UTC  missed  deadline-passed" in said
    assert "2026-03-05 06:00 UTC  launched  monthly-2026-03" in said
    assert "missed" not in run(home, "schedule", "list", "--last", "1").stdout
    assert "launched" not in run(home, "schedule", "list", "--last", "0").stdout


def test_what_live_schedules_will_take_is_in_the_budget(home):
    before = json.loads(run(home, "budget", "--as", "json").stdout)
    with open_books(read_config(home)) as books:
        books.members.add_roster(
            SignedRoster(roster=altered(ROSTER, epoch=9, period="2099"), signatures={})
        )
    run(home, *ADD, "--by", "anna")
    resting = json.loads(run(home, "budget", "--as", "json").stdout)
    run(home, "schedule", "approve", "season", "--by", "ben")
    live = json.loads(run(home, "budget", "--as", "json").stdout)
    assert resting["left"] == resting["cap"] == before["cap"]
    assert Fraction(live["left"]) < 0 < Fraction(live["cap"])
