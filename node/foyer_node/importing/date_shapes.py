"""Dates that a database can read as well as we can: two digits a part, and no guessing.

A column of ten million moments has few equal cells. Where its cells are of one plain shape
the database parses them; every other cell goes the long way.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_CLOCKS = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", " %H.%M")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateShape:
    """One way of writing a moment, in the words of strptime."""

    form: str

    @property
    def pattern(self) -> str:
        """Two digits a part, four for the year: a parser may take blanks for digits."""
        return "".join(
            {"%Y": "[0-9]{4}", ".": "[.]"}.get(part, "[0-9]{2}" if part[0] == "%" else part)
            for part in re.findall("%.|.", self.form)
        )

    @property
    def is_timed(self) -> bool:
        """Whether it says a time of day. A day without one is taken at noon (R22)."""
        return "%H" in self.form

    def reads(self, cell: str) -> bool:
        """Whether the cell is of this shape, to the character."""
        if re.fullmatch(self.pattern, cell) is None:
            return False
        try:
            datetime.strptime(cell, self.form)
        except ValueError:
            return False
        return True


def _shapes() -> Iterator[tuple[bool | None, DateShape]]:
    days: list[tuple[bool | None, str]] = [(None, "%Y-%m-%d")]
    days += [(True, f"%d{mark}%m{mark}%Y") for mark in "./-"]
    days += [(False, f"%m{mark}%d{mark}%Y") for mark in "/-"]
    for day_first, day in days:
        for clock in _CLOCKS:
            yield day_first, DateShape(form=day + clock)


SHAPES = tuple(_shapes())
"""Each with whether it is for day-first or month-first columns, None for either."""


def shape_of(cells: Iterable[str], *, day_first: bool | None) -> DateShape | None:
    """The shape that most of `cells` have, None where most have none.

    Without `day_first` nothing was settled on, and only the year can come first.
    """
    seen = [cell for cell in cells if cell]
    fits = [
        (sum(map(shape.reads, seen)), shape)
        for order, shape in SHAPES
        if order is None or order is day_first
    ]
    count, shape = max(fits, key=lambda fit: fit[0])
    return shape if seen and 2 * count > len(seen) else None


def shifts(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[int, int]]:
    """For each local hour from `first` to `last`: hours since 1970, seconds ahead of UTC.

    An hour within which the clock is changed is left out. A local hour that occurs twice
    is the earlier one (R22).
    """
    hour = first.replace(minute=0, second=0, microsecond=0)
    epoch = datetime(1970, 1, 1)
    while hour <= last:
        ahead = hour.replace(tzinfo=zone).utcoffset()
        later = (hour + _HOUR - timedelta(seconds=1)).replace(tzinfo=zone).utcoffset()
        if ahead is not None and ahead == later:
            yield (hour - epoch) // _HOUR, int(ahead.total_seconds())
        hour += _HOUR
