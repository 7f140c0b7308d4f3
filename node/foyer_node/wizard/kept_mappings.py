"""The descriptions of exports that this house keeps, one TOML file each, in `mappings/`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from foyer_node.adapters.durable import write_durably
from foyer_node.connectors.headers import fold
from foyer_node.mapping.changes import Changes, compare
from foyer_node.mapping.mapping_file import (
    ExportMapping,
    read_mapping,
    same_layout,
    write_mapping,
)
from foyer_protocol.errors import FoyerError

FOLDER = "mappings"
MOST_BYTES = 1_000_000
"""A description is a few kilobytes; one of a thousand columns and words is below this."""

_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")
_LEAST_COMMON = 0.6
"""Share of a description's columns that a file must have to be the same export, changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One description and when it was last written."""

    mapping: ExportMapping
    kept_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """The description that a header is of, and what changed since; nothing if it is as it was."""

    kept: Kept
    changes: Changes


class KeptMappings:
    """The folder of one node."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def all(self) -> list[Kept]:
        """Every description that can be read, by name."""
        found = []
        for path in sorted(self._folder.glob("*.toml")):
            try:
                mapping = read_mapping(path.read_text(encoding="utf-8"))
            except (FoyerError, OSError, UnicodeError):
                continue  # somebody is editing it; the wizard goes on without it
            at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
            found.append(Kept(mapping=mapping, kept_at=at))
        return found

    def find(self, name: str) -> Kept | None:
        """The description of this name."""
        return next((one for one in self.all() if one.mapping.name == name), None)

    def keep(self, mapping: ExportMapping) -> None:
        """Write a description, in place of one of the same name."""
        write_durably(self._folder / f"{mapping.name}.toml", write_mapping(mapping).encode())

    def path_of(self, kept: Kept) -> Path:
        """Where a description lies."""
        return self._folder / f"{kept.mapping.name}.toml"

    def text_of(self, kept: Kept) -> str:
        """A description as its file."""
        return write_mapping(kept.mapping)

    def forget(self, name: str) -> None:
        """Delete a description."""
        if _NAME.match(name):
            (self._folder / f"{name}.toml").unlink(missing_ok=True)

    def recognise(self, header: Sequence[str]) -> Recognised | None:
        """The description that this header is of: the very same columns, else most of them."""
        kept = self.all()
        for one in kept:
            if same_layout(one.mapping, header):
                return Recognised(kept=one, changes=compare(one.mapping, header))
        near = max(kept, key=lambda one: _in_common(one.mapping, header), default=None)
        if near is None or _in_common(near.mapping, header) < _LEAST_COMMON:
            return None
        return Recognised(kept=near, changes=compare(near.mapping, header))


def _in_common(mapping: ExportMapping, header: Sequence[str]) -> float:
    before, now = set(map(fold, mapping.header)), set(map(fold, header))
    return len(before & now) / len(before | now)


def mapping_name(text: str) -> str:
    """A name for a description from what somebody typed.

    >>> mapping_name("Billetsalg, hjemmesiden 2026"), mapping_name("Øst"), mapping_name("?!")
    ('billetsalg-hjemmesiden-2026', 'ost', 'export')
    """
    ascii_only = fold(text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:60].strip("-") or "export"
