"""Flower as the carrier of rounds: its link state and Fleet API inside our process.

Nothing is trusted to Flower but delivery. The link state is in memory and disposable: the
truth about nodes and rounds is in our database, from which every node is registered again
at start. The only port is the fleet port, with mutual TLS; see `flower_gate` for what it
serves. The `flower_*` modules of this folder are the only ones that know Flower.
"""

import logging
import os
import secrets
import threading
from pathlib import Path

# Both are on by default, and are read when Flower is first imported.
os.environ["FLWR_TELEMETRY_ENABLED"] = "0"
os.environ["FLWR_DISABLE_UPDATE_CHECK"] = "1"

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from flwr.common.constant import NOOP_ACCOUNT_NAME, NOOP_FLWR_AID
from flwr.supercore.constant import FLWR_IN_MEMORY_DB_NAME, NodeStatus
from flwr.supercore.protobuf.translation import ProtobufTranslationMiddleware
from flwr.superlink.auth_plugin import NoOpControlAuthnPlugin
from flwr.superlink.cli.flower_superlink import SuperLinkLifespan
from flwr.superlink.config_loader import SuperLinkLifespanConfig
from flwr.superlink.main import create_app
from flwr.superlink.routers.fleet.node_auth import NodeAuthMiddleware
from starlette.middleware.base import BaseHTTPMiddleware

from foyer_coordinator.adapters.flower_exchange import Delivery, DeliveryError, FlowerExchange
from foyer_coordinator.adapters.flower_gate import FleetGate, Recorder
from foyer_coordinator.adapters.flower_port import FleetServer, listen, tls_config
from foyer_protocol.errors import ConfigError, EnrolmentRefused, LocalProtocolError

__all__ = ["Delivery", "DeliveryError", "FlowerCarrier", "FlowerExchange", "Recorder"]

log = logging.getLogger(__name__)

FLEET_LAYERS = (BaseHTTPMiddleware, ProtobufTranslationMiddleware, NodeAuthMiddleware)
"""Flower's layers that Fleet needs: errors, protobuf, authentication. The others are Control's."""

START_SECONDS = 30.0
NODE_HEARTBEAT_SECONDS = 30.0
"""Only until a node's first activation, which states its own interval."""


