"""What people are told beside a released number: what agrees with the others, and who is where."""

from dataclasses import dataclass
from enum import StrEnum

from foyer_protocol.rounds.agreeing import AgreedNumber


class Told:
    """A released number with its interval and, where there is one, what it was adjusted to."""

    __slots__ = ()

    low: float
    estimate: float
    high: float
    adjusted: AgreedNumber | None

    @property
    def told(self) -> tuple[float, float, float]:
        """Low, estimate and high: the adjusted estimate, in the interval that noise leaves open.

        The interval stays that of the release, so that rounding shows no more than is known,
        and reaches to the estimate where that was moved out of it.
        """
        agreed = self.adjusted.estimate if self.adjusted else self.estimate
        return min(self.low, agreed), agreed, max(self.high, agreed)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuartileView:
    """Where a quarter, half or three quarters of the institutions are reached.

    `high` and `estimate` are None where the range has no upper end.
    """

    low: float
    high: float | None
    estimate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadView:
    """How institutions' own values are spread. Without quartiles `reason` says why, in a code."""

    quartiles: tuple[QuartileView, ...] = ()
    reason: str = ""


class Standing(StrEnum):
    """Where one's own value is among those of the institutions."""

    LOWEST_QUARTER = "lowest-quarter"
    MIDDLE_HALF = "middle-half"
    HIGHEST_QUARTER = "highest-quarter"
    NOT_CLEAR = "not-clear"  # in a range that a quartile is in as well


def standing(spread: SpreadView, mine: float) -> Standing | None:
    """Where `mine` is; None where the spread is not shown.

    Worked out where `mine` is known, which is in the house itself.

    >>> quarters = [QuartileView(low=a, high=a + 1, estimate=a + 0.5) for a in (1.0, 3.0, 5.0)]
    >>> spread = SpreadView(quartiles=tuple(quarters))
    >>> [standing(spread, mine).value for mine in (0.5, 1.5, 4.0, 7.0)]
    ['lowest-quarter', 'not-clear', 'middle-half', 'highest-quarter']
    """
    if not spread.quartiles:
        return None
    first, _, third = spread.quartiles
    if mine < first.low:
        return Standing.LOWEST_QUARTER
    if third.high is not None and mine >= third.high:
        return Standing.HIGHEST_QUARTER
    if first.high is not None and first.high <= mine < third.low:
        return Standing.MIDDLE_HALF
    return Standing.NOT_CLEAR
