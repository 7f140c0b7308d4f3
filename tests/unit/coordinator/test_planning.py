"""Promise: what a round costs and shows is said before it is proposed, and little is refused."""

import json
from datetime import date
from fractions import Fraction

import pytest
from tests.support.consortium import altered
from tests.support.released_home import HERE, PLAN, ROSTER, released_home, run

from foyer_coordinator.adapters.database_charges import DatabaseCharges
from foyer_coordinator.app import open_books
from foyer_coordinator.config import read_config
from foyer_coordinator.planning.budget import GATE, draw_budget, price_of
from foyer_coordinator.planning.drafting import Question, draft, read_prices
from foyer_coordinator.planning.rehearsing import rehearse
from foyer_coordinator.planning.setup import preview, propose
from foyer_coordinator.planning.weighing import Stated
from foyer_coordinator.ports import Charged
from foyer_coordinator.setup import make_coordinator
from foyer_protocol.catalogue.measures import Family
from foyer_protocol.errors import ConfigError, LocalProtocolError, Unreadable
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.roster import SignedRoster
from foyer_protocol.rounds.expectations import expect
from foyer_protocol.rounds.phases import Phase

DAYS = (date(2026, 1, 1), date(2027, 1, 1))
FEW = Stated(visits=3000)


def asked(round_id="next-one", **more):
    return Question(round_id=round_id, starts=DAYS[0], ends=DAYS[1], **more)


@pytest.fixture
def home(tmp_path):
    """A coordinator with a signed roster and one released round."""
    return released_home(tmp_path)


def rounds_of(home):
    with open_books(read_config(home)) as books:
        return [row.plan.round_id for row in books.rounds.rounds()]


def test_a_preview_says_price_interval_and_budget_and_keeps_nothing(home):
    said = run(home, "round", "preview", "next-one", *map(str, DAYS), "--visits", "150000")
    assert said.exit_code == 0
    assert "costs rho 0.0900 (epsilon 2.02 at delta 1e-6)" in said.stdout
    assert "Attendances               150,000 ± " in said.stdout
    assert "budget of " in said.stdout
    assert rounds_of(home) == [PLAN.round_id]


def test_the_last_release_is_what_the_next_is_expected_to_be(home):
    record, text, _ = preview(home, asked())
    known = {one["key"]: one for one in record["figures"]}
    published = {one.key: one for one in HERE.bundle.release.figures}
    for key in PLAN.statistics:
        if published[key].estimate is not None:
            assert known[key]["source"] == f"round {PLAN.round_id}"
    assert f"round {PLAN.round_id}" in text


def test_a_preview_of_what_says_too_little_ends_with_35_and_with_what_would_help(home):
    said = run(home, "round", "preview", "next-one", *map(str, DAYS), "--visits", "3000")
    assert said.exit_code == 35
    assert "± 37.4 points" in said.stdout
    assert "would read at rho 0.5295: --price visits=3/8" in said.stdout
    assert "± 10.0 points allowed" in said.stderr
    assert "[unreadable]" in said.stderr


def test_what_has_no_estimate_says_so_and_no_price_is_promised(home):
    said = run(home, "round", "preview", "next-one", *map(str, DAYS), "--visits", "0")
    assert said.exit_code == 35
    assert "no estimate" in said.stdout
    assert "no price and no period of up to three years makes all of it readable" in said.stdout


def test_a_price_above_what_is_left_is_named_as_such(home):
    with open_books(read_config(home)) as books:
        poor = altered(ROSTER, epoch=9, period_rho_cap="11/20")
        books.members.add_roster(SignedRoster(roster=poor, signatures={}))
    said = run(home, "round", "preview", "next-one", *map(str, DAYS), "--visits", "3000")
    assert "would read at rho 0.5295" in said.stdout
    assert "which is more than the 0.4900" in said.stdout


def test_a_longer_period_is_advised_where_it_helps(home):
    words = ("round", "preview", "next-one", "2026-12-01", "2027-01-01")
    said = run(home, *words, "--visits", "3000", "--statistic", "booking.online_share")
    assert said.exit_code == 35
    assert "would read over 2026-" in said.stdout
    assert "to 2027-01-01, at the same price" in said.stdout


def test_the_advised_price_is_taken_and_reads(home):
    prices = ("--price", "visits=3/8", "--price", "residence=209/2000")
    words = ("round", "preview", "next-one", *map(str, DAYS), "--visits", "3000", *prices)
    assert run(home, *words).exit_code == 0


def test_a_plan_that_says_too_little_is_not_proposed(home):
    with pytest.raises(Unreadable, match="3 of 9 figures of round next-one could not be read"):
        propose(home, asked(), FEW, by="anna")
    assert rounds_of(home) == [PLAN.round_id]


def test_who_insists_proposes_it_all_the_same(home):
    words = ("round", "propose", "next-one", *map(str, DAYS), "--visits", "3000")
    assert run(home, *words).exit_code == 35
    said = run(home, *words, "--accept-unreadable")
    assert said.exit_code == 0
    assert "6 readable" in said.stdout
    assert "next-one" in rounds_of(home)


