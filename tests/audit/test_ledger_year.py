"""Promise: what a year of rounds costs is the same to our ledger, to OpenDP and to dp-accounting.

Ours are exact fractions and theirs are floats: they agree to within floats, and the ε that
we state is never below what OpenDP makes of the whole year.
"""

from fractions import Fraction
from functools import cache

import dp_accounting
import numpy as np
import opendp.prelude as dp
import pytest
from dp_accounting.rdp import RdpAccountant

from foyer_protocol.dp.accountant import DELTA, epsilon, group_rho
from foyer_protocol.dp.ledger import Ledger, charge, encode_entry, settle, verify_chain
from foyer_protocol.errors import BudgetExhausted
from foyer_protocol.rounds.planning import DEFAULT_GATE, DEFAULT_PRICES

WEEKS = 52
CAP = Fraction(6)
FIGURES = sum(DEFAULT_PRICES.values(), Fraction(0))


def prices() -> list[Fraction]:
    """Figures and gate of a round a week; every other one at a price no float holds."""
    odd = Fraction(1, 7), Fraction(1, 3), Fraction(2, 3)
    rounds = [(FIGURES * (1 if week % 2 else odd[week % 3]), DEFAULT_GATE) for week in range(WEEKS)]
    return [rho for pair in rounds for rho in pair]


@cache
def a_year() -> Ledger:
    ledger = Ledger()
    for number, rho in enumerate(prices()):
        job = f"{number:032x}"
        ledger = charge(
            ledger, job_id=job, round_id=f"week-{number // 2}", rho=rho, period="2026", cap=CAP
        )
        if number % 3:  # a charge that was never settled counts all the same
            ledger = settle(ledger, job, f"{number:064x}")
    return ledger


@cache
def by_opendp():
    """OpenDP's composition of the same releases, one measurement for each."""
    dp.enable_features("contrib", "honest-but-curious")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")

    def release(rho):
        return dp.m.make_user_measurement(
            *space, dp.zero_concentrated_divergence(), lambda _: "",
            lambda d: float(rho) * d * d, TO="String",
        )  # fmt: skip

    return dp.c.make_composition([release(rho) for rho in prices()])


def test_a_years_spending_is_the_exact_sum_and_survives_the_file():
    assert a_year().spent("2026") == sum(prices(), Fraction(0))
    assert verify_chain(map(encode_entry, a_year().entries)).spent("2026") == sum(prices())
    assert a_year().remaining("2026", CAP) == CAP - sum(prices())
    assert a_year().spent("2027") == 0


def test_opendp_composes_the_year_to_the_same_rho():
    assert by_opendp().map(1.0) == pytest.approx(float(a_year().spent("2026")), rel=1e-12)


@pytest.mark.parametrize("houses", [1, 2, 3, 5])
def test_opendp_prices_a_visitor_of_several_houses_as_we_do(houses):
    ours = group_rho(a_year().spent("2026"), houses)
    assert by_opendp().map(float(houses)) == pytest.approx(float(ours), rel=1e-12)


def test_the_years_epsilon_is_opendps_and_never_below_it():
    theirs = dp.c.make_zCDP_to_approxDP(by_opendp()).map(1.0).epsilon(float(DELTA))
    assert 0 <= epsilon(a_year().spent("2026")) - theirs < 1.1e-4


def test_dp_accounting_composes_the_year_to_the_same_epsilon():
    accountant = RdpAccountant(orders=np.geomspace(1.01, 400, 4000))
    for rho in prices():
        accountant.compose(dp_accounting.GaussianDpEvent(float(1 / (2 * rho)) ** 0.5))
    assert epsilon(a_year().spent("2026")) == pytest.approx(
        accountant.get_epsilon(float(DELTA)), rel=1e-4
    )


def test_the_years_epsilon_is_not_below_the_true_loss_of_as_many_gaussians():
    tight = dp_accounting.pld.PLDAccountant()
    # Composition of Gaussians is one Gaussian, whose inverse variances add.
    deviation = float(1 / (2 * a_year().spent("2026"))) ** 0.5
    tight.compose(dp_accounting.GaussianDpEvent(deviation))
    assert epsilon(a_year().spent("2026")) > tight.get_epsilon(float(DELTA))


def test_a_cap_of_exactly_the_year_pays_for_it_and_for_no_more():
    ledger, cap = Ledger(), sum(prices(), Fraction(0))
    for number, rho in enumerate(prices()):
        ledger = charge(
            ledger, job_id=f"{number:032x}", round_id="round", rho=rho, period="2026", cap=cap
        )
    least = Fraction(1, 10**100)
    with pytest.raises(BudgetExhausted):
        charge(ledger, job_id="f" * 32, round_id="round", rho=least, period="2026", cap=cap)
