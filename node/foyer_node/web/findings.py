"""The doctor's findings without the wait: looked up in the background, kept for a minute."""

import threading
import time
from collections.abc import Callable

from foyer_node.doctor import Findings

FRESH_SECONDS = 60.0
PATIENCE_SECONDS = 2.0
"""How long the first reader waits: an unreachable coordinator takes ten seconds to find."""


class KeptFindings:
    """Runs `examine` in a thread of its own, at most one at a time."""

    def __init__(
        self, examine: Callable[[], Findings], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._examine = examine
        self._clock = clock
        self._lock = threading.Lock()
        self._running = False
        self._known = threading.Event()
        self._found: Findings | None = None
        self._found_at = 0.0

    def latest(self) -> Findings | None:
        """The last findings, however old; None if the first look takes too long."""
        with self._lock:
            stale = self._found is None or self._clock() - self._found_at > FRESH_SECONDS
            if stale and not self._running:
                self._running = True
                threading.Thread(target=self._look, name="doctor", daemon=True).start()
        self._known.wait(PATIENCE_SECONDS)
        return self._found

    def _look(self) -> None:
        try:
            found = self._examine()
            with self._lock:
                self._found, self._found_at = found, self._clock()
            self._known.set()
        finally:
            with self._lock:
                self._running = False
