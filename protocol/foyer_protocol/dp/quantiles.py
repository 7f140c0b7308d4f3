"""Medians from a tree of noisy counts.

A tree has the levels of `catalogue.measures.LeadTimes`: `branching`, `branching²`, …,
`leaves` counts, coarsest first, all with the same noise variance; there is no root. Each
level counts the same units, so the leaves are estimated by least squares over all levels
[HRMS10, thm 3]. That estimate is linear in the noise, so that its covariance is known
exactly and a median's interval can be had by inverting the test "half of all lie below".
"""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.dp.accuracy import LEAST_DEVIATIONS, Z95, Interval
from foyer_protocol.errors import LocalProtocolError

Floats = NDArray[np.float64]


def tree_counts(leaf_index_counts: NDArray[np.int64], branching: int) -> NDArray[np.int64]:
    """The whole tree, coarsest level first, from the counts of its leaves.

    >>> tree_counts(np.arange(4), 2).tolist()
    [1, 5, 0, 1, 2, 3]

    Raises:
        LocalProtocolError: the number of leaves is not a power of `branching`.
    """
    counts = leaf_index_counts.astype(np.int64)
    levels = [counts]
    for _ in range(_levels_of(counts.size, branching) - 1):
        levels.insert(0, levels[0].reshape(-1, branching).sum(axis=1))
    return np.concatenate(levels)


def consistent_leaves(noisy: NDArray[np.generic], branching: int, levels: int) -> Floats:
    """Least-squares leaves, length `branching ** levels`, from a noisy tree.

    Upwards, a count is averaged with the sum of its children by their precision;
    downwards, what a parent knows better is shared equally among its children.

    Raises:
        LocalProtocolError: `noisy` has not the length of such a tree.
    """
    measured = _split(noisy.astype(np.float64), branching, levels)
    refined = measured[-1]
    best: list[Floats] = [refined]
    variance = 1.0
    for own in reversed(measured[:-1]):
        from_children = branching * variance
        weight = from_children / (1.0 + from_children)
        refined = weight * own + (1.0 - weight) * refined.reshape(-1, branching).sum(axis=1)
        variance = weight
        best.insert(0, refined)
    final: Floats = best[0]
    for children in best[1:]:
        families = children.reshape(-1, branching)
        surplus = (final - families.sum(axis=1)) / branching
        final = np.ravel(families + surplus[:, None])
    return final


def grouped_median(counts: NDArray[np.generic], edges: tuple[int, ...]) -> float:
    """The grouped-data median: where the cumulative count, linear within leaves, is half.

    Where empty leaves leave it open, the middle of what is possible.

    >>> grouped_median(np.array([2, 2]), (0, 1, 2))
    1.0

    Raises:
        LocalProtocolError: there is not one count per leaf, or they sum to 0 or less.
    """
    leaves = counts.astype(np.float64)
    if leaves.size != len(edges) - 1 or leaves.sum() <= 0:
        raise LocalProtocolError(
            f"no median: {leaves.size} counts for {len(edges) - 1} leaves, or nothing counted"
        )
    return _middle_crossing(_excess(leaves), edges)


def median_interval(
    noisy: NDArray[np.generic], edges: tuple[int, ...], branching: int, variance: Fraction
) -> Interval | None:
    """The grouped-data median with its 95 % interval, in the unit of `edges`.

    `noisy` is the tree in raw units, each count with noise of `variance` raw units². The
    interval reaches from the first to the last point where the noisy tree does not
    contradict "as many below as above"; None when the total is not clearly above 0.

    Raises:
        LocalProtocolError: lengths do not fit, or `variance` is negative.
    """
    if variance < 0:
        raise LocalProtocolError(f"a variance cannot be negative; got {float(variance):.6g}")
    levels = _levels_of(len(edges) - 1, branching)
    leaves = consistent_leaves(noisy, branching, levels)
    shape = _unit_deviations(branching, levels)
    deviation = math.sqrt(float(variance))
    # At the last edge the excess is half the total, and so is its deviation.
    excess = _excess(leaves)
    if excess[-1] <= 0 or excess[-1] <= LEAST_DEVIATIONS * deviation * math.sqrt(shape[-1, 0]):
        return None
    # That many deviations also keep both ends of the interval inside the edges.
    margin = Z95 * deviation
    reachable = excess + margin * np.sqrt(shape[:, 0]) >= 0
    possible = excess - margin * np.sqrt(shape[:, 0]) <= 0
    first = int(np.argmax(reachable))
    last = int(possible.size - 1 - np.argmax(possible[::-1]))
    return Interval(
        estimate=_middle_crossing(excess, edges),
        low=_refine(first - 1, margin, excess, shape, edges),
        high=_refine(last, -margin, excess, shape, edges),
    )


