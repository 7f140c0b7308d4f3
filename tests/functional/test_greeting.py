"""What a node is told while its hello is still being judged reaches it, and breaks nothing."""

import threading
import time

import pytest
from tests.contract.control_plane import Heard, Plane

from foyer_protocol.control_pb2 import CoordinatorFrame

SLOW_SECONDS = 0.3
"""Long enough for a frame to leave by itself, as a database of many releases takes."""


class Talkative(Heard):
    """A coordinator that tells a node everything as soon as it says hello."""

    def __init__(self, plane: Plane) -> None:
        super().__init__()
        self.plane = plane

    def on_hello(self, *said):
        super().on_hello(*said)
        self.plane.server.push(said[0], CoordinatorFrame(roster=b"signed"))
        time.sleep(SLOW_SECONDS)


@pytest.fixture
def plane():
    made = Plane()
    made.heard = Talkative(made)
    yield made.start()
    made.stop()


def test_a_node_that_is_told_much_at_its_hello_keeps_its_stream(plane, monkeypatch):
    broken = []
    monkeypatch.setattr(threading, "excepthook", broken.append)
    with plane.node() as (client, heard):
        assert heard.next() == ("roster", b"signed")
        client.status("ready", None)
        assert plane.heard.next()[:2] == ("hello", "mak")
        assert plane.heard.next()[:2] == ("status", "mak")
        assert client.is_connected()
    assert broken == []
