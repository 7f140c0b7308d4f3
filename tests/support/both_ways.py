"""One file imported twice: row by row, and at once where the store can read it so."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from tests.support.exports import House

from foyer_node.importing import pipeline
from foyer_node.importing.pipeline import ImportOptions
from foyer_node.importing.report import ImportReport
from foyer_protocol.errors import FoyerError

ALWAYS, NEVER = 0, 2**62
Contents = dict[str, list[tuple[object, ...]]]


def imported(
    folder: Path,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    large_bytes: int,
    options: ImportOptions,
    before: Callable[[House], object] = lambda house: None,
) -> tuple[ImportReport | str, Contents]:
    """The report, or the reason of a refusal, and the contents of a house that took the file.

    `before` is done to the house first.
    """
    folder.mkdir(exist_ok=True)
    monkeypatch.setattr(pipeline, "LARGE_BYTES", large_bytes)
    house = House.open(folder, path)
    try:
        before(house)
        report: ImportReport | str
        try:
            report = house.take(path, options)
        except FoyerError as refusal:
            report = f"{refusal.code}: {refusal}"
        return report, without_chance(house.contents())
    finally:
        house.close()


def without_chance(contents: Contents) -> Contents:
    """The contents with each random visitor id replaced by what the visitor is known by."""
    known: dict[object, object] = {}
    for _, hashed, visitor, *_ in sorted(contents["vault.identifier"], key=repr):
        known.setdefault(visitor, hashed)
    return {
        table: sorted(
            (tuple(known.get(cell, cell) for cell in row if not is_now(cell)) for row in rows),
            key=repr,
        )
        for table, rows in contents.items()
    }


def is_now(cell: object) -> bool:
    """Whether a cell is the moment of the import itself."""
    return isinstance(cell, datetime) and cell.year >= 2026 and bool(cell.microsecond)


def assert_same(
    one: tuple[ImportReport | str, Contents], other: tuple[ImportReport | str, Contents]
) -> None:
    """Both reports and all tables are equal; the first table that is not is named."""
    assert one[0] == other[0]
    assert one[1].keys() == other[1].keys()
    for table, found in one[1].items():
        assert found == other[1][table], table
