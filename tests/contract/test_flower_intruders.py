"""Who may not use the fleet port, what it does not serve, and what one node cannot do to another.

Flower 1.41 lets an authenticated node push an instruction to another node. The gate
refuses it; were the gate passed, the victim would get bytes that no coordinator signed,
and its session refuses those (`test_a_node_that_fails_says_refused…` shows that such a
refusal ends nothing).
"""

import ssl
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from flwr.app import ConfigRecord, Message, Metadata, RecordDict
from flwr.app.message import make_message
from flwr.proto.fleet_pb2 import PullMessagesRequest
from flwr.proto.node_pb2 import Node
from tests.contract.flower_fleet import WAIT_SECONDS, Fleet, settle, signed_headers, until
from tests.support.certificates import Credentials, ThrowAwayAuthority

from foyer_node.adapters.flower_client import FlowerCourier


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(folder=tmp_path)
    yield made
    made.close()


def browser(fleet: Fleet, credentials: Credentials | None) -> httpx.Client:
    context = ssl.create_default_context(cafile=fleet.server.ca)
    if credentials is not None:
        context.load_cert_chain(credentials.certificate, credentials.key)
    return httpx.Client(
        base_url=f"https://{fleet.address}", verify=context, trust_env=False, timeout=WAIT_SECONDS
    )


def message_to(run_id: int, node_id: int, source: int, answers: str) -> Message:
    metadata = Metadata(
        run_id=run_id,
        message_id="",
        src_node_id=source,
        dst_node_id=node_id,
        reply_to_message_id=answers,
        group_id="",
        created_at=time.time(),
        ttl=20,
        message_type="query.foyer",
    )
    return make_message(
        metadata=metadata, content=RecordDict({"foyer": ConfigRecord({"payload": b"evil"})})
    )


def test_without_a_client_certificate_there_is_no_connection(fleet):
    with browser(fleet, None) as client, pytest.raises(httpx.TransportError):
        client.post("/v1/fleet/pull-messages")
    assert fleet.bodies == []


def test_a_certificate_of_another_authority_is_refused(fleet, tmp_path):
    stranger = ThrowAwayAuthority(tmp_path / "other", "other-network").issue("mak-wien")
    with browser(fleet, stranger) as client, pytest.raises(httpx.TransportError):
        client.post("/v1/fleet/pull-messages")
    assert fleet.bodies == []


def test_a_node_does_not_talk_to_a_coordinator_of_another_authority(fleet, tmp_path):
    mine = fleet.admit("mak-wien")
    other = ThrowAwayAuthority(tmp_path / "other", "other-network")
    link = fleet.link(
        Credentials(
            certificate=mine.certificate,
            key=mine.key,
            ca=other.ca,
            public_key_pem=mine.public_key_pem,
        )
    )
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        link.activate(10)
    link.close()
    assert fleet.bodies == []


def test_a_good_certificate_with_a_key_nobody_registered_is_refused(fleet):
    link = fleet.link(fleet.authority.issue("uninvited"))
    with pytest.raises(httpx.HTTPStatusError, match="412"):
        link.activate(10)
    link.close()


@pytest.mark.parametrize("was_active", [False, True])
def test_a_withdrawn_institution_is_refused_and_its_key_cannot_come_back(fleet, was_active):
    link = fleet.link(fleet.admit("mak-wien"))
    if was_active:
        node_id = link.activate(10)
    fleet.carrier.unregister("mak-wien")
    with pytest.raises(httpx.HTTPStatusError, match="412"):
        link.activate(10)
    if was_active:
        with pytest.raises(httpx.HTTPStatusError, match="401"):
            link.pull(node_id)
    link.close()


def test_a_node_cannot_instruct_another(fleet):
    received: list[bytes] = []
    fleet.start_node("victim", lambda payload: received.append(payload) or b"done")
    attacker = fleet.link(fleet.admit("attacker"))
    attacker_id = attacker.activate(10)
    until(lambda: "victim" in fleet.carrier.online())
    victim_id = fleet.carrier._node_of("victim")
    with fleet.carrier.open_exchange() as exchange:
        for source in (1, attacker_id):
            forged = message_to(exchange._run_id, victim_id, source, "")
            with pytest.raises(httpx.HTTPStatusError, match="403"):
                attacker.push(attacker_id, forged)
        exchange.send("victim", b"true", ttl_seconds=60)
        settle(exchange)
    attacker.close()
    assert received == [b"true"]


def test_a_node_cannot_answer_for_another(fleet):
    victim = fleet.link(fleet.admit("victim"))
    victim_id = victim.activate(10)
    attacker = fleet.link(fleet.admit("attacker"))
    attacker_id = attacker.activate(10)
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("victim", b"true", ttl_seconds=60)
        instruction = victim.pull(victim_id)
        answered = instruction.metadata.message_id
        as_victim = message_to(exchange._run_id, 1, victim_id, answered)
        with pytest.raises(httpx.HTTPStatusError, match="403"):
            attacker.push(attacker_id, as_victim)
        attacker.push(attacker_id, message_to(exchange._run_id, 1, attacker_id, answered))
        assert settle(exchange, seconds=0.5) == []
        reply = RecordDict({"foyer": ConfigRecord({"payload": b"mine"})})
        victim.push(victim_id, Message(reply, reply_to=instruction))
        (delivery,) = settle(exchange)
    victim.close()
    attacker.close()
    assert (delivery.institution, delivery.payload) == ("victim", b"mine")


