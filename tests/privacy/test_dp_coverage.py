"""Promise: 95 % of the published intervals hold the truth.

10,000 noisy releases each, through the real sampler: coverage is then within 1.5 % of
95 % unless something is wrong (6.9 standard deviations: a false alarm in 10¹¹).
"""

import os
from fractions import Fraction

import numpy as np
import pytest

from foyer_protocol.catalogue.entries import LEAD_TIME_EDGES
from foyer_protocol.dp.accuracy import ratio_interval, total_interval
from foyer_protocol.dp.discrete_gaussian import draw
from foyer_protocol.dp.noise_shares import plan_noise, total_variance
from foyer_protocol.dp.quantiles import grouped_median, median_interval, tree_counts

RELEASES = 10_000
REPORTERS = 6
SCALE = plan_noise(4, width=340, rho=Fraction(1, 50), honest=5)
VARIANCE = total_variance(SCALE, REPORTERS)


def noise(width):
    """Noise of `RELEASES` sums of `width` slots, in grid units."""
    total = np.zeros(RELEASES * width, dtype=np.int64)
    for _ in range(REPORTERS):
        total += draw(SCALE.share_variance, total.size, os.urandom)
    return total.reshape(RELEASES, width)


def coverage(intervals, truth):
    assert None not in intervals
    return np.mean([interval.low <= truth <= interval.high for interval in intervals])


def total_intervals(variance):
    return [
        total_interval(1000 + Fraction(int(slot), SCALE.grid), variance) for slot in noise(1)[:, 0]
    ]


def test_intervals_of_a_total_cover_95_per_cent():
    assert 0.935 < coverage(total_intervals(VARIANCE), 1000) < 0.965


@pytest.mark.parametrize("factor", [Fraction(3, 4), Fraction(4, 3)])
def test_a_wrong_variance_is_seen_in_the_coverage(factor):
    assert not 0.935 < coverage(total_intervals(VARIANCE * factor), 1000) < 0.965


@pytest.mark.parametrize("part, whole", [(300, 1000), (100, 120), (0, 200), (90_000, 3000)])
def test_intervals_of_a_ratio_cover_95_per_cent(part, whole):
    intervals = [
        ratio_interval(
            part + Fraction(int(above), SCALE.grid),
            whole + Fraction(int(below), SCALE.grid),
            VARIANCE,
            VARIANCE,
            Fraction(1, 2),
        )
        for above, below in noise(2)
    ]
    assert 0.935 < coverage(intervals, part / whole / 2) < 0.965


@pytest.mark.parametrize("bookers", [1000, 20_000])
def test_intervals_of_a_median_cover_95_per_cent(bookers):
    days = np.random.default_rng(bookers).lognormal(2.5, 1.1, bookers)
    leaf = np.histogram(np.clip(days, 0, LEAD_TIME_EDGES[-1] - 1), LEAD_TIME_EDGES)[0]
    tree, truth = tree_counts(leaf, 4), grouped_median(leaf, LEAD_TIME_EDGES)
    intervals = [
        median_interval(tree + slots / SCALE.grid, LEAD_TIME_EDGES, 4, VARIANCE)
        for slots in noise(tree.size)
    ]
    assert 0.935 < coverage(intervals, truth) < 0.965
