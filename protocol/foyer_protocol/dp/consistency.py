"""Noised numbers that agree: post-processing, which costs no privacy [DR14, prop. 2.1].

Three steps, each known in closed form or with a known limit. *Least squares* makes parts
add up to totals and never widens an interval, since its variances are exact [HRMS10].
*Nearest* then takes what is impossible out of the estimates: counts below 0, a part above
its whole. *With sum* does so for the cells of a histogram and keeps their sum. A projection
has a bias where truths lie at an edge, so that intervals stay those of least squares: they
hold the truth in 95 of 100 releases, whatever the estimate beside them was moved to.

[HRMS10] Hay, Rastogi, Miklau, Suciu, VLDB 2010 · [BB72] Barlow, Brunk, JASA 67 · [HWC74] Held,
Wolfe, Crowder, Mathematical Programming 6 · [Hil57] Hildreth, Naval Research Logistics 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.errors import LocalProtocolError

Floats = NDArray[np.float64]

BEYOND_NOISE = 6
"""Noise alone breaks a rule by this many of its standard deviations once in 500 million times."""

MOST_SWEEPS = 20_000
TOLERANCE = 1e-12
"""A sweep that moves nothing by more than this part of the largest number is the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SumRule:
    """The numbers at `parts` add up to that at `whole`; if not `exact`, to no more than it."""

    parts: tuple[int, ...]
    whole: int
    exact: bool = True


def credible(values: Floats, variances: Floats, rules: Sequence[SumRule]) -> tuple[SumRule, ...]:
    """The rules that are kept, or broken by no more than noise explains.

    A rule that is broken by more shows that somebody reported nonsense. To make numbers
    agree all the same would spread it to figures that are sound.
    """
    _check(values, variances)
    kept = []
    for rule in rules:
        row = _row(rule, values.size)
        excess = float(row @ values)
        broken = abs(excess) if rule.exact else excess
        if broken <= BEYOND_NOISE * float(np.sqrt(row * row @ variances)):
            kept.append(rule)
    return tuple(kept)


def least_squares(
    values: Floats, variances: Floats, rules: Sequence[SumRule]
) -> tuple[Floats, Floats]:
    """The nearest numbers that keep every exact rule, and the variance of each.

    With A the matrix of the rules, V the diagonal of `variances` and y the `values`:
    x = y - VAᵀ(AVAᵀ)⁻¹Ay, whose covariance is V - VAᵀ(AVAᵀ)⁻¹AV. It is the best unbiased
    linear estimate there is (Gauss-Markov), so that no variance is above its old one.

    Raises:
        LocalProtocolError: a variance is negative, or lengths differ.
    """
    _check(values, variances)
    exact = [rule for rule in rules if rule.exact]
    if not exact:
        return values.copy(), variances.copy()
    matrix = np.stack([_row(rule, values.size) for rule in exact])
    spread = matrix * variances  # A V
    gain = spread.T @ np.linalg.pinv(spread @ matrix.T, hermitian=True)
    narrowed = variances - np.einsum("ij,ji->i", gain, spread)
    return values - gain @ (matrix @ values), np.maximum(narrowed, 0.0)


def nearest(values: Floats, variances: Floats, rules: Sequence[SumRule]) -> Floats:
    """The nearest numbers, by precision, that keep every rule and are not below 0.

    Dual coordinate ascent [Hil57]: each rule in turn pulls as far as it is broken, and lets
    go as far as others have made good. Where nothing is broken nothing is moved.

    Raises:
        LocalProtocolError: a variance is negative, lengths differ, or the rules leave no
            numbers within `MOST_SWEEPS`.
    """
    _check(values, variances)
    rows = [_row(rule, values.size) for rule in rules]
    reach = [float(row @ (variances * row)) for row in rows]
    pull, lift = [0.0] * len(rows), np.zeros(values.size)
    now = values.astype(np.float64)
    limit = TOLERANCE * max(1.0, float(np.abs(values).max(initial=0.0)))
    for _ in range(MOST_SWEEPS):
        before = now.copy()
        for place, (rule, row) in enumerate(zip(rules, rows, strict=True)):
            if reach[place] > 0:
                wanted = pull[place] + float(row @ now) / reach[place]
                wanted = wanted if rule.exact else max(wanted, 0.0)
                now = now - variances * row * (wanted - pull[place])
                pull[place] = wanted
        sunk = now - lift
        now = np.maximum(sunk, 0.0)
        lift = now - sunk
        if np.abs(now - before).max(initial=0.0) <= limit:
            return now
    raise LocalProtocolError(f"no numbers keep these rules, as far as {MOST_SWEEPS} sweeps show")


def with_sum(values: Floats, total: float) -> Floats:
    """The nearest numbers that are not below 0 and add up to `total`.

    For numbers of one and the same variance: all are lowered (or raised) by one amount and
    those that would fall below 0 are 0 [HWC74].

    >>> with_sum(np.array([5.0, 3.0, -2.0]), 6.0).tolist()
    [4.0, 2.0, 0.0]

    Raises:
        LocalProtocolError: `total` is below 0, or there are no numbers to make it of.
    """
    if total < 0 or (values.size == 0 and total > 0):
        raise LocalProtocolError(f"{values.size} counts cannot add up to {total:.6g}")
    if values.min(initial=0.0) >= 0 and total == float(values.sum()):
        return values.copy()
    ranked = np.sort(values)[::-1]
    lowered = (np.cumsum(ranked) - total) / np.arange(1, values.size + 1)
    kept = int(np.flatnonzero(ranked - lowered >= 0)[-1])
    counts: Floats = np.maximum(values - lowered[kept], 0.0)
    return counts


def isotonic(values: Floats, weights: Floats | None = None) -> Floats:
    """The nearest numbers that never fall: pool adjacent violators [BB72].

    For cumulative figures and for ordered quantiles. The weighted sum is kept.

    >>> isotonic(np.array([1.0, 3.0, 2.0, 4.0])).tolist()
    [1.0, 2.5, 2.5, 4.0]

    Raises:
        LocalProtocolError: a weight is not above 0, or lengths differ.
    """
    weight = np.ones(values.size) if weights is None else weights
    if weight.shape != values.shape or np.any(weight <= 0):
        raise LocalProtocolError("an order needs one weight above 0 for each number")
    means: list[float] = []
    masses: list[float] = []
    sizes: list[int] = []
    for value, mass in zip(values, weight, strict=True):
        mean, held, size = float(value), float(mass), 1
        while means and means[-1] > mean:
            other = masses.pop()
            mean = (means.pop() * other + mean * held) / (other + held)
            held, size = held + other, size + sizes.pop()
        means.append(mean)
        masses.append(held)
        sizes.append(size)
    return np.repeat(np.array(means, dtype=np.float64), sizes)


def _row(rule: SumRule, width: int) -> Floats:
    row = np.zeros(width)
    row[list(rule.parts)] = 1.0
    row[rule.whole] -= 1.0
    return row


def _check(values: Floats, variances: Floats) -> None:
    if values.shape != variances.shape or values.ndim != 1:
        raise LocalProtocolError(f"{variances.size} variances were given for {values.size} numbers")
    if np.any(variances < 0):
        raise LocalProtocolError(f"a variance cannot be negative; got {variances.min():.6g}")
