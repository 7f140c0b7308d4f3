"""Everything that ever left the building: kept as sent, listed in an append-only index."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from foyer_node.adapters.durable import append_durably, read_lines, write_durably


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One message that left. `rho` is the privacy it was charged, as a fraction's text."""

    number: int
    at: int  # seconds since 1970, UTC
    channel: str  # "fleet" or "control"
    kind: str
    round_id: str
    receiver: str
    size: int
    sha256: str
    rho: str


class Outbox:
    """The folder `outbox/` of a node."""

    def __init__(self, folder: Path, clock: Callable[[], int]) -> None:
        self._folder = folder
        self._index = folder / "index.jsonl"
        self._clock = clock

    def record(
        self, content: bytes, *, channel: str, kind: str, round_id: str = "", rho: str = "0/1"
    ) -> Sent:
        """Keep `content` and index it, both flushed, before it leaves."""
        sent = Sent(
            number=len(read_lines(self._index)) + 1,
            at=self._clock(),
            channel=channel,
            kind=kind,
            round_id=round_id,
            receiver="coordinator",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            rho=rho,
        )
        write_durably(self._path(sent.number), content)
        fields = {name: getattr(sent, name) for name in Sent.__dataclass_fields__}
        append_durably(self._index, json.dumps(fields, sort_keys=True).encode())
        return sent

    def list(self) -> list[Sent]:
        """All messages, oldest first."""
        return [Sent(**json.loads(line)) for line in read_lines(self._index)]

    def content(self, number: int) -> bytes:
        """The exact bytes of one message."""
        return self._path(number).read_bytes()

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:08d}.bin"
