"""What differs clearly from one release to the next: from the difference's own interval.

Two releases carry independent noise. The interval of a difference is put together from the
two 95 % intervals as in Zou and Donner, Statistics in Medicine 27 (2008), eq. 3: each limit
uses the distance to the limit that can bring it about, which keeps a skewed interval right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot

from foyer_web.rounding import Comparison, compare
from foyer_web.views import FigureView, Kind

SAME_LENGTH_DAYS = 3
"""Months and quarters differ by up to so many days and are still called equally long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The later number minus the earlier one, with its 95 % interval, in the figure's unit."""

    low: float
    estimate: float
    high: float

    @property
    def outcome(self) -> Comparison:
        """One of three words."""
        return compare(self.low, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure beside its own number in the release before. `ends` is excluded."""

    figure: FigureView
    difference: Difference
    since_starts: date
    since_ends: date


def difference(later: FigureView, earlier: FigureView) -> Difference | None:
    """What changed; None unless both are shown as single numbers of one unit and currency.

    >>> from dataclasses import replace
    >>> from foyer_protocol.catalogue.entries import FIRST_TIME_SHARE
    >>> from foyer_web.views import figure_of
    >>> a = figure_of(FIRST_TIME_SHARE, interval=(0.27, 0.30, 0.33))
    >>> b = figure_of(FIRST_TIME_SHARE, interval=(0.36, 0.40, 0.44))
    >>> found = difference(b, a)
    >>> round(found.low, 3), round(found.estimate, 3), round(found.high, 3), found.outcome.value
    (0.05, 0.1, 0.15, 'higher')
    """
    same = later.unit is earlier.unit and later.currency == earlier.currency
    if not (same and later.shown and earlier.shown) or later.kind is Kind.DISTRIBUTION:
        return None
    middle = later.estimate - earlier.estimate
    below = hypot(later.estimate - later.low, earlier.high - earlier.estimate)
    above = hypot(later.high - later.estimate, earlier.estimate - earlier.low)
    return Difference(low=middle - below, estimate=middle, high=middle + above)


def same_length(one: tuple[date, date], other: tuple[date, date]) -> bool:
    """Whether two periods, each with its first day and the day after its last, compare.

    >>> same_length((date(2026, 1, 1), date(2026, 4, 1)), (date(2025, 7, 1), date(2025, 10, 1)))
    True
    >>> same_length((date(2026, 1, 1), date(2026, 4, 1)), (date(2025, 1, 1), date(2026, 1, 1)))
    False
    """
    return abs((one[1] - one[0]).days - (other[1] - other[0]).days) <= SAME_LENGTH_DAYS


def clear(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Those that are higher or lower beyond doubt, in the order given."""
    return tuple(
        one for one in changes if one.difference.outcome is not Comparison.NO_CLEAR_DIFFERENCE
    )


def unclear(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Those without a clear difference."""
    sure = clear(changes)
    return tuple(one for one in changes if one not in sure)
