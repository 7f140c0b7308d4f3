"""Promise: up to f silent helpers change no sum; one more, and nothing is released."""

from dataclasses import replace

import pytest
from tests.support.committees import (
    a_committee,
    exact_reports,
    given,
    house,
    recovering,
)
from tests.support.consortium import EXPIRES, answered, exact_sum, reported, step_all
from tests.support.killed import saved

from foyer_protocol.errors import CohortTooSmall
from foyer_protocol.messages.release import Release
from foyer_protocol.rounds.coordinator import escrow_requests, finished, step
from foyer_protocol.rounds.events import (
    AskEscrow,
    ClockTicked,
    EscrowArrived,
    GaveUp,
    Launched,
    RefusalArrived,
    Summed,
)
from foyer_protocol.rounds.helper import HelperState
from foyer_protocol.rounds.phases import Phase
from foyer_protocol.rounds.profiles import EIGHT, FIVE, PROFILES, SIXTEEN, TEN, THREE
from foyer_protocol.simulate import NOON, run_round

TOLERANT = [profile for profile in PROFILES if profile.silent]
CASES = [(profile, silent) for profile in TOLERANT for silent in range(profile.silent + 1)]
MADE = {profile: a_committee(profile) for profile in TOLERANT}


def named(value):
    return value.name if hasattr(value, "name") else f"{value}-silent"


def forgotten(here):
    """Helpers start every round anew: what is tested is one sum."""
    for party in here.parties.values():
        party.memory = HelperState()
    return here


def test_the_profiles_tested_are_those_of_five_to_sixteen():
    assert TOLERANT == [FIVE, EIGHT, TEN, SIXTEEN]


@pytest.mark.parametrize("profile, silent", CASES, ids=named)
def test_a_sum_is_exact_with_silent_helpers_and_absent_nodes_at_once(profile, silent):
    here = forgotten(MADE[profile])
    job, names = here.job(), list(here.parties)
    reporters = names[1:]  # a helper can be absent as a node and there as a helper
    reports = exact_reports(here, job, reporters)
    state, effects = recovering(here, job, reports, names[profile.helpers - silent :])
    if silent:
        assert (state.phase, len(state.missing)) == (Phase.RECOVERING, silent)
        state, effects = step_all(state, *given(here, effects))
    assert effects[-1].members == tuple(reporters)
    assert effects[-1].aggregate.tolist() == exact_sum(here, reporters).tolist()
    assert state.phase is Phase.REVIEWING


@pytest.mark.parametrize("first", range(5))
def test_it_does_not_matter_which_helper_is_silent(first):
    here = forgotten(MADE[FIVE])
    job = here.job()
    state, effects = recovering(here, job, exact_reports(here, job, here.parties), (house(first),))
    _, effects = step_all(state, *given(here, effects))
    assert effects[-1].aggregate.tolist() == exact_sum(here, here.parties).tolist()


@pytest.mark.parametrize("profile", TOLERANT, ids=named)
def test_one_silent_helper_too_many_and_nothing_is_released(profile):
    here = forgotten(MADE[profile])
    job, names = here.job(), list(here.parties)
    reports = exact_reports(here, job, names[:4])
    state, effects = recovering(here, job, reports, names[profile.helpers - profile.silent - 1 :])
    assert state.phase is Phase.UNMASKING
    assert not any(isinstance(effect, AskEscrow | Summed) for effect in effects)
    state, effects = step(state, ClockTicked(now=EXPIRES))
    assert effects == (GaveUp(reason="deadline-passed"),)
    assert state.phase is Phase.ABORTED


@pytest.mark.parametrize("profile", [FIVE, EIGHT], ids=named)
def test_a_whole_round_is_released_with_f_institutions_gone_from_everything(profile):
    here = a_committee(profile)
    gone = frozenset(list(here.parties)[: profile.silent])
    release = run_round(here.plan, here.roster, here.parties, offline=gone)
    assert isinstance(release, Release)


def test_a_whole_round_gives_up_with_one_more_gone():
    here = a_committee(FIVE, others=2)
    gone = frozenset((house(0), house(1)))
    end = run_round(here.plan, here.roster, here.parties, offline=gone)
    assert end == GaveUp(reason="deadline-passed")


def veto_of(here, reporters=None):
    """The veto about a sum in which everybody, or `reporters`, reported and all answered."""
    job = here.job()
    reports = exact_reports(here, job, reporters or here.parties)
    here.answers(job, reports)
    parent_set = here.parties[house(0)].memory.answered[job.job_id].set_digest
    return here.veto_job(job, (1,), parent_set)


