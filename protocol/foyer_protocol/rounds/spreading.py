"""How institutions are spread: quartiles of their own values, each in a range that hides who.

The coordinator opens how many institutions fall in each public range. It publishes no such
count. Neighbouring ranges are merged until each holds at least `LEAST_TOGETHER`
institutions (or none, beside one that holds so many by itself), and of the merged ranges
only those of the three quartiles are shown, with the point inside by linear interpolation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.bins import Grid, grid_of
from foyer_protocol.catalogue.layout import Layout
from foyer_protocol.catalogue.statistic import Statistic, Unit
from foyer_protocol.errors import LocalProtocolError
from foyer_protocol.messages.codec import decimal_text
from foyer_protocol.messages.release import Quartile, Reason, Spread, Status, band

LEAST_TOGETHER = 3
"""Institutions in a range that is shown: two of them who compare notes learn nothing of a third
that is not in the range as well."""

LEAST_OTHERS_FOR_MONEY = 5
"""Prices are business secrets: one institution more than for other figures."""

QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))

Range = tuple[int, int, int]
"""First bin, the bin beyond the last, and how many institutions are in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuartileRange:
    """Where a quartile lies, and the point there; `high` and `estimate` are None if it is open."""

    low: Fraction
    high: Fraction | None
    estimate: Fraction | None


def make_spreads(
    layout: Layout, contributors: Mapping[str, int], aggregate: NDArray[np.int64]
) -> tuple[Spread, ...]:
    """The spread of each statistic that has bins, read off the opened sum.

    `contributors` are the institutions with data for each statistic.
    """
    return tuple(
        make_spread(
            statistic,
            grid,
            [int(count) for count in aggregate[layout.bins[statistic.key]]],
            contributors[statistic.key],
        )
        for statistic in layout.statistics
        if statistic.key in layout.bins and (grid := grid_of(statistic)) is not None
    )


def make_spread(
    statistic: Statistic, grid: Grid, counts: Sequence[int], contributors: int
) -> Spread:
    """One statistic through the gate. `counts` are institutions by range of `grid`.

    A member sees it only when enough institutions besides their own are counted. More
    counts than `contributors`, or one below 0, are somebody's nonsense: nothing is shown.
    """
    counted = sum(counts)
    found: tuple[QuartileRange, ...] = ()
    if min(counts) < 0 or counted > contributors:
        reason = Reason.NO_ESTIMATE
    elif counted - 1 < least_others(statistic):
        reason = Reason.FEW_CONTRIBUTORS
    else:
        found = quartiles(counts, grid)
        reason = Reason.NONE if found else Reason.NO_ESTIMATE
    return Spread(
        key=statistic.key,
        status=Status.SHOWN if found else Status.WITHHELD,
        reason=reason,
        institutions=band(min(max(counted, 0), contributors)),
        quartiles=tuple(_written(one) for one in found),
    )


def _written(one: QuartileRange) -> Quartile:
    return Quartile(
        low=decimal_text(float(one.low)),
        high=None if one.high is None else decimal_text(float(one.high)),
        estimate=None if one.estimate is None else decimal_text(float(one.estimate)),
    )


def least_others(statistic: Statistic) -> int:
    """The fewest institutions besides the reader's own."""
    if statistic.unit is Unit.MONEY:
        return max(statistic.least_others, LEAST_OTHERS_FOR_MONEY)
    return statistic.least_others


def merge(counts: Sequence[int]) -> list[Range]:
    """Neighbouring bins put together until each range holds enough, or none.

    A range of none is left by itself only beside a bin that hides who is in it alone.

    >>> merge([0, 1, 0, 2, 1, 5, 0, 0])
    [(0, 4, 3), (4, 6, 6), (6, 8, 0)]
    """
    ranges: list[Range] = []
    start = held = 0
    for place, count in enumerate(counts):
        if count >= LEAST_TOGETHER and held == 0 and place > start:
            ranges.append((start, place, 0))
            start = place
        held += count
        if held >= LEAST_TOGETHER:
            ranges.append((start, place + 1, held))
            start, held = place + 1, 0
    if start == len(counts):
        return ranges
    if not ranges or (held == 0 and counts[start - 1] >= LEAST_TOGETHER):
        return [*ranges, (start, len(counts), held)]
    first, _, others = ranges.pop()
    return [*ranges, (first, len(counts), others + held)]


def quartiles(counts: Sequence[int], grid: Grid) -> tuple[QuartileRange, ...]:
    """The three quartiles of the institutions counted in the ranges of `grid`.

    Empty where there are so few that all ranges become one, which says nothing.

    >>> from foyer_protocol.catalogue.bins import GRIDS
    >>> counts = [0] * 6 + [3, 5, 4] + [0] * 11
    >>> [float(one.estimate) for one in quartiles(counts, GRIDS[Unit.SHARE])]
    [0.35, 0.38, 0.4125]
    """
    ranges = merge(counts)
    if len(ranges) < 2:
        return ()
    return tuple(_quartile(part, grid, ranges) for part in QUARTERS)


def _quartile(part: Fraction, grid: Grid, ranges: Sequence[Range]) -> QuartileRange:
    """The range in which `part` of all institutions is reached, and the point inside it."""
    wanted = part * sum(held for _, _, held in ranges)
    below = 0
    for first, beyond, held in ranges:
        if held and below + held >= wanted:
            low, high = grid.ends(first, beyond)
            inside = None if high is None else low + (wanted - below) / held * (high - low)
            return QuartileRange(low=low, high=high, estimate=inside)
        below += held
    raise LocalProtocolError("no institution was counted, so that there is no quartile")
