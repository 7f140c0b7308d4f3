"""Statistical checks of noise, as functions of the sampler, so that mutants can be run too.

Each is two-sided and each raises a false alarm with a chance of at most `FALSE_ALARM`.
"""

import os
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, norm

from foyer_protocol.dp.discrete_gaussian import draw

Sampler = Callable[[Fraction, int], NDArray[np.int64]]

FALSE_ALARM = 1e-8
DRAWS = 400_000


def ours(variance: Fraction, count: int) -> NDArray[np.int64]:
    """The sampler of the protocol, on the operating system's entropy."""
    return draw(variance, count, os.urandom)


def probabilities(variance: Fraction) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The integers within 14 σ and what N_Z(0, variance) gives each, straight from the formula."""
    reach = int(14 * float(variance) ** 0.5) + 4
    integers = np.arange(-reach, reach + 1)
    weights = np.exp(-(integers.astype(np.float64) ** 2) / (2 * float(variance)))
    return integers, weights / weights.sum()


def looks_discrete_gaussian(
    sampler: Sampler, variance: Fraction, draws: int = DRAWS, cells: int = 100
) -> bool:
    """χ² goodness of fit over about `cells` cells of equal probability, tails included."""
    integers, chances = probabilities(variance)
    cell = np.minimum((np.cumsum(chances) * cells).astype(int), cells - 1)
    sample = sampler(variance, draws)
    if np.abs(sample).max() > integers[-1]:
        return False
    observed = np.bincount(cell[sample - integers[0]], minlength=cells)
    expected = np.bincount(cell, weights=chances, minlength=cells) * draws
    observed, expected = _merge_rare(observed, expected)
    statistic = ((observed - expected) ** 2 / expected).sum()
    return bool(chi2.sf(statistic, observed.size - 1) > FALSE_ALARM)


def has_the_variance(sampler: Sampler, variance: Fraction, draws: int = DRAWS) -> bool:
    """z-test of the mean of squares, with the sampling variance of an exact N_Z."""
    integers, chances = probabilities(variance)
    square = (integers.astype(np.float64) ** 2 * chances).sum()
    fourth = (integers.astype(np.float64) ** 4 * chances).sum()
    mean = (sampler(variance, draws).astype(np.float64) ** 2).mean()
    z = (mean - square) / ((fourth - square**2) / draws) ** 0.5
    return bool(abs(z) < norm.isf(FALSE_ALARM / 2))


def has_the_total_variance(sums: NDArray[np.float64], variance: Fraction) -> bool:
    """z-test for sums of many shares, normal enough for a kurtosis of 3."""
    z = ((sums**2).mean() / float(variance) - 1) / (2 / sums.size) ** 0.5
    return bool(abs(z) < norm.isf(FALSE_ALARM / 2))


def _merge_rare(
    observed: NDArray[np.int64], expected: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Cells with fewer than 20 expected draws as one, or left out if together below 1."""
    rare = expected < 20
    kept = [observed[~rare]], [expected[~rare]]
    if rare.any() and expected[rare].sum() >= 20:
        kept[0].append(observed[rare].sum(keepdims=True))
        kept[1].append(expected[rare].sum(keepdims=True))
    return np.concatenate(kept[0]), np.concatenate(kept[1])
