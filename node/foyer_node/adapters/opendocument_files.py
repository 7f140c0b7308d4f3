"""Sheets of an OpenDocument spreadsheet (.ods), as public bodies publish them.

The file is an archive with one long XML document, read as a stream: a sheet is never in
memory as XML. Empty cells and rows are repeated by number, up to the million; only what
has something in it is kept.
"""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, iterparse

from foyer_node.ports import Cell
from foyer_protocol.errors import ConnectorError

_CONTENT = "content.xml"
OPEN_DOCUMENT = frozenset({"mimetype", _CONTENT})
"""Names that are in every such archive."""

MOST_BYTES = 1 << 30
MOST_COLUMNS = 1024
MOST_REPEATS = 100_000
"""Of one row with something in it. A longer run is a mistake of formatting."""

_SPACE: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _ROW, _NAME = (f"{{{_SPACE}table:1.0}}{word}" for word in ("table", "table-row", "name"))
_CELLS = frozenset(f"{{{_SPACE}table:1.0}}{word}" for word in ("table-cell", "covered-table-cell"))
_COLUMNS_REPEATED = f"{{{_SPACE}table:1.0}}number-columns-repeated"
_ROWS_REPEATED = f"{{{_SPACE}table:1.0}}number-rows-repeated"
_TYPE, _VALUE, _DATE, _TIME = (
    f"{{{_SPACE}office:1.0}}{word}" for word in ("value-type", "value", "date-value", "time-value")
)
_PARAGRAPH = f"{{{_SPACE}text:1.0}}p"
_NUMBERS = frozenset({"float", "currency", "percentage"})

Sheet = list[tuple[int, tuple[Cell, ...]]]


def sheets_of(path: Path) -> Iterator[tuple[str, Sheet]]:
    """Each sheet's name and its rows that are not empty, with their numbers, all of one width.

    Raises:
        ConnectorError: larger than any export, or with declarations of its own.
        SyntaxError, ValueError, zipfile.BadZipFile: damaged.
    """
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(_CONTENT)
        if entry.file_size > MOST_BYTES:
            raise ConnectorError(
                f"The spreadsheet would unpack to more than {MOST_BYTES >> 20} MiB; nothing was"
                " imported.",
                hint="Export it as CSV.",
            )
        _unsafe(archive.open(entry).read(4096))
        with archive.open(entry) as stream:
            name, number = "", 0
            rows: Sheet = []
            parsed = iterparse(stream, ("start", "end"))  # noqa: S314 - `_unsafe` refused entities
            for event, element in parsed:
                if element.tag == _TABLE and event == "start":
                    name, rows, number = element.get(_NAME, ""), [], 0
                elif element.tag == _TABLE:
                    yield name, _even(rows)
                    element.clear()
                elif element.tag == _ROW and event == "end":
                    number = _keep(element, number, rows)
                    element.clear()


def _unsafe(beginning: bytes) -> None:
    """Refuse a document that declares entities, or hides where it would: no office program
    writes either.
    """
    if b"<office:document" not in beginning or b"<!" in beginning.partition(b"<office:")[0]:
        raise ConnectorError(
            "The spreadsheet declares entities of its own; nothing was imported.",
            hint="Save it anew as CSV or XLSX.",
        )


def _even(rows: Sheet) -> Sheet:
    width = max((len(cells) for _, cells in rows), default=0)
    return [(number, cells + (None,) * (width - len(cells))) for number, cells in rows]


def _keep(row: Element, number: int, rows: Sheet) -> int:
    """Add a row as often as it is repeated, if anything is in it; the number of its last."""
    repeats = int(row.get(_ROWS_REPEATED, "1"))
    cells = _cells(row)
    if cells:
        for i in range(min(repeats, MOST_REPEATS)):
            rows.append((number + 1 + i, cells))
    return number + repeats


def _cells(row: Element) -> tuple[Cell, ...]:
    """The cells up to the last that is not empty."""
    found: list[Cell] = []
    empty = 0
    for element in row:
        if element.tag not in _CELLS:
            continue
        repeats, cell = int(element.get(_COLUMNS_REPEATED, "1")), _cell(element)
        if cell is None:
            empty += repeats
            continue
        found += [None] * min(empty, MOST_COLUMNS) + [cell] * min(repeats, MOST_COLUMNS + 1)
        empty = 0
        if len(found) > MOST_COLUMNS:
            raise ConnectorError(
                f"A row has cells beyond column {MOST_COLUMNS}; nothing was imported.",
                hint="Delete what is to the right of the table, or export it as CSV.",
            )
    return tuple(found)


def _cell(element: Element) -> Cell:
    kind = element.get(_TYPE)
    if kind is None:
        return None
    if kind in _NUMBERS and (value := element.get(_VALUE)) is not None:
        return float(value)
    if kind == "date" and (value := element.get(_DATE)) is not None:
        return datetime.fromisoformat(value[:19])
    text = "\n".join("".join(part.itertext()) for part in element.iter(_PARAGRAPH)).strip()
    return text or element.get(_TIME)