class FlowerCarrier:
    """Carries payloads between the coordinator and the nodes.

    Make one, `register` every admitted institution, then `start`: a node that reconnects
    right after a restart is then already known. A stopped carrier is not started again.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        certificate: Path,
        key: Path,
        node_ca: Path,
        recorder: Recorder | None = None,
        max_body_bytes: int = 64 * 2**20,
    ) -> None:
        self._bind = (host, port)
        self._tls = (certificate, key, node_ca)
        self._progress = threading.Condition()
        self._ticks = 0
        self._lock = threading.Lock()
        self._nodes: dict[str, tuple[int, bytes]] = {}
        self._shut: frozenset[str] = frozenset()
        self._quieten()
        app = create_app(_superlink_config(), SuperLinkLifespan)
        # Each layer costs every call about half a millisecond; nine stand before Fleet.
        app.user_middleware = [layer for layer in app.user_middleware if layer.cls in FLEET_LAYERS]
        self._state = app.state.linkstate_factory.state()
        self._gate = FleetGate(
            app,
            recorder=recorder,
            on_progress=self._tick,
            max_body_bytes=max_body_bytes,
            shut_out=self._is_shut_out,
        )
        self._server: FleetServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the fleet port; the real port once started with port 0."""
        return self._bind

    def start(self) -> None:
        """Serve the fleet port; return when nodes can connect.

        Raises:
            ConfigError: the port is taken, or a certificate cannot be read.
            LocalProtocolError: it was started before.
        """
        if self._server is not None:
            raise LocalProtocolError("the fleet port was started twice; the first one stands")
        config = tls_config(self._gate, *self._tls)
        listener = listen(*self._bind)
        self._bind = (self._bind[0], listener.getsockname()[1])
        self._server = server = FleetServer(config)
        self._thread = threading.Thread(
            target=server.run, args=([listener],), name="fleet-port", daemon=True
        )
        self._thread.start()
        waiting = threading.Event()
        for _ in range(int(START_SECONDS / 0.02)):
            if server.started or not self._thread.is_alive():
                break
            waiting.wait(0.02)
        if not server.started:
            raise ConfigError(f"the fleet port did not open within {START_SECONDS:.0f} s")
        log.info("fleet port open on %s:%d", *self._bind)

    def stop(self) -> None:
        """Close the fleet port; nodes go on trying to reconnect."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=10)
            log.info("fleet port closed")

    def register(self, institution: str, public_key_pem: bytes) -> None:
        """Admit an institution's node by its transport key; twice is the same as once.

        Another key replaces the one before, whose node is then refused.

        Raises:
            EnrolmentRefused: the key is not an EC P-384 key, is another institution's, or
                was withdrawn; nothing has changed.
        """
        key = _canonical_key(public_key_pem)
        with self._lock:
            known = self._nodes.get(institution)
            if known is not None and known[1] == key:
                return
            try:
                node_id = self._state.create_node(
                    NOOP_FLWR_AID, NOOP_ACCOUNT_NAME, key, NODE_HEARTBEAT_SECONDS, name=institution
                )
            except ValueError as error:
                raise EnrolmentRefused(
                    f"the transport key of {institution} is another institution's or was "
                    "withdrawn; the institution was not registered",
                    hint="Enrol the node again: it then makes a new key.",
                ) from error
            if known is not None:
                self._delete(known[0])
            self._nodes[institution] = (int(node_id), key)

    def unregister(self, institution: str) -> None:
        """Refuse an institution's node from now on; its key cannot come back."""
        with self._lock:
            known = self._nodes.pop(institution, None)
            if known is not None:
                self._delete(known[0])

    def shut_out(self, institutions: frozenset[str]) -> None:
        """Refuse these institutions' nodes, and no others, until told otherwise.

        Unlike `unregister` this can be taken back: Flower never hears of it.
        """
        with self._lock:
            self._shut = institutions

    def _is_shut_out(self, key: bytes) -> bool:
        with self._lock:
            shut = (self._nodes[name][1] for name in self._shut if name in self._nodes)
            return key in shut

    def registered(self) -> frozenset[str]:
        """The institutions whose transport key is known here, shut out or not."""
        with self._lock:
            return frozenset(self._nodes)

    def online(self) -> frozenset[str]:
        """The institutions whose node has been heard within two of its heartbeats."""
        with self._lock:
            nodes = {node_id: institution for institution, (node_id, _) in self._nodes.items()}
        alive = self._state.get_node_info(node_ids=list(nodes), statuses=[NodeStatus.ONLINE])
        return frozenset(nodes[node.node_id] for node in alive)

    def open_exchange(self) -> FlowerExchange:
        """Open a context for one round: a Flower run of its own."""
        return FlowerExchange(
            self._state,
            node_of=self._node_of,
            progress=self._progress,
            ticks=lambda: self._ticks,
        )

    def _node_of(self, institution: str) -> int | None:
        with self._lock:
            known = self._nodes.get(institution)
        return None if known is None else known[0]

    def _delete(self, node_id: int) -> None:
        # Flower 1.41 cannot delete a node that was never active: its lease is None.
        self._state.activate_node(node_id, NODE_HEARTBEAT_SECONDS)
        self._state.delete_node(NOOP_FLWR_AID, node_id)

    def _tick(self) -> None:
        with self._progress:
            self._ticks += 1
            self._progress.notify_all()

    @staticmethod
    def _quieten() -> None:
        """Let Flower and uvicorn speak through our logging, and only of trouble."""
        flower = logging.getLogger("flwr")
        flower.handlers.clear()
        flower.propagate = True
        for name in ("flwr", "uvicorn", "uvicorn.error", "uvicorn.access"):
            logging.getLogger(name).setLevel(logging.WARNING)


def _superlink_config() -> SuperLinkLifespanConfig:
    """A SuperLink in memory that starts no process and listens nowhere by itself."""
    return SuperLinkLifespanConfig(
        control_address="",
        health_server_address=None,
        host="127.0.0.1",
        port=0,
        insecure=False,
        certificates=None,
        superexec_auth_secret=secrets.token_bytes(32),
        authn_plugin=NoOpControlAuthnPlugin(),
        event_log_plugin=None,
        fleet_event_log_plugin=None,
        enable_event_log=False,
        artifact_provider=None,
        enable_supernode_auth=True,
        fleet_api_type="grpc-rere",
        fleet_api_address=None,
        simulation=False,
        ssl_ca_certfile=None,
        ssl_certfile=None,
        ssl_keyfile=None,
        database=FLWR_IN_MEMORY_DB_NAME,
        isolation="process",
        runtime_dependency_install=False,
    )


def _canonical_key(public_key_pem: bytes) -> bytes:
    """Return the key as the node will spell it, or refuse it."""
    try:
        key = load_pem_public_key(public_key_pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise EnrolmentRefused("the transport key cannot be read; nothing has changed") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp384r1":
        raise EnrolmentRefused("the transport key is not an EC P-384 key; nothing has changed")
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
