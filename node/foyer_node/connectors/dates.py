"""Dates and times as exports write them, to UTC (rule R22).

ISO, day-first, month-first, month names in six languages, spreadsheet serials and
eight-digit days. Whether 03/04 is in March or April is decided by the column's own
values, never by habit.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from foyer_node.connectors.headers import fold
from foyer_node.ports import Cell

FIRST_YEAR, LAST_YEAR = 1700, 2100
"""Dates outside are typing errors: box-office ledgers are digitised from the 1770s on."""

EMPTY = frozenset({"", "-", "--", "n/a", "na", "null", "none", "nan", "?"})
"""Texts that say there is nothing, in lower case."""

_MEMO = 50_000
_SERIAL_ZERO = datetime(1899, 12, 30)
_NUMERIC = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?(?:[T ,]+(?:klo|kl\.?|om|at|à)?\s*(\S.*))?$", re.ASCII
)
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.hH](\d{2}))?(?:[:.](\d{2}))?(?:[.,]\d+)?\s*([AaPp]\.?[Mm]\.?)?"
    r"\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$",
    re.ASCII,
)
_WORDED = re.compile(
    r"(?:[^\W\d]+[.,]?\s+)?(?:(?P<d>\d{1,2})\.?|(?P<m>[^\W\d]{3,})\.?)[\s-]+(?:de\s+)?"
    r"(?:(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?|(?P<m2>[^\W\d]{3,})\.?,?)[\s-]+(?P<y>\d{4})"
    r"(?:[T ,]+(?:klo|kl\.?|om|at|à)?\s*(?P<t>\d.*))?$"
)
_MONTHS = (
    "jan januar januari january janvier tammi tammikuu tammikuuta",
    "feb februar februari february fev fevr fevrier helmi helmikuu helmikuuta",
    "mar marts maart mrt march mars maalis maaliskuu maaliskuuta",
    "apr april avr avril huhti huhtikuu huhtikuuta",
    "maj mei may mai touko toukokuu toukokuuta",
    "jun juni june juin kesa kesakuu kesakuuta",
    "jul juli july juil juillet heina heinakuu heinakuuta",
    "aug august augustus augusti aout elo elokuu elokuuta",
    "sep sept september septembre syys syyskuu syyskuuta",
    "oct okt october oktober octobre loka lokakuu lokakuuta",
    "nov november novembre marras marraskuu marraskuuta",
    "dec december decembre joulu joulukuu joulukuuta",
)
_MONTH_OF = {word: i for i, words in enumerate(_MONTHS, 1) for word in words.split()}


def month_of(word: str) -> int | None:
    """The month that a word names in one of the languages, 1 to 12."""
    return _MONTH_OF.get(fold(word))


class ImpossibleDate(ValueError):
    """A date that is well formed and outside the plausible years."""


def is_empty(cell: Cell) -> bool:
    """Whether a cell says nothing; `0000-00-00` says nothing (R22)."""
    if not isinstance(cell, str):
        return cell is None
    text = cell.strip()
    return text.lower() in EMPTY or (text[:4] in {"0000", "00/0", "00.0", "00-0"} and _zero(text))


def _zero(text: str) -> bool:
    return not any(c in "123456789" for c in text)


def evidence(cell: Cell) -> bool | None:
    """True if this cell can only be day-first, False if only month-first, else None.

    >>> evidence("31/12/2024"), evidence("12/31/2024"), evidence("01/02/2024"), evidence("1.2.2024")
    (True, False, None, True)
    """
    if not isinstance(cell, str) or (match := _NUMERIC.match(cell.strip())) is None:
        return None
    first, mark, second, _, _ = match.groups()
    if len(first) > 2:
        return None
    if mark == "." or int(first) > 12:  # nobody writes month.day.year
        return True
    return False if int(second) > 12 else None


def is_open(cell: Cell) -> bool:
    """Whether reading this cell needs to know if the day or the month comes first."""
    if not isinstance(cell, str) or (match := _NUMERIC.match(cell.strip())) is None:
        return False
    return len(match[1]) <= 2 and match[1] != match[3] and evidence(cell) is None


def local_time(cell: Cell, *, day_first: bool) -> tuple[datetime, bool]:
    """The time a cell states, and whether it states a time of day at all.

    Without tzinfo it is the venue's local time; with one it is as written.

    Raises:
        ValueError: not a date.
    """
    if isinstance(cell, datetime):
        return cell, cell.time() != datetime.min.time()
    if isinstance(cell, int | float):
        return _from_number(float(cell))
    text = (cell or "").strip()
    if len(text) >= 8 and text[4] == "-" == text[7]:
        return _iso(text)
    if match := _NUMERIC.match(text):
        first, _, second, third, clock = match.groups()
        return _build(*_order(first, second, third, day_first=day_first), clock)
    number = text.replace(",", ".", 1)
    return _from_number(float(number)) if _is_number(number) else _worded(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.replace(".", "", 1).isdecimal()


def _iso(text: str) -> tuple[datetime, bool]:
    try:
        return datetime.fromisoformat(text), len(text) > 10
    except ValueError:
        year, month, rest = text.split("-", 2)
        return _build(int(year), int(month), int(rest[:2]), rest[2:].lstrip("T ,") or None)


def _order(first: str, second: str, third: str, *, day_first: bool) -> tuple[int, int, int]:
    if len(first) > 2:
        return int(first), int(second), int(third)
    year = int(third)
    if len(third) <= 2:
        year += 2000 if year < 70 else 1900
    day, month = (first, second) if day_first else (second, first)
    return year, int(month), int(day)


def _worded(text: str) -> tuple[datetime, bool]:
    match = _WORDED.match(text)
    if match is None or (match["d"] is None) == (match["d2"] is None):
        raise ValueError("not a date")
    month = month_of(match["m"] or match["m2"] or "")
    if month is None:
        raise ValueError("not a month")
    return _build(int(match["y"]), month, int(match["d"] or match["d2"]), match["t"])


def _from_number(number: float) -> tuple[datetime, bool]:
    if 19_000_101 <= number <= 21_001_231 and number == int(number):
        whole = int(number)
        return _build(whole // 10_000, whole // 100 % 100, whole % 100, None)
    if not 1 <= number < 1_000_000:
        raise ValueError("not a spreadsheet's day number")
    moment = _SERIAL_ZERO + timedelta(seconds=round(number * 86_400))
    return moment, number != int(number)


def _build(year: int, month: int, day: int, clock: str | None) -> tuple[datetime, bool]:
    moment = datetime(year, month, day)
    if not clock:
        return moment, False
    match = _CLOCK.match(clock.strip())
    if match is None:
        raise ValueError("not a time")
    hour, half = int(match[1]), (match[4] or "")[:1].lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    moment = moment.replace(hour=hour, minute=int(match[2] or 0), second=int(match[3] or 0))
    zone = match[5]
    if zone:
        text = "+00:00" if zone in {"Z", "UTC"} else zone
        moment = datetime.fromisoformat(f"{moment.isoformat()}{text}")
    return moment, True


def clock_of(cell: Cell) -> timedelta:
    """A time of day from its own column.

    Raises:
        ValueError: not a time.
    """
    if isinstance(cell, datetime):
        return timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    if isinstance(cell, int | float):
        return timedelta(seconds=round(float(cell) % 1 * 86_400))
    moment, _ = _build(2000, 1, 1, cell)
    return moment - datetime(2000, 1, 1)


def date_reader(
    zone: ZoneInfo, *, day_first: bool, today: date | None, days_ahead: int
) -> Callable[[Cell, Cell], datetime | None]:
    """Make a reader of `(date cell, time cell)` to UTC without tzinfo; None if empty.

    A local time that occurs twice is the earlier one (R22). A day without a time of
    day is taken at noon, so that it stays the same day in UTC. The reader raises
    `ImpossibleDate` outside `FIRST_YEAR` to `LAST_YEAR`, or more than `days_ahead`
    days after `today`; and `ValueError` for what is not a date.
    """
    memo: dict[tuple[Cell, Cell], datetime | None] = {}
    latest = None if today is None else today + timedelta(days=days_ahead)

    def convert(cell: Cell, clock: Cell) -> datetime | None:
        if is_empty(cell):
            return None
        moment, timed = local_time(cell, day_first=day_first)
        if not is_empty(clock):
            moment = datetime(moment.year, moment.month, moment.day) + clock_of(clock)
        elif not timed:
            moment = moment.replace(hour=12)
        if not FIRST_YEAR <= moment.year < LAST_YEAR or (latest and moment.date() > latest):
            raise ImpossibleDate("outside the plausible years")
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC).replace(tzinfo=None)

    def read(cell: Cell, clock: Cell = None) -> datetime | None:
        key = (cell, clock)
        if key not in memo:
            if len(memo) >= _MEMO:
                memo.clear()
            memo[key] = convert(cell, clock)
        return memo[key]

    return read
