"""Promise: intervals beside agreed numbers hold the truth as often as those released.

20,000 noisy releases each, through the real sampler: at 95 % the share that holds the truth
has a standard deviation of 0.15 points, so that leaving 93.5 to 96.5 % by chance happens
less than once in 10²⁰. The issue asks for 92 to 98 %.
"""

import os
from fractions import Fraction

import numpy as np
import pytest

from foyer_protocol.dp.accuracy import Z95
from foyer_protocol.dp.consistency import SumRule, isotonic, least_squares, nearest, with_sum
from foyer_protocol.dp.discrete_gaussian import draw

RELEASES = 20_000
VARIANCES = (Fraction(100), Fraction(25), Fraction(400), Fraction(64), Fraction(64), Fraction(64))
TREE = (SumRule(parts=(1, 2), whole=0), SumRule(parts=(3, 4, 5), whole=1))
TRUTH = np.array([50.0, 10.0, 40.0, 0.0, 4.0, 6.0])
"""Small beside the noise, with an empty cell: projections have most to do here."""


def releases(truth=TRUTH, variances=VARIANCES):
    """Noisy numbers, shape (RELEASES, len(truth))."""
    noise = np.stack([draw(one, RELEASES, os.urandom) for one in variances], axis=1)
    return truth + noise


def coverage(centres, deviations, truth):
    return (np.abs(centres - truth) <= Z95 * deviations).mean(axis=0)


def squared(noisy, variances=VARIANCES):
    spread = np.array([float(one) for one in variances])
    # Linear, and the same for every release: the rows of its matrix from unit vectors.
    matrix = np.stack([least_squares(unit, spread, TREE)[0] for unit in np.eye(len(spread))])
    return noisy @ matrix, least_squares(noisy[0], spread, TREE)[1]


def test_intervals_of_least_squares_are_narrower_and_cover_95_per_cent():
    adjusted, narrowed = squared(releases())
    covered = coverage(adjusted, np.sqrt(narrowed), TRUTH)
    assert np.all((covered > 0.935) & (covered < 0.965)), covered
    assert narrowed[0] < 0.85 * float(VARIANCES[0])


def test_claiming_the_old_estimates_with_the_new_widths_would_show():
    noisy = releases()
    covered = coverage(noisy, np.sqrt(squared(noisy)[1]), TRUTH)
    assert covered.min() < 0.935


@pytest.mark.parametrize("truth", [TRUTH, TRUTH * 1000])
def test_shown_intervals_cover_95_per_cent_where_estimates_are_projected(truth):
    noisy = releases(truth)
    adjusted, narrowed = squared(noisy)
    margin = Z95 * np.sqrt(narrowed)
    shown = np.stack([nearest(row, np.array(list(map(float, VARIANCES))), TREE)
                      for row in adjusted[:4000]])  # fmt: skip
    low = np.minimum(np.maximum(adjusted - margin, 0)[:4000], shown)
    high = np.maximum(np.maximum(adjusted + margin, 0)[:4000], shown)
    covered = ((low <= truth) & (truth <= high)).mean(axis=0)
    # 4,000 releases: 3 points are 8.7 standard deviations. Stretching only adds coverage.
    assert np.all(covered > 0.92), covered
    assert covered[0] < 0.98, covered


def test_a_projection_brings_estimates_nearer_to_the_truth_on_the_whole():
    noisy = releases(np.zeros(6), (Fraction(64),) * 6)[:4000]
    total = np.maximum(noisy.sum(axis=1), 0)
    shown = np.stack([with_sum(row, whole) for row, whole in zip(noisy, total, strict=True)])
    assert (shown**2).sum() < 0.8 * (noisy**2).sum()
    ordered = np.stack([isotonic(row) for row in noisy])
    assert (ordered**2).sum() < 0.8 * (noisy**2).sum()