def _excess(leaves: Floats) -> Floats:
    """At each edge, the count below less half of all; length `leaves + 1`."""
    below: Floats = np.concatenate([np.zeros(1), np.cumsum(leaves)])
    excess: Floats = below - below[-1] / 2.0
    return excess


def _middle_crossing(excess: Floats, edges: tuple[int, ...]) -> float:
    """The middle between the first and the last zero of the piecewise linear excess."""
    first = int(np.argmax(excess >= 0))
    last = int(excess.size - 1 - np.argmax(excess[::-1] <= 0))
    return (_zero_before(first, excess, edges) + _zero_after(last, excess, edges)) / 2.0


def _zero_before(first: int, excess: Floats, edges: tuple[int, ...]) -> float:
    low, high = float(excess[first - 1]), float(excess[first])
    return edges[first - 1] + (edges[first] - edges[first - 1]) * low / (low - high)


def _zero_after(last: int, excess: Floats, edges: tuple[int, ...]) -> float:
    low, high = float(excess[last]), float(excess[last + 1])
    return edges[last] + (edges[last + 1] - edges[last]) * low / (low - high)


def _refine(
    leaf: int, margin: float, excess: Floats, shape: Floats, edges: tuple[int, ...]
) -> float:
    """The point in `leaf` where excess + margin · deviation changes sign.

    It is convex in the point (concave for a negative margin) and has opposite signs at
    the leaf's ends, so there is exactly one such point.
    """
    start, gain = float(excess[leaf]), float(excess[leaf + 1] - excess[leaf])
    constant, linear, square = shape[leaf]

    def bound(part: float) -> float:
        spread = max(constant + part * linear + part * part * square, 0.0)
        return start + part * gain + margin * math.sqrt(spread)

    return edges[leaf] + (edges[leaf + 1] - edges[leaf]) * _bisect(bound)


def _bisect(rising: Callable[[float], float]) -> float:
    """Where `rising` turns from negative to positive between 0 and 1, to 2⁻⁴⁰."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2.0


@lru_cache(maxsize=8)
def _unit_deviations(branching: int, levels: int) -> Floats:
    """Variance of the excess for noise of variance 1; shape (leaves + 1, 3).

    At a part f of the way into leaf j it is row j, `constant + linear·f + square·f²`:
    the excess is aᵀx for the leaf estimates x, a = (indicator of leaves below) - ½ + f·e_j,
    and x has the covariance (AᵀA)⁻¹ with A the tree's matrix. The last row is the end.
    """
    leaves = branching**levels
    tree = np.concatenate(
        [
            np.kron(np.eye(branching**level), np.ones((1, leaves // branching**level)))
            for level in range(1, levels + 1)
        ]
    )
    covariance = np.linalg.inv(tree.T @ tree)
    below = np.tril(np.ones((leaves + 1, leaves)), -1) - 0.5
    spread = below @ covariance
    rows = np.zeros((leaves + 1, 3))
    rows[:, 0] = np.einsum("ij,ij->i", spread, below)
    rows[:-1, 1] = 2.0 * np.diagonal(spread[:-1])
    rows[:-1, 2] = np.diagonal(covariance)
    rows.flags.writeable = False
    return rows


def _levels_of(leaves: int, branching: int) -> int:
    """Number of levels below the root of a tree with that many leaves."""
    levels, size = 0, 1
    while branching > 1 and size < leaves:
        size, levels = size * branching, levels + 1
    if levels == 0 or size != leaves:
        raise LocalProtocolError(f"{leaves} leaves are not a power of the branching {branching}")
    return levels


def _split(tree: Floats, branching: int, levels: int) -> list[Floats]:
    """The levels of a concatenated tree, coarsest first."""
    sizes = [branching**level for level in range(1, levels + 1)]
    if tree.size != sum(sizes):
        raise LocalProtocolError(
            f"a tree of {levels} levels and branching {branching} has {sum(sizes)} counts, "
            f"not {tree.size}"
        )
    return np.split(tree, np.cumsum(sizes)[:-1])
