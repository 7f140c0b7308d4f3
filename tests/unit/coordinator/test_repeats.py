"""Promise: who asks what was answered is given that release; what runs is not asked twice."""

from datetime import date

import pytest
from tests.support.consortium import altered
from tests.support.exported_round import exported_round
from typer.testing import CliRunner

from foyer_coordinator import cli
from foyer_coordinator.app import open_books
from foyer_coordinator.config import read_config
from foyer_coordinator.repeats import refuse_asked
from foyer_coordinator.setup import make_coordinator
from foyer_protocol.errors import AlreadyAnswered, LocalProtocolError
from foyer_protocol.messages.roster import SignedRoster
from foyer_protocol.rounds.phases import Phase

HERE = exported_round()
PLAN = HERE.figures.job.plan
RELEASE = HERE.bundle.release
ROSTER = HERE.rosters[-1].roster
AGAIN = altered(PLAN, round_id="once-more")
FEWER = altered(ROSTER, epoch=9, members=ROSTER.members[:-1])


@pytest.fixture
def home(tmp_path):
    folder, key = tmp_path / "home", tmp_path / "governance.key"
    key.write_bytes(HERE.governance.to_bytes())
    make_coordinator(folder, "simulated", key, "", "EUR")
    return folder


@pytest.fixture
def books(home):
    with open_books(read_config(home)) as opened:
        for signed in HERE.rosters:
            opened.members.add_roster(signed)
        opened.rounds.add_round(PLAN, 1)
        yield opened


@pytest.fixture
def released(books):
    books.rounds.move_round(PLAN.round_id, Phase.REPORTING, 2)
    books.rounds.publish(RELEASE)
    books.rounds.move_round(PLAN.round_id, Phase.RELEASED, 3)
    return books


def check(books, plan=AGAIN, roster=ROSTER):
    refuse_asked(plan, roster, books.rounds, books.members)


def test_what_was_released_is_named_and_not_asked_again(released):
    with pytest.raises(AlreadyAnswered, match="round season-2026 asked the same") as refused:
        check(released)
    assert refused.value.round_id == PLAN.round_id


def test_a_later_epoch_of_the_same_members_is_given_it_too(released):
    with pytest.raises(AlreadyAnswered):
        check(released, roster=altered(ROSTER, epoch=9, period="2027"))


def test_other_members_or_another_plan_are_asked(released):
    check(released, roster=FEWER)
    check(released, plan=altered(AGAIN, ends=date(2027, 1, 2)))


def test_a_round_of_those_that_left_is_found_again_when_they_are_back(released):
    released.members.add_roster(SignedRoster(roster=FEWER, signatures={}))
    with pytest.raises(AlreadyAnswered):
        check(released)


@pytest.mark.parametrize("phase", [Phase.PLANNED, Phase.REPORTING, Phase.REVIEWING])
def test_what_is_proposed_or_runs_is_not_asked_as_well(books, phase):
    books.rounds.move_round(PLAN.round_id, phase, 2)
    with pytest.raises(LocalProtocolError, match=f"asks the same and is {phase}"):
        check(books)


def test_a_round_is_no_repeat_of_itself(books):
    check(books, plan=PLAN)


def test_what_was_aborted_may_be_tried_again(books):
    books.rounds.move_round(PLAN.round_id, Phase.ABORTED, 2, "too-few-nodes")
    check(books)


def test_a_proposal_that_was_answered_since_is_not_launched_but_shown_the_release(released, home):
    released.rounds.add_round(AGAIN, 4)
    done = CliRunner().invoke(cli.app, ["round", "launch", AGAIN.round_id, "--dir", str(home)])
    assert done.exit_code == 34
    assert done.stdout.startswith("round season-2026: released")
    assert "[already-answered]" in done.stderr
    assert released.rounds.round(AGAIN.round_id).phase is Phase.PLANNED
