"""A payload goes to its institution and to no other, and its reply comes back, byte for byte."""

import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from tests.contract.flower_fleet import WAIT_SECONDS, Fleet, settle, until

from foyer_coordinator.adapters.flower_server import DeliveryError
from foyer_node.adapters.flower_client import Pace
from foyer_protocol.errors import ConfigError, EnrolmentRefused, LocalProtocolError


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(folder=tmp_path)
    yield made
    made.close()


def test_every_institution_gets_its_own_payload_and_its_reply_comes_back(fleet):
    houses = ["mak-wien", "albertina", "belvedere"]
    for house in houses:
        fleet.start_node(house, lambda payload, house=house: payload + b"|" + house.encode())
    with fleet.carrier.open_exchange() as exchange:
        for house in houses:
            exchange.send(house, b"to " + house.encode(), ttl_seconds=60)
        answers = {d.institution: d.payload for d in settle(exchange, 3)}
    assert answers == {house: f"to {house}|{house}".encode() for house in houses}


def test_a_delivery_names_the_payload_it_answers(fleet):
    fleet.start_node("mak-wien")
    with fleet.carrier.open_exchange() as exchange:
        for payload in (b"figures", b"veto"):
            exchange.send("mak-wien", payload, ttl_seconds=60)
        answers = {d.instruction_sha256: d.payload for d in settle(exchange, 2)}
    assert answers == {
        sha256(b"figures").hexdigest(): b"re:figures",
        sha256(b"veto").hexdigest(): b"re:veto",
    }


def test_a_node_that_fails_says_refused_and_nothing_else_and_goes_on(fleet, caplog):
    def fail_once(payload: bytes) -> bytes:
        if payload == b"first":
            raise ValueError("CANARY-7f3a visited on Sunday")
        return b"fine"

    fleet.start_node("mak-wien", fail_once)
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", b"first", ttl_seconds=60)
        (refused,) = settle(exchange)
        exchange.send("mak-wien", b"second", ttl_seconds=60)
        (answered,) = settle(exchange)
    assert (refused.payload, refused.error_code) == (None, DeliveryError.REFUSED)
    assert answered.payload == b"fine"
    assert "CANARY" not in caplog.text
    assert not any(b"CANARY" in body or b"ValueError" in body for _, body in fleet.bodies)


def test_a_payload_waits_for_a_node_that_is_away(fleet):
    fleet.admit("mak-wien")
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", b"early", ttl_seconds=60)
        assert exchange.collect() == []
        assert exchange.owed() == {"mak-wien"}
        fleet.start_node("mak-wien")
        (delivery,) = settle(exchange)
    assert delivery.payload == b"re:early"


def test_a_payload_that_nobody_fetched_expires(fleet):
    fleet.admit("mak-wien")
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", b"late", ttl_seconds=0.3)
        (delivery,) = settle(exchange)
        assert exchange.owed() == frozenset()
    assert delivery.error_code is DeliveryError.EXPIRED


def test_the_same_payload_sent_again_while_it_is_owed_is_settled_once(fleet):
    working, release = threading.Event(), threading.Event()

    def slow(payload: bytes) -> bytes:
        working.set()
        release.wait(WAIT_SECONDS)
        return b"re:" + payload

    fleet.start_node("mak-wien", slow)
    until(lambda: fleet.carrier.online() == {"mak-wien"})
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", b"same", ttl_seconds=60)
        assert working.wait(WAIT_SECONDS)
        exchange.send("mak-wien", b"same", ttl_seconds=60)
        release.set()
        (delivery,) = settle(exchange)
        assert settle(exchange, seconds=0.5) == []
    assert delivery.payload == b"re:same"


def test_eight_megabytes_come_through_both_ways(fleet):
    fleet.start_node("mak-wien", lambda payload: payload[::-1])
    payload = bytes(range(256)) * 2**15
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", payload, ttl_seconds=60)
        (delivery,) = settle(exchange)
    assert delivery.payload == payload[::-1]


def test_a_nudge_wakes_an_idle_node_at_once(fleet):
    sleepy = Pace(idle_seconds=60, busy_seconds=60)
    node = fleet.start_node("mak-wien", pace=sleepy)
    until(lambda: fleet.carrier.online() == {"mak-wien"})
    until(lambda: any(path.endswith("pull-messages") for path, _ in fleet.bodies))
    time.sleep(0.5)  # for the answer that there is no work
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", b"work", ttl_seconds=60)
        assert settle(exchange, seconds=0.5) == []
        node.courier.nudge()
        (delivery,) = settle(exchange)  # far sooner than the node looks by itself
    assert delivery.payload == b"re:work"


def test_a_node_that_leaves_is_offline_at_once(fleet):
    node = fleet.start_node("mak-wien")
    until(lambda: fleet.carrier.online() == {"mak-wien"})
    node.leave()
    assert fleet.carrier.online() == frozenset()


def test_the_recorder_sees_every_body_and_the_payload_in_it(fleet):
    fleet.start_node("mak-wien", lambda _: b"masked input 0123456789")
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", b"work", ttl_seconds=60)
        settle(exchange)
    carriers = [path for path, body in fleet.bodies if b"masked input 0123456789" in body]
    assert carriers == ["/v1/fleet/push-object"]


def test_a_payload_for_a_stranger_is_refused_and_not_sent(fleet):
    with (
        fleet.carrier.open_exchange() as exchange,
        pytest.raises(LocalProtocolError, match="not registered"),
    ):
        exchange.send("nobody", b"work", ttl_seconds=60)


def test_registering_twice_is_the_same_as_once_and_a_second_key_replaces_the_first(fleet):
    first = fleet.admit("mak-wien")
    fleet.carrier.register("mak-wien", first.public_key_pem)
    second = fleet.authority.issue("mak-wien-2")
    fleet.carrier.register("mak-wien", second.public_key_pem)
    with pytest.raises(EnrolmentRefused, match="withdrawn"):
        fleet.carrier.register("albertina", first.public_key_pem)


def test_a_key_of_another_kind_is_refused(fleet):
    with pytest.raises(EnrolmentRefused, match="cannot be read"):
        fleet.carrier.register("mak-wien", b"not a key")


def test_a_port_that_is_taken_is_a_configuration_error(fleet):
    twin = fleet.make_carrier(fleet.carrier.address[1])
    with pytest.raises(ConfigError, match="cannot be opened"):
        twin.start()
