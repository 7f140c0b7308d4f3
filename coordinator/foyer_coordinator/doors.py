"""Who may knock at the ports right now: the database says, and it is looked at all the time.

The command line that suspends or removes a member is another process than the one that
holds the ports. A signed roster decides about rounds; this decides, at once and without
governance, whom the coordinator still talks to. It can only take away.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from foyer_coordinator.ports import MemberBook
from foyer_protocol.errors import FoyerError

log = logging.getLogger("foyer.coordinator.doors")


class Fleet(Protocol):
    """The fleet port; see `adapters.flower_server.FlowerCarrier`."""

    def registered(self) -> frozenset[str]: ...
    def shut_out(self, institutions: frozenset[str]) -> None: ...


class Lines(Protocol):
    """The control streams."""

    def connected(self) -> Iterable[str]: ...
    def hang_up(self, institution: str) -> None: ...


@dataclass(slots=True, kw_only=True)
class Doors:
    """Keeps suspended members out until they are reinstated, removed ones until invited again."""

    members: MemberBook
    fleet: Fleet
    lines: Lines
    look_seconds: float = 0.3
    _shut: frozenset[str] = field(default=frozenset(), repr=False)

    def keep(self, stop: threading.Event) -> None:
        """Look until `stop`; in a thread of its own, since a round may take hours."""
        while not stop.wait(self.look_seconds):
            _log_refusals(self.look)

    def look(self) -> None:
        """Bring both ports in line with the database."""
        # In this order: whoever enrols is in the database first, and at the ports after that.
        present = self.fleet.registered() | frozenset(self.lines.connected())
        known = self.members.institutions()
        welcome = frozenset(one.slug for one in known if not one.suspended)
        shut = present - welcome | {one.slug for one in known if one.suspended}
        if shut != self._shut:
            self.fleet.shut_out(shut)
            log.info("shut out now: %s", ", ".join(sorted(shut)) or "nobody")
            self._shut = shut
        for name in sorted(set(self.lines.connected()) & shut):
            self.lines.hang_up(name)


def _log_refusals(act: Callable[[], None]) -> None:
    try:
        act()
    except FoyerError as refusal:
        log.error("%s [%s]", refusal.message, refusal.code)
