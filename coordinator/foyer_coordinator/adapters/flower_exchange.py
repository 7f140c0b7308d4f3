"""Payloads out, replies back, for one round: one Flower run.

Flower delivers an instruction at most once: it is claimed on pull and never offered
again. Here a payload stays owed until it is answered, refused or expired: it waits for a
node that is away, and it is sent again, byte for byte, when a node has come back with a
new session. A node answers a repeated payload from its journal, so that nothing is spent
twice.
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from types import TracebackType

from flwr.app import ConfigRecord, Message, RecordDict
from flwr.common.constant import NOOP_FLWR_AID, ErrorCode, SubStatus
from flwr.server.superlink.linkstate import LinkState
from flwr.supercore.constant import NOOP_FEDERATION_ID, NodeStatus, TaskType

from foyer_coordinator.adapters.flower_grid import LinkGrid
from foyer_protocol.errors import LocalProtocolError

MESSAGE_TYPE = "query.foyer"
RECORD = "foyer"
FIELD = "payload"
"""A payload travels as one record with one field: three Flower objects, three requests."""

HEARTBEAT_SECONDS = 10.0
"""Flower fails a run whose task is silent for 60 s."""

AWAY = frozenset({ErrorCode.NODE_UNAVAILABLE, ErrorCode.MESSAGE_UNAVAILABLE})
"""Errors that Flower raises on a node's behalf: the payload is still owed."""


class DeliveryError(StrEnum):
    """Why a payload brought no reply."""

    REFUSED = "refused"
    EXPIRED = "expired"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of one payload: a reply's bytes, unverified, or an error."""

    institution: str
    payload: bytes | None = field(repr=False)
    error_code: DeliveryError | None
    instruction_sha256: str
    """Of the payload that was sent, as lower-case hexadecimal."""


@dataclass(slots=True, kw_only=True)
class _Parcel:
    institution: str
    payload: bytes = field(repr=False)
    expires_at: float
    message_id: str = ""
    node_id: int = 0
    activation: str | None = None


