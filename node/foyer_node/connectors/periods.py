"""Spans of time as counters' reports write them: a year, a quarter, a month, a day.

Spans are of the venue's calendar, from the first day to the day after the last. What
could be a serial number of a spreadsheet or a year is a year where a counter's report
says it, for nobody counted visitors in 1905.
"""

import re
from datetime import date, timedelta

from foyer_node.connectors.dates import FIRST_YEAR, LAST_YEAR, month_of
from foyer_node.connectors.headers import fold
from foyer_node.ports import Cell

Span = tuple[date, date]
"""The first day, and the day after the last."""

_NOTE = re.compile(r"\s*[\[(](?:note|notes|r|p|e|b|x|\d)[^\])]*[\])]", re.IGNORECASE)
_YEAR = re.compile(r"(1[7-9]\d\d|20\d\d)(?:\.0+)?$")
_MONTH_YEAR = re.compile(r"([^\W\d]{3,})[. -]+(\d{4}|\d{2})$")
_YEAR_MONTH = re.compile(r"(\d{4})[-/. ]?[Mm]?(\d{2})$|(\d{2})[-/.](\d{4})$")
_QUARTER = re.compile(r"[qkt] ?([1-4]) ?(\d{4})$|(\d{4}) ?[qkt] ?([1-4])$")
_WEEK = re.compile(r"(\d{4}) ?(?:w|v|uge|week|vecka|viikko|semaine|s) ?(\d{1,2})$")
_MONTHS = re.compile(r"([^\W\d]{3,}) +([^\W\d]{3,}) +(\d{4})(?: [qkt][1-4])?$")


def without_note(text: str) -> str:
    """A name or number without the marks of footnotes.

    >>> without_note("Museum of the Home [note 4] "), without_note("1,204 [r]")
    ('Museum of the Home', '1,204')
    """
    return _NOTE.sub("", text).strip()


def named_span(cell: Cell) -> Span | None:
    """A year, quarter, month or week; None for a day and for everything else.

    >>> [str(day) for day in named_span("January - March 2019 (Q4)") or ()]
    ['2019-01-01', '2019-04-01']
    """
    if isinstance(cell, int | float):
        return _year(int(cell)) if cell == int(cell) and FIRST_YEAR <= cell < LAST_YEAR else None
    if not isinstance(cell, str):
        return None
    text = without_note(cell)
    if match := _YEAR.match(text):
        return _year(int(match[1]))
    if match := _YEAR_MONTH.match(text):
        year, month = (match[1], match[2]) if match[1] else (match[4], match[3])
        return _months(int(year), int(month), 1)
    if (match := _MONTH_YEAR.match(text)) and (number := month_of(match[1])):
        return _months(_full(match[2]), number, 1)
    return _folded_span(fold(text))


def _folded_span(text: str) -> Span | None:
    if match := _QUARTER.match(text):
        year, quarter = (match[2], match[1]) if match[1] else (match[3], match[4])
        return _months(int(year), 3 * int(quarter) - 2, 3)
    if match := _WEEK.match(text):
        try:
            monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        except ValueError:
            return None
        return monday, monday + timedelta(days=7)
    if match := _MONTHS.match(text):
        first, last = month_of(match[1]), month_of(match[2])
        if first and last and last >= first:
            return _months(int(match[3]), first, last - first + 1)
    return None


def _year(year: int) -> Span:
    return date(year, 1, 1), date(year + 1, 1, 1)


def _months(year: int, month: int, count: int) -> Span | None:
    if not 1 <= month <= 12 or not FIRST_YEAR <= year < LAST_YEAR:
        return None
    end = year * 12 + month - 1 + count
    return date(year, month, 1), date(end // 12, end % 12 + 1, 1)


def _full(year: str) -> int:
    number = int(year)
    return number if len(year) == 4 else number + (2000 if number < 70 else 1900)
