"""The node's one outbound stream to the coordinator, kept open for as long as the node runs.

Nothing depends on it: what arrives here only makes the node look sooner, or is signed and
checked by the protocol. So a broken stream is logged as a code, waited for, and opened
again; never an error of the node.
"""

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import grpc

from foyer_node.adapters.backoff import Backoff
from foyer_protocol import control_pb2 as wire
from foyer_protocol.control_pb2_grpc import ControlStub
from foyer_protocol.errors import FoyerError, every_error
from foyer_protocol.version import PROTOCOL_VERSION

log = logging.getLogger(__name__)

OPTIONS: list[tuple[str, int]] = [
    # A ping each minute keeps the mapping of an institution's firewall alive, and finds
    # out within 20 seconds that the coordinator is gone.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    # A roster of a thousand institutions with their helper keys is about 3 MB.
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    # A stream is begun again here, with its hello; gRPC must not replay it.
    ("grpc.enable_retries", 0),
]

STATES = {
    "ready": wire.STATE_READY,
    "working": wire.STATE_WORKING,
    "paused": wire.STATE_PAUSED,
    "no-data": wire.STATE_NO_DATA,
}
"""The states a node may say it is in."""

MOST_REFUSALS = 64
"""Refusals kept while there is no stream; older ones are dropped, since rounds end."""

STEADY_SECONDS = 30.0
"""A stream that lasted this long was a good one: the next wait is short again."""

ACCEPTED = ("foyer-accepted", "1")
"""What the coordinator says in its first metadata once it has accepted a hello."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTls:
    """Our certificate and key, and the authority that the coordinator must be signed by."""

    authority_pem: bytes = field(repr=False)
    certificate_pem: bytes = field(repr=False)
    key_pem: bytes = field(repr=False)


class ControlEvents(Protocol):
    """What the node does about what the coordinator says.

    Called in the stream's thread. May raise a `FoyerError`, which is logged by its code.
    """

    def on_roster(self, signed: bytes) -> None:
        """A roster, signed by governance: check it before use."""
        ...

    def on_head(self, update: bytes) -> None:
        """The network's history so far, signed by the coordinator: check it before use."""
        ...

    def on_proposal(self, signed: bytes) -> None:
        """A round's plan, signed by the coordinator: check it before it is shown."""
        ...

    def on_nudge(self) -> None:
        """Work is waiting: poll now."""
        ...

    def on_release(self, signed: bytes) -> None:
        """A release, signed by the coordinator: check it before use."""
        ...

    def on_aborted(self, signed: bytes) -> None:
        """The certificate of a job that was given up: check it before use."""
        ...

    def on_notice(self, code: str, text: str) -> None:
        """Something a person should read; nobody signed it, so nothing acts on it."""
        ...


