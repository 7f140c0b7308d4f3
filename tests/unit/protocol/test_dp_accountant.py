"""Promise: ε is OpenDP's, rounded up, and agrees with two other accountants."""

import math
from fractions import Fraction

import dp_accounting
import numpy as np
import opendp.prelude as dp
import pytest
from dp_accounting.rdp import RdpAccountant

from foyer_protocol.dp.accountant import epsilon, group_rho
from foyer_protocol.errors import LocalProtocolError

DELTA = Fraction(1, 10**6)
PRICES = [Fraction(1, 1000), Fraction(1, 128), Fraction(1, 50), Fraction(1, 8), Fraction(2)]


def opendp_gaussian(deviation):
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")
    return space >> dp.m.then_gaussian(scale=deviation)


@pytest.mark.parametrize("sensitivity, deviation", [(1, 4), (3, 8), (2, 16), (40, 512)])
def test_opendp_prices_the_gaussian_as_we_do(sensitivity, deviation):
    gaussian = opendp_gaussian(float(deviation))
    ours = Fraction(sensitivity**2, 2 * deviation**2)
    assert float(ours) == pytest.approx(gaussian.map(float(sensitivity)), rel=1e-12)


@pytest.mark.parametrize("deviation", [1, 4, 8, 30])
def test_epsilon_is_that_of_opendps_own_gaussian(deviation):
    gaussian = opendp_gaussian(float(deviation))
    theirs = dp.c.make_zCDP_to_approxDP(gaussian).map(1.0).epsilon(1e-6)
    assert 0 <= epsilon(Fraction(1, 2 * deviation**2)) - theirs < 1.001e-4


@pytest.mark.parametrize("rho", PRICES)
def test_epsilon_agrees_with_dp_accounting_and_is_below_the_classical_formula(rho):
    accountant = RdpAccountant(orders=np.geomspace(1.01, 4000, 4000))
    accountant.compose(dp_accounting.GaussianDpEvent(float(1 / (2 * rho)) ** 0.5))
    classical = float(rho) + 2 * math.sqrt(float(rho) * math.log(1e6))
    assert epsilon(rho) == pytest.approx(accountant.get_epsilon(1e-6), rel=5e-3, abs=1e-4)
    assert epsilon(rho) < classical


@pytest.mark.parametrize("rho", PRICES[:3])
def test_epsilon_is_not_below_the_true_loss_of_a_gaussian(rho):
    tight = dp_accounting.pld.PLDAccountant()
    tight.compose(dp_accounting.GaussianDpEvent(float(1 / (2 * rho)) ** 0.5))
    assert epsilon(rho) > tight.get_epsilon(1e-6)


def test_epsilon_has_four_decimals_and_grows_with_rho_and_with_certainty():
    assert epsilon(Fraction(1, 128)) == 0.5452
    assert epsilon(Fraction(1, 50)) < epsilon(Fraction(1, 49))
    assert epsilon(Fraction(1, 50), Fraction(1, 10**9)) > epsilon(Fraction(1, 50), DELTA)


def test_nothing_spent_is_nothing_lost():
    assert epsilon(Fraction(0)) == 0.0


@pytest.mark.parametrize(
    "rho, delta", [(Fraction(-1), DELTA), (Fraction(1), Fraction(0)), (Fraction(1), Fraction(1))]
)
def test_an_impossible_question_is_refused(rho, delta):
    with pytest.raises(LocalProtocolError, match="there is no ε"):
        epsilon(rho, delta)


def test_a_visitor_of_three_houses_pays_nine_times():
    assert group_rho(Fraction(1, 50), 3) == Fraction(9, 50)
    assert epsilon(group_rho(Fraction(2436, 10**5), 3)) == pytest.approx(3.29, abs=0.01)


def test_a_visitor_of_no_house_is_refused():
    with pytest.raises(LocalProtocolError, match="at least 1 institution"):
        group_rho(Fraction(1), 0)
