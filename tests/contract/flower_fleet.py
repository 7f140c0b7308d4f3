"""A carrier and its nodes on loopback, over real TLS, for the contract tests of Flower."""

import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.support.certificates import Credentials, ThrowAwayAuthority

from foyer_coordinator.adapters.flower_server import Delivery, FlowerCarrier, FlowerExchange
from foyer_node.adapters.flower_client import FlowerCourier, Pace
from foyer_node.adapters.flower_link import FleetLink

WAIT_SECONDS = 40.0
"""For what takes milliseconds, on a machine that does other things too."""

LIVELY = Pace(idle_seconds=0.2, busy_seconds=0.02, heartbeat_seconds=10)


@dataclass(kw_only=True)
class RunningNode:
    """A courier in a thread."""

    courier: FlowerCourier
    stop: threading.Event
    thread: threading.Thread

    def leave(self) -> None:
        self.stop.set()
        self.thread.join(timeout=WAIT_SECONDS)
        assert not self.thread.is_alive()


@dataclass(kw_only=True)
class Fleet:
    """Everything a test needs; `close` ends it."""

    folder: Path
    authority: ThrowAwayAuthority = field(init=False)
    server: Credentials = field(init=False)
    bodies: list[tuple[str, bytes]] = field(default_factory=list)
    carrier: FlowerCarrier = field(init=False)
    nodes: list[RunningNode] = field(default_factory=list)
    members: dict[str, Credentials] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.authority = ThrowAwayAuthority(self.folder / "tls")
        self.server = self.authority.issue("server", server=True)
        self.carrier = self.make_carrier(0)
        self.carrier.start()

    def make_carrier(self, port: int) -> FlowerCarrier:
        carrier = FlowerCarrier(
            host="127.0.0.1",
            port=port,
            certificate=self.server.certificate,
            key=self.server.key,
            node_ca=self.server.ca,
            recorder=lambda path, body: self.bodies.append((path, body)),
            max_body_bytes=16 * 2**20,
        )
        for institution, credentials in self.members.items():
            carrier.register(institution, credentials.public_key_pem)
        return carrier

    def restart_carrier(self) -> None:
        self.carrier.stop()
        self.carrier = self.make_carrier(self.carrier.address[1])
        self.carrier.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.carrier.address[1]}"

    def admit(self, institution: str) -> Credentials:
        credentials = self.authority.issue(institution)
        self.carrier.register(institution, credentials.public_key_pem)
        self.members[institution] = credentials
        return credentials

    def start_node(
        self,
        institution: str,
        handle: Callable[[bytes], bytes] = lambda payload: b"re:" + payload,
        pace: Pace = LIVELY,
    ) -> RunningNode:
        credentials = self.members.get(institution) or self.admit(institution)
        courier = FlowerCourier(
            address=self.address,
            certificate=credentials.certificate,
            key=credentials.key,
            ca=credentials.ca,
            session_file=self.folder / f"{institution}.session",
            pace=pace,
        )
        stop = threading.Event()
        thread = threading.Thread(target=courier.run, args=(handle, stop), daemon=True)
        thread.start()
        node = RunningNode(courier=courier, stop=stop, thread=thread)
        self.nodes.append(node)
        return node

    def link(self, credentials: Credentials) -> FleetLink:
        return FleetLink(
            address=self.address,
            certificate=credentials.certificate,
            key=credentials.key,
            ca=credentials.ca,
        )

    def close(self) -> None:
        for node in self.nodes:
            node.stop.set()
        for node in self.nodes:
            node.leave()
        self.carrier.stop()


def settle(
    exchange: FlowerExchange, count: int = 1, seconds: float = WAIT_SECONDS
) -> list[Delivery]:
    """Collect until `count` payloads are settled or the time is over."""
    deadline = time.monotonic() + seconds
    settled: list[Delivery] = []
    while len(settled) < count and time.monotonic() < deadline:
        exchange.wait(0.2)
        settled.extend(exchange.collect())
    return settled


def until(condition: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Wait for a condition, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def signed_headers(credentials: Credentials) -> dict[str, str]:
    """Headers that Flower accepts from this node, as a proxy in between would see them."""
    key = load_pem_private_key(credentials.key.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    stamp = datetime.now(UTC).isoformat()
    signature = key.sign(stamp.encode(), ec.ECDSA(SHA256()))
    return {
        "content-type": "application/protobuf",
        "flwr-public-key": b64encode(credentials.public_key_pem).decode(),
        "flwr-timestamp": stamp,
        "flwr-signature": b64encode(signature).decode(),
    }
