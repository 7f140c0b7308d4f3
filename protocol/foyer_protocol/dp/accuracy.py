"""The interval beside a number. Floats begin here, after the last private step.

A sum of many discrete Gaussian shares is normal to within far less than a figure shows,
and its variance is public. So every interval is the set of truths that a two-sided test
at 5 % would not reject. Intervals are about noise: they say nothing of what was clipped.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from foyer_protocol.errors import LocalProtocolError

Z95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""

LEAST_DEVIATIONS = 4
"""A denominator fewer standard deviations than this above 0 carries no ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate and its 95 % interval, in the statistic's unit; not cut off at 0."""

    estimate: float
    low: float
    high: float


def total_interval(value: int | Fraction, variance: Fraction) -> Interval:
    """A noised sum in raw units, whose noise has `variance` raw units².

    >>> total_interval(1000, Fraction(400)).low
    960.8007203091989

    Raises:
        LocalProtocolError: `variance` is negative.
    """
    margin = Z95 * math.sqrt(_no_negative(variance))
    return Interval(estimate=float(value), low=float(value) - margin, high=float(value) + margin)


def ratio_interval(
    part: int | Fraction,
    whole: int | Fraction,
    part_variance: Fraction,
    whole_variance: Fraction,
    scale: Fraction,
) -> Interval | None:
    """`scale · part / whole` with Fieller's interval [Fie54], or None if `whole` is near 0.

    The interval holds each θ for which |part - θ·whole| ≤ Z95·√(Vp + θ²·Vw). The *noise*
    of part and whole must be independent, that is, they are different slots; that the
    tickets of the one are among those of the other does not matter. If they are the
    same slot the ratio is 1 by definition and this is not the function to ask.

    Raises:
        LocalProtocolError: a variance is negative or `scale` is not positive.
    """
    if scale <= 0:
        raise LocalProtocolError(f"a ratio's scale must be above 0; got {scale}")
    vp, vw = _no_negative(part_variance), _no_negative(whole_variance)
    a, b = float(part), float(whole)
    if b <= 0 or b <= LEAST_DEVIATIONS * math.sqrt(vw):
        return None
    denominator = b * b - Z95**2 * vw
    # The discriminant without its cancelling terms a²b²; positive as b² > Z95²·vw.
    spread = Z95 * math.sqrt(a * a * vw + vp * denominator)
    low, high = (a * b - spread) / denominator, (a * b + spread) / denominator
    unit = float(scale)
    return Interval(estimate=unit * a / b, low=unit * low, high=unit * high)


def _no_negative(variance: Fraction) -> float:
    if variance < 0:
        raise LocalProtocolError(f"a variance cannot be negative; got {float(variance):.6g}")
    return float(variance)