class ControlClient:
    """Run in a thread of its own; the other methods may be called from any thread."""

    def __init__(
        self,
        *,
        address: str,
        tls: ControlTls,
        events: ControlEvents,
        software_version: str,
        catalogue_fingerprint: str,
        backoff: Backoff | None = None,
        on_sent: Callable[[str, bytes], object] = lambda kind, raw: None,
    ) -> None:
        """`address` is host:port, and the host is a name in the coordinator's certificate.

        `on_sent` is shown the kind and the bytes of each frame just before it leaves, in
        a thread of gRPC. If it raises, the frame does not leave and the stream is cut.
        """
        self._address = address
        self._tls = tls
        self._events = events
        self._hello = wire.Hello(
            software_version=software_version,
            protocol_version=PROTOCOL_VERSION,
            catalogue_fingerprint=catalogue_fingerprint,
        )
        self._backoff = backoff or Backoff()
        self._on_sent = on_sent
        self._lock = threading.Lock()
        self._standing: dict[str, wire.NodeFrame] = {}
        self._refusals: list[wire.Refusal] = []
        self._call: grpc.Call | None = None
        self._outbox: _Outbox | None = None

    def run(self, stop: threading.Event) -> None:
        """Keep a stream open until `stop` is set."""
        threading.Thread(target=self._cancel_on, args=(stop,), daemon=True).start()
        failures = 0
        while not stop.is_set():
            began = time.monotonic()
            self._session(stop)
            if time.monotonic() - began > STEADY_SECONDS:
                failures = 0
            failures += 1
            stop.wait(self._backoff.after(failures, random.random()))

    def is_connected(self) -> bool:
        """Tell whether the coordinator has accepted our hello and the stream is open."""
        with self._lock:
            return self._outbox is not None

    def status(self, state: str, data_until: date | None) -> None:
        """Say how we are, now and after each reconnection; `state` is a key of `STATES`.

        `data_until` is the last day that the imported data covers.
        """
        day = data_until.isoformat() if data_until else ""
        said = wire.Status(state=STATES[state], data_until=day)
        self._stand("status", wire.NodeFrame(status=said))

    def witness(self, signed: bytes) -> None:
        """Say what we have seen of the history, if there is a stream; each hello asks anew."""
        with self._lock:
            if self._outbox is not None:
                self._outbox.put(wire.NodeFrame(witness=signed))

    def helper_key(self, told: tuple[bytes, bytes] | None) -> None:
        """Say which helper key is to come, with our signature; None ends it: it is in use."""
        said = wire.HelperKey(public=told[0], signature=told[1]) if told else None
        self._stand("helper_key", wire.NodeFrame(helper_key=said) if said else None)

    def _stand(self, name: str, frame: wire.NodeFrame | None) -> None:
        """Say something once now, and once after each hello for as long as it holds."""
        with self._lock:
            is_new = frame != self._standing.pop(name, None)
            if frame is not None:
                self._standing[name] = frame
                if is_new and self._outbox is not None:
                    self._outbox.put(frame)

    def refunded(self, job_id: str) -> None:
        """Say that nothing is owed for a job, if there is a stream; a hello asks anew."""
        said = wire.NodeFrame(refunded=wire.Refunded(job_id=job_id))
        with self._lock:
            if self._outbox is not None:
                self._outbox.put(said)

    def refuse(self, round_id: str, code: str) -> None:
        """Say that we will not take part in a round; best effort, for the operator's eyes."""
        said = wire.Refusal(round_id=round_id, code=code)
        with self._lock:
            if self._outbox is not None:
                self._outbox.put(wire.NodeFrame(refusal=said))
            else:
                self._refusals = [*self._refusals, said][-MOST_REFUSALS:]

    def _session(self, stop: threading.Event) -> None:
        """Open one stream and serve it to its end."""
        outbox: _Outbox = queue.SimpleQueue()
        outbox.put(wire.NodeFrame(hello=self._hello))
        credentials = grpc.ssl_channel_credentials(
            self._tls.authority_pem, self._tls.key_pem, self._tls.certificate_pem
        )
        options = [*OPTIONS, *proxy_options(self._address)]
        with grpc.secure_channel(self._address, credentials, options) as channel:
            call = ControlStub(channel).Stream(self._leaving(outbox))
            with self._lock:
                self._call = call
            if stop.is_set():
                call.cancel()
            try:
                if ACCEPTED in call.initial_metadata():
                    self._open(outbox)
                for frame in call:
                    self._deliver(frame)
            except grpc.RpcError as error:
                if not stop.is_set():
                    log.info("stream to %s ended: %s", self._address, _reason(error))
            finally:
                with self._lock:
                    self._call = self._outbox = None
                outbox.put(None)

    def _leaving(self, outbox: "_Outbox") -> Iterator[wire.NodeFrame]:
        for frame in iter(outbox.get, None):
            self._on_sent(frame.WhichOneof("body") or "", frame.SerializeToString())
            yield frame

    def _open(self, outbox: "_Outbox") -> None:
        with self._lock:
            for frame in self._standing.values():
                outbox.put(frame)
            for refusal in self._refusals:
                outbox.put(wire.NodeFrame(refusal=refusal))
            self._refusals = []
            self._outbox = outbox

    def _deliver(self, frame: wire.CoordinatorFrame) -> None:
        try:
            match frame.WhichOneof("body"):
                case "roster":
                    self._events.on_roster(frame.roster)
                case "head":
                    self._events.on_head(frame.head)
                case "proposal":
                    self._events.on_proposal(frame.proposal)
                case "nudge":
                    self._events.on_nudge()
                case "release":
                    self._events.on_release(frame.release)
                case "aborted":
                    self._events.on_aborted(frame.aborted)
                case "notice":
                    self._events.on_notice(frame.notice.code, frame.notice.text)
                case _:
                    log.info("a frame of a kind that this version does not know was ignored")
        except FoyerError as error:
            log.warning("a frame from %s was refused: %s", self._address, error.code)

    def _cancel_on(self, stop: threading.Event) -> None:
        stop.wait()
        with self._lock:
            call = self._call
        if call is not None:
            call.cancel()


def proxy_options(address: str) -> list[tuple[str, int]]:
    """A proxy named in the environment leads to other machines, never back to this one."""
    host = address.rpartition(":")[0].strip("[]")
    here = host in {"localhost", "::1"} or host.startswith("127.")
    return [("grpc.enable_http_proxy", 0)] if here else []


_Outbox = queue.SimpleQueue[wire.NodeFrame | None]
"""Frames on their way out; None ends them."""


def _reason(error: grpc.RpcError) -> str:
    """The status, and our own stable code if the coordinator gave one; none of its words."""
    code = (error.details() or "").partition("\n")[0]
    known = {kind.code for kind in every_error()}
    return f"{error.code().name} {code}" if code in known else error.code().name
