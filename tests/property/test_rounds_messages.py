"""Promise: what is decoded is what was encoded, and one altered byte is never taken silently.

For every message: decode ∘ encode is the identity; a flipped byte is refused, or decodes to
a message that is not the old one and has exactly the flipped bytes as its only form. What is
signed or digested does not survive the flip; what is not signed is not acted on.
"""

from functools import cache

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests.support.consortium import EXPIRES, a_consortium, reported, signed, step_all

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import FoyerError, RemoteProtocolError
from foyer_protocol.messages.codec import (
    MOST_PARTS,
    decimal_text,
    fraction_text,
    pack,
    read_fraction,
    unpack,
)
from foyer_protocol.messages.envelope import (
    COORDINATOR,
    EnvelopeHeader,
    Kind,
    open_envelope,
    seal_envelope,
)
from foyer_protocol.messages.plan import FamilyScale, Job, Plan
from foyer_protocol.messages.release import Cell, Figure, Release
from foyer_protocol.messages.report import Refusal, Report, ReportHeader, SignedHeader
from foyer_protocol.messages.roster import Member, Roster, SignedRoster, verify_roster
from foyer_protocol.messages.unmask import Ack, UnmaskAnswer, UnmaskRequest
from foyer_protocol.rounds.coordinator import step
from foyer_protocol.rounds.events import AnswerArrived, Launched, ReportArrived
from foyer_protocol.rounds.helper import HelperState, admit, answer
from foyer_protocol.rounds.publishing import make_release
from foyer_protocol.simulate import NOON

GOVERNANCE = Identity.generate()
SENDER = Identity.generate()


@cache
def consortium():
    return a_consortium("volume.attendances", "booking.online_share")


@cache
def exchanged():
    """A sum that really took place: its job, reports and answers."""
    here = consortium()
    job = here.job()
    reports = here.reports(job)
    return job, reports, here.answers(job, reports)


@cache
def messages():
    """One of every message at least."""
    here = consortium()
    job, reports, replies = exchanged()
    veto = here.veto_job(job, (7, -7), replies["aros"].ack.set)
    aggregate = np.full(job.width, 6, dtype=np.int64)
    release = make_release(
        job,
        here.roster,
        aggregate * 10**6 + 6 - 6 * 10**6 * (np.arange(job.width) < 6),
        members=6,
        reports=replies["aros"].ack.set,
        objected=frozenset(),
        released_at=NOON,
    )
    header = EnvelopeHeader(
        protocol=1,
        network="simulated",
        sender="aros",
        receiver=COORDINATOR,
        kind=Kind.REPORT,
        job_id=job.job_id,
        expires_at=EXPIRES,
    )
    report = reports["aros"]
    return (
        job.plan,
        *job.plan.scales,
        job,
        veto,
        here.roster,
        here.roster.members[0],
        release,
        *release.figures,
        header,
        report.signed.header,
        Refusal(job_id=job.job_id, institution="aros", code="not-approved"),
        replies["aros"].ack,
        Cell(code="AT-1", estimate="12.5", low="-3", high="28"),
        signed(here.roster, GOVERNANCE, SENDER),
        report,
        report.signed,
        here.request(job, reports, "aros"),
        replies["aros"],
    )


def encode(message):
    return message.to_json() if hasattr(message, "to_json") else message.to_bytes()


def decode(kind, raw):
    return kind.from_json(raw) if hasattr(kind, "from_json") else kind.from_bytes(raw)


def test_every_message_that_there_is_takes_part():
    assert {type(message) for message in messages()} == {
        *(Plan, FamilyScale, Job, Roster, Member, Release, Figure, EnvelopeHeader, ReportHeader),
        *(Refusal, Ack, Cell, SignedRoster, Report, SignedHeader, UnmaskRequest, UnmaskAnswer),
    }


any_message = st.integers(0, 10**6).map(lambda n: messages()[n % len(messages())])


@given(any_message)
@settings(deadline=None)
def test_decoding_undoes_encoding(message):
    assert decode(type(message), encode(message)) == message


