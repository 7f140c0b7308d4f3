"""Promise: an escrow message with one altered byte gives no share and is never believed."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support.committees import a_committee, exact_reports, house, recovering, shares_of

from foyer_protocol.errors import FoyerError
from foyer_protocol.messages.escrow import EscrowAnswer, EscrowRequest
from foyer_protocol.rounds.coordinator import escrow_requests, step
from foyer_protocol.rounds.events import EscrowArrived
from foyer_protocol.rounds.profiles import FIVE
from foyer_protocol.rounds.recovery import admit_escrow, answer_escrow

HELPER = house(0)
FLIP = {"where": st.floats(0, 1, exclude_max=True), "flip": st.integers(1, 255)}


@cache
def interrupted():
    """A consortium, its sum with one silent helper, and what its first helper is asked."""
    here = a_committee(FIVE)
    job = here.job()
    reports = exact_reports(here, job, list(here.parties)[:4])
    state, _ = recovering(here, job, reports, (house(4),))
    return here, state, escrow_requests(state)[HELPER]


def flipped(raw, where, flip):
    at = int(where * len(raw))
    return raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :]


def serve(raw):
    here, request = interrupted()[0], EscrowRequest.from_bytes(raw)
    party = here.parties[HELPER]
    admit_escrow(party.memory, request, here.roster, HELPER)
    return answer_escrow(request, here.roster, HELPER, party.identity, party.helper_key)


def take(state, raw):
    step(state, EscrowArrived(sender=HELPER, answer=EscrowAnswer.from_bytes(raw)))


@given(**FLIP)
@example(where=0.25, flip=1)
@settings(deadline=None, max_examples=200)
def test_an_escrow_request_with_one_altered_byte_gives_nothing_else(where, flip):
    """Refused; or, where a report's signature was altered, the shares of the same set.

    The reports were verified when the set was answered; here, only its digest counts.
    """
    raw = interrupted()[2].to_bytes()
    try:
        served = serve(flipped(raw, where, flip))
    except FoyerError:
        return
    assert served == serve(raw)
    asked = EscrowRequest.from_bytes(raw).unmask.headers
    other = EscrowRequest.from_bytes(flipped(raw, where, flip)).unmask.headers
    assert [one.header for one in asked] == [one.header for one in other]
    assert asked != other


@given(**FLIP)
@settings(deadline=None, max_examples=200)
def test_escrow_shares_with_one_altered_byte_never_enter_a_recovery(where, flip):
    here, state, asked = interrupted()
    raw = shares_of(here, asked, HELPER).to_bytes()
    take(state, raw)
    with pytest.raises(FoyerError):
        take(state, flipped(raw, where, flip))


@given(st.permutations(range(4)))
@settings(deadline=None, max_examples=24)
def test_the_order_of_reports_and_acks_changes_no_share(order):
    here, _, asked = interrupted()
    unmask = asked.unmask
    turned = replace(
        asked,
        unmask=replace(
            unmask,
            headers=tuple(unmask.headers[place] for place in order),
            sealed=tuple(unmask.sealed[place] for place in order),
        ),
        acks=tuple(asked.acks[place] for place in order),
    )
    assert shares_of(here, turned, HELPER) == shares_of(here, asked, HELPER)
