"""Promise: the tree is read by exact least squares, and its median is the grouped one."""

from fractions import Fraction

import numpy as np
import pytest

from foyer_protocol.catalogue.measures import LeadTimes
from foyer_protocol.dp.quantiles import (
    consistent_leaves,
    grouped_median,
    median_interval,
    tree_counts,
)
from foyer_protocol.errors import LocalProtocolError

SHAPES = [(2, 1), (2, 4), (3, 3), (4, 2), (4, 4)]


def tree_matrix(branching, levels):
    return np.array([tree_counts(row, branching) for row in np.eye(branching**levels, dtype=int)]).T


@pytest.mark.parametrize("branching, levels", SHAPES)
def test_a_tree_has_the_width_that_the_catalogue_says(branching, levels):
    edges = tuple(range(branching**levels + 1))
    leaf = LeadTimes(edges=edges, branching=branching)
    assert tree_counts(np.ones(leaf.leaves, dtype=int), branching).size == leaf.width


@pytest.mark.parametrize("branching, levels", SHAPES)
def test_leaves_are_the_least_squares_solution(branching, levels):
    matrix = tree_matrix(branching, levels)
    noisy = np.random.default_rng(7).normal(size=len(matrix)) * 100
    exact = np.linalg.lstsq(matrix, noisy, rcond=None)[0]
    assert consistent_leaves(noisy, branching, levels) == pytest.approx(exact)


def test_without_noise_the_leaves_come_back():
    leaves = np.arange(16)
    assert consistent_leaves(tree_counts(leaves, 4), 4, 2) == pytest.approx(leaves)


@pytest.mark.parametrize(
    "counts, median",
    [
        ([2, 2, 0, 0], 10.0),
        ([1, 2, 1, 0], 15.0),
        ([0, 0, 0, 5], 60.0),
        ([3, 0, 0, 3], 25.0),  # anything from 10 to 40: the middle
        ([1, 1, 1, 0], 15.0),
    ],
)
def test_the_grouped_median_is_linear_within_its_leaf(counts, median):
    assert grouped_median(np.array(counts), (0, 10, 20, 40, 80)) == pytest.approx(median)


def test_a_median_of_nothing_is_refused():
    with pytest.raises(LocalProtocolError, match="nothing counted"):
        grouped_median(np.zeros(4), (0, 1, 2, 3, 4))


def test_a_median_of_the_wrong_leaves_is_refused():
    with pytest.raises(LocalProtocolError, match="3 counts for 4 leaves"):
        grouped_median(np.ones(3), (0, 1, 2, 3, 4))


def test_without_noise_the_interval_is_the_median():
    leaves = np.array([5, 8, 0, 1] * 4)
    edges = tuple(range(17))
    interval = median_interval(tree_counts(leaves, 4), edges, 4, Fraction(0))
    assert interval is not None
    ends = (interval.low, interval.high)
    assert interval.estimate == pytest.approx(grouped_median(leaves, edges))
    assert ends == pytest.approx((interval.estimate, interval.estimate), abs=1e-9)


@pytest.mark.parametrize("end", ["low", "high"])
def test_the_ends_are_where_the_test_is_just_passed(end):
    """The deviation at the end, from a covariance made the slow way."""
    branching, levels, variance = 4, 2, 25.0
    leaves, edges = np.array([30, 50, 20, 9] * 4), tuple(range(17))
    noisy = tree_counts(leaves, branching)
    interval = median_interval(noisy, edges, branching, Fraction(25))
    assert interval is not None
    point = getattr(interval, end)
    matrix = tree_matrix(branching, levels)
    below = np.clip(point - np.arange(16), 0, 1) - 0.5
    deviation = (variance * below @ np.linalg.inv(matrix.T @ matrix) @ below) ** 0.5
    assert abs(below @ leaves) == pytest.approx(1.959963984540054 * deviation)


@pytest.mark.parametrize("count", [0, 1, -4])
def test_a_total_that_is_not_clear_of_zero_has_no_median(count):
    noisy = tree_counts(np.full(16, count), 4)
    assert median_interval(noisy, tuple(range(17)), 4, Fraction(25)) is None


@pytest.mark.parametrize("leaves, branching", [(12, 4), (0, 4), (1, 4), (8, 1)])
def test_leaves_that_fill_no_tree_are_refused(leaves, branching):
    with pytest.raises(LocalProtocolError, match="not a power"):
        tree_counts(np.ones(leaves, dtype=int), branching)


def test_a_tree_of_the_wrong_length_is_refused():
    with pytest.raises(LocalProtocolError, match="has 20 counts, not 19"):
        consistent_leaves(np.ones(19), 4, 2)


def test_a_negative_variance_is_refused():
    with pytest.raises(LocalProtocolError, match="cannot be negative"):
        median_interval(np.ones(20), tuple(range(17)), 4, Fraction(-1))