@given(message=any_message, where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
@settings(deadline=None, max_examples=400)
def test_a_flipped_byte_is_refused_or_is_another_message(message, where, flip):
    raw = bytearray(encode(message))
    raw[int(where * len(raw))] ^= flip
    try:
        other = decode(type(message), bytes(raw))
    except RemoteProtocolError:
        return
    assert other != message
    assert encode(other) == bytes(raw)


def flipped(raw, where, flip):
    altered = bytearray(raw)
    altered[int(where * len(altered))] ^= flip
    return bytes(altered)


FLIP = {"where": st.floats(0, 1, exclude_max=True), "flip": st.integers(1, 255)}


def sealed():
    header = messages()[[type(m) for m in messages()].index(EnvelopeHeader)]
    return seal_envelope(header, b'{"any":"body"}', SENDER)


@given(**FLIP)
@example(where=0.0, flip=1)
@settings(deadline=None, max_examples=400)
def test_an_envelope_with_one_altered_byte_is_refused(where, flip):
    with pytest.raises(FoyerError):
        open_envelope(
            flipped(sealed(), where, flip),
            network="simulated",
            receiver=COORDINATOR,
            sender_keys={"aros": SENDER.public, "brandts": GOVERNANCE.public},
            now=NOON,
        )


@given(**FLIP)
@settings(deadline=None, max_examples=100)
def test_a_roster_with_one_altered_byte_is_refused(where, flip):
    raw = signed(consortium().roster, GOVERNANCE).to_bytes()
    with pytest.raises(FoyerError):
        verify_roster(
            SignedRoster.from_bytes(flipped(raw, where, flip)),
            network="simulated",
            governance=frozenset({GOVERNANCE.public}),
            quorum=1,
            lowest_epoch=1,
        )


@given(**FLIP)
@settings(deadline=None, max_examples=100)
def test_a_report_with_one_altered_byte_never_enters_a_sum(where, flip):
    here, job = consortium(), consortium().job()
    state, _ = step(here.state(job), Launched())
    raw = here.report("aros", job).to_bytes()
    with pytest.raises(FoyerError):
        step(
            state,
            ReportArrived(sender="aros", report=Report.from_bytes(flipped(raw, where, flip))),
        )


@given(**FLIP)
@settings(deadline=None, max_examples=60)
def test_an_unmask_request_with_one_altered_byte_is_refused(where, flip):
    job, reports, _ = exchanged()
    asked = consortium().request(job, reports, "aros")
    serve(asked.to_bytes())
    with pytest.raises(FoyerError):
        serve(flipped(asked.to_bytes(), where, flip))


def serve(raw):
    here, request = consortium(), UnmaskRequest.from_bytes(raw)
    party = here.parties["aros"]
    admit(HelperState(), request, here.roster)
    answer(request, here.roster, "aros", party.identity, party.helper_key)


@given(**FLIP)
@settings(deadline=None, max_examples=100)
def test_a_helpers_answer_with_one_altered_byte_is_refused(where, flip):
    job, reports, replies = exchanged()
    state, _ = step_all(consortium().state(job), Launched(), *reported(reports))
    take(state, replies["aros"].to_bytes())
    with pytest.raises(FoyerError):
        take(state, flipped(replies["aros"].to_bytes(), where, flip))


def take(state, raw):
    step(state, AnswerArrived(sender="aros", answer=UnmaskAnswer.from_bytes(raw)))


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_unpack_undoes_pack(parts):
    assert unpack(pack(*parts)) == tuple(parts)


@given(st.binary(max_size=200))
def test_whatever_unpacks_has_no_other_form(raw):
    try:
        parts = unpack(raw)
    except RemoteProtocolError:
        return
    assert pack(*parts) == raw


def test_parts_without_end_are_refused():
    with pytest.raises(RemoteProtocolError, match=f"more than {MOST_PARTS} parts"):
        unpack(pack(*[b""] * (MOST_PARTS + 1)))


@given(st.fractions(min_value=0))
def test_a_fraction_is_read_as_it_was_written(value):
    assert read_fraction(fraction_text(value)) == value


@given(st.integers(2, 50), st.fractions(min_value=0))
def test_a_fraction_that_is_not_in_lowest_terms_is_refused(factor, value):
    text = f"{value.numerator * factor}/{value.denominator * factor}"
    assume(text != fraction_text(value))
    with pytest.raises(RemoteProtocolError, match="lowest terms"):
        read_fraction(text)


@given(st.floats(-1e14, 1e14))
def test_a_decimal_is_within_half_a_millionth_and_fits_its_form(value):
    text = decimal_text(value)
    assert abs(float(text) - value) <= max(5.01e-7, abs(value) * 1e-15)
    Cell(code="x", estimate=text, low=text, high=text)
