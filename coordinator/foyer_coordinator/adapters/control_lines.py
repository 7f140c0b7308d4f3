"""The streams of connected nodes as the coordinator's other threads see them.

A node that does not read must not fill our memory. When its outbox is full the stream is
ended; the node comes back, says hello, and is told the present state instead of the past.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterator

from foyer_protocol.control_pb2 import CoordinatorFrame, Nudge
from foyer_protocol.errors import FoyerError, RemoteProtocolError
from foyer_protocol.ids import InstitutionId

log = logging.getLogger(__name__)

OUTBOX_FRAMES = 256
"""A release per statistic and a roster, several times over; beyond that nobody is reading."""


class Line:
    """Frames on their way to one node, and why the stream ended, if it did.

    Frames wait until `accept`: what is put while a hello is being judged must not leave
    before the node is told that it was accepted.
    """

    def __init__(self, limit: int = OUTBOX_FRAMES) -> None:
        self._limit = limit
        self._waiting: deque[CoordinatorFrame] = deque()
        self._changed = threading.Condition()
        self._accepted = False
        self._closed = False
        self.refusal: FoyerError | None = None

    def accept(self) -> None:
        """Let what waits leave."""
        with self._changed:
            self._accepted = True
            self._changed.notify_all()

    def put(self, frame: CoordinatorFrame) -> bool:
        """Queue a frame; False if the stream is over, or is ended now because it is full."""
        with self._changed:
            if self._closed:
                return False
            if len(self._waiting) >= self._limit:
                self._end(None)
                return False
            self._waiting.append(frame)
            self._changed.notify_all()
            return True

    def nudge(self) -> bool:
        """Queue a nudge, unless the last thing the node will hear is one already."""
        with self._changed:
            if self._waiting and self._waiting[-1].HasField("nudge") and not self._closed:
                return True
        return self.put(CoordinatorFrame(nudge=Nudge()))

    def close(self, refusal: FoyerError | None = None) -> None:
        """End the stream; what is still waiting is not sent. The first reason stays."""
        with self._changed:
            if not self._closed:
                self._end(refusal)

    def frames(self) -> Iterator[CoordinatorFrame]:
        """Yield frames in order, from acceptance until the line is closed."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or (self._accepted and self._waiting))
                if self._closed:
                    return
                frame = self._waiting.popleft()
            yield frame

    def _end(self, refusal: FoyerError | None) -> None:
        self._closed = True
        self.refusal = refusal
        self._waiting.clear()
        self._changed.notify_all()


class Switchboard:
    """Which institution is at the other end of which line: one line each."""

    def __init__(self) -> None:
        self._lines: dict[InstitutionId, Line] = {}
        self._lock = threading.Lock()

    def enter(self, institution: InstitutionId, line: Line) -> None:
        """Make `line` the institution's; an older one ends.

        The newest wins because the usual reason for two is a node that restarted
        before we noticed that its first connection was gone.
        """
        with self._lock:
            older = self._lines.get(institution)
            self._lines[institution] = line
        if older is not None and older is not line:
            log.info("a second stream of %s replaces the first", institution)
            older.close(
                RemoteProtocolError(
                    f"another stream of {institution} was opened; this one was ended",
                    hint="Run one node for each institution.",
                )
            )

    def leave(self, institution: InstitutionId, line: Line) -> None:
        """Forget `line`, unless a newer one took its place."""
        with self._lock:
            if self._lines.get(institution) is line:
                del self._lines[institution]

    def connected(self) -> frozenset[InstitutionId]:
        """Return the institutions that have a line."""
        with self._lock:
            return frozenset(self._lines)

    def push(self, institution: InstitutionId, frame: CoordinatorFrame) -> bool:
        """Queue a frame; False if the institution has no line."""
        line = self._line(institution)
        return line is not None and line.put(frame)

    def nudge(self, institution: InstitutionId) -> bool:
        """Queue a nudge; False if the institution has no line."""
        line = self._line(institution)
        return line is not None and line.nudge()

    def hang_up(self, institution: InstitutionId, refusal: FoyerError) -> None:
        """End one institution's line, if it has one, and say why."""
        line = self._line(institution)
        if line is not None:
            line.close(refusal)

    def close(self) -> None:
        """End every line."""
        with self._lock:
            lines = list(self._lines.values())
        for line in lines:
            line.close()

    def _line(self, institution: InstitutionId) -> Line | None:
        with self._lock:
            return self._lines.get(institution)
