"""Noised numbers are made to agree, each by the nearest that can be true."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, minimize

from foyer_protocol.dp.consistency import (
    SumRule,
    credible,
    isotonic,
    least_squares,
    nearest,
    with_sum,
)
from foyer_protocol.errors import LocalProtocolError

TREE = (SumRule(parts=(1, 2), whole=0), SumRule(parts=(3, 4, 5), whole=1))
LIMITS = (SumRule(parts=(1,), whole=0, exact=False), SumRule(parts=(2, 3), whole=0, exact=False))

numbers = st.floats(-1000, 1000)
six = st.lists(numbers, min_size=6, max_size=6).map(np.array)
precisions = st.lists(st.floats(0.1, 50), min_size=6, max_size=6).map(np.array)


def held(values, rules):
    return [float(values[list(rule.parts)].sum() - values[rule.whole]) for rule in rules]


@given(six, precisions)
def test_after_least_squares_parts_add_up_and_no_variance_has_grown(values, variances):
    adjusted, narrowed = least_squares(values, variances, TREE)
    assert held(adjusted, TREE) == pytest.approx([0, 0], abs=1e-9)
    assert np.all(narrowed <= variances * (1 + 1e-12))


@given(six, precisions)
def test_least_squares_is_that_of_the_free_numbers(values, variances):
    # A tree's leaves are free and give all the rest: the textbook's regression on them.
    design = np.array(
        [[1, 1, 1, 1], [0, 1, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    )
    inverse = np.linalg.inv(design.T @ np.diag(1 / variances) @ design)
    leaves = inverse @ design.T @ (values / variances)
    adjusted, narrowed = least_squares(values, variances, TREE)
    assert adjusted == pytest.approx(design @ leaves, abs=1e-6)
    assert narrowed == pytest.approx(np.diag(design @ inverse @ design.T), rel=1e-9)


def test_without_an_exact_rule_least_squares_moves_nothing():
    values, variances = np.array([1.0, 5.0, -2.0, 3.0]), np.ones(4)
    adjusted, narrowed = least_squares(values, variances, LIMITS)
    assert (adjusted.tolist(), narrowed.tolist()) == (values.tolist(), variances.tolist())


@given(st.lists(numbers, min_size=4, max_size=4).map(np.array))
def test_the_nearest_numbers_are_those_of_a_solver_that_knows_nothing_of_ours(values):
    variances = np.array([1.0, 4.0, 9.0, 2.0])
    found = nearest(values, variances, LIMITS)
    assert np.all(found >= 0)
    assert max(held(found, LIMITS)) <= 1e-6
    matrix = np.array([[-1, 1, 0, 0], [-1, 0, 1, 1]])
    other = minimize(
        lambda x: ((x - values) ** 2 / variances).sum(), np.maximum(found, 1.0),
        jac=lambda x: 2 * (x - values) / variances, bounds=[(0, None)] * 4,
        constraints=LinearConstraint(matrix, -np.inf, 0), method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )  # fmt: skip
    ours = ((found - values) ** 2 / variances).sum()
    assert ours <= other.fun + 1e-5 * max(1.0, other.fun)


@given(six, precisions)
def test_the_nearest_numbers_keep_exact_rules_too(values, variances):
    found = nearest(values, variances, TREE)
    assert np.all(found >= 0)
    assert held(found, TREE) == pytest.approx([0, 0], abs=1e-5)


def test_numbers_that_agree_are_left_as_they_are():
    values = np.array([10.0, 4.0, 3.0, 7.0])
    assert nearest(values, np.ones(4), LIMITS).tolist() == values.tolist()
    assert with_sum(values, float(values.sum())).tolist() == values.tolist()


@given(st.lists(numbers, min_size=1, max_size=8).map(np.array), st.floats(0, 5000))
def test_counts_with_a_sum_are_the_nearest(values, total):
    found = with_sum(values, total)
    assert np.all(found >= 0)
    assert found.sum() == pytest.approx(total, abs=1e-6)
    # All that are above 0 moved by the same, and none that is 0 would have stayed above it.
    shift = (values - found)[found > 0]
    if shift.size:
        assert shift == pytest.approx(np.full(shift.size, shift[0]), abs=1e-6)
        assert np.all(values[found == 0] <= shift[0] + 1e-6)


@given(st.lists(st.tuples(numbers, st.floats(0.1, 9)), min_size=1, max_size=7))
def test_an_order_is_the_largest_of_least_averages(pairs):
    values, weights = (np.array(one) for one in zip(*pairs, strict=True))

    def mean(first, last):
        return np.average(values[first : last + 1], weights=weights[first : last + 1])

    size = values.size
    # The min-max formula of isotonic regression [BB72].
    expected = [
        max(min(mean(first, last) for last in range(at, size)) for first in range(at + 1))
        for at in range(size)
    ]
    found = isotonic(values, weights)
    assert found == pytest.approx(expected, abs=1e-6)
    assert np.all(np.diff(found) >= 0)
    assert float(found @ weights) == pytest.approx(float(values @ weights), abs=1e-4)


def test_a_rule_that_noise_could_not_break_so_is_left_out():
    variances = np.full(4, 4.0)
    edge = 6 * np.sqrt(8)
    inside, outside = np.array([0, edge - 0.01, 0, 0]), np.array([0, edge + 0.01, 0, 0])
    assert credible(inside, variances, LIMITS) == LIMITS
    assert credible(outside, variances, LIMITS) == LIMITS[1:]
    assert credible(np.array([99.0, 0, 0, 0]), variances, LIMITS) == LIMITS
    exact = (SumRule(parts=(1,), whole=0),)
    assert credible(np.array([99.0, 0, 0, 0]), variances, exact) == ()


@pytest.mark.parametrize(
    "refused",
    [
        lambda: least_squares(np.zeros(2), np.array([1.0, -1.0]), ()),
        lambda: nearest(np.zeros(2), np.zeros(3), ()),
        lambda: with_sum(np.ones(2), -1.0),
        lambda: with_sum(np.array([]), 1.0),
        lambda: isotonic(np.ones(2), np.array([1.0, 0.0])),
        lambda: isotonic(np.ones(2), np.ones(3)),
    ],
)
def test_what_cannot_be_is_refused(refused):
    with pytest.raises(LocalProtocolError):
        refused()


def test_rules_that_no_numbers_keep_are_refused_and_not_worked_at_for_ever():
    impossible = (SumRule(parts=(0, 1), whole=2), SumRule(parts=(0,), whole=3),
                  SumRule(parts=(3, 2, 1), whole=0))  # fmt: skip
    assert nearest(np.array([1.0, 1.0, 1.0, 1.0]), np.ones(4), impossible).sum() < 1e-6
