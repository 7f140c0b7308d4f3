"""The discrete Gaussian, drawn by inverting a table of its distribution function.

`N_Z(0, v)` gives the integer k the probability exp(-k²/2v) / Σ exp(-j²/2v) [CKS20,
def. 1]; `v` is its variance to within exp(-2π²v). A draw reads 64 uniform bits and
looks them up among thresholds of 128 bits; only where 64 bits do not decide (chance
below 2⁻⁴⁶) are 64 more read, so that the time taken says next to nothing about the
draw [JMRO22].

Tables are built in integers alone: no float and no platform can change them. The
distance between what a table draws and the exact distribution is `distance_bound`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.errors import LocalProtocolError

Entropy = Callable[[int], bytes]
"""Called with a number n, returns n uniform random bytes."""

LEAST_VARIANCE = Fraction(1, 4)
"""Below it the bound on sums of shares does not apply [KLS21, thm 1 asks σ ≥ 1/2]."""

GREATEST_VARIANCE = Fraction(4096**2)
"""Above it a table would be large and slow; a coarser unit does the same work."""

FIXED_BITS = 192
"""Fractional bits of the weights. See `_weights` for the error that this leaves."""

TAIL_BITS = 136
"""A table ends at the first weight below 2⁻¹³⁶ (the weight of 0 is 1), near 13.7 σ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Thresholds floor(2¹²⁸ · P(draw ≤ k)) for k = -reach … reach - 1, as two 64-bit words."""

    reach: int
    high: NDArray[np.uint64] = field(repr=False)
    low: NDArray[np.uint64] = field(repr=False)


def draw(variance: Fraction, count: int, entropy: Entropy) -> NDArray[np.int64]:
    """`count` independent draws of `N_Z(0, variance)`, in grid units.

    Raises:
        LocalProtocolError: `variance` is outside ¼ … 4096², `count` is negative, or
            `entropy` gave fewer bytes than asked; no noise was drawn.
    """
    if count < 0:
        raise LocalProtocolError(f"{count} draws were asked for; nothing was drawn")
    table = tabulate(variance)
    uniform = _words(count, entropy)
    index = np.searchsorted(table.high, uniform, side="left")
    nearest = table.high[np.minimum(index, table.high.size - 1)]
    for position in np.flatnonzero(nearest == uniform):
        index[position] = _settle_tie(table, int(index[position]), _words(1, entropy)[0])
    return index.astype(np.int64) - table.reach


def distance_bound(variance: Fraction) -> Fraction:
    """Greatest total variation distance of one draw from `N_Z(0, variance)`.

    `reach · 2⁻¹²⁶`: two roundings of at most 2⁻¹²⁸ for each of `2·reach + 1` values are
    half of it; truncation (2⁻¹³⁴) and the weights' error (2⁻¹⁴¹) fit in the other half.
    A vector of d draws is within d times as much, which is to be added to δ.
    """
    return Fraction(tabulate(variance).reach, 2**126)


@lru_cache(maxsize=64)
def tabulate(variance: Fraction) -> Table:
    """The table of `N_Z(0, variance)`; variances are public, so tables are kept.

    Raises:
        LocalProtocolError: `variance` is outside ¼ … 4096².
    """
    if not LEAST_VARIANCE <= variance <= GREATEST_VARIANCE:
        raise LocalProtocolError(
            f"a noise variance of {float(variance):.6g} grid units² is outside "
            f"{LEAST_VARIANCE} to {GREATEST_VARIANCE}; no noise was drawn",
            hint="Use a finer grid for little noise, a coarser unit for much.",
        )
    half = _weights(variance)
    cumulative = list(accumulate([*half[:0:-1], *half]))
    total = cumulative.pop()  # the last threshold would be 1: nothing lies above it
    packed = b"".join([((part << 128) // total).to_bytes(16, "little") for part in cumulative])
    words = np.frombuffer(packed, dtype="<u8").reshape(-1, 2).astype(np.uint64)
    low, high = np.ascontiguousarray(words[:, 0]), np.ascontiguousarray(words[:, 1])
    low.flags.writeable = high.flags.writeable = False
    return Table(reach=len(half) - 1, high=high, low=low)


def _weights(variance: Fraction) -> list[int]:
    """exp(-k²/2v) · 2¹⁹² for k = 0, 1, … until below 2⁻¹³⁶, each rounded down.

    w(k+1) = w(k)·r(k) and r(k+1) = r(k)·q², with r(0) = q = exp(-1/2v): two products
    per weight. Every true value is at most 1, so each product passes on the errors of
    its factors and adds at most one unit of 2⁻¹⁹². With q and q² within 2 units, r(k)
    errs by at most 3k+2 units and w(k) by 2(k+1)². As k < 2¹⁶, all 2¹⁷ weights together
    err by less than 2⁵⁰ units, or 2⁻¹⁴² of a total that is at least 1.
    """
    ratio = _exponential(Fraction(variance.denominator, 2 * variance.numerator))
    square = _exponential(Fraction(variance.denominator, variance.numerator))
    weight, weights, least = 1 << FIXED_BITS, [], 1 << (FIXED_BITS - TAIL_BITS)
    while weight >= least:
        weights.append(weight)
        weight = (weight * ratio) >> FIXED_BITS
        ratio = (ratio * square) >> FIXED_BITS
    return weights


def _exponential(power: Fraction) -> int:
    """floor(exp(-power) · 2¹⁹²), or one less, for 0 < power ≤ 4.

    The reciprocal of the series of exp(power), with 64 bits to spare: its fewer than 100
    terms lose less than one part in 2²⁴⁰.
    """
    bits = FIXED_BITS + 64
    term = total = 1 << bits
    step = 1
    while term:
        term = term * power.numerator // (power.denominator * step)
        total += term
        step += 1
    return ((1 << (2 * bits)) // total) >> 64


def _words(count: int, entropy: Entropy) -> NDArray[np.uint64]:
    """`count` uniform 64-bit words."""
    data = entropy(8 * count)
    if len(data) != 8 * count:
        raise LocalProtocolError(
            f"the source of entropy gave {len(data)} bytes of {8 * count}; no noise was drawn"
        )
    return np.frombuffer(data, dtype="<u8").astype(np.uint64)


def _settle_tie(table: Table, index: int, more: np.uint64) -> int:
    """Number of thresholds not above (high[index], more), the first `index` being below it."""
    high = table.high[index]
    while index < table.high.size and table.high[index] == high and table.low[index] <= more:
        index += 1
    return index
