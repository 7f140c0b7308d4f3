"""Promise: what an adversary can learn from a sum of shares is no more than its price.

The adversary knows everything but one visitor and guesses from the released sum. By the
Gaussian trade-off [DRS22] a loss of ρ allows Φ⁻¹(true positives) - Φ⁻¹(false positives)
of at most μ = √(2ρ); Clopper-Pearson bounds at 10⁻⁷ each make it a lower bound of μ. The
event is chosen on one half of the draws and tested on the other.
"""

import os
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import beta, norm

from foyer_protocol.dp.discrete_gaussian import draw
from foyer_protocol.dp.noise_shares import plan_noise

RHO = Fraction(1, 8)
MU = float(2 * RHO) ** 0.5
HONEST = 5
SCALE = plan_noise(9, width=1, rho=RHO, honest=HONEST)
CONFIDENCE = 1e-7


def released(scale, contribution, draws):
    """Sums of `HONEST` shares and one contribution, in grid units, as a node makes them."""
    total = np.full(draws, contribution * scale.grid, dtype=np.int64)
    for _ in range(HONEST):
        total += draw(scale.share_variance, draws, os.urandom)
    return total


def least_mu(with_visitor, without):
    """A lower bound of μ from two halves of samples: thresholds, then residues."""
    events = [
        lambda sums, at=at: sums >= at for at in np.unique(np.percentile(without, range(1, 100)))
    ]
    events += [lambda sums, m=m, r=r: sums % m == r for m in (2, 4, 8) for r in range(m)]
    half = len(without) // 2

    def bound(event, part):
        return separation(event(with_visitor[part]), event(without[part]))

    best = max(events, key=lambda event: bound(event, slice(half)))
    return bound(best, slice(half, None))


def separation(hits, false):
    """Φ⁻¹(least chance of a hit) - Φ⁻¹(greatest chance of a false alarm)."""
    draws = len(hits)
    least_hits = beta.ppf(CONFIDENCE, hits.sum(), draws - hits.sum() + 1)
    most_false = beta.ppf(1 - CONFIDENCE, false.sum() + 1, draws - false.sum())
    return norm.ppf(least_hits) - norm.ppf(most_false)


def audited_mu(scale, draws, shift=3):
    return least_mu(released(scale, shift, draws), released(scale, 0, draws))


@pytest.mark.parametrize("shift", [3, 2])
def test_the_loss_of_a_sum_of_shares_is_within_its_price(shift):
    assert audited_mu(SCALE, 200_000, shift) < MU


def test_the_audit_is_sharp_enough_to_come_near_the_price():
    assert audited_mu(SCALE, 200_000) > 0.8 * MU


@pytest.mark.parametrize(
    "mutant",
    [
        replace(SCALE, share_variance=SCALE.share_variance / 2),
        replace(SCALE, share_variance=SCALE.share_variance / HONEST),
        replace(SCALE, grid=2 * SCALE.grid),
    ],
    ids=["half the variance", "honest counted twice", "another grid than planned"],
)
def test_the_audit_catches(mutant):
    assert audited_mu(mutant, 200_000) > MU


@pytest.mark.audit
def test_over_four_million_draws_the_loss_is_still_within_the_price():
    assert 0.95 * MU < audited_mu(SCALE, 4_000_000) < MU
