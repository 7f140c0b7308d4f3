"""In which public range does an institution's own value lie? One bin of each statistic gets a 1.

A pooled mean is the large institutions' mean. How institutions themselves are spread is
counted institution by institution: each works out its own value from its own noised totals,
with discrete Gaussian noise of its own that is paid for as `spread_rho` [CKS20], and puts 1
into the range that the value falls in. So nothing here is exact but the counts, and what is
counted is noised: the ranges are post-processing of a differentially private value.

The bins ride in the sum of the figures, behind the same masks, charged together with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.bins import grid_of
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.evaluate import evaluate
from foyer_protocol.catalogue.layout import Layout
from foyer_protocol.catalogue.measures import LeadTimes, Leaf, Spend, Tickets, Total
from foyer_protocol.catalogue.statistic import Statistic
from foyer_protocol.crypto.randomness import Entropy
from foyer_protocol.dp.accuracy import LEAST_DEVIATIONS
from foyer_protocol.dp.discrete_gaussian import GREATEST_VARIANCE, draw
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a node looks at one leaf: its totals in whole `step`s, with noise of `variance` steps².

    Dividing by `step` and rounding down moves a total of sensitivity Δ by at most ⌈Δ/step⌉.
    """

    step: int
    variance: Fraction

    @property
    def raw_variance(self) -> Fraction:
        """The noise in raw units²."""
        return self.variance * self.step**2


def looks(layout: Layout, rho: Fraction) -> dict[Leaf, Look]:
    """How each leaf is looked at if all looks together are to cost `rho`, above 0.

    With k leaves each costs rho/k, which takes a variance of k·Δ²/(2·rho). Where that is
    beyond the sampler, totals are looked at in coarser steps, up to the cap of one unit; what
    is beyond it then is for `rules.check_plan` to refuse.
    """
    leaves = tuple(
        dict.fromkeys(
            leaf for one in layout.statistics if one.key in layout.bins for leaf in one.leaves
        )
    )
    return {leaf: _look(leaf, rho / len(leaves)) for leaf in leaves}


def _look(leaf: Leaf, rho: Fraction) -> Look:
    step, coarsest = 1, leaf.cap if isinstance(leaf, Tickets | Spend) else 1
    while step < coarsest and _variance(leaf, step, rho) > GREATEST_VARIANCE:
        step *= 2
    return Look(step=step, variance=_variance(leaf, step, rho))


def _variance(leaf: Leaf, step: int, rho: Fraction) -> Fraction:
    match leaf:
        case Tickets(cap=cap) | Spend(cap=cap):
            squared = (-(-cap // step)) ** 2
        case _:
            squared = leaf.squared_sensitivity
    return Fraction(squared) / (2 * rho)


def with_bins(
    plan: Plan, vector: NDArray[np.int64], contribution: Contribution, entropy: Entropy
) -> NDArray[np.int64]:
    """`vector` with the institution's bins in it; as it is where the plan does not ask."""
    layout = plan.layout()
    if not layout.bins:
        return vector
    found = own_bins(layout, read_fraction(plan.spread_rho), contribution, entropy)
    for key, place in layout.bins.items():
        vector[place] = found[key]
    return vector


def own_bins(
    layout: Layout, rho: Fraction, contribution: Contribution, entropy: Entropy
) -> dict[str, NDArray[np.int64]]:
    """By statistic, 1 in the range of the institution's own noised value and 0 elsewhere.

    All 0 where it does not contribute, and where noise drowns what it divides by. Both are
    seen in no other way than by a count of institutions that is lower.
    """
    how = looks(layout, rho)
    seen = {leaf: look_at(contribution.values[leaf], look, entropy) for leaf, look in how.items()}
    found = {}
    for statistic in layout.statistics:
        grid = grid_of(statistic)
        if statistic.key not in layout.bins or grid is None:
            continue
        found[statistic.key] = np.zeros(grid.width, dtype=np.int64)
        value = _value(statistic, seen, how) if contribution.contributes[statistic.key] else None
        if value is not None:
            found[statistic.key][grid.place(value)] = 1
    return found


def look_at(values: tuple[int, ...], look: Look, entropy: Entropy) -> tuple[int, ...]:
    """Noised totals in raw units, each in the middle of its step."""
    noise = draw(look.variance, len(values), entropy)
    return tuple(
        look.step * (value // look.step + int(shift)) + look.step // 2
        for value, shift in zip(values, noise, strict=True)
    )


def _value(
    statistic: Statistic, seen: Mapping[Leaf, tuple[int, ...]], how: Mapping[Leaf, Look]
) -> Fraction | float | None:
    """The statistic of the noised totals; None where its whole is not clearly above 0."""
    if not isinstance(statistic.measure, Total):
        leaf = statistic.weight
        counted = seen[leaf][: leaf.branching] if isinstance(leaf, LeadTimes) else seen[leaf]
        spread = sqrt(len(counted) * how[leaf].raw_variance)
        if sum(counted) <= LEAST_DEVIATIONS * spread:
            return None
    return evaluate(statistic, seen).value
