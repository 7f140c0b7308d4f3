"""Tables that a connector makes of others: columns found by name, rows put into our fields.

Some systems spread a sale over several tables, or a row over several sales. Such a
connector shows the pipeline one table whose header is our own field names, made row by
row while it is read; the row number stays that of the file.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from foyer_node.connectors.headers import fold
from foyer_node.connectors.row_reader import text_of
from foyer_node.ports import Cell, Table

Rows = Iterator[tuple[int, Sequence[Cell]]]

_TOTALS = frozenset({
    "total", "totals", "grand total", "subtotal", "sub total", "sum", "i alt", "ialt", "totalt",
    "totaal", "eindtotaal", "somme", "sous total", "total general", "summa", "yhteensa",
    "gesamt", "gesamtsumme", "summe", "total visits", "total visitors", "all sites",
})  # fmt: skip
"""What the last line of a report begins with, folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReshapedTable:
    """A table made of others each time it is read."""

    header: tuple[str, ...]
    layout: str
    made: Callable[[], Rows]

    def rows(self) -> Rows:
        """Rows with the number of the line of the file that each was made of."""
        return self.made()


class Columns:
    """Where a system's columns stand in one table, by our names for them."""

    def __init__(self, header: Sequence[str], names: Mapping[str, str]) -> None:
        """`names` gives per field the folded header names, the likeliest first, parted by `|`."""
        folded = [fold(name) for name in header]
        self._at: dict[str, int] = {}
        for field, words in names.items():
            found = next((word for word in words.split("|") if word in folded), None)
            if found is not None:
                self._at[field] = folded.index(found)
        self.width = len(folded)

    def has(self, *fields: str) -> bool:
        """Whether the table has all of these fields."""
        return all(field in self._at for field in fields)

    def position(self, field: str) -> int | None:
        """Where a field stands."""
        return self._at.get(field)

    def cell(self, cells: Sequence[Cell], field: str) -> Cell:
        """The field's cell; None where there is no such column."""
        at = self._at.get(field)
        return cells[at] if at is not None and at < len(cells) else None

    def text(self, cells: Sequence[Cell], field: str) -> str:
        """The field's cell as text."""
        return text_of(self.cell(cells, field))


def key_of(cell: Cell) -> str:
    """A number that identifies something, as text: `1001`, `1001.0` and 1001.0 are one.

    >>> key_of("1001.0"), key_of(1001.0), key_of(" 007 "), key_of("1.5")
    ('1001', '1001', '007', '1.5')
    """
    text = text_of(cell)
    whole, point, rest = text.partition(".")
    return whole if point and whole.isdecimal() and rest and not rest.strip("0") else text


def is_total(cell: Cell) -> bool:
    """Whether a name says that its row sums other rows up.

    >>> is_total("I alt"), is_total("DCMS Total"), is_total("Total Recall"), is_total("Summa:")
    (True, True, False, True)
    """
    if not isinstance(cell, str):
        return False
    folded = fold(cell)
    return folded in _TOTALS or folded.endswith((" total", " i alt", " totalt", " yhteensa"))


def body_of(table: Table) -> Rows:
    """The rows of a table without the header lines that a paged report repeats in it."""
    header = tuple(name.strip() for name in table.header)
    first = header[0] if header else ""
    for number, cells in table.rows():
        # The first cell almost always tells already.
        if cells and text_of(cells[0]) == first and _is_header(cells, header):
            continue
        yield number, cells


def _is_header(cells: Sequence[Cell], header: Sequence[str]) -> bool:
    return all(text_of(cell) == name for cell, name in zip(cells, header, strict=False))
