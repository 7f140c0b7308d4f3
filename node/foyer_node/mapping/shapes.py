"""How well the values of a column fit a field, whatever the column is called.

A fit is from 0 to 1: the share of filled cells that the field's own reader would take,
less where nearly anything passes. Nothing here keeps a cell.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from foyer_node.connectors import dates, money
from foyer_node.connectors.codes import Channel, PriceClass, channel_of, price_class_of, status_of
from foyer_node.connectors.row_reader import text_of
from foyer_node.importing.keys import normalise_email
from foyer_node.ports import Cell

_CLOCK = re.compile(r"\d{1,2}[:.hH]\d{2}([:.]\d{2})?")
_POSTCODE = re.compile(
    r"(?:[A-Z]{1,2}-)?(?:\d{4,5}|\d{3} ?\d{2}|\d{4} ?[A-Z]{2}"
    r"|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})"
)
_CODE = re.compile(r"[\w./#-]{1,40}")
_CURRENCIES = frozenset({"EUR", "DKK", "SEK", "NOK", "CAD", "GBP", "USD", "CHF"})
_LEAST_YEAR, _MOST_YEAR = 1900, 2100
_MOST_TICKETS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A sample of one column. Its cells are for the steward's own screen only."""

    position: int
    name: str
    cells: tuple[Cell, ...] = field(repr=False)  # filled ones, in the order of the file
    rows: int  # of the sample, filled or not

    @property
    def filled(self) -> float:
        """Share of the sample's rows that say something."""
        return len(self.cells) / self.rows if self.rows else 0.0

    @property
    def distinct(self) -> float:
        """Share of different values among the filled cells."""
        return len({text_of(cell) for cell in self.cells}) / len(self.cells) if self.cells else 0.0

    @property
    def examples(self) -> tuple[str, ...]:
        """Up to three different values."""
        seen = dict.fromkeys(text_of(cell) for cell in self.cells)
        return tuple(seen)[:3]


def _share(column: Column, passes: Callable[[Cell], bool]) -> float:
    if not column.cells:
        return 0.0
    return sum(map(passes, column.cells)) / len(column.cells)


def _is_day(cell: Cell) -> bool:
    for day_first in (True, False):
        try:
            moment, _ = dates.local_time(cell, day_first=day_first)
        except (ValueError, OverflowError):
            continue
        # A bare number is a spreadsheet's day only near our own time.
        first = 1990 if isinstance(cell, int | float) or str(cell).isdecimal() else 1700
        if first <= moment.year <= _MOST_YEAR:
            return True
    return False


def _is_amount(cell: Cell) -> bool:
    if isinstance(cell, int | float):
        return True
    text = text_of(cell)
    if not any(c.isdigit() for c in text) or _CLOCK.fullmatch(text):
        return False
    for decimal in (".", ","):
        try:
            money.amount_reader(decimal, in_minor=False)(text)
        except (ValueError, OverflowError):
            continue
        return True
    return False


def _has_decimals(cell: Cell) -> bool:
    return isinstance(cell, float) or money.decimal_evidence(text_of(cell)) is not None


def _is_count(cell: Cell) -> bool:
    try:
        return 0 < abs(money.count_of(cell)) <= _MOST_TICKETS
    except (ValueError, OverflowError):
        return False


def _is_year(cell: Cell) -> bool:
    text = text_of(cell)[:4]
    return text.isdecimal() and _LEAST_YEAR <= int(text) <= _MOST_YEAR


def _is_title(cell: Cell) -> bool:
    text = text_of(cell)
    return sum(c.isalpha() for c in text) >= 3 and not normalise_email(text)


def _codes(column: Column) -> float:
    return _share(column, lambda cell: _CODE.fullmatch(text_of(cell)) is not None)


def _orders(column: Column) -> float:
    return _codes(column) if column.distinct >= 0.1 else 0.0


def _labels(column: Column, known: Callable[[str], bool]) -> float:
    """Few different words, of which some are known."""
    if column.distinct > 0.5 and len(column.cells) > 20:
        return 0.0
    return _share(column, lambda cell: known(text_of(cell)))


FITS: Mapping[str, Callable[[Column], float]] = {
    "order_id": _orders,
    "line_id": lambda column: _codes(column) if column.distinct >= 0.99 else 0.0,
    "ordered_at": lambda column: _share(column, _is_day),
    "event_at": lambda column: _share(column, _is_day),
    "scanned_at": lambda column: _share(column, _is_day),
    "order_time": lambda column: _share(
        column, lambda cell: _CLOCK.fullmatch(text_of(cell)) is not None
    ),
    "event_time": lambda column: _share(
        column, lambda cell: _CLOCK.fullmatch(text_of(cell)) is not None
    ),
    "event": lambda column: (
        0.3 if column.distinct > 0.6 and len(column.cells) > 20 else _share(column, _is_title)
    ),
    "quantity": lambda column: _share(column, _is_count),
    "amount": lambda column: (
        _share(column, _is_amount) * (1.0 if _share(column, _has_decimals) > 0.3 else 0.7)
    ),
    "email": lambda column: _share(column, lambda cell: bool(normalise_email(text_of(cell)))),
    "customer_key": _codes,
    "postcode": lambda column: _share(
        column, lambda cell: _POSTCODE.fullmatch(text_of(cell).upper()) is not None
    ),
    "country": lambda column: _share(column, lambda cell: text_of(cell).replace(" ", "").isalpha()),
    "channel": lambda column: _labels(column, lambda word: channel_of(word) is not Channel.UNKNOWN),
    "price_type": lambda column: _labels(
        column, lambda word: price_class_of(word) is not PriceClass.OTHER
    ),
    "status": lambda column: _labels(column, lambda word: status_of(word) is not None),
    "currency": lambda column: _share(column, lambda cell: text_of(cell).upper() in _CURRENCIES),
    "birth_year": lambda column: _share(column, _is_year),
}
"""For the fields whose values look like something. Others are known by their names only."""

TELLING: Mapping[str, float] = {
    "email": 0.9,
    "currency": 0.8,
    "status": 0.6,
    "channel": 0.6,
    "price_type": 0.5,
    "ordered_at": 0.45,
    "event_at": 0.45,
    "amount": 0.4,
    "quantity": 0.4,
    "event": 0.35,
    "order_id": 0.35,
    "postcode": 0.3,
}
"""How much a perfect fit proves by itself, under a name that says nothing."""


def fit(name: str, column: Column) -> float:
    """How well the values fit field `name`; one half where any value does."""
    return FITS[name](column) if name in FITS and column.cells else 0.5


def sample(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> tuple[Column, ...]:
    """Each column of the first `rows` of a table."""
    return tuple(
        Column(
            position=position,
            name=name,
            cells=tuple(
                row[position]
                for row in rows
                if position < len(row) and not dates.is_empty(row[position])
            ),
            rows=len(rows),
        )
        for position, name in enumerate(header)
    )
