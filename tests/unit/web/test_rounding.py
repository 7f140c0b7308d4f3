"""A number shows no digit that its interval does not support, and nothing impossible."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foyer_protocol.catalogue.statistic import Unit
from foyer_web.rounding import (
    FINEST,
    Comparison,
    compare_exact,
    possible,
    round_to,
    step_for,
)
from foyer_web.views import Status, judge

numbers = st.floats(-1e9, 1e9)


@pytest.mark.parametrize(
    "low, high, unit, step",
    [
        (1204, 1281, Unit.VISITORS, "1E+1"),
        (0.28, 0.34, Unit.SHARE, "0.01"),
        (0.32, 0.34, Unit.SHARE, "0.01"),
        (0.3, 0.3002, Unit.SHARE, "0.001"),
        (99.8, 100.4, Unit.TICKETS, "1"),
        (17.82, 18.29, Unit.MONEY, "0.1"),
        (5, 5, Unit.DAYS, "0.1"),
    ],
)
def test_the_step_is_the_power_of_ten_of_the_half_width(low, high, unit, step):
    assert step_for(low, high, unit) == Decimal(step)


@given(numbers, st.floats(1e-6, 1e6), st.sampled_from(Unit))
def test_rounding_never_moves_a_number_out_of_its_interval_unless_the_unit_is_coarser(
    middle, half, unit
):
    step = step_for(middle - half, middle + half, unit)
    moved = abs(round_to(middle, step) - Decimal(repr(middle)))
    assert moved <= step / 2
    assert step == FINEST[unit] or float(step) <= half * 1.001 + 1e-6 * abs(middle)


@given(numbers, st.sampled_from(Unit))
def test_what_is_displayed_is_possible(value, unit):
    assert 0 <= possible(value, unit) <= (1 if unit is Unit.SHARE else 1e9)


def test_only_an_interval_wholly_on_one_side_is_a_difference():
    assert compare_exact(0.35, 0.28, 0.34) is Comparison.HIGHER
    assert compare_exact(0.27, 0.28, 0.34) is Comparison.LOWER
    assert compare_exact(0.34, 0.28, 0.34) is Comparison.NO_CLEAR_DIFFERENCE


def test_a_number_half_as_wide_as_itself_is_the_last_that_is_shown():
    assert judge(100, 50, 150) is Status.SHOWN
    assert judge(100, 49, 151) is Status.TOO_UNCERTAIN
    assert judge(-3, -10, 4) is Status.TOO_UNCERTAIN
