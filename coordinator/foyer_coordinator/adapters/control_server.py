"""The coordinator's two gRPC ports: enrolment (a code) and control (a certificate).

They are two servers, so that no setting can ever serve a control method to somebody
without a certificate. Threads and not an event loop: a stream costs one thread that
writes and one that reads, which is little for the hundreds of institutions a network
has, and a callback may then do slow work without stopping the others.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import grpc

from foyer_coordinator.adapters.certificates import TlsIdentity
from foyer_coordinator.adapters.control_lines import Switchboard
from foyer_coordinator.adapters.control_services import (
    ControlService,
    EnrolmentService,
    NodeEvents,
    Recorder,
    RecordingInterceptor,
)
from foyer_coordinator.enrolment_desk import EnrolmentDesk
from foyer_protocol.control_pb2 import CoordinatorFrame
from foyer_protocol.control_pb2_grpc import (
    add_ControlServicer_to_server,
    add_EnrolmentServicer_to_server,
)
from foyer_protocol.errors import ConfigError, FoyerError
from foyer_protocol.ids import InstitutionId

MOST_NODES = 512
"""Streams served at once; the next one is told RESOURCE_EXHAUSTED and tries again later."""

MOST_APPLICANTS = 8
"""Enrolments served at once: each takes milliseconds."""

OPTIONS: list[tuple[str, int]] = [
    # Two coordinators on one port would each get half of the nodes, without an error.
    ("grpc.so_reuseport", 0),
    # Nothing that a node or an applicant sends is near this.
    ("grpc.max_receive_message_length", 64 * 1024),
    # A node whose network went away is forgotten after 60 + 20 seconds.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    # Nodes ping each minute, to keep their firewall's mapping alive. Allow that: by
    # default a server hangs up on the third ping within five minutes.
    ("grpc.http2.min_ping_interval_without_data_ms", 30_000),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where to listen, as host:port; port 0 lets the system choose."""

    enrolment: str
    control: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTls:
    """The server's own certificate, and the authority that signed the nodes'."""

    network: str
    identity: TlsIdentity = field(repr=False)
    authority_pem: bytes = field(repr=False)


class ControlServer:
    """Both ports. `start` once, `stop` once."""

    def __init__(
        self,
        *,
        desk: EnrolmentDesk,
        events: NodeEvents,
        clock: Callable[[], datetime],
        recorder: Recorder | None = None,
    ) -> None:
        """`clock` gives the time of an enrolment, aware and in UTC."""
        self._desk = desk
        self._events = events
        self._clock = clock
        self._interceptors = [RecordingInterceptor(recorder)] if recorder else []
        self._switchboard = Switchboard()
        self._servers: list[tuple[grpc.Server, ThreadPoolExecutor]] = []

    def start(self, addresses: Addresses, tls: ServerTls) -> tuple[int, int]:
        """Listen, and return the ports of enrolment and of control.

        Raises:
            ConfigError: an address cannot be listened on; neither port is open.
        """
        pair = [(tls.identity.key_pem, tls.identity.certificate_pem)]
        applicants = self._server(MOST_APPLICANTS)
        add_EnrolmentServicer_to_server(EnrolmentService(self._desk, self._clock), applicants)
        nodes = self._server(MOST_NODES)
        add_ControlServicer_to_server(
            ControlService(self._switchboard, self._events, tls.network), nodes
        )
        try:
            ports = (
                _listen(applicants, addresses.enrolment, grpc.ssl_server_credentials(pair)),
                _listen(
                    nodes,
                    addresses.control,
                    grpc.ssl_server_credentials(pair, tls.authority_pem, require_client_auth=True),
                ),
            )
        except ConfigError:
            self.stop(0)
            raise
        applicants.start()
        nodes.start()
        return ports

    def stop(self, grace_seconds: float = 1.0) -> None:
        """End every stream, close both ports and wait for their threads."""
        self._switchboard.close()
        for server, threads in self._servers:
            server.stop(grace_seconds).wait()
            threads.shutdown()
        self._servers.clear()

    def connected(self) -> frozenset[InstitutionId]:
        """Return the institutions that have said hello and whose stream is open."""
        return self._switchboard.connected()

    def push(self, institution: InstitutionId, frame: CoordinatorFrame) -> bool:
        """Queue a frame for one institution; False if it is not connected.

        True means queued, not read: what must not be lost is told again after a hello.
        """
        return self._switchboard.push(institution, frame)

    def hang_up(self, institution: InstitutionId, refusal: FoyerError) -> None:
        """End one institution's stream and tell it the reason."""
        self._switchboard.hang_up(institution, refusal)

    def broadcast(self, frame: CoordinatorFrame) -> frozenset[InstitutionId]:
        """Queue a frame for everybody connected; return for whom it was queued."""
        return frozenset(name for name in self.connected() if self.push(name, frame))

    def nudge(self, institutions: Iterable[InstitutionId]) -> frozenset[InstitutionId]:
        """Tell institutions that work is waiting; return those that are connected."""
        return frozenset(name for name in institutions if self._switchboard.nudge(name))

    def _server(self, at_once: int) -> grpc.Server:
        threads = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="control")
        server = grpc.server(
            threads,
            interceptors=list(self._interceptors),
            options=OPTIONS,
            maximum_concurrent_rpcs=at_once,
        )
        self._servers.append((server, threads))
        return server


def _listen(server: grpc.Server, address: str, credentials: grpc.ServerCredentials) -> int:
    try:
        return server.add_secure_port(address, credentials)
    except RuntimeError as error:
        raise ConfigError(
            f"{address} cannot be listened on; nothing was started",
            hint="Is another coordinator running, or is this an address of another machine?",
        ) from error
