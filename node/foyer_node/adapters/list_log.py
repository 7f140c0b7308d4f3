"""Which lists of addresses were made here: when, of whom, how long. No address is in it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from foyer_node.adapters.durable import append_durably, read_lines

NAME = "lists.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeList:
    """One list. It stays in this building, as its number of addresses does."""

    at: int  # seconds since 1970, UTC
    stage: str
    addresses: int
    by: str  # whose account, or "command line"


class ListLog:
    """The file of a node's folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def note(self, made: MadeList) -> None:
        """Add one line, flushed, before the list is given out."""
        append_durably(self._path, json.dumps(asdict(made), sort_keys=True).encode())

    def made(self) -> tuple[MadeList, ...]:
        """Every list, oldest first."""
        return tuple(MadeList(**json.loads(line)) for line in read_lines(self._path))
