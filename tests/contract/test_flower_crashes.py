"""Either side may die at any moment and come back: what is owed is then answered."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.flower_fleet import WAIT_SECONDS, Fleet, settle, until


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(folder=tmp_path)
    yield made
    made.close()


def start_process(fleet: Fleet, institution: str) -> subprocess.Popen[bytes]:
    credentials = fleet.members[institution]
    script = Path(__file__).with_name("flower_node_process.py")
    files = [credentials.certificate, credentials.key, credentials.ca]
    session_file = fleet.folder / f"{institution}.session"
    return subprocess.Popen(
        [sys.executable, script, fleet.address, *files, session_file, fleet.folder]
    )


def test_a_coordinator_that_restarts_mid_exchange_finds_its_nodes_and_an_answer(fleet):
    working, release = threading.Event(), threading.Event()

    def slow(payload: bytes) -> bytes:
        working.set()
        release.wait(WAIT_SECONDS)
        return b"re:" + payload

    fleet.start_node("mak-wien", slow)
    before = fleet.carrier.open_exchange()
    before.send("mak-wien", b"owed", ttl_seconds=60)
    until(lambda: not before.collect() and working.is_set())
    fleet.restart_carrier()
    before.close()
    release.set()
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", b"owed", ttl_seconds=60)
        (delivery,) = settle(exchange)
    assert delivery.payload == b"re:owed"
    assert fleet.carrier.online() == {"mak-wien"}


def test_a_node_finds_a_coordinator_that_was_away(fleet):
    fleet.start_node("mak-wien")
    until(lambda: fleet.carrier.online() == {"mak-wien"})
    fleet.carrier.stop()
    time.sleep(1)
    fleet.carrier = fleet.make_carrier(fleet.carrier.address[1])
    fleet.carrier.start()
    until(lambda: fleet.carrier.online() == {"mak-wien"})


def test_a_node_killed_while_it_works_comes_back_and_answers_what_it_had_pulled(fleet):
    fleet.admit("mak-wien")
    first = start_process(fleet, "mak-wien")
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", b"owed", ttl_seconds=120)
        pulled = fleet.folder / "pulled"
        until(lambda: not exchange.collect() and pulled.exists())
        first.kill()
        first.wait()
        second = start_process(fleet, "mak-wien")
        try:
            # Far sooner than the 60 s for which Flower believes the dead session alive.
            (delivery,) = settle(exchange)
        finally:
            second.kill()
            second.wait()
    assert delivery.payload == b"again:owed"


def test_a_node_that_leaves_before_it_answers_is_asked_again_when_it_returns(fleet):
    node = fleet.start_node("mak-wien")
    until(lambda: fleet.carrier.online() == {"mak-wien"})
    node.leave()
    with fleet.carrier.open_exchange() as exchange:
        exchange.send("mak-wien", b"owed", ttl_seconds=60)
        assert settle(exchange, seconds=0.5) == []
        fleet.start_node("mak-wien")
        (delivery,) = settle(exchange)
    assert delivery.payload == b"re:owed"
