"""One reading of a counter: its place, its span on the venue's clock, its count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from foyer_node.connectors.connector import Plan, Reason
from foyer_node.connectors.counter_tables import is_missing
from foyer_node.connectors.counter_words import method_of, says_estimate
from foyer_node.connectors.dates import FIRST_YEAR, LAST_YEAR, ImpossibleDate, local_time
from foyer_node.connectors.periods import named_span, without_note
from foyer_node.connectors.records import CounterRow, CountMethod
from foyer_node.connectors.refused import Refused
from foyer_node.connectors.reshaping import is_total
from foyer_node.connectors.row_reader import text_of, zone_of
from foyer_node.ports import Cell

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_CLOCKS = re.compile(
    r"(\d{1,2})(?:[:.hH](\d{2}))?(?:[:.]\d{2})?(?:\s*(?:-|–|to|til|tot|à)\s*"
    r"(\d{1,2})(?:[:.hH](\d{2}))?(?:[:.]\d{2})?)?\s*h?$"
)
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*$")
_WHOLE = re.compile(r"(\d+)(?:[.,](\d+))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterPlan(Plan):
    """A plan that knows how long a span is where the file says only when it starts."""

    is_timed: bool  # spans are parts of a day
    step: timedelta  # of a span without an end, if it is part of a day


class CounterReader:
    """Readings of one table by its plan."""

    def __init__(self, plan: CounterPlan) -> None:
        self._at, self._plan = plan.columns, plan
        self._zone = zone_of(plan.reading.timezone)

    def read(self, number: int, cells: Sequence[Cell]) -> CounterRow | None:
        """The reading of a line; None if it says that nothing was counted."""
        place = self._place(cells)
        if any(is_total(self._cell(cells, name)) for name in ("place", "starts_at")):
            raise Refused(Reason.TOTAL_ROW, "place")
        counted = self._counted(cells)
        if counted is None:
            return None
        starts, ends = self._span(cells)
        starts_at, ends_at = _utc(starts, self._zone), _utc(ends, self._zone)
        if ends - starts < DAY:  # an hour is an hour, also on the night that has one twice
            ends_at = starts_at + (ends - starts)
        count_in, guessed = counted
        out = self._cell(cells, "count_out")
        method = method_of(self._text(cells, "method"))
        said = says_estimate(self._text(cells, "is_estimate")) or says_estimate(
            self._text(cells, "note"), alone=False
        )
        return CounterRow(
            row=number,
            place=place,
            starts_at=starts_at,
            ends_at=ends_at,
            count_in=count_in,
            count_out=0 if is_missing(out) else _count(out, "count_out")[0],
            method=method,
            is_estimate=guessed or said or method is CountMethod.WIFI_ESTIMATE,
        )

    def second_time(self, row: CounterRow, seen: set[tuple[str, datetime]]) -> CounterRow:
        """The hour that comes twice when summer time ends; any other repetition is refused."""
        later = row.starts_at + HOUR
        local = row.starts_at.replace(tzinfo=UTC).astimezone(self._zone)
        again = later.replace(tzinfo=UTC).astimezone(self._zone)
        is_twice = local.replace(tzinfo=None) == again.replace(tzinfo=None)
        if not (self._plan.is_timed and is_twice) or (row.place, later) in seen:
            raise Refused(Reason.DUPLICATE, "starts_at")
        return replace(row, starts_at=later, ends_at=row.ends_at + HOUR)

    def _cell(self, cells: Sequence[Cell], name: str) -> Cell:
        position = self._at.get(name)
        return None if position is None else cells[position]

    def _text(self, cells: Sequence[Cell], name: str) -> str:
        return text_of(self._cell(cells, name))

    def _place(self, cells: Sequence[Cell]) -> str:
        parts = (without_note(self._text(cells, name)) for name in ("place", "part"))
        return ", ".join(part for part in parts if part)

    def _counted(self, cells: Sequence[Cell]) -> tuple[int, bool] | None:
        """The count and whether it is no whole number; paid and free together, where apart."""
        whole = self._cell(cells, "count_in")
        if not is_missing(whole):
            return _count(whole, "count_in")
        parts = [self._cell(cells, name) for name in ("paid", "free")]
        if any(is_missing(part) for part in parts):
            return None
        (paid, a), (free, b) = _count(parts[0], "paid"), _count(parts[1], "free")
        return paid + free, a or b

    def _span(self, cells: Sequence[Cell]) -> tuple[datetime, datetime]:
        """First and last moment on the venue's clock."""
        try:
            starts, ends, has_end = self._start(cells)
            closing = self._cell(cells, "ends_at")
            if has_end or is_missing(closing):
                return starts, ends
            end, _ = local_time(closing, day_first=self._plan.day_first.get("ends_at", True))
        except ImpossibleDate:
            raise Refused(Reason.IMPOSSIBLE_DATE, "starts_at") from None
        except (ValueError, OverflowError):
            raise Refused(Reason.BAD_DATE, "starts_at") from None
        end = end.replace(tzinfo=None)
        if end.time() == datetime.min.time() and not self._plan.is_timed:
            end += DAY  # the last day of the span is in it
        if end <= starts:
            raise Refused(Reason.IMPOSSIBLE_DATE, "ends_at")
        return starts, end

    def _start(self, cells: Sequence[Cell]) -> tuple[datetime, datetime, bool]:
        cell = self._cell(cells, "starts_at")
        if is_missing(cell):
            raise Refused(Reason.NO_DATE, "starts_at")
        month = self._text(cells, "month")
        if month and named_span(cell) and named_span(f"{month} {text_of(cell)}"):
            cell = f"{month} {text_of(cell)}"
        if span := named_span(cell):
            return _midnight(span[0]), _midnight(span[1]), False
        order = self._plan.day_first.get("starts_at", True)
        moment = venue_time(cell, self._zone, day_first=order)
        if not FIRST_YEAR <= moment.year < LAST_YEAR:
            raise ImpossibleDate("outside the plausible years")
        day = _midnight(moment.date())
        if not self._plan.is_timed:
            return day, day + DAY, False
        if "time" in self._at:
            return _within(day, self._cell(cells, "time"), self._cell(cells, "end_time"))
        return moment, moment + self._plan.step, False


