"""Into which ranges institutions' own values are sorted: public, and fixed before any data.

One grid for each unit, the same in every network and period: shares in 5 points, money and
counts on a scale on which a step is the same factor everywhere (Renard's series, ISO 3),
days in steps that grow. Ends are open: noise may carry a value below 0 or a share above 1.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from foyer_protocol.catalogue.measures import Distribution
from foyer_protocol.catalogue.statistic import Statistic, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Ranges `… < edges[0] ≤ … < edges[1] ≤ …`; `most` is the largest value that can be true."""

    edges: tuple[Fraction, ...]
    most: Fraction | None = None

    @property
    def width(self) -> int:
        """Number of ranges."""
        return len(self.edges) + 1

    def place(self, value: Fraction | float) -> int:
        """In which range `value` is.

        >>> Grid(edges=(Fraction(1), Fraction(5))).place(1)
        1
        """
        return bisect_right(self.edges, value)

    def ends(self, first: int, beyond: int) -> tuple[Fraction, Fraction | None]:
        """From where to where the ranges `first` … `beyond - 1` reach together.

        Of values that can be true: none is below 0. None says that there is no upper end.
        """
        low = self.edges[first - 1] if first > 0 else Fraction(0)
        high = self.edges[beyond - 1] if beyond <= len(self.edges) else self.most
        return low, high


_FIVES = ("1", "1.6", "2.5", "4", "6.3")  # R5: a factor of 1.58
_TENS = ("1", "1.25", "1.6", "2", "2.5", "3.15", "4", "5", "6.3", "8")  # R10: a factor of 1.26


def _decades(series: tuple[str, ...], first: int, count: int) -> tuple[Fraction, ...]:
    return tuple(
        Fraction(step) * 10**decade for decade in range(first, first + count) for step in series
    )


GRIDS: Mapping[Unit, Grid] = {
    Unit.SHARE: Grid(
        edges=tuple(Fraction(point, 100) for point in range(5, 100, 5)), most=Fraction(1)
    ),
    Unit.MONEY: Grid(edges=(*_decades(_TENS, 0, 3), Fraction(1000))),
    Unit.TICKETS: Grid(edges=(*_decades(_FIVES, 1, 6), Fraction(10**7))),
    Unit.VISITORS: Grid(edges=(*_decades(_FIVES, 1, 6), Fraction(10**7))),
    Unit.DAYS: Grid(
        edges=tuple(
            map(Fraction, (1, 2, 3, 4, 5, 7, 10, 14, 21, 28, 42, 56, 84, 112, 168, 224, 336))
        )
    ),
}


def grid_of(statistic: Statistic) -> Grid | None:
    """The ranges of a statistic's values; None for a histogram, which is many values."""
    return None if isinstance(statistic.measure, Distribution) else GRIDS[statistic.unit]
