"""Promise: whatever is asked of a ledger, what remains rises by a refund alone, which gives back
exactly what its charge took, once; a refusal changes nothing."""

import contextlib
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from foyer_protocol.dp.ledger import (
    EntryKind,
    Ledger,
    charge,
    encode_entry,
    refund,
    settle,
    verify_chain,
)
from foyer_protocol.errors import FoyerError, LocalProtocolError, StorageError

CAP = Fraction(1)
PERIODS = ("2026", "2027")
jobs = st.integers(0, 9).map(lambda number: f"{number:032x}")
prices = st.fractions(Fraction(1, 997), Fraction(1, 2), max_denominator=997)
charges = st.tuples(jobs, prices, st.sampled_from(PERIODS))
refunds = jobs.map(lambda job: (job,))
requests = st.lists(st.one_of(charges, jobs, refunds), max_size=25)


def perform(ledger, request):
    if isinstance(request, str):
        return settle(ledger, request, "0f" * 32)
    if len(request) == 1:
        return refund(ledger, request[0], "f0" * 32)
    job_id, rho, period = request
    return charge(ledger, job_id=job_id, round_id="round-one", rho=rho, period=period, cap=CAP)


def history(wanted):
    """Every ledger on the way, refused requests left out."""
    ledgers = [Ledger()]
    for request in wanted:
        with contextlib.suppress(FoyerError):
            ledgers.append(perform(ledgers[-1], request))
    return ledgers


@given(requests)
def test_what_remains_rises_by_refunds_alone_and_stays_between_zero_and_the_cap(wanted):
    ledgers = history(wanted)
    for period in PERIODS:
        for before, after in pairwise(ledgers):
            risen = after.remaining(period, CAP) - before.remaining(period, CAP)
            last = after.entries[-1]
            given_back = last.kind is EntryKind.REFUND and last.period == period
            assert risen == after.charge_of(last.job_id).rho if given_back else risen <= 0
            assert 0 <= after.remaining(period, CAP) <= CAP


@given(requests)
def test_a_job_is_closed_at_most_once(wanted):
    closings = [e.job_id for e in history(wanted)[-1].entries if e.kind is not EntryKind.CHARGE]
    assert len(closings) == len(set(closings))


@given(requests)
def test_a_ledger_reads_back_as_itself_and_every_prefix_is_a_ledger(wanted):
    ledgers = history(wanted)
    lines = [encode_entry(entry) for entry in ledgers[-1].entries]
    for length, ledger in enumerate(ledgers):
        assert verify_chain(lines[:length]) == ledger


@given(requests, requests)
def test_a_refusal_changes_nothing(wanted, more):
    ledger = history(wanted)[-1]
    before, head = ledger.entries, ledger.head
    for request in more:
        with contextlib.suppress(FoyerError):
            perform(ledger, request)
        assert (ledger.entries, ledger.head) == (before, head)


@given(requests, charges)
def test_a_job_is_charged_once(wanted, again):
    job_id, rho, _ = again
    ledger = history([*wanted, again])[-1]
    assume(ledger.charge_of(job_id) is not None)
    with pytest.raises(LocalProtocolError, match="charged before"):
        perform(ledger, (job_id, rho, "2028"))


@given(st.lists(charges, min_size=1, max_size=8), st.data())
def test_a_flipped_character_anywhere_is_refused(wanted, data):
    lines = [encode_entry(entry) for entry in history(wanted)[-1].entries]
    row = data.draw(st.integers(0, len(lines) - 1))
    column = data.draw(st.integers(0, len(lines[row]) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != lines[row][column]))
    lines[row] = lines[row][:column] + other + lines[row][column + 1 :]
    with pytest.raises(StorageError, match=f"entry {row} of"):
        verify_chain(lines)


@given(st.lists(charges, min_size=2, max_size=8), st.data())
def test_a_line_left_out_is_refused_unless_it_is_the_last(wanted, data):
    lines = [encode_entry(entry) for entry in history([*wanted, "0" * 32])[-1].entries]
    row = data.draw(st.integers(0, len(lines) - 1))
    shorter = lines[:row] + lines[row + 1 :]
    if row == len(lines) - 1:
        assert verify_chain(shorter).entries == verify_chain(lines).entries[:-1]
    else:
        with pytest.raises(StorageError, match=f"entry {row} of"):
            verify_chain(shorter)
