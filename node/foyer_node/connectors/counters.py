"""Museum counters: one record is the people counted at one place in one span of time.

A reading is visits, never visitors (R18). What was not counted, or is marked as not told,
is no reading; a total of other lines is refused, and so is a span that comes twice.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from foyer_node.connectors.connector import Plan, Reading, Reason, Rejected
from foyer_node.connectors.counter_reader import HOUR, CounterPlan, CounterReader, venue_time
from foyer_node.connectors.counter_tables import readings_of
from foyer_node.connectors.counter_words import COUNTERS, has_own_name
from foyer_node.connectors.headers import match_columns
from foyer_node.connectors.periods import named_span
from foyer_node.connectors.record_reader import CERTAINTY
from foyer_node.connectors.records import CounterRow, RecordKind
from foyer_node.connectors.refused import Refused
from foyer_node.connectors.reshaping import body_of
from foyer_node.connectors.row_reader import text_of, zone_of
from foyer_node.connectors.survey import Survey
from foyer_node.ports import Source, Table
from foyer_protocol.errors import ConnectorError

_LOOK_AT = 50_000  # rows by which the length of a reading is told


class CounterConnector:
    """Reads counts by place and time, one a line or one a cell."""

    name = "counters"
    kind = RecordKind.COUNTERS

    def tables(self, source: Source) -> tuple[Table, ...]:
        """Every table of the file, turned where its cells are the readings."""
        return tuple(readings_of(table, COUNTERS) for table in source.tables)

    def recognises(self, header: Sequence[str]) -> float:
        """Certain enough if there is a time and a name that only counts have."""
        try:
            found = match_columns(header, {}, COUNTERS)
        except ConnectorError:
            return 0.0
        return CERTAINTY if _is_whole(found) and has_own_name(tuple(header)) else 0.0

    def plan(self, table: Table, reading: Reading) -> CounterPlan:
        """Find the columns, and how long a span is."""
        columns = match_columns(table.header, reading.columns, COUNTERS)
        if "starts_at" not in columns and "month" in columns:
            columns["starts_at"] = columns.pop("month")
        if not _is_whole(columns):
            raise ConnectorError(
                "For counters a time and a count are needed, and not both were found."
                " Nothing was imported.",
                hint="Say which column it is, as in --column count_in='the column name'.",
            )
        dates_of = ("starts_at", "ends_at")
        day_first = Survey(table, columns, dates_of).day_first(reading.day_first)
        clocks = _clocks(
            table, columns, zone_of(reading.timezone), day_first=day_first.get("starts_at", True)
        )
        return CounterPlan(
            columns=columns,
            reading=reading,
            day_first=day_first,
            decimal=reading.decimal or ".",
            unique_lines=True,
            is_timed="time" in columns or clocks.is_timed,
            step=clocks.step,
        )

    def read(self, table: Table, plan: Plan) -> Iterator[CounterRow | Rejected]:
        """Rows as planned; a line on which nothing was counted gives none."""
        if not isinstance(plan, CounterPlan):
            raise TypeError("a plan of another connector")
        reader, seen = CounterReader(plan), set[tuple[str, datetime]]()
        width = len(table.header)
        for number, cells in body_of(table):
            try:
                if len(cells) < width:
                    raise Refused(Reason.SHORT_ROW, "")
                made = reader.read(number, cells)
                if made is None:
                    continue
                if (made.place, made.starts_at) in seen:
                    made = reader.second_time(made, seen)
                seen.add((made.place, made.starts_at))
                yield made
            except Refused as refused:
                yield Rejected(row=number, reason=refused.reason, column=refused.column)


def _is_whole(columns: dict[str, int]) -> bool:
    return "starts_at" in columns and ("count_in" in columns or {"paid", "free"} <= set(columns))


class _Clocks:
    """What the times of a file say of how long a reading is.

    Loggers stamp a whole day's count with midnight, in summer or from another zone with an
    hour before or after it, or with the hour of closing. Spans are parts of a day only if
    most days have more than one.
    """

    def __init__(self) -> None:
        self.step = HOUR
        self._hours_of: dict[tuple[str, date], set[timedelta]] = {}
        self._last: dict[str, datetime] = {}

    def see(self, place: str, moment: datetime) -> None:
        """One reading's start."""
        day = datetime(moment.year, moment.month, moment.day)
        self._hours_of.setdefault((place, moment.date()), set()).add(moment - day)
        gap = abs(moment - self._last.get(place, moment))
        self.step = min(self.step, gap) if gap else self.step
        self._last[place] = moment

    @property
    def is_timed(self) -> bool:
        """Whether spans are parts of a day."""
        several = sum(len(hours) > 1 for hours in self._hours_of.values())
        return 2 * several > len(self._hours_of)


def _clocks(table: Table, columns: dict[str, int], zone: ZoneInfo, *, day_first: bool) -> _Clocks:
    at, place, clocks = columns["starts_at"], columns.get("place"), _Clocks()
    for seen, (_, cells) in enumerate(body_of(table)):
        if seen >= _LOOK_AT:
            break
        try:
            moment = venue_time(cells[at], zone, day_first=day_first)
        except (ValueError, OverflowError, IndexError):
            continue
        if not named_span(cells[at]):
            name = text_of(cells[place]) if place is not None and place < len(cells) else ""
            clocks.see(name, moment)
    return clocks
