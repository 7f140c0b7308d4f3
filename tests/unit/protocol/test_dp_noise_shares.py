"""Promise: a noise plan costs exactly what it says, and any node can check it."""

from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foyer_protocol.dp.noise_shares import NoiseScale, plan_noise, rho_of, total_variance
from foyer_protocol.errors import LocalProtocolError

RHO = Fraction(1, 50)
plans = st.tuples(
    st.integers(1, 33_000),  # above, the least rho would need σ > 4096
    st.integers(1, 10**6),
    st.fractions(Fraction(1, 1000), Fraction(10), max_denominator=10**6),
    st.integers(1, 500),
)


@given(plans)
def test_a_plan_costs_the_rho_that_was_asked_and_never_more(plan):
    squared_sensitivity, width, rho, honest = plan
    scale = plan_noise(squared_sensitivity, width, rho, honest)
    assert scale.rho == rho
    assert rho * (1 - Fraction(1, 10**10)) < rho_of(scale, width, honest) <= rho


@given(plans)
def test_the_grid_is_the_smallest_power_of_two_that_is_fine_enough(plan):
    squared_sensitivity, width, rho, honest = plan
    scale = plan_noise(squared_sensitivity, width, rho, honest)
    assert scale.grid & (scale.grid - 1) == 0
    assert scale.share_variance >= 16
    assert scale.grid == 1 or scale.share_variance / 4 < 16


@given(plans)
def test_less_noise_or_fewer_honest_nodes_cost_more(plan):
    squared_sensitivity, width, rho, honest = plan
    scale = plan_noise(squared_sensitivity, width, rho, honest + 1)
    assert rho_of(scale, width, honest) > rho
    if scale.share_variance * Fraction(99, 100) >= 16:
        thinner = replace(scale, share_variance=scale.share_variance * Fraction(99, 100))
        assert rho_of(thinner, width, honest + 1) > rho


@pytest.mark.parametrize("honest", [2, 3, 20, 500])
def test_the_cap_on_tau_is_above_the_theorems_tau(honest):
    variance = Fraction(16)
    theorem = 10 * mpmath.fsum(
        mpmath.exp(-2 * mpmath.pi**2 * 16 * k / (k + 1)) for k in range(1, honest)
    )
    scale = NoiseScale(squared_sensitivity=1, grid=1, share_variance=variance, rho=RHO)
    allowance = rho_of(scale, 7, honest) - Fraction(1, 2 * honest * 16)
    assert mpmath.mpf(allowance.numerator) / allowance.denominator > 7 * theorem


@pytest.mark.parametrize("honest", [1, 2, 5])
@pytest.mark.parametrize("alpha", [2, 8, 32])
def test_the_exact_divergence_of_a_sum_of_shares_is_within_the_price(honest, alpha):
    """Convolved, not sampled: Rényi divergence between the sum and the sum moved by Δ."""
    scale = plan_noise(1, width=1, rho=RHO, honest=honest)
    k = np.arange(-200, 201)
    share = np.exp(-(k.astype(float) ** 2) / (2 * float(scale.share_variance)))
    total = np.ones(1)
    for _ in range(honest):
        total = np.convolve(total, share / share.sum())
    moved, kept = total[scale.grid :], total[: -scale.grid]
    seen = (moved > 1e-250) & (kept > 1e-250)
    exponent = alpha * np.log(kept[seen]) + (1 - alpha) * np.log(moved[seen])
    divergence = np.log(np.exp(exponent).sum()) / (alpha - 1)
    assert divergence == pytest.approx(alpha * float(RHO), rel=1e-6)


def test_the_released_variance_is_in_raw_units():
    scale = plan_noise(9, width=1, rho=RHO, honest=5)
    assert total_variance(scale, 5) == pytest.approx(float(Fraction(9) / (2 * RHO)))
    assert total_variance(scale, 10) == 2 * total_variance(scale, 5)


@pytest.mark.parametrize(
    "arguments",
    [(1, 1, RHO, 0), (1, 0, RHO, 5), (0, 1, RHO, 5), (1, 1, RHO, -3)],
)
def test_a_plan_for_nobody_or_nothing_is_refused(arguments):
    with pytest.raises(LocalProtocolError, match="must be at least 1"):
        plan_noise(*arguments)


@pytest.mark.parametrize("rho", [Fraction(0), Fraction(-1, 50), Fraction(1, 2**225)])
def test_a_price_that_pays_for_nothing_is_refused(rho):
    with pytest.raises(LocalProtocolError, match="cannot pay"):
        plan_noise(1, 8, rho, 5)


def test_noise_beyond_the_sampler_is_refused_with_a_way_out():
    with pytest.raises(LocalProtocolError, match="σ = 4096") as refusal:
        plan_noise(1200**2, 1, Fraction(1, 1000), 1)
    assert "coarser unit" in refusal.value.hint


@pytest.mark.parametrize("variance", [Fraction(15), Fraction(4096**2 + 1)])
def test_a_price_is_not_named_where_the_bound_does_not_hold(variance):
    scale = NoiseScale(squared_sensitivity=1, grid=1, share_variance=variance, rho=RHO)
    with pytest.raises(LocalProtocolError, match="its price is unknown"):
        rho_of(scale, 1, 5)


@pytest.mark.parametrize("change", [{"grid": 0}, {"squared_sensitivity": 0}, {"grid": -2}])
def test_a_scale_that_is_none_has_no_price(change):
    scale = replace(plan_noise(1, 1, RHO, 5), **change)
    with pytest.raises(LocalProtocolError, match="must be at least 1"):
        rho_of(scale, 1, 5)