def venue_time(cell: Cell, zone: ZoneInfo, *, day_first: bool) -> datetime:
    """What the venue's clock showed, without tzinfo.

    Raises:
        ValueError: not a date.
    """
    moment, _ = local_time(cell, day_first=day_first)
    return (moment if moment.tzinfo is None else moment.astimezone(zone)).replace(tzinfo=None)


def _within(day: datetime, clock: Cell, end: Cell) -> tuple[datetime, datetime, bool]:
    """A span of a day by its clock, which may name both ends: `10-11`."""
    text = clock.isoformat() if isinstance(clock, datetime) else text_of(clock)
    match = _CLOCKS.match(text[11:] if isinstance(clock, datetime) else text)
    if match is None:
        raise ValueError("not a time of day")
    starts = day + timedelta(hours=int(match[1]), minutes=int(match[2] or 0))
    closing = _CLOCKS.match(text_of(end)) if not is_missing(end) else None
    hours, minutes = (match[3], match[4]) if match[3] else (None, None)
    if hours is None and closing is not None:
        hours, minutes = closing[1], closing[2]
    if hours is None:
        return starts, starts + HOUR, True
    ends = day + timedelta(hours=int(hours), minutes=int(minutes or 0))
    return starts, ends if ends > starts else ends + DAY, True


def _count(cell: Cell, name: str) -> tuple[int, bool]:
    """A count, and whether it was no whole number and so can only be an estimate."""
    text = without_note(text_of(cell)).replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    text = text.replace("'", "").replace("−", "-")
    if text[:1] in {"-", "("}:
        raise Refused(Reason.NEGATIVE_QUANTITY, name)
    if _GROUPED.match(text) and isinstance(cell, str):
        return int(re.sub(r"[.,]", "", text)), False
    match = _WHOLE.match(text)
    if match is None or len(match[1]) > 9:
        raise Refused(Reason.BAD_QUANTITY, name)
    part = float(f"0.{match[2] or 0}")
    return int(match[1]) + (part >= 0.5), part > 0


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _utc(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
