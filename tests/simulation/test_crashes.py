"""Promise: a coordinator killed at any moment and restarted comes to the same end.

The shell makes a state durable before it performs an effect. So a crash loses effects, not
states: on restart it performs again what the state is waiting for (`rounds.coordinator`),
and messages that had been taken come once more. The saved state alone must suffice.
"""

import pytest
from tests.support.consortium import (
    EXPIRES,
    NAMES,
    a_consortium,
    answered,
    exact_sum,
    reported,
    step_all,
)
from tests.support.killed import saved

from foyer_protocol.rounds.coordinator import finished, helper_requests, step
from foyer_protocol.rounds.events import (
    AskHelpers,
    ClockTicked,
    GaveUp,
    Launched,
    OfferJob,
    RefusalArrived,
    Summed,
)
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.phases import Phase
from foyer_protocol.simulate import NOON

CONSORTIUM = a_consortium("volume.attendances", "volume.bookers")
JOB = CONSORTIUM.job()
REPORTERS = NAMES[:5]
REPORTS = {
    name: CONSORTIUM.report(
        name, JOB, exact_vector(JOB.plan, CONSORTIUM.parties[name].contribution)
    )
    for name in REPORTERS
}
ANSWERS = CONSORTIUM.answers(JOB, REPORTS)
HAPPY = [
    Launched(),
    *reported(REPORTS),
    RefusalArrived(sender="folkwang", code="not-approved"),
    *answered(ANSWERS),
]
SILENT_HELPER = [*HAPPY[:-1], ClockTicked(now=EXPIRES)]
TOO_FEW = [
    Launched(),
    *reported({name: REPORTS[name] for name in NAMES[:3]}),
    ClockTicked(now=NOON),
]


def repeated(state):
    """The effect that a restarted shell performs again, read off the state alone."""
    match state.phase:
        case Phase.REPORTING:
            return OfferJob(to=state.invited)
        case Phase.UNMASKING:
            return AskHelpers(requests=helper_requests(state))
        case Phase.REVIEWING:
            return finished(state)
        case Phase.ABORTED:
            return GaveUp(reason=state.reason)
    return None


def same(one, other):
    if isinstance(one, Summed):
        return one.aggregate.tolist() == other.aggregate.tolist() and (
            (one.members, one.set_digest) == (other.members, other.set_digest)
        )
    return one == other


@pytest.mark.parametrize("script", [HAPPY, SILENT_HELPER, TOO_FEW], ids=["happy", "silent", "few"])
def test_killed_before_any_effect_the_restarted_coordinator_comes_to_the_same_end(script):
    whole, effects = step_all(CONSORTIUM.state(JOB), *script)
    for crash in range(len(script) + 1):
        state, _ = step_all(CONSORTIUM.state(JOB), *script[:crash])
        state = saved(state)
        # Everything is delivered again from the start: nodes answer from their journals.
        again = [event for event in script[1:crash] if not isinstance(event, ClockTicked)]
        state, more = step_all(state, *again)
        assert more == []
        state, _ = step_all(state, *script[crash:])
        assert state == whole
        assert same(repeated(state), effects[-1])


def test_every_effect_can_be_read_off_the_state_it_was_lost_from():
    state = CONSORTIUM.state(JOB)
    for event in HAPPY:
        state, effects = step(state, event)
        for effect in effects:
            assert same(repeated(saved(state)), effect)


def test_the_end_is_the_plaintext_sum():
    _, effects = step_all(CONSORTIUM.state(JOB), *HAPPY)
    assert effects[-1].aggregate.tolist() == exact_sum(CONSORTIUM, REPORTERS).tolist()
