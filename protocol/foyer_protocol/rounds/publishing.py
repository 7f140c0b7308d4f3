"""From a noised sum to a release: intervals, the disclosure gate, and what is withheld.

Everything here is post-processing of the noised sum, of public facts and of the
anonymous veto; no raw figure decides anything.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.measures import Distribution
from foyer_protocol.catalogue.statistic import Statistic
from foyer_protocol.dp.accountant import epsilon, group_rho
from foyer_protocol.dp.accuracy import Interval
from foyer_protocol.dp.noise_shares import total_variance
from foyer_protocol.messages.codec import decimal_text, fraction_text, read_fraction
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.release import (
    Cell,
    Figure,
    Reason,
    Release,
    Status,
    band,
)
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.comparing import make_checks
from foyer_protocol.rounds.estimating import Noised, estimate, read_noised
from foyer_protocol.rounds.kinds.figures import contributors
from foyer_protocol.rounds.rules import noise_scale
from foyer_protocol.rounds.spreading import make_spreads

DELTA = Fraction(1, 10**6)
GROUPS = (1, 2, 3, 5)
"""Numbers of institutions at which one person may be known, for the stated guarantee."""


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


def visible_slots(
    job: Job, figures: Sequence[Figure], aggregate: NDArray[np.int64]
) -> tuple[int | None, ...]:
    """The slots of a sum that shown figures are read from; None in all others."""
    layout = job.plan.layout()
    shown = {figure.key for figure in figures if figure.status is Status.SHOWN}
    published: list[int | None] = [None] * job.width
    for leaf in {leaf for s in layout.statistics if s.key in shown for leaf in s.leaves}:
        slots = layout.slots(leaf)
        published[slots] = [int(value) for value in aggregate[slots]]
    return tuple(published)


def make_release(
    job: Job,
    roster: Roster,
    aggregate: NDArray[np.int64],
    *,
    members: int,
    reports: str,
    objected: frozenset[str],
    released_at: int,
    parts: Sequence[NDArray[np.int64]] = (),
) -> Release:
    """The release of the figures `job`, whose noised sum over `members` reports is given.

    `parts` are the sums of the groups, where the plan divides its reporters by lot. The
    cohorts of a round by cohort are added by `publishing_cohorts`.
    """
    plan = job.plan
    layout = plan.layout()
    noised = read_noised(plan, aggregate, members)
    counts = contributors(plan, aggregate)
    figures = tuple(
        make_figure(s, noised, counts[s.key], s.key in objected) for s in layout.statistics
    )
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
        groups=plan.groups,
        checks=make_checks(plan, parts, members, figures),
        spreads=make_spreads(layout, counts, aggregate),
        dimension=plan.cohorts,
        noised=visible_slots(job, figures, aggregate),
        released_at=released_at,
    )
