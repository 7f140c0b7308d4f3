"""Flower at the node: a `ClientApp` of the installed package, and the loop that feeds it.

The node asks for work and never listens. It comes back by itself after the coordinator
has restarted and forgotten it, and after its own crash, when Flower still believes the
old session alive: the last session's id is kept in a file, so that it can be ended with
the same key. Nothing is answered twice by this module's care; that is the journal's.
"""

import logging
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Both are on by default, and are read when Flower is first imported.
os.environ["FLWR_TELEMETRY_ENABLED"] = "0"
os.environ["FLWR_DISABLE_UPDATE_CHECK"] = "1"

import httpx
from flwr.app import ConfigRecord, Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp
from flwr.common.constant import ErrorCode

from foyer_node.adapters.flower_link import LINK_TROUBLE, FleetLink

log = logging.getLogger(__name__)

RECORD = "foyer"
FIELD = "payload"
REFUSED = "refused"
"""All that a failed instruction's sender is told."""

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
STOP_CHECK_SECONDS = 0.25

GROWTH = 1.3
"""So that, without a nudge, an instruction waits at most 0.3 of the time since the last one."""

Handle = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a node asks for work, and says that it lives; all in seconds."""

    idle_seconds: float = 5.0
    """Between two polls; a nudge shortens it, so it only bounds the wait without one."""

    busy_seconds: float = 0.1
    """Until the first poll after a message or a nudge; each next rest is `GROWTH` times
    longer, up to `idle_seconds`. Twenty nodes that polled at this pace for good would
    keep the coordinator's processor busy with nothing else."""

    heartbeat_seconds: float = 15.0
    """Flower allows 10 s at least. A node that died counts as online for twice as long."""


DEFAULT_PACE = Pace()


def build_client_app(handle: Handle) -> ClientApp:
    """Return the app that answers `query.foyer` messages with `handle`."""

    def answer(message: Message, context: Context) -> Message:
        try:
            reply = handle(message.content.config_records[RECORD][FIELD])
        except Exception:  # noqa: BLE001 - the text of an unforeseen error may not leave
            log.error("an instruction could not be answered; its sender was told so")
            error = Error(code=ErrorCode.CLIENT_APP_RAISED_EXCEPTION, reason=REFUSED)
            return Message(error, reply_to=message)
        return Message(RecordDict({RECORD: ConfigRecord({FIELD: reply})}), reply_to=message)

    app = ClientApp()
    app.query("foyer")(answer)
    return app


class FlowerCourier:
    """Brings payloads to the node and its replies back; see `run`."""

    def __init__(
        self,
        *,
        address: str,
        certificate: Path,
        key: Path,
        ca: Path,
        session_file: Path,
        pace: Pace = DEFAULT_PACE,
    ) -> None:
        """Prepare to call `address` (`host:port`); nothing is sent.

        `key` is the EC P-384 key of both the TLS certificate and Flower's authentication.

        Raises:
            ConfigError: a file cannot be read.
        """
        self._link = FleetLink(address=address, certificate=certificate, key=key, ca=ca)
        self._session_file = session_file
        self._pace = pace
        self._woken = threading.Event()
        self._node_id = 0
        self._quieten()

    def nudge(self) -> None:
        """Ask for work at once; callable from any thread."""
        self._woken.set()

    def run(self, handle: Handle, stop: threading.Event) -> None:
        """Answer instructions with `handle` until `stop` is set; blocks.

        `handle` gets a payload's bytes and returns the reply's. Where it raises, the
        sender is told "refused" and the loop goes on.
        """
        app = build_client_app(handle)
        beating = threading.Thread(
            target=self._beat, args=(stop,), name="fleet-heartbeat", daemon=True
        )
        beating.start()
        try:
            self._work(app, stop)
        finally:
            self._leave()

    def _work(self, app: ClientApp, stop: threading.Event) -> None:
        pause = FIRST_PAUSE_SECONDS
        rest = self._pace.busy_seconds
        while not stop.is_set():
            try:
                if not self._node_id:
                    self._activate()
                worked = self._step(app)
                pause = FIRST_PAUSE_SECONDS
            except LINK_TROUBLE as error:
                self._note(error)
                self._sleep(pause * random.uniform(0.7, 1.3), stop)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                continue
            if worked or self._sleep(rest * random.uniform(0.8, 1.2), stop):
                rest = self._pace.busy_seconds
            else:
                rest = min(rest * GROWTH, self._pace.idle_seconds)

    def _step(self, app: ClientApp) -> bool:
        """Answer one instruction; tell whether there was one."""
        message = self._link.pull(self._node_id)
        if message is None:
            return False
        context = Context(
            run_id=message.metadata.run_id,
            node_id=self._node_id,
            node_config={},
            state=RecordDict(),
            run_config={},
        )
        self._link.push(self._node_id, app(message=message, context=context))
        return True

    def _activate(self) -> None:
        """Come online, ending first what a crash of ours may have left online."""
        stale = _read_session(self._session_file)
        if stale:
            try:
                self._link.deactivate(stale)
            except httpx.HTTPStatusError:
                # Flower forgot that session, or it had ended: either is what we want.
                log.debug("the last session was already over")
        self._node_id = self._link.activate(self._pace.heartbeat_seconds)
        self._session_file.write_text(str(self._node_id), encoding="ascii")
        log.info("connected to the coordinator")

    def _note(self, error: Exception) -> None:
        """Log trouble without its text, and forget a session that is not recognised."""
        if isinstance(error, httpx.HTTPStatusError):
            status = error.response.status_code
            log.warning("the coordinator answered %d; trying again", status)
            if status == httpx.codes.UNAUTHORIZED:
                self._node_id = 0
        else:
            log.warning("the coordinator cannot be reached (%s)", type(error).__name__)

    def _sleep(self, seconds: float, stop: threading.Event) -> bool:
        """Rest until a nudge, `stop` or the time is over; tell whether it was a nudge."""
        deadline = time.monotonic() + seconds
        while not stop.is_set() and (left := deadline - time.monotonic()) > 0:
            if self._woken.wait(min(left, STOP_CHECK_SECONDS)):
                self._woken.clear()
                return True
        return False

    def _beat(self, stop: threading.Event) -> None:
        """Tell the coordinator that the node is alive, also while it computes."""
        while not stop.wait(self._pace.heartbeat_seconds * random.uniform(0.5, 0.8)):
            if self._node_id:
                try:
                    self._link.beat(self._node_id, self._pace.heartbeat_seconds)
                except LINK_TROUBLE as error:
                    log.debug("a heartbeat failed (%s)", type(error).__name__)

    def _leave(self) -> None:
        """Go offline and close; a coordinator that is away must not keep us."""
        if self._node_id:
            try:
                self._link.deactivate(self._node_id)
                self._session_file.unlink(missing_ok=True)
            except LINK_TROUBLE as error:
                log.info("left without taking leave (%s)", type(error).__name__)
            self._node_id = 0
        self._link.close()

    @staticmethod
    def _quieten() -> None:
        """Let Flower and httpx speak through our logging, and only of trouble."""
        flower = logging.getLogger("flwr")
        flower.handlers.clear()
        flower.propagate = True
        for name in ("flwr", "httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)


def _read_session(path: Path) -> int:
    """Return the last session's id, 0 where there is none or the file is torn."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
