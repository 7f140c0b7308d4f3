"""Kinds of records other than sales: found by header synonyms, read field by field.

A kind says which columns it has, which of them are needed, and how a row becomes a
record. Everything that a file leaves open is asked for, as for sales.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from foyer_node.connectors import dates
from foyer_node.connectors.connector import Plan, Reading, Reason, Record, Rejected
from foyer_node.connectors.dates import ImpossibleDate, date_reader, is_empty, local_time
from foyer_node.connectors.headers import Vocabulary, fold, match_columns
from foyer_node.connectors.money import amount_reader
from foyer_node.connectors.records import RecordKind
from foyer_node.connectors.refused import Refused
from foyer_node.connectors.reshaping import body_of, is_total, key_of
from foyer_node.connectors.row_reader import text_of, zone_of
from foyer_node.connectors.survey import Survey
from foyer_node.ports import Cell, Source, Table
from foyer_protocol.errors import ConnectorError

CERTAINTY = 0.45
"""Below a sales file with its six columns, above one in which they were not found."""

_DAYS_AHEAD = 36_525  # a membership for life is written as one of a hundred years


class FieldReader:
    """The fields of one row by a plan; what cannot be read refuses the row."""

    def __init__(self, plan: Plan, moments: Sequence[str]) -> None:
        self._at, self._plan = plan.columns, plan
        zone, today = zone_of(plan.reading.timezone), plan.reading.today
        self._moments = {
            name: date_reader(
                zone,
                day_first=plan.day_first.get(name, True),
                today=today,
                days_ahead=1 if name == "at" else _DAYS_AHEAD,
            )
            for name in moments
        }
        self._amount = amount_reader(plan.decimal, in_minor=plan.reading.amount_in_minor)

    def text(self, cells: Sequence[Cell], name: str) -> str:
        """The cell as text; "" where there is no such column or nothing in it."""
        position = self._at.get(name)
        if position is None or is_empty(cells[position]):
            return ""
        return text_of(cells[position])

    def key(self, cells: Sequence[Cell], name: str) -> str:
        """The cell as an identifier."""
        return key_of(self.text(cells, name))

    def moment(self, cells: Sequence[Cell], name: str, clock: str = "") -> datetime | None:
        """UTC without tzinfo; None where nothing is said."""
        position, time_at = self._at.get(name), self._at.get(clock)
        if position is None:
            return None
        try:
            return self._moments[name](cells[position], None if time_at is None else cells[time_at])
        except ImpossibleDate:
            raise Refused(Reason.IMPOSSIBLE_DATE, name) from None
        except (ValueError, OverflowError):
            raise Refused(Reason.BAD_DATE, name) from None

    def day(self, cells: Sequence[Cell], name: str) -> date | None:
        """The calendar day as written, in whatever zone; None where nothing is said."""
        position = self._at.get(name)
        if position is None or is_empty(cells[position]):
            return None
        try:
            day = local_time(cells[position], day_first=self._plan.day_first.get(name, True))[0]
        except (ValueError, OverflowError):
            raise Refused(Reason.BAD_DATE, name) from None
        if not dates.FIRST_YEAR <= day.year < dates.LAST_YEAR:
            raise Refused(Reason.IMPOSSIBLE_DATE, name)
        return day.date()

    def amount(self, cells: Sequence[Cell], name: str) -> int:
        """Minor units, at least 0; 0 where nothing is said."""
        currency = self.text(cells, "currency").upper()
        if currency and currency != self._plan.reading.currency.upper():
            raise Refused(Reason.OTHER_CURRENCY, "currency")
        position = self._at.get(name)
        if position is None or is_empty(cells[position]):
            return 0
        try:
            amount = self._amount(cells[position])
        except (ValueError, OverflowError):
            raise Refused(Reason.BAD_AMOUNT, name) from None
        if amount < 0:
            raise Refused(Reason.NEGATIVE_AMOUNT, name)
        return amount


Make = Callable[[FieldReader, int, Sequence[Cell]], Record | None]
"""From a row to its record, None where the row says of itself that it is void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConnector:
    """Reads one kind of record from any table that has its columns."""

    name: str
    kind: RecordKind
    names: Vocabulary
    required: tuple[str, ...]
    telling: tuple[str, ...]  # fields of which one has a name that no other kind uses
    moments: tuple[str, ...]  # fields that are dates
    identity: str  # the field that may occur once, where it is there
    make: Make

    def tables(self, source: Source) -> tuple[Table, ...]:
        """Every table of the file, as it is."""
        return source.tables

    def recognises(self, header: Sequence[str]) -> float:
        """`CERTAINTY` if all that is needed is there and one name is this kind's own."""
        try:
            found = match_columns(apart(header), {}, self.names)
        except ConnectorError:
            return 0.0
        own = {i for field in self.telling if (i := self._own(header, field)) is not None}
        needed = all(name in found for name in self.required)
        return CERTAINTY if needed and own else 0.0

    def _own(self, header: Sequence[str], field: str) -> int | None:
        words = self.names.strong[field]
        return next((i for i, name in enumerate(header) if fold(name) in words), None)

    def plan(self, table: Table, reading: Reading) -> Plan:
        """Find the columns and styles, or say which are missing or open."""
        columns = match_columns(apart(table.header), reading.columns, self.names)
        if missing := [name for name in self.required if name not in columns]:
            raise ConnectorError(
                f"For {self.kind.value} these columns are needed and were not found:"
                f" {', '.join(missing)}. Nothing was imported.",
                hint=f"Say which column it is, as in --column {missing[0]}='the column name'.",
            )
        survey = Survey(table, columns, self.moments)
        return Plan(
            columns=columns,
            reading=reading,
            day_first=survey.day_first(reading.day_first),
            decimal=survey.decimal(reading.decimal),
            unique_lines=self.identity in columns,
        )

    def read(self, table: Table, plan: Plan) -> Iterator[Record | Rejected]:
        """Rows as planned."""
        reader, width = FieldReader(plan, self.moments), len(table.header)
        seen: set[str] = set()
        for number, cells in body_of(table):
            try:
                if len(cells) < width:
                    raise Refused(Reason.SHORT_ROW, "")
                if is_total(cells[0]):
                    raise Refused(Reason.TOTAL_ROW, "")
                made = self.make(reader, number, cells)
                if made is None:
                    continue
                if plan.unique_lines and (key := reader.key(cells, self.identity)):
                    if key in seen:
                        raise Refused(Reason.DUPLICATE, self.identity)
                    seen.add(key)
            except Refused as refused:
                yield Rejected(row=number, reason=refused.reason, column=refused.column)
                continue
            yield made


def apart(header: Sequence[str]) -> tuple[str, ...]:
    """The header with a name that follows itself told apart: pretix calls a day and its time
    by one name in Danish.
    """
    before = ("", *header[:-1])
    return tuple(
        f"{name} (2)" if name and name == last else name
        for name, last in zip(header, before, strict=True)
    )
