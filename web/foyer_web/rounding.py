"""How many digits a noisy number may show, and which of two numbers is higher.

Rounding is post-processing of what is already released: it costs no privacy.
"""

import math
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from foyer_protocol.catalogue.statistic import Unit

FINEST: dict[Unit, Decimal] = {
    Unit.TICKETS: Decimal(1),
    Unit.VISITORS: Decimal(1),
    Unit.SHARE: Decimal("0.001"),
    Unit.MONEY: Decimal("0.01"),
    Unit.DAYS: Decimal("0.1"),
}
"""The finest step that means anything to a reader, however narrow the interval."""


class Comparison(StrEnum):
    """All that is ever said about two numbers."""

    HIGHER = "higher"
    LOWER = "lower"
    NO_CLEAR_DIFFERENCE = "no-clear-difference"


def compare(difference_low: float, difference_high: float) -> Comparison:
    """Read a difference's own 95 % interval: does it lie wholly on one side of zero?

    >>> compare(0.02, 0.09).value, compare(-0.01, 0.09).value
    ('higher', 'no-clear-difference')
    """
    if difference_low > 0:
        return Comparison.HIGHER
    if difference_high < 0:
        return Comparison.LOWER
    return Comparison.NO_CLEAR_DIFFERENCE


def compare_exact(mine: float, low: float, high: float) -> Comparison:
    """Compare an exact number of one's own with an interval.

    Mine has no error, so the interval of the difference is `[mine - high, mine - low]`.

    >>> compare_exact(0.27, 0.28, 0.34).value
    'lower'
    """
    return compare(mine - high, mine - low)


def step_for(low: float, high: float, unit: Unit) -> Decimal:
    """The unit of rounding an interval supports: `10^floor(log10(half-width))`.

    Never finer than `FINEST[unit]`.

    >>> step_for(1204, 1281, Unit.VISITORS), step_for(0.28, 0.34, Unit.SHARE)
    (Decimal('1E+1'), Decimal('0.01'))
    """
    half = (high - low) / 2
    if half <= 0:
        return FINEST[unit]
    # A hair upwards: half of 0.34 - 0.32 must count as 0.01, not as 0.0099.
    return max(Decimal(1).scaleb(math.floor(math.log10(half) + 1e-9)), FINEST[unit])


def round_to(value: float, step: Decimal) -> Decimal:
    """`value` as the nearest multiple of `step`, a power of ten.

    >>> round_to(1243.2, Decimal("1E+1"))
    Decimal('1.24E+3')
    """
    return Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_EVEN)


def possible(value: float, unit: Unit) -> float:
    """Clamp for display: no count below 0, no share outside 0 to 1.

    The machine export keeps the unclamped number.

    >>> possible(-3.0, Unit.TICKETS), possible(1.02, Unit.SHARE)
    (0.0, 1.0)
    """
    floored = max(0.0, value)
    return min(1.0, floored) if unit is Unit.SHARE else floored
