"""Promise: a table is within its stated distance of the discrete Gaussian, and refuses the rest."""

import os
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from foyer_protocol.dp.discrete_gaussian import distance_bound, draw, tabulate
from foyer_protocol.errors import LocalProtocolError


def exact_thresholds(variance, reach, precise):
    """P(|N_Z| > reach), and 2¹²⁸ · P(N_Z ≤ k) for k = -reach … reach - 1, at 400 bits.

    By another library, from the formula and not from a recurrence.
    """
    precise.prec = 400
    twice = precise.mpf(2 * variance.numerator) / variance.denominator
    weights = [precise.exp(-precise.mpf(k * k) / twice) for k in range(2 * reach)]
    total = weights[0] + 2 * precise.fsum(weights[1:])
    outside = precise.fsum(weights[reach + 1 :])
    below, thresholds = outside, []
    for k in range(-reach, reach):
        below += weights[abs(k)]
        thresholds.append(below / total * 2**128)
    return 2 * outside / total, thresholds


def thresholds_of(table):
    return [(int(high) << 64) + int(low) for high, low in zip(table.high, table.low, strict=True)]


@pytest.mark.parametrize(
    "variance", [Fraction(1, 4), Fraction(7, 3), Fraction(16), Fraction(10**6 + 1, 10**3)]
)
def test_a_table_is_within_the_stated_total_variation(variance):
    precise = mpmath.mp.clone()
    table = tabulate(variance)
    outside, exact = exact_thresholds(variance, table.reach, precise)
    off = [ours - theirs for ours, theirs in zip(thresholds_of(table), exact, strict=True)]
    steps = [after - before for before, after in zip([0, *off], [*off, 0], strict=True)]
    distance = precise.fsum(abs(step) for step in steps) / 2**129
    bound = distance_bound(variance)
    assert distance + outside <= precise.mpf(bound.numerator) / bound.denominator
    assert max(abs(step) for step in off) < 2


def test_the_largest_table_is_complete_and_in_order():
    table = tabulate(Fraction(4096**2))
    thresholds = thresholds_of(table)
    assert len(thresholds) == 2 * table.reach == 2 * 56241
    assert thresholds == sorted(thresholds)
    assert thresholds[0] >= 0
    assert thresholds[-1] < 2**128


def bits(*words):
    """Entropy that gives these 64-bit words, once each, in order."""
    queue = b"".join(int(word).to_bytes(8, "little") for word in words)

    def take(count):
        nonlocal queue
        taken, queue = queue[:count], queue[count:]
        return taken

    return take


@pytest.mark.parametrize("place", [40, 54, 70])
def test_a_tie_of_64_bits_is_settled_by_64_more(place):
    table = tabulate(Fraction(16))
    high, low = table.high[place], int(table.low[place])
    below = draw(Fraction(16), 1, bits(high, low - 1))
    at = draw(Fraction(16), 1, bits(high, low))
    assert (below[0], at[0]) == (place - table.reach, place + 1 - table.reach)


def test_the_ends_of_the_uniform_bits_are_the_ends_of_the_table():
    table = tabulate(Fraction(16))
    last = 2**64 - 1
    assert draw(Fraction(16), 1, bits(0, 0))[0] <= -table.reach + 2
    assert draw(Fraction(16), 1, bits(last, last))[0] >= table.reach - 2


def test_no_draws_are_an_empty_vector_of_int64():
    nothing = draw(Fraction(16), 0, os.urandom)
    assert nothing.shape == (0,)
    assert nothing.dtype == np.int64


@pytest.mark.parametrize("variance", [Fraction(0), Fraction(-1), Fraction(24, 100)])
def test_too_little_noise_is_refused(variance):
    with pytest.raises(LocalProtocolError, match="outside 1/4"):
        draw(variance, 1, os.urandom)


def test_noise_too_large_for_a_table_is_refused():
    with pytest.raises(LocalProtocolError, match="no noise was drawn") as refusal:
        draw(Fraction(4096**2) + Fraction(1, 10**9), 1, os.urandom)
    assert "coarser unit" in refusal.value.hint


def test_a_negative_number_of_draws_is_refused():
    with pytest.raises(LocalProtocolError, match="-1 draws"):
        draw(Fraction(16), -1, os.urandom)


def test_a_source_that_runs_dry_is_refused():
    with pytest.raises(LocalProtocolError, match="gave 5 bytes of 16"):
        draw(Fraction(16), 2, lambda _: b"short")


def test_a_table_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        tabulate(Fraction(16)).high[0] = 0
