"""Promise: a job that contradicts itself cannot be made, and a packed message has all its parts."""

from datetime import date

import pytest
from tests.support.committees import a_committee, asked_of, exact_reports, house, shares_of
from tests.support.consortium import PERIOD, a_consortium, altered

from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.codec import pack, unpack
from foyer_protocol.messages.escrow import EscrowAnswer, EscrowRequest
from foyer_protocol.messages.report import Report, SignedHeader
from foyer_protocol.messages.unmask import UnmaskAnswer, UnmaskRequest
from foyer_protocol.rounds.profiles import FIVE

HERE = a_consortium("volume.attendances")
JOB = HERE.job()
REPORTS = HERE.reports(JOB)
REPORT = REPORTS["aros"]
REQUEST = HERE.request(JOB, REPORTS, "aros")
ANSWER = HERE.answer(REQUEST, "aros")


def escrow_messages():
    """A request for a silent helper's shares, and the answer."""
    here = a_committee(FIVE)
    job = here.job()
    asked = asked_of(here, job, exact_reports(here, job, here.parties), (house(4),))
    return asked[house(0)], shares_of(here, asked[house(0)], house(0))


ASKED, SHARES = escrow_messages()


@pytest.mark.parametrize(
    "changes, match",
    [
        ({"bits": 16}, "32 or 64 bits"),
        ({"parent": "0" * 32}, "only a veto"),
        ({"parent_set": "0" * 64}, "only a veto"),
        ({"kind": HERE.veto_job(JOB, (1,), "0" * 64).kind}, "only a veto"),
        ({"width": 0}, "width"),
    ],
)
def test_a_job_that_contradicts_itself_cannot_be_made(changes, match):
    with pytest.raises(ValueError, match=match):
        altered(JOB, **changes)


def test_a_plan_ends_after_it_starts():
    assert JOB.plan.period == PERIOD
    with pytest.raises(ValueError, match="ends after it starts"):
        altered(JOB.plan, ends=date(2026, 1, 1))


@pytest.mark.parametrize(
    "kind, message",
    [
        (SignedHeader, REPORT.signed),
        (Report, REPORT),
        (UnmaskRequest, REQUEST),
        (UnmaskAnswer, ANSWER),
        (EscrowRequest, ASKED),
        (EscrowAnswer, SHARES),
    ],
)
def test_a_packed_message_with_a_part_too_few_is_refused(kind, message):
    parts = unpack(message.to_bytes())
    with pytest.raises(RemoteProtocolError):
        kind.from_bytes(pack(*parts[: 1 if kind is SignedHeader else 2]))


def test_a_report_whose_vector_is_not_the_signed_one_is_refused():
    signed, masked, *sealed = unpack(REPORT.to_bytes())
    other = bytes([masked[0] ^ 1]) + masked[1:]
    with pytest.raises(RemoteProtocolError, match="masked vector of 'aros' was altered"):
        Report.from_bytes(pack(signed, other, *sealed))


def test_pads_that_are_not_the_acknowledged_ones_are_refused():
    ack, signature, pads = unpack(ANSWER.to_bytes())
    with pytest.raises(RemoteProtocolError, match="pads of helper 'aros' were altered"):
        UnmaskAnswer.from_bytes(pack(ack, signature, pads[::-1]))


def test_escrow_messages_come_back_from_their_bytes():
    assert EscrowRequest.from_bytes(ASKED.to_bytes()) == ASKED
    assert EscrowAnswer.from_bytes(SHARES.to_bytes()) == SHARES


def test_escrow_shares_that_are_not_the_acknowledged_ones_are_refused():
    ack, signature, shares = unpack(SHARES.to_bytes())
    turned = pack(*unpack(shares)[::-1])
    with pytest.raises(RemoteProtocolError, match="escrow shares of 'house-00' were altered"):
        EscrowAnswer.from_bytes(pack(ack, signature, turned))


def test_an_escrow_request_whose_acks_lack_a_signature_is_refused():
    unmask, acks, names = unpack(ASKED.to_bytes())
    with pytest.raises(RemoteProtocolError, match="acks and signatures in pairs"):
        EscrowRequest.from_bytes(pack(unmask, pack(*unpack(acks)[:-1]), names))


def test_a_silent_helpers_name_in_other_than_letters_is_refused():
    unmask, acks, _ = unpack(ASKED.to_bytes())
    with pytest.raises(RemoteProtocolError, match="is not a name"):
        EscrowRequest.from_bytes(pack(unmask, acks, pack("musée".encode())))


def test_parts_after_the_pads_that_nobody_signed_are_refused():
    with pytest.raises(RemoteProtocolError, match="has 3 parts, not 4"):
        UnmaskAnswer.from_bytes(pack(*unpack(ANSWER.to_bytes()), b"more"))