class FlowerExchange(AbstractContextManager["FlowerExchange"]):
    """One run of Flower; made by `FlowerCarrier.open_exchange`, closed by leaving the context.

    Safe to use from several threads.
    """

    def __init__(
        self,
        state: LinkState,
        *,
        node_of: Callable[[str], int | None],
        progress: threading.Condition,
        ticks: Callable[[], int],
    ) -> None:
        self._state = state
        self._node_of = node_of
        self._progress = progress
        self._ticks = ticks
        self._seen = ticks()
        self._lock = threading.RLock()
        self._parcels: list[_Parcel] = []
        self._closed = threading.Event()
        self.dropped = 0
        """Replies that came from another node than the addressee: never handed on."""
        self._run_id, self._task_id = _start_run(state)
        self._grid = LinkGrid(state, state.get_run_info(run_ids=[self._run_id])[0])
        threading.Thread(target=self._beat, name="flower-exchange", daemon=True).start()

    def send(self, institution: str, payload: bytes, *, ttl_seconds: float) -> None:
        """Owe `payload` to an institution for `ttl_seconds`; return at once.

        Sending the same bytes again while they are owed offers them to the node again and
        restarts their time.

        Raises:
            LocalProtocolError: the institution is not registered or the exchange is
                closed; nothing was sent.
        """
        if self._closed.is_set() or self._node_of(institution) is None:
            raise LocalProtocolError(
                f"a payload for {institution} was refused: the exchange is closed or the "
                "institution is not registered; nothing was sent"
            )
        expires_at = time.monotonic() + ttl_seconds
        parcel = _Parcel(institution=institution, payload=payload, expires_at=expires_at)
        with self._lock:
            for twin in self._parcels:
                if (twin.institution, twin.payload) == (institution, payload):
                    self._withdraw(twin)
            self._parcels = [
                p for p in self._parcels if p.institution != institution or p.payload != payload
            ]
            self._parcels.append(parcel)
            self._dispatch(parcel)

    def owed(self) -> frozenset[str]:
        """The institutions that have not answered yet."""
        with self._lock:
            return frozenset(parcel.institution for parcel in self._parcels)

    def collect(self) -> list[Delivery]:
        """Return what has been settled since the last call; never waits.

        Also offers what is owed to nodes that have come back, so call it until `owed` is
        empty.
        """
        with self._lock:
            for parcel in self._parcels:
                self._dispatch(parcel)
            sent = {parcel.message_id: parcel for parcel in self._parcels if parcel.message_id}
            deliveries = []
            for reply in self._grid.pull_messages(sent):
                parcel = sent[reply.metadata.reply_to_message_id]
                parcel.message_id = ""
                delivery = self._settle(parcel, reply)
                if delivery is not None:
                    deliveries.append(delivery)
                    self._parcels.remove(parcel)
            return deliveries + self._expire()

    def wait(self, timeout_seconds: float) -> bool:
        """Sleep until a node has pushed something or come back; tell whether one did.

        Nothing is polled. Expiry and a node's silence raise no event, so wait in slices of
        a second or so and `collect` after each.
        """
        with self._progress:
            heard = self._progress.wait_for(
                lambda: self._ticks() != self._seen or self._closed.is_set(), timeout_seconds
            )
            self._seen = self._ticks()
            return heard

    def close(self) -> None:
        """End the run and forget its messages; what is still owed is dropped."""
        with self._lock:
            if self._closed.is_set():
                return
            self._closed.set()
            self._parcels.clear()
            self._state.finish_task(self._task_id, SubStatus.COMPLETED, "")
            self._state.cleanup_run(self._run_id)
        with self._progress:
            self._progress.notify_all()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _dispatch(self, parcel: _Parcel) -> None:
        """Send a parcel that is not on its way to its node's present session."""
        node_id = self._node_of(parcel.institution)
        nodes = [] if node_id is None else self._state.get_node_info(node_ids=[node_id])
        if not nodes or nodes[0].status != NodeStatus.ONLINE:
            return
        activation = nodes[0].last_activated_at
        if parcel.message_id and (parcel.node_id, parcel.activation) == (node_id, activation):
            return
        remaining = parcel.expires_at - time.monotonic()
        if remaining <= 0:
            return
        self._withdraw(parcel)
        content = RecordDict({RECORD: ConfigRecord({FIELD: parcel.payload})})
        message = self._grid.create_message(content, MESSAGE_TYPE, node_id or 0, "", remaining)
        parcel.message_id = self._grid.push_messages([message])[0]
        parcel.node_id, parcel.activation = node_id or 0, activation

    def _settle(self, parcel: _Parcel, reply: Message) -> Delivery | None:
        """Return what a reply means for its parcel, None where the parcel is still owed."""
        if reply.has_error():
            if reply.error.code in AWAY:
                return None
            code = ErrorCode.UNKNOWN
            refused = reply.error.code != code
            return _delivery(
                parcel, error=DeliveryError.REFUSED if refused else DeliveryError.MALFORMED
            )
        if reply.metadata.src_node_id != parcel.node_id:
            self.dropped += 1
            return None
        record = reply.content.config_records.get(RECORD, {})
        payload = record.get(FIELD)
        if not isinstance(payload, bytes):
            return _delivery(parcel, error=DeliveryError.MALFORMED)
        return _delivery(parcel, payload=payload)

    def _expire(self) -> list[Delivery]:
        """Settle the parcels whose time is over."""
        now = time.monotonic()
        late = [parcel for parcel in self._parcels if parcel.expires_at <= now]
        for parcel in late:
            self._withdraw(parcel)
            self._parcels.remove(parcel)
        return [_delivery(parcel, error=DeliveryError.EXPIRED) for parcel in late]

    def _withdraw(self, parcel: _Parcel) -> None:
        if parcel.message_id:
            self._grid.forget(parcel.message_id)
            parcel.message_id = ""

    def _beat(self) -> None:
        """Keep Flower's task alive until the exchange is closed."""
        while not self._closed.wait(HEARTBEAT_SECONDS):
            self._state.acknowledge_task_heartbeat(self._task_id)


def _start_run(state: LinkState) -> tuple[int, int]:
    """Create a Flower run without an app bundle and take its task; return both ids."""
    run_id = state.create_run(
        None, None, None, {}, NOOP_FEDERATION_ID, None, NOOP_FLWR_AID, TaskType.SERVER_APP
    )
    task_id = state.get_run_info(run_ids=[run_id])[0].primary_task_id
    if state.claim_task(task_id) is None or not state.activate_task(task_id):
        raise LocalProtocolError("Flower refused to start a run; nothing was sent")
    return int(run_id), int(task_id)


def _delivery(
    parcel: _Parcel, *, payload: bytes | None = None, error: DeliveryError | None = None
) -> Delivery:
    return Delivery(
        institution=parcel.institution,
        payload=payload,
        error_code=error,
        instruction_sha256=sha256(parcel.payload).hexdigest(),
    )
