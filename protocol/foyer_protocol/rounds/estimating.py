"""What a noised sum says of each statistic: the estimate with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.measures import Distribution, Leaf, Median, Ratio, Total
from foyer_protocol.catalogue.statistic import Statistic
from foyer_protocol.dp.accuracy import Interval, ratio_interval, total_interval
from foyer_protocol.dp.noise_shares import total_variance
from foyer_protocol.dp.quantiles import median_interval
from foyer_protocol.messages.plan import Plan
from foyer_protocol.rounds.kinds.figures import totals
from foyer_protocol.rounds.rules import noise_scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Noised:
    """Totals in raw units with the variance of their noise, by leaf."""

    values: Mapping[Leaf, tuple[Fraction, ...]]
    variances: Mapping[Leaf, Fraction]


def read_noised(plan: Plan, aggregate: NDArray[np.int64], reporters: int) -> Noised:
    """Bring a noised sum of `reporters` reports back to raw units."""
    values: dict[Leaf, tuple[Fraction, ...]] = {}
    variances: dict[Leaf, Fraction] = {}
    for leaf, slots in totals(plan, aggregate).items():
        scale = noise_scale(plan.scale(leaf.family))
        values[leaf] = tuple(Fraction(slot, scale.grid) for slot in slots)
        variances[leaf] = total_variance(scale, reporters)
    return Noised(values=values, variances=variances)


def estimate(statistic: Statistic, noised: Noised) -> Interval | tuple[Interval, ...] | None:
    """The figure with its 95 % interval; one per cell for a histogram; None if unreadable."""
    match statistic.measure:
        case Total(of=leaf):
            return total_interval(noised.values[leaf][0], noised.variances[leaf])
        case Ratio(part=part, whole=whole) as ratio:
            return ratio_interval(
                noised.values[part][0],
                noised.values[whole][0],
                noised.variances[part],
                noised.variances[whole],
                Fraction(ratio.scale_numerator, ratio.scale_denominator),
            )
        case Distribution(of=leaf):
            variance = noised.variances[leaf]
            return tuple(total_interval(value, variance) for value in noised.values[leaf])
        case Median(of=leaf):
            counts = np.array([float(value) for value in noised.values[leaf]])
            return median_interval(counts, leaf.edges, leaf.branching, noised.variances[leaf])
