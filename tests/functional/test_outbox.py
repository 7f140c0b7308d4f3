"""A node's outbox holds every message that left it, and a preview lets none leave."""

import json
from collections import Counter

import pytest
from tests.support.network import until
from tests.support.recording import envelopes

from foyer_node.adapters.enrolment_client import CODE_WITHHELD
from foyer_node.adapters.outbox_files import Outbox
from foyer_protocol.control_pb2 import EnrolRequest

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def shown(recorded, slug: str, channel: str) -> Counter[bytes]:
    box = Outbox(recorded.network.folder(slug) / "outbox", lambda: 0)
    return Counter(box.content(sent.number) for sent in box.list() if sent.channel == channel)


def test_every_envelope_that_arrived_is_in_its_senders_outbox(recorded):
    arrived = {(one.header.sender, one.raw) for one in envelopes(list(recorded.received))}
    for slug in recorded.network.slugs:
        mine = {raw for sender, raw in arrived if sender == slug}
        assert mine
        assert mine == set(shown(recorded, slug, "fleet"))


def test_every_message_of_the_control_port_is_in_an_outbox(recorded):
    arrived = Counter(content for where, content in recorded.received if "Control" in where)
    left = sum((shown(recorded, slug, "control") for slug in recorded.network.slugs), Counter())
    assert arrived
    assert not arrived - left


def test_every_application_is_in_an_outbox(recorded):
    """As sent, but for the one-time code, which is good until it is spent and is not kept."""
    arrived = Counter(
        without_code(content) for where, content in recorded.enrolled if "Enrol" in where
    )
    left = sum((shown(recorded, slug, "enrolment") for slug in recorded.network.slugs), Counter())
    assert arrived == left
    assert len(arrived) == len(recorded.network.slugs)


def without_code(raw: bytes) -> bytes:
    request = EnrolRequest.FromString(raw)
    request.code = CODE_WITHHELD
    return request.SerializeToString()


def test_nothing_else_arrived_than_transport(recorded):
    """Paths of the fleet port that carry no payload of ours are known by name."""
    carrying = {where for where, content in recorded.received if envelope_in(where, content)}
    assert carrying == {"/v1/fleet/push-object"}
    others = {where.rpartition("/")[2] for where, _ in recorded.received} - {"push-object"}
    assert others <= {
        "activate-node",
        "deactivate-node",
        "send-node-heartbeat",
        "pull-messages",
        "pull-object",
        "confirm-message-received",
        "push-messages",
        "Stream",
    }


def envelope_in(where: str, content: bytes) -> bool:
    return any(envelopes([(where, content)]))


def test_a_preview_shows_exact_values_and_sends_nothing(recorded):
    network, slug = recorded.network, recorded.network.others[0]
    network.propose("looked-at")
    until((network.folder(slug) / "plans" / "looked-at.json").exists, "the plan arriving")
    before = sent_by(network, slug), network.ledger(slug), len(pushed(recorded))
    said = json.loads(network.demo.node_command(slug, "preview", "looked-at", "--as", "json"))
    assert said["refusal"] is None
    assert any(value for values in said["values"].values() for value in values)
    assert (sent_by(network, slug), network.ledger(slug), len(pushed(recorded))) == before


def sent_by(network, slug):
    """All but witnesses: a proposal enters the history, and the node says that it saw it."""
    return [sent for sent in network.outbox(slug) if sent.kind != "witness"]


def pushed(recorded) -> list[bytes]:
    return [content for where, content in recorded.received if where.endswith("push-object")]
