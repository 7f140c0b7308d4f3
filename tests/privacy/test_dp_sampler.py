"""Promise: noise has the very distribution that its price assumes, and a wrong one is caught.

Every check's chance of a false alarm is at most 10⁻⁸ (`noise_checks.FALSE_ALARM`).
"""

import os
from fractions import Fraction
from math import isqrt

import numpy as np
import opendp.prelude as dp
import pytest
from scipy.stats import chi2_contingency
from tests.privacy.noise_checks import (
    DRAWS,
    FALSE_ALARM,
    has_the_total_variance,
    has_the_variance,
    looks_discrete_gaussian,
    ours,
)

from foyer_protocol.dp.discrete_gaussian import draw
from foyer_protocol.dp.noise_shares import plan_noise, total_variance

VARIANCES = [
    Fraction(1, 4),
    Fraction(7, 3),
    Fraction(16),
    Fraction(1000, 7),
    Fraction(4096),
    Fraction(2000**2),
]


def half_the_variance(variance, count):
    return ours(variance / 2, count)


def deviation_for_variance(variance, count):
    return ours(Fraction(isqrt(int(variance))), count)


def five_per_cent_less(variance, count):
    return ours(variance * Fraction(95, 100), count)


def five_per_cent_more(variance, count):
    return ours(variance * Fraction(105, 100), count)


def truncated_at_three_deviations(variance, count):
    sample = ours(variance, 2 * count)
    return sample[np.abs(sample) <= 3 * float(variance) ** 0.5][:count]


def on_even_numbers_only(variance, count):
    return 2 * ours(variance / 4, count)


def off_by_one(variance, count):
    return ours(variance, count) + 1


@pytest.mark.parametrize("variance", VARIANCES)
def test_the_sampler_fits_the_discrete_gaussian(variance):
    assert looks_discrete_gaussian(ours, variance)


@pytest.mark.parametrize("variance", VARIANCES)
def test_the_sampler_has_the_variance(variance):
    assert has_the_variance(ours, variance)


@pytest.mark.audit
@pytest.mark.parametrize("variance", [*VARIANCES, Fraction(4096**2), Fraction(123457, 1000)])
def test_the_sampler_fits_over_sixteen_million_draws(variance):
    assert looks_discrete_gaussian(ours, variance, draws=16_000_000, cells=1000)
    assert has_the_variance(ours, variance, draws=16_000_000)


@pytest.mark.parametrize(
    "mutant",
    [
        half_the_variance,
        deviation_for_variance,
        five_per_cent_less,
        five_per_cent_more,
        truncated_at_three_deviations,
    ],
)
def test_the_variance_check_catches(mutant):
    assert not has_the_variance(mutant, Fraction(144))


@pytest.mark.parametrize(
    "mutant",
    [
        half_the_variance,
        deviation_for_variance,
        five_per_cent_less,
        five_per_cent_more,
        truncated_at_three_deviations,
        on_even_numbers_only,
        off_by_one,
    ],
)
def test_the_fit_catches(mutant):
    # Over fewer draws a cut at three deviations would be missed once in thirty runs.
    assert not looks_discrete_gaussian(mutant, Fraction(144), draws=4 * DRAWS)


@pytest.mark.parametrize("deviation", [1.5, 6.0])
def test_the_sampler_cannot_be_told_from_opendps(deviation):
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")
    theirs = np.array((space >> dp.m.then_gaussian(scale=deviation))([0] * 50_000))
    mine = draw(Fraction(deviation) ** 2, 50_000, os.urandom)
    edge = int(3 * deviation)
    table = [np.bincount(np.clip(sample, -edge, edge) + edge) for sample in (theirs, mine)]
    assert chi2_contingency(np.array(table)).pvalue > FALSE_ALARM


@pytest.mark.parametrize("reporters", [5, 6, 9])
def test_a_sum_of_shares_has_the_planned_variance_in_raw_units(reporters):
    scale = plan_noise(4, width=340, rho=Fraction(1, 50), honest=5)
    shares = draw(scale.share_variance, reporters * 100_000, os.urandom).reshape(reporters, -1)
    assert has_the_total_variance(shares.sum(axis=0) / scale.grid, total_variance(scale, reporters))


def test_one_share_too_few_is_seen_in_the_variance():
    scale = plan_noise(4, width=340, rho=Fraction(1, 50), honest=5)
    shares = draw(scale.share_variance, 5 * 100_000, os.urandom).reshape(5, -1)
    assert not has_the_total_variance(shares.sum(axis=0) / scale.grid, total_variance(scale, 6))