@pytest.mark.parametrize("missing", range(4))
def test_a_veto_goes_on_without_up_to_f_reports_and_ends_without_more(missing):
    here = a_committee(EIGHT)
    job = veto_of(here)
    names = list(here.parties)
    reports = here.reports(job, names[missing:])
    state, effects = step_all(
        here.state(job, everyone=True), Launched(), *reported(reports), ClockTicked(now=NOON)
    )
    if missing > EIGHT.silent:
        assert effects[-1] == GaveUp(reason="too-few-nodes")
        return
    state, effects = step_all(state, *answered(here.answers(job, reports)))
    assert isinstance(effects[-1], Summed)
    assert effects[-1].members == tuple(names[missing:])


def test_a_veto_too_needs_the_minimum_cohort_however_few_are_missing():
    """No helper would answer: the coordinator ends it at once, and does not wait for them."""
    here = a_committee(EIGHT)
    least, names = here.plan.minimum_cohort, list(here.parties)
    for missing in range(EIGHT.silent + 1):
        asked = names[: least + 1]
        job = veto_of(here, asked)
        reports = here.reports(job, asked[missing:])
        state = replace(here.state(job, everyone=True), invited=tuple(asked))
        state, effects = step_all(state, Launched(), *reported(reports), ClockTicked(now=NOON))
        if missing <= 1:
            assert state.phase is Phase.UNMASKING
            continue
        assert effects[-1] == GaveUp(reason="too-few-nodes")
        with pytest.raises(CohortTooSmall):
            here.answers(job, reports)


def test_a_veto_opens_with_silent_helpers_too():
    here = a_committee(EIGHT)
    job = veto_of(here)
    reports = here.reports(job, list(here.parties)[2:])
    state, effects = recovering(here, job, reports, (house(6), house(7)))
    state, effects = step_all(state, *given(here, effects))
    assert isinstance(effects[-1], Summed)


def test_a_helper_silent_in_the_sum_is_silent_in_its_veto():
    """It cannot tell whom the veto may leave out: it counts against f there as well."""
    here = a_committee(FIVE)
    job = here.job()
    reports = exact_reports(here, job, here.parties)
    state, _ = recovering(here, job, reports, (house(4),))
    parent = here.veto_job(job, (1,), state.set_digest)
    said = here.parties[house(4)].unmask(
        here.request(parent, here.reports(parent, here.parties), house(4)), here.roster
    )
    assert isinstance(said, RefusalArrived)


def test_a_sum_that_tolerates_nobody_never_recovers():
    here = a_committee(THREE, others=3)
    gone = frozenset((house(2),))
    assert run_round(here.plan, here.roster, here.parties, offline=gone) == GaveUp(
        reason="deadline-passed"
    )


def test_killed_at_any_moment_of_the_recovery_the_coordinator_comes_to_the_same_end():
    here = a_committee(EIGHT)
    job = here.job()
    reports = exact_reports(here, job, here.parties)
    start, asked = recovering(here, job, reports, (house(0), house(5)))
    shares = given(here, asked)
    whole, effects = step_all(start, *shares)
    assert isinstance(effects[-1], Summed)
    for crash in range(len(shares) + 1):
        before, _ = step_all(start, *shares[:crash])
        state = saved(before)
        assert state == before
        if state.phase is Phase.RECOVERING:  # asked again, and served from memory
            again = escrow_requests(state)
            assert again == escrow_requests(start)
            replies = [
                EscrowArrived(sender=name, answer=one.answer)
                for one in shares
                for name in [one.sender]
                if name in again
            ]
            state, _ = step_all(state, *replies)
        assert state == whole
        assert finished(state).aggregate.tolist() == exact_sum(here, here.parties).tolist()


def test_the_clock_restarts_for_nobody_when_the_coordinator_was_killed_while_waiting():
    here = a_committee(FIVE)
    job = here.job()
    reports = exact_reports(here, job, here.parties)
    names = here.roster.committee[:4]
    answers = {name: here.answer(here.request(job, reports, name), name) for name in names}
    state, _ = step_all(
        here.state(job),
        Launched(),
        *reported(reports),
        *answered(answers),
        ClockTicked(now=NOON + 5),
    )
    assert saved(state).asked_at == NOON + 5
    state, effects = step_all(saved(state), ClockTicked(now=NOON + 34))
    assert effects == []
    _, effects = step(state, ClockTicked(now=NOON + 35))
    assert isinstance(effects[0], AskEscrow)
