"""A sum whose helpers fell silent comes back exactly, at every step of its recovery."""

from dataclasses import replace

import pytest
from tests.support.committees import a_committee, exact_reports, given, house, recovering
from tests.support.consortium import exact_sum

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_protocol.rounds.coordinator import escrow_requests, finished, step
from foyer_protocol.rounds.phases import Phase
from foyer_protocol.rounds.profiles import FIVE
from foyer_protocol.simulate import NOON


@pytest.fixture(scope="module")
def interrupted():
    """A consortium of five, its sum with one silent helper, and the others' shares."""
    here = a_committee(FIVE)
    job = here.job()
    reports = exact_reports(here, job, here.parties)
    state, effects = recovering(here, job, reports, (house(4),))
    return here, state, given(here, effects)


def test_a_recovery_kept_after_every_share_can_be_taken_up_anywhere(database, url, interrupted):
    here, state, shares = interrupted
    DatabaseRounds(database).add_round(here.plan, 1)
    DatabaseRounds(database).save_sum(state)
    for share in shares:
        reopened = Database(url)
        (found,) = DatabaseRounds(reopened).sums_of(here.plan.round_id)
        assert found == state
        assert escrow_requests(found) == escrow_requests(state)
        state, _ = step(found, share)
        DatabaseRounds(reopened).save_sum(state)
        reopened.close()
    (last,) = DatabaseRounds(database).sums_of(here.plan.round_id)
    assert last == state
    assert last.phase is Phase.REVIEWING
    assert finished(last).aggregate.tolist() == exact_sum(here, here.parties).tolist()


@pytest.mark.parametrize("asked_at", [None, 0, NOON, 2**40])
def test_when_the_helpers_were_asked_comes_back(database, interrupted, asked_at):
    here, state, _ = interrupted
    rounds = DatabaseRounds(database)
    rounds.add_round(here.plan, 1)
    waiting = replace(state, phase=Phase.UNMASKING, asked_at=asked_at)
    rounds.save_sum(waiting)
    assert rounds.sums_of(here.plan.round_id) == [waiting]
