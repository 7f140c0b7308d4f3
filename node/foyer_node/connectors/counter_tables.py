"""Counters' reports as one table of readings, whichever way they are laid out.

Some have one reading a line, some a column for each month or day, some a column for each
entrance. The last two are turned: every cell becomes a line with the place, the time and
the count, under the number of the file's line.
"""

import re
from collections.abc import Sequence

from foyer_node.connectors.counter_words import has_own_name
from foyer_node.connectors.dates import is_empty, local_time, month_of
from foyer_node.connectors.headers import SALES, Vocabulary, fold, match_columns
from foyer_node.connectors.periods import Span, named_span, without_note
from foyer_node.connectors.reshaping import ReshapedTable, Rows, body_of, is_total
from foyer_node.connectors.row_reader import text_of
from foyer_node.ports import Cell, Table
from foyer_protocol.errors import ConnectorError

TURNED = ("place", "starts at", "count in", "method")
"""The header of a turned table."""

_MISSING = frozenset({
    "x", "c", "z", "u", "low", "nc", "n c", "f", "r", "nd", "n d", "ns", "closed", "lukket",
    "gesloten", "ferme", "stangt", "suljettu", "geschlossen", "not available", "non communique",
})  # fmt: skip
"""Marks, folded, that stand where a count would."""
_WEEKDAY = frozenset({
    "", "weekday", "day of week", "dow", "ugedag", "weekdag", "dag van de week",
    "jour de la semaine", "veckodag", "viikonpaiva", "wochentag",
})  # fmt: skip
"""Names of columns, folded, that say nothing that the date does not; none is no name."""
_WHOLE = re.compile(r"\d+|\d{1,3}( \d{3})+")  # of a folded cell
_LOOK_AT = 40  # rows by which a column is taken for counts
_LEAST_SPANS = 2


def is_missing(cell: Cell) -> bool:
    """Whether a cell says that nothing was counted, or that it is not told.

    >>> is_missing("[x]"), is_missing("NC"), is_missing(0), is_missing("0")
    (True, True, False, False)
    """
    if is_empty(cell):
        return True
    return isinstance(cell, str) and (fold(cell) in _MISSING or not fold(cell))


def readings_of(table: Table, names: Vocabulary) -> Table:
    """The table as it is, or turned so that each line is one reading."""
    found = _found(table.header, names)
    spans = {i: span for i, name in enumerate(table.header) if (span := _header_span(name))}
    if len(spans) >= _LEAST_SPANS:
        if any(month_of(without_note(text_of(cell))) for cell in _first_row(table)):
            return table  # a column for each year and a line for each month: of no use as either
        return _by_spans(table, found, spans)
    if "starts_at" in found and "place" not in found and not _is_told(table.header):
        places = _places(table, {found["starts_at"]})
        known = {*found.values(), *places}
        if len(places) >= _LEAST_SPANS and _is_told_of_nothing_else(table.header, known):
            return _by_places(table, found["starts_at"], places)
    return table


def _found(header: Sequence[str], names: Vocabulary) -> dict[str, int]:
    try:
        return match_columns(header, {}, names)
    except ConnectorError:
        return {}


def _is_told(header: Sequence[str]) -> bool:
    """Whether a column says what it counts, people or sales, so that it names no place."""
    sales = (SALES.strong["quantity"], SALES.strong["amount"], SALES.strong["order_id"])
    return has_own_name(tuple(header)) or any(
        fold(name) in words for words in sales for name in header if not is_total(name)
    )


def _is_told_of_nothing_else(header: Sequence[str], known: set[int]) -> bool:
    """Whether the other columns are sums, weekdays or nameless: no price, no customer."""
    return all(
        i in known or fold(name) in _WEEKDAY or is_total(name) for i, name in enumerate(header)
    )


def _header_span(name: str) -> Span | str | None:
    """What a column's name says of time; a bare number says nothing."""
    if span := named_span(name):
        return span
    if name.strip().isdecimal() and len(name.strip()) != 8:
        return None
    try:
        local_time(name, day_first=True)
    except (ValueError, OverflowError):
        return None
    return name


def _first_row(table: Table) -> Sequence[Cell]:
    return next((cells for _, cells in body_of(table)), ())


def _places(table: Table, taken: set[int]) -> tuple[int, ...]:
    """Columns that hold nothing but counts, and more than none."""
    open_columns = {i for i, name in enumerate(table.header) if name and i not in taken}
    counted: set[int] = set()
    for seen, (_, cells) in enumerate(body_of(table)):
        if seen >= _LOOK_AT:
            break
        for i in tuple(open_columns):
            if i < len(cells) and not is_missing(cells[i]):
                (counted if _is_count(cells[i]) else open_columns).add(i)
                if not _is_count(cells[i]):
                    open_columns.discard(i)
    return tuple(sorted(i for i in open_columns & counted if not is_total(table.header[i])))


def _is_count(cell: Cell) -> bool:
    """Whether a cell is whole, with or without groups of three digits: 11.77 is money."""
    if isinstance(cell, int | float):
        return float(cell).is_integer()
    return isinstance(cell, str) and bool(_WHOLE.fullmatch(fold(without_note(cell))))


def _by_spans(table: Table, found: dict[str, int], spans: dict[int, Span | str]) -> ReshapedTable:
    """A column for each span of time; the place is in the place column, else in the first."""
    label = found.get("place", next(i for i in range(len(table.header)) if i not in spans))
    label = next((i for i, name in enumerate(table.header) if fold(name) == "ticket"), label)
    derived = "TICKET_DERIVED" if fold(table.header[label]) in {"ticket", "tickets"} else ""

    def made() -> Rows:
        for number, cells in body_of(table):
            if len(cells) <= label:
                yield number, ()
            elif is_total(cells[label]):
                yield number, (cells[label], None, None, "")
            else:
                place = without_note(text_of(cells[label]))
                for i in spans:
                    if i < len(cells) and not is_missing(cells[i]):
                        yield number, [place, table.header[i], cells[i], derived]

    return ReshapedTable(header=TURNED, layout=table.layout, made=made)


def _by_places(table: Table, starts_at: int, places: Sequence[int]) -> ReshapedTable:
    """A column for each place."""

    def made() -> Rows:
        for number, cells in body_of(table):
            if len(cells) <= starts_at:
                yield number, ()
            elif is_total(cells[starts_at]):
                yield number, (cells[starts_at], None, None, "")
            else:
                for i in places:
                    if i < len(cells) and not is_missing(cells[i]):
                        place = without_note(table.header[i])
                        yield number, [place, cells[starts_at], cells[i], ""]

    return ReshapedTable(header=TURNED, layout=table.layout, made=made)
