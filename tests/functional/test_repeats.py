"""A message that comes twice, altered, late or from a stranger changes nothing at a node."""

from dataclasses import replace

import pytest
from tests.functional.conftest import ROUNDS, Recorded
from tests.support.network import until
from tests.support.recording import envelopes

from foyer_node.adapters.round_files import RoundFiles
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.messages.codec import pack, unpack
from foyer_protocol.messages.envelope import (
    COORDINATOR,
    EnvelopeHeader,
    Kind,
    open_envelope,
    seal_envelope,
)
from foyer_protocol.messages.report import Refusal
from foyer_protocol.rounds.coordinator import SumState, helper_requests
from foyer_protocol.version import PROTOCOL_VERSION

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def ask(recorded: Recorded, slug: str, payload: bytes) -> bytes:
    """Send a payload to a running node by the fleet port, and return its reply."""
    settled = []
    with recorded.serving.service.open_exchange() as exchange:
        exchange.send(slug, payload, ttl_seconds=60)
        recorded.serving.service.control.nudge([slug])

        def answered() -> bool:
            exchange.wait(0.2)
            settled.extend(exchange.collect())
            return bool(settled)

        until(answered, f"a reply of {slug}")
    (delivery,) = settled
    assert delivery.error_code is None
    return delivery.payload


def sealed(recorded: Recorded, slug: str, kind: Kind, state: SumState, body: bytes) -> bytes:
    """An envelope of the coordinator, as it sent it in the round."""
    header = EnvelopeHeader(
        protocol=PROTOCOL_VERSION,
        network=recorded.network.demo.slug,
        sender=COORDINATOR,
        receiver=slug,
        kind=kind,
        job_id=state.job.job_id,
        expires_at=state.job.expires_at,
    )
    return seal_envelope(header, body, recorded.serving.secrets.identity)


def offer(recorded: Recorded, slug: str, state: SumState) -> bytes:
    """The very offer that a node answered in its round: signatures are deterministic."""
    roster = recorded.serving.books.members.roster()
    return sealed(recorded, slug, Kind.OFFER, state, pack(state.job.to_json(), roster.to_bytes()))


def sent_reports(recorded: Recorded, slug: str, state: SumState) -> set[bytes]:
    """What the coordinator received as a node's reports to a job."""
    return {
        one.raw
        for one in envelopes(recorded.received)
        if (one.header.sender, one.header.job_id, one.header.kind)
        == (slug, state.job.job_id, Kind.REPORT)
    }


@pytest.fixture
def memory(recorded):
    """Everything durable at a node, to be compared before and after."""

    def look(slug: str) -> tuple:
        files = RoundFiles(recorded.network.folder(slug))
        fleet = [sent for sent in recorded.network.outbox(slug) if sent.channel == "fleet"]
        return files.ledger(), files.helper_state(), fleet, files.roster()

    return look


@pytest.mark.parametrize("job", [0, 1], ids=["figures", "veto"])
def test_the_same_offer_again_gets_the_same_bytes_and_costs_nothing(recorded, memory, job):
    slug, state = recorded.network.others[0], recorded.network.sums(ROUNDS[0])[job]
    before = memory(slug)
    reply = ask(recorded, slug, offer(recorded, slug, state))
    assert {reply} == sent_reports(recorded, slug, state)
    assert memory(slug) == before


def test_the_same_question_to_a_helper_again_gets_the_same_bytes(recorded, memory):
    slug, state = recorded.network.helpers[0], recorded.network.sums(ROUNDS[0])[0]
    before = memory(slug)
    question = helper_requests(state)[slug].to_bytes()
    reply = ask(recorded, slug, sealed(recorded, slug, Kind.UNMASK, state, question))
    assert unpack(reply)[2] == state.answers[slug].to_bytes()
    assert memory(slug) == before


def test_a_helper_does_not_answer_about_another_set_of_a_job_it_answered(recorded, memory):
    """A coordinator that asks about five of six reports would learn the sixth."""
    slug, state = recorded.network.helpers[0], recorded.network.sums(ROUNDS[0])[0]
    ledger, helping, fleet, roster = memory(slug)
    fewer = replace(state, chosen=state.chosen[1:])
    question = helper_requests(fewer)[slug].to_bytes()
    reply = ask(recorded, slug, sealed(recorded, slug, Kind.UNMASK, state, question))
    opened = open_envelope(
        reply,
        network=recorded.network.demo.slug,
        receiver=COORDINATOR,
        sender_keys=state.roster.signing_keys,
        now=0,
    )
    assert opened.header.kind is Kind.REFUSAL
    assert Refusal.from_json(opened.body).code == "protocol-violation"
    after = memory(slug)
    assert (after[0], after[1], after[3]) == (ledger, helping, roster)
    assert [sent.kind for sent in after[2][len(fleet) :]] == ["refusal"]


def altered(raw: bytes) -> bytes:
    """One bit of the body, flipped."""
    return raw[:-1] + bytes([raw[-1] ^ 1])


def of_a_stranger(raw: bytes) -> bytes:
    """Signed anew by a key that nobody knows."""
    head, _, body = unpack(raw)
    return seal_envelope(EnvelopeHeader.from_json(head), body, Identity.generate())


@pytest.mark.parametrize("harm", [altered, of_a_stranger])
def test_an_altered_or_foreign_message_is_not_answered(recorded, memory, harm):
    slug, state = recorded.network.others[0], recorded.network.sums(ROUNDS[1])[0]
    before = memory(slug)
    assert ask(recorded, slug, harm(offer(recorded, slug, state))) == b""
    assert memory(slug) == before


def test_an_expired_message_is_not_answered(recorded, memory):
    slug, state = recorded.network.others[0], recorded.network.sums(ROUNDS[1])[0]
    before = memory(slug)
    old = replace(state, job=state.job.model_copy(update={"expires_at": 1}))
    assert ask(recorded, slug, offer(recorded, slug, old)) == b""
    assert memory(slug) == before
    assert "the message expired at 1" in recorded.network.log(slug)


def test_a_message_for_another_node_is_not_answered(recorded, memory):
    slug, other = recorded.network.others[:2]
    before = memory(slug)
    misled = offer(recorded, other, recorded.network.sums(ROUNDS[1])[0])
    assert ask(recorded, slug, misled) == b""
    assert memory(slug) == before
