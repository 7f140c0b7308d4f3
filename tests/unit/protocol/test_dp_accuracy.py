"""Promise: intervals follow their formula, and no ratio is given where there is none."""

from fractions import Fraction

import pytest
from scipy.stats import norm

from foyer_protocol.dp.accuracy import Z95, Interval, ratio_interval, total_interval
from foyer_protocol.errors import LocalProtocolError

ONE = Fraction(1)


def test_z95_is_the_normal_quantile():
    assert pytest.approx(norm.ppf(0.975), abs=1e-15) == Z95


def test_a_total_reaches_two_deviations_to_each_side():
    interval = total_interval(Fraction(1001, 2), Fraction(100))
    assert interval.estimate == 500.5
    assert interval.high - interval.estimate == pytest.approx(19.6, abs=0.001)
    assert interval.estimate - interval.low == pytest.approx(19.6, abs=0.001)


def test_without_noise_a_number_is_its_own_interval():
    assert total_interval(7, Fraction(0)) == Interval(estimate=7.0, low=7.0, high=7.0)
    half = ratio_interval(1, 2, Fraction(0), Fraction(0), Fraction(10))
    assert half == Interval(estimate=5.0, low=5.0, high=5.0)


def test_the_ends_of_a_ratio_are_where_the_test_is_just_passed():
    part, whole, vp, vw = 300, 1000, 400.0, 900.0
    interval = ratio_interval(part, whole, Fraction(400), Fraction(900), ONE)
    assert interval is not None
    for end in (interval.low, interval.high):
        distance = abs(part - end * whole)
        assert distance == pytest.approx(Z95 * (vp + end**2 * vw) ** 0.5)


def test_the_scale_turns_steps_into_money():
    plain = ratio_interval(300, 1000, Fraction(4), Fraction(9), ONE)
    money = ratio_interval(300, 1000, Fraction(4), Fraction(9), Fraction(1, 2))
    assert plain is not None
    assert money is not None
    assert (money.low, money.high) == pytest.approx((plain.low / 2, plain.high / 2))


@pytest.mark.parametrize("whole", [-1000, 0, 39, 40])
def test_a_denominator_within_four_deviations_of_zero_carries_no_ratio(whole):
    assert ratio_interval(10, whole, Fraction(100), Fraction(100), ONE) is None


def test_a_denominator_just_clear_of_zero_carries_one():
    assert ratio_interval(10, 41, Fraction(100), Fraction(100), ONE) is not None


def test_a_negative_variance_is_refused():
    with pytest.raises(LocalProtocolError, match="cannot be negative"):
        total_interval(1, Fraction(-1))


@pytest.mark.parametrize("scale", [Fraction(0), Fraction(-1)])
def test_a_scale_that_is_not_positive_is_refused(scale):
    with pytest.raises(LocalProtocolError, match="scale"):
        ratio_interval(1, 2, ONE, ONE, scale)
