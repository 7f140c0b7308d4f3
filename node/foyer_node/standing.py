"""Tells the coordinator how this node stands, whenever that has changed.

A pause is written to a file, by the pages or the command line, and holds from the next
question on. That the coordinator hears of it, so that a round does not wait for a paused
institution, is what is done here; and that it hears of newer data.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from foyer_protocol.errors import StorageError

LOOK_SECONDS = 2.0
"""How long a decision or an import waits until the running node tells of it."""

NO_DATA = "no-data"

Mark = tuple[tuple[int, int] | None, ...]


@dataclass(slots=True, kw_only=True)
class Standing:
    """Looks at `files`, and where one has changed asks `read` and tells what it says.

    `read` gives a state and the month that the data reach; it raises `StorageError` while
    the store is held by an import.
    """

    files: tuple[Path, ...]
    read: Callable[[], tuple[str, date | None]]
    tell: Callable[[str, date | None], None]
    _seen: Mark | None = field(default=None, init=False)
    _told: bool = field(default=False, init=False)

    def look(self) -> None:
        """Tell the coordinator, if something may have changed since it was told."""
        mark = tuple(_mark(file) for file in self.files)  # before reading: no change is missed
        if mark == self._seen:
            return
        try:
            state, until = self.read()
        except StorageError:  # looked at again next time; what was told before still stands
            if not self._told:
                self.tell(NO_DATA, None)
        else:
            self.tell(state, until)
            self._seen = mark
        self._told = True

    def keep(self, stop: threading.Event) -> None:
        """Until `stop`."""
        while not stop.wait(LOOK_SECONDS):
            self.look()


def _mark(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