def test_a_name_that_is_taken_is_refused_before_anything_is_weighed(home):
    with pytest.raises(LocalProtocolError, match="planned already"):
        propose(home, asked(PLAN.round_id), FEW, by="anna")


def test_too_few_institutions_are_named_as_such(home):
    with pytest.raises(Unreadable, match="fewer than 4 others"):
        propose(home, asked(), Stated(institutions=4), by="anna")


def test_a_dry_run_holds_what_the_intervals_promise(home):
    said = run(
        home, "round", "preview", "next-one", *map(str, DAYS), "--visits", "150000",
        "--dry-run", "2", "--as", "json",
    )  # fmt: skip
    done = json.loads(said.stdout)["dry_run"]
    assert done["shown"] == 2 * (8 + 120)
    assert done["held"] > 0.75 * done["shown"]  # by chance below once in 10^20 at 95 %


def test_a_dry_run_of_too_few_is_refused_before_it_starts():
    plan = draft(asked(), ROSTER, "EUR")
    with pytest.raises(ConfigError, match="nothing was rehearsed"):
        rehearse(plan, expect(plan, 2), 1)


def test_a_dry_run_knows_nothing_of_what_nothing_is_expected_of():
    plan = draft(asked(statistics=("loyalty.retention_1y",)), ROSTER, "EUR")
    done = rehearse(plan, expect(plan, 6, visits=0), 1)
    assert (done.shown, done.withheld) == (0, 1)


@pytest.mark.parametrize("words", ["visits", "visits=", "visits=0", "ghosts=1/2", "visits=1/0"])
def test_a_price_that_is_none_is_refused(words):
    with pytest.raises(ConfigError, match=r"--price .* is no price"):
        read_prices([words])


def test_prices_are_exact():
    assert read_prices(["visits=3/100", "spend=0.05"]) == {
        Family.VISITS: Fraction(3, 100),
        Family.SPEND: Fraction(1, 20),
    }


def test_a_question_that_cannot_be_one_is_refused():
    for wrong in (asked("Not A Name"), Question(round_id="x1", starts=DAYS[1], ends=DAYS[0])):
        with pytest.raises(ConfigError):
            draft(wrong, ROSTER, "EUR")
    with pytest.raises(ConfigError, match="8 groups"):
        draft(asked(groups=8), ROSTER, "EUR")


def test_nothing_is_planned_without_a_roster(tmp_path):
    make_coordinator(tmp_path / "new", "empty", tmp_path / "key", "", "EUR")
    for words in (("budget",), ("round", "preview", "x1", *map(str, DAYS))):
        said = run(tmp_path / "new", *words)
        assert said.exit_code == 10
        assert "no roster was signed yet" in said.stderr


def test_the_budget_says_what_was_taken_and_what_is_left(home):
    record = json.loads(run(home, "budget", "--as", "json").stdout)
    whole = PLAN.figures_rho + read_fraction(PLAN.gate_rho)
    assert Fraction(record["cap"]) - Fraction(record["left"]) == whole
    assert [one["family"] for one in record["families"]][-1] == GATE
    assert "taken  proposed scheduled" in run(home, "budget").stdout


def test_a_proposed_round_is_in_the_budget_until_it_is_withdrawn(home):
    before = Fraction(json.loads(run(home, "budget", "--as", "json").stdout)["left"])
    propose(home, asked(), Stated(visits=150_000), by="anna")
    after = Fraction(json.loads(run(home, "budget", "--as", "json").stdout)["left"])
    assert before - after == Fraction(9, 100)
    assert run(home, "round", "abort", "next-one").exit_code == 0
    assert Fraction(json.loads(run(home, "budget", "--as", "json").stdout)["left"]) == before


def test_what_a_running_round_has_taken_is_not_asked_twice(home):
    with open_books(read_config(home)) as books:
        charges = DatabaseCharges(books.database).charges()
        (row,) = books.rounds.rounds()
    running = [type(row)(plan=row.plan, phase=Phase.UNMASKING, reason="", created_at=1,
                         launched_at=2, ended_at=None)]  # fmt: skip
    figures_only = [one for one in charges if one.job.parent is None]
    found = draw_budget(ROSTER, running, figures_only)
    assert (found.taken, found.proposed) == (PLAN.figures_rho, read_fraction(PLAN.gate_rho))


def test_what_a_certificate_gave_back_and_other_periods_cost_nothing():
    job = HERE.figures.job
    paid = Charged(round_id="a", job=job, period=ROSTER.period, is_given_back=False)
    back = Charged(round_id="b", job=job, period=ROSTER.period, is_given_back=True)
    past = Charged(round_id="c", job=job, period="1999", is_given_back=False)
    found = draw_budget(ROSTER, [], [paid, back, past])
    assert found.taken == PLAN.figures_rho


def test_what_the_calendar_will_ask_is_counted_as_often_as_it_will():
    plan = altered(PLAN, round_id="often")
    found = draw_budget(ROSTER, [], [], [plan, plan, plan])
    assert found.scheduled == 3 * sum(price_of(plan).values())
    assert found.left == found.cap - found.scheduled