def test_a_replayed_header_is_refused(fleet):
    credentials = fleet.admit("mak-wien")
    link = fleet.link(credentials)
    node_id = link.activate(10)
    link.close()
    body = PullMessagesRequest(node=Node(node_id=node_id)).SerializeToString()
    headers = signed_headers(credentials)
    with browser(fleet, credentials) as client:
        statuses = [
            client.post("/v1/fleet/pull-messages", content=body, headers=headers).status_code
            for _ in range(2)
        ]
    assert statuses == [200, 401]


def test_a_call_without_a_signature_or_in_anothers_name_is_refused(fleet):
    victim = fleet.link(fleet.admit("victim"))
    body = PullMessagesRequest(node=Node(node_id=victim.activate(10))).SerializeToString()
    victim.close()
    other = fleet.admit("attacker")
    unsigned = {"content-type": "application/protobuf"}
    with browser(fleet, other) as client:
        statuses = [
            client.post("/v1/fleet/pull-messages", content=body, headers=sent).status_code
            for sent in (unsigned, signed_headers(other))
        ]
    assert statuses == [401, 401]


def test_a_forged_signature_does_not_spend_the_victims_stamp(fleet):
    credentials = fleet.admit("mak-wien")
    link = fleet.link(credentials)
    node_id = link.activate(10)
    link.close()
    body = PullMessagesRequest(node=Node(node_id=node_id)).SerializeToString()
    headers = signed_headers(credentials)
    forged = headers | {"flwr-signature": signed_headers(credentials)["flwr-signature"]}
    with browser(fleet, credentials) as client:
        statuses = [
            client.post("/v1/fleet/pull-messages", content=body, headers=sent).status_code
            for sent in (forged, headers)
        ]
    assert statuses == [401, 200]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/control/start-run",
        "/v1/control/register-node",
        "/v1/runtime/acquire-task",
        "/v1/runtime/push-messages",
        "/v1/fleet/get-fab",
        "/v1/fleet/get-run",
        "/v1/fleet/register-node",
        "/v1/fleet/unregister-node",
        "/v1/fleet/pull-messages/",
        "/v1/fleet/../control/start-run",
        "/docs",
        "/openapi.json",
        "/health",
        "/",
    ],
)
def test_only_eight_fleet_calls_are_served(fleet, path):
    credentials = fleet.admit("mak-wien")
    with browser(fleet, credentials) as client:
        for method in ("GET", "POST"):
            answer = client.request(method, path, headers=signed_headers(credentials))
            assert (answer.status_code, answer.content) == (404, b"")


def test_a_body_over_the_limit_is_refused(fleet):
    with browser(fleet, fleet.admit("mak-wien")) as client:
        answer = client.post("/v1/fleet/push-object", content=bytes(17 * 2**20))
    assert answer.status_code == 413


def test_a_reply_that_is_not_a_payload_is_malformed_and_ends_nothing(fleet):
    link = fleet.link(fleet.admit("mak-wien"))
    node_id = link.activate(10)
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", b"work", ttl_seconds=60)
        instruction = link.pull(node_id)
        link.push(node_id, Message(RecordDict({}), reply_to=instruction))
        (delivery,) = settle(exchange)
    link.close()
    assert (delivery.payload, delivery.error_code) == (None, "malformed")


def test_a_courier_never_asks_for_an_app_bundle(fleet):
    assert "get-fab" not in FlowerCourier.run.__doc__
    fleet.start_node("mak-wien")
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", b"work", ttl_seconds=60)
        settle(exchange)
    calls = {path.rpartition("/")[2] for path, _ in fleet.bodies}
    assert calls == {
        "activate-node",
        "pull-messages",
        "pull-object",
        "confirm-message-received",
        "push-messages",
        "push-object",
    }


def test_a_suspended_node_is_refused_at_once_and_served_again_once_reinstated(fleet):
    mak = fleet.admit("mak")
    fleet.start_node("mak")
    until(lambda: fleet.carrier.online() == {"mak"})
    fleet.carrier.shut_out(frozenset({"mak"}))
    with browser(fleet, mak) as client:
        body = PullMessagesRequest(node=Node(node_id=1)).SerializeToString()
        pull = "/v1/fleet/pull-messages"
        answer = client.post(pull, content=body, headers=signed_headers(mak))
        assert answer.status_code == 401
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak", b"work", ttl_seconds=60)
        assert settle(exchange, seconds=1.5) == []
        fleet.carrier.shut_out(frozenset())
        assert [one.payload for one in settle(exchange)] == [b"re:work"]


def test_an_odd_spelling_of_its_key_does_not_let_a_suspended_node_in(fleet):
    mak = fleet.admit("mak")
    fleet.carrier.shut_out(frozenset({"mak"}))
    headers = signed_headers(mak)
    spelled = headers["flwr-public-key"]
    loose = f"{spelled.rstrip('=')[:-1]}p{'=' * spelled.count('=')}"  # unused bits set
    assert b64decode(loose) == b64decode(spelled)
    with browser(fleet, mak) as client:
        for odd in (loose, spelled.rstrip("="), spelled.lower()):
            answer = client.post(
                "/v1/fleet/pull-messages", content=b"", headers={**headers, "flwr-public-key": odd}
            )
            assert answer.status_code in (400, 401)
