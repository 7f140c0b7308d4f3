"""Promise: the range that an institution's own value falls in costs what is charged for it.

`look_at` is the mechanism; what a node puts into a bin is read off its result alone.
"""

import os
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.privacy.noise_checks import has_the_variance, looks_discrete_gaussian
from tests.privacy.test_dp_loss_audit import separation

from foyer_protocol.catalogue.bins import grid_of
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import CATALOGUE, TICKETS
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.measures import Spend, Tickets
from foyer_protocol.dp.discrete_gaussian import GREATEST_VARIANCE, LEAST_VARIANCE
from foyer_protocol.rounds.kinds.spread import Look, look_at, looks, own_bins

LAYOUT = lay_out(tuple(CATALOGUE.values()), spread=True)
RHO = Fraction(1, 8)
PRICE = next(leaf for leaf in LAYOUT.leaves if isinstance(leaf, Spend))


def moved(leaf, look):
    """Squared L2 change of a look, in steps, when one unit comes or goes."""
    if isinstance(leaf, Tickets | Spend):
        return (-(-leaf.cap // look.step)) ** 2
    return leaf.squared_sensitivity


@pytest.mark.parametrize("rho", [Fraction(1, 100), Fraction(1, 8), Fraction(3)])
def test_the_looks_together_cost_the_price_of_the_spread(rho):
    """Σ Δ²/2v over the leaves, exactly [CKS20, thm 4; BS16, lemma 1.7]."""
    found = looks(LAYOUT, rho)
    assert sum(Fraction(moved(leaf, one)) / (2 * one.variance)
               for leaf, one in found.items()) == rho  # fmt: skip
    assert all(LEAST_VARIANCE <= one.variance <= GREATEST_VARIANCE for one in found.values())


def test_every_leaf_that_a_bin_is_read_from_is_looked_at_and_no_other():
    wanted = {leaf for s in LAYOUT.statistics if s.key in LAYOUT.bins for leaf in s.leaves}
    assert set(looks(LAYOUT, RHO)) == wanted


def test_money_is_looked_at_in_coarser_steps_where_noise_is_large():
    assert looks(LAYOUT, Fraction(1, 100))[PRICE].step > 1
    assert looks(LAYOUT, Fraction(1, 100))[TICKETS].step == 1


@given(st.integers(0, 10**9), st.integers(0, 1200), st.sampled_from([1, 2, 4, 8, 512, 2048]))
def test_rounding_down_to_steps_moves_a_total_by_no_more_than_is_said(total, added, step):
    assert 0 <= (total + added) // step - total // step <= -(-1200 // step)


@pytest.mark.parametrize("step", [1, 8])
def test_a_look_carries_the_discrete_gaussian_that_was_paid_for(step):
    look = Look(step=step, variance=Fraction(500, 7))

    def sampler(variance, count):
        seen = np.array(look_at((80_000,) * count, replace(look, variance=variance), os.urandom))
        return (seen - step // 2 - 80_000) // step

    assert looks_discrete_gaussian(sampler, look.variance)
    assert has_the_variance(sampler, look.variance)
    assert not has_the_variance(lambda v, count: sampler(v * 9 / 10, count), look.variance)


def ranges(rho, tickets, draws):
    """In which range of attendances a node finds itself, each time anew."""
    statistic = CATALOGUE["volume.attendances"]
    layout = lay_out((statistic,), spread=True)
    contribution = Contribution(
        values={TICKETS: (tickets,)}, contributes={"volume.attendances": True}
    )
    found = [
        own_bins(layout, rho, contribution, os.urandom)["volume.attendances"] for _ in range(draws)
    ]
    assert all(one.sum() == 1 and one.size == grid_of(statistic).width for one in found)
    return np.array([int(one.argmax()) for one in found])


@pytest.fixture(scope="module")
def at_an_edge():
    """Ranges with and without a visitor of 40 tickets, at an edge between two ranges."""
    edge = 1000
    return ranges(RHO, edge + 20, 20_000), ranges(RHO, edge - 20, 20_000)


def audited_mu(with_visitor, without):
    """A lower bound of μ from being above the edge, at 10⁻⁷ on either side."""
    above = max(with_visitor)
    return separation(with_visitor == above, without == above)


def test_the_range_tells_no_more_of_one_visitor_than_its_price(at_an_edge):
    assert audited_mu(*at_an_edge) < float(2 * RHO) ** 0.5


def test_the_audit_of_the_range_is_sharp_enough_to_come_near_the_price(at_an_edge):
    # 81 % of μ is expected, with a deviation of 4 %.
    assert audited_mu(*at_an_edge) > 0.6 * float(2 * RHO) ** 0.5


def test_the_audit_catches_a_look_with_half_the_deviation():
    cheap = ranges(4 * RHO, 1020, 20_000), ranges(4 * RHO, 980, 20_000)
    assert audited_mu(*cheap) > float(2 * RHO) ** 0.5
