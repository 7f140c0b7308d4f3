"""A node's signed time stamp is good once.

Flower accepts a signed stamp for 305 s and remembers none. Here the latest stamps of each
node are remembered, and one older than all of them is refused, so memory stays bounded
whatever a node sends. Stamps may arrive slightly out of order, because a node's heartbeat
has a thread of its own.
"""

import binascii
from base64 import b64decode
from datetime import datetime

REMEMBERED = 256
"""Stamps kept per node: 25 s of the busiest polling, against a reordering of a few calls."""


class SpentStamps:
    """The stamps that were used; not thread-safe, for one event loop."""

    def __init__(self) -> None:
        self._spent: dict[bytes, set[datetime]] = {}
        self._floor: dict[bytes, datetime] = {}

    def claim(self, key: bytes, stamp: bytes) -> bool:
        """Take a stamp, or tell that it was used before.

        A stamp or key that cannot be read passes: Flower's own check refuses it.
        """
        parsed = _parse(key, stamp)
        if parsed is None:
            return True
        node, moment = parsed
        spent = self._spent.setdefault(node, set())
        floor = self._floor.get(node)
        if moment in spent or (floor is not None and moment <= floor):
            return False
        spent.add(moment)
        return True

    def release(self, key: bytes, stamp: bytes) -> None:
        """Give a stamp back: its signature was not the node's."""
        parsed = _parse(key, stamp)
        if parsed is not None:
            node, moment = parsed
            self._spent.get(node, set()).discard(moment)
            if not self._spent.get(node):
                self._spent.pop(node, None)

    def settle(self, key: bytes) -> None:
        """Forget the oldest stamps of a node beyond `REMEMBERED`, and refuse their like."""
        node = _decode(key)
        spent = self._spent.get(node, set())
        while len(spent) > REMEMBERED:
            oldest = min(spent)
            spent.discard(oldest)
            self._floor[node] = oldest


def _parse(key: bytes, stamp: bytes) -> tuple[bytes, datetime] | None:
    node = _decode(key)
    try:
        moment = datetime.fromisoformat(stamp.decode("ascii"))
    except ValueError:
        return None
    # A stamp without a zone could not be compared with the others.
    return (node, moment) if node and moment.tzinfo is not None else None


def _decode(key: bytes) -> bytes:
    """The key itself: Base64 has several spellings of the same bytes."""
    try:
        return b64decode(key, validate=True)
    except binascii.Error:
        return b""
