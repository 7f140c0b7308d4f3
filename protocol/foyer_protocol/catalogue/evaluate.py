"""From the totals of slots to the number people read: the only place for this arithmetic.

Node ("mine"), coordinator ("peers"), demo and tests call the same function, so that the
two numbers of a card can be compared. Totals may be exact or noised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from foyer_protocol.catalogue.measures import Distribution, LeadTimes, Leaf, Median, Ratio, Total
from foyer_protocol.catalogue.statistic import Statistic
from foyer_protocol.dp.quantiles import consistent_leaves, grouped_median, tree_counts

Number = int | float | Fraction

Totals = Mapping[Leaf, Sequence[Number]]
"""`totals[leaf]` has length `leaf.width`, in the raw units of its slots (tickets, steps, units)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A statistic's number in its `unit`, or its cells if it is a histogram.

    `value` is None for a histogram, and where there is nothing to divide by or to take a
    median of. Nothing is forced into range: a noised share can be below 0 or above 1.
    """

    value: Fraction | float | None
    cells: tuple[Number, ...] | None = None


def evaluate(statistic: Statistic, totals: Totals) -> Evaluated:
    """Read `statistic` off the totals of its leaves.

    Raises:
        KeyError: the totals lack one of its leaves.
    """
    match statistic.measure:
        case Total(of=leaf):
            return Evaluated(value=Fraction(totals[leaf][0]))
        case Ratio(part=part, whole=whole, scale_numerator=up, scale_denominator=down):
            above, below = Fraction(totals[part][0]), Fraction(totals[whole][0])
            return Evaluated(value=above * up / (below * down) if below > 0 else None)
        case Distribution(of=leaf):
            return Evaluated(value=None, cells=tuple(totals[leaf]))
        case Median(of=tree):
            return Evaluated(value=_middle(totals[tree], tree))


def _middle(tree: Sequence[Number], leaf: LeadTimes) -> float | None:
    """Median of grouped data, or None where nobody was counted.

    Least squares is for noised trees only. An exact tree agrees with itself, and leaving
    it untouched keeps its zeros exact, on which a median between two leaves depends.
    """
    counts = np.array([float(count) for count in tree])
    leaves = counts[-leaf.leaves :]
    if not np.array_equal(tree_counts(leaves.astype(np.int64), leaf.branching), counts):
        leaves = consistent_leaves(counts, leaf.branching, leaf.levels)
    return grouped_median(leaves, leaf.edges) if leaves.sum() > 0 else None
