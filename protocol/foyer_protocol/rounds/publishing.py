"""From a noised sum to a release: intervals, the disclosure gate, and what is withheld.

Everything here is post-processing of the noised sum, of public facts and of the
anonymous veto; no raw figure decides anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.measures import Distribution, Leaf, Median, Ratio, Total
from foyer_protocol.catalogue.statistic import Statistic
from foyer_protocol.dp.accountant import epsilon, group_rho
from foyer_protocol.dp.accuracy import Interval, ratio_interval, total_interval
from foyer_protocol.dp.noise_shares import total_variance
from foyer_protocol.dp.quantiles import median_interval
from foyer_protocol.messages.codec import decimal_text, fraction_text, read_fraction
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.release import Cell, Figure, Reason, Release, Status, band
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.kinds.figures import contributors, totals
from foyer_protocol.rounds.rules import noise_scale

DELTA = Fraction(1, 10**6)
GROUPS = (1, 2, 3, 5)
"""Numbers of institutions at which one person may be known, for the stated guarantee."""


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


def make_figure(statistic: Statistic, noised: Noised, count: int, objected: bool) -> Figure:
    """One statistic through the disclosure gate.

    `count` is the number of contributing institutions. A member sees a figure only when
    at least `least_others` institutions *besides their own* contributed.
    """
    reason, found = Reason.NONE, None
    if count - 1 < statistic.least_others:
        reason = Reason.FEW_CONTRIBUTORS
    elif objected:
        reason = Reason.DOMINANCE
    else:
        found = estimate(statistic, noised)
        reason = Reason.NO_ESTIMATE if found is None else Reason.NONE
    key, contributors = statistic.key, band(count)
    if found is None:
        return Figure(key=key, status=Status.WITHHELD, reason=reason, contributors=contributors)
    if isinstance(found, Interval):
        return Figure(key=key, status=Status.SHOWN, contributors=contributors, **_decimals(found))
    codes = statistic.measure.of.codes if isinstance(statistic.measure, Distribution) else ()
    cells = tuple(
        Cell(code=code, **_decimals(cell)) for code, cell in zip(codes, found, strict=True)
    )
    return Figure(key=key, status=Status.SHOWN, contributors=contributors, cells=cells)


class _Decimals(TypedDict):
    estimate: str
    low: str
    high: str


def _decimals(interval: Interval) -> _Decimals:
    return {
        "estimate": decimal_text(interval.estimate),
        "low": decimal_text(interval.low),
        "high": decimal_text(interval.high),
    }


def make_release(
    job: Job,
    roster: Roster,
    aggregate: NDArray[np.int64],
    *,
    members: int,
    reports: str,
    objected: frozenset[str],
    released_at: int,
) -> Release:
    """The release of the figures `job`, whose noised sum over `members` reports is given."""
    plan = job.plan
    layout = plan.layout()
    noised = read_noised(plan, aggregate, members)
    counts = contributors(plan, aggregate)
    figures = tuple(
        make_figure(s, noised, counts[s.key], s.key in objected) for s in layout.statistics
    )
    shown = {figure.key for figure in figures if figure.status is Status.SHOWN}
    visible = {leaf for s in layout.statistics if s.key in shown for leaf in s.leaves}
    published: list[int | None] = [None] * job.width
    for leaf in visible:
        slots = layout.slots(leaf)
        published[slots] = [int(value) for value in aggregate[slots]]
    rho = plan.figures_rho + read_fraction(plan.gate_rho)
    variances = (total_variance(noise_scale(scale), members) for scale in plan.scales)
    return Release(
        round_id=plan.round_id,
        network=plan.network,
        job_id=job.job_id,
        plan=plan.digest,
        roster=roster.digest,
        epoch=roster.epoch,
        reports=reports,
        starts=plan.starts,
        ends=plan.ends,
        currency=plan.currency,
        participants=band(members),
        variances=tuple(fraction_text(variance) for variance in variances),
        rho=fraction_text(rho),
        epsilon=decimal_text(epsilon(rho, DELTA)),
        delta=fraction_text(DELTA),
        group_epsilon=tuple(
            decimal_text(epsilon(group_rho(rho, number), DELTA)) for number in GROUPS
        ),
        scales=plan.scales,
        figures=figures,
        noised=tuple(published),
        released_at=released_at,
    )
