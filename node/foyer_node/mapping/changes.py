"""What changed in an export since its mapping was made, in the terms of whoever exports it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from foyer_node.connectors.headers import REQUIRED, STRONG, WEAK, fold
from foyer_node.mapping.mapping_file import ExportMapping

_ALIKE = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How a header differs from the one that a mapping was made for."""

    added: tuple[str, ...]
    gone: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]  # the old name and the new one
    moved: bool  # the same columns in another order
    columns: Mapping[str, str]  # the mapping's columns under their present names
    lost: tuple[str, ...]  # canonical fields whose column is gone

    @property
    def is_none(self) -> bool:
        """Whether the header is as it was."""
        return not (self.added or self.gone or self.renamed or self.moved)

    @property
    def is_usable(self) -> bool:
        """Whether the mapping still finds everything that a file must have."""
        return not set(self.lost) & set(REQUIRED)


def compare(mapping: ExportMapping, header: Sequence[str]) -> Changes:
    """Compare a file's header with the mapping's.

    A vanished column and a new one are taken for one that was renamed if they stand for
    the same field or are written nearly alike; the steward is shown each.
    """
    before = {fold(name): name for name in mapping.header}
    now = {fold(name): name for name in header}
    gone = [name for key, name in before.items() if key not in now]
    added = [name for key, name in now.items() if key not in before]
    renamed = _renamed(gone, added)
    names = {name: now[key] for key, name in before.items() if key in now} | dict(renamed)
    return Changes(
        added=tuple(name for name in added if name not in dict(renamed).values()),
        gone=tuple(name for name in gone if name not in dict(renamed)),
        renamed=renamed,
        moved=not gone and not added and list(before) != list(now),
        columns={
            name: names[column] for name, column in mapping.columns.items() if column in names
        },
        lost=tuple(name for name, column in mapping.columns.items() if column not in names),
    )


def _renamed(gone: Sequence[str], added: Sequence[str]) -> tuple[tuple[str, str], ...]:
    pairs = sorted(
        ((_alike(old, new), old, new) for old in gone for new in added), key=lambda pair: -pair[0]
    )
    found: dict[str, str] = {}
    for alike, old, new in pairs:
        if alike >= _ALIKE and old not in found and new not in found.values():
            found[old] = new
    return tuple(found.items())


def _alike(old: str, new: str) -> float:
    return (
        1.0 if _fields(old) & _fields(new) else SequenceMatcher(None, fold(old), fold(new)).ratio()
    )


def _fields(name: str) -> frozenset[str]:
    folded = fold(name)
    return frozenset(
        field
        for words in (STRONG, WEAK)
        for field, line in words.items()
        if folded in line.split("|")
    )
