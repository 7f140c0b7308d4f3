"""The figures of each cohort, through the gate of each, at the level at which it passes.

A cohort that is withheld beside others that are shown could be worked out: the whole less the
others. So each statistic is shown for cohorts that together make up one that is shown too,
or not below it: where one part fails the gate, all parts beside it are rolled up into the
cohort above, whose own gate then decides. Every sum or difference of what is shown is thus a
union of cohorts that each passed, contributors and dominance alike.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.dp.noise_shares import total_variance
from foyer_protocol.messages.codec import fraction_text
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.release import CohortFigures, Figure, Reason, Release, Status, band
from foyer_protocol.rounds.cohorts import CohortSum
from foyer_protocol.rounds.estimating import read_noised
from foyer_protocol.rounds.kinds import veto
from foyer_protocol.rounds.kinds.figures import contributors
from foyer_protocol.rounds.publishing import make_figure, visible_slots
from foyer_protocol.rounds.rules import noise_scale

PASSED = (Reason.NONE, Reason.NO_ESTIMATE)
"""What a figure that passed the gate says; noise alone may make it unreadable."""


def add_cohorts(
    release: Release,
    job: Job,
    cohorts: Sequence[CohortSum],
    aggregate: NDArray[np.int64],
    verdict: NDArray[np.int64],
) -> Release:
    """The release of a round with the figures of every cohort below the whole.

    `aggregate` is the noised sum of all reports, and `verdict` the opened veto.
    """
    if not cohorts:
        return release
    members = sum(len(one.cohort.members) for one in cohorts if one.cohort.parent == 0)
    whole = _judge(job, aggregate, members, verdict, 0)
    judged = [
        _judge(job, one.aggregate, len(one.cohort.members), verdict, place)
        for place, one in enumerate(cohorts, start=1)
    ]
    above = [one.cohort.parent for one in cohorts]
    gated = [
        roll_up_figures(above, [figures[at] for figures in (whole, *judged)])
        for at in range(len(job.plan.statistics))
    ]
    published = tuple(
        _publish(job, one, tuple(figures[place] for figures in gated))
        for place, one in enumerate(cohorts)
    )
    return release.model_copy(update={"cohorts": published})


def _judge(
    job: Job, aggregate: NDArray[np.int64], members: int, verdict: NDArray[np.int64], place: int
) -> tuple[Figure, ...]:
    """Every figure of one cohort, by its own gate alone."""
    noised, counts = read_noised(job.plan, aggregate, members), contributors(job.plan, aggregate)
    objected = veto.objections(job.plan, verdict, place)
    return tuple(
        make_figure(statistic, noised, counts[statistic.key], statistic.key in objected)
        for statistic in job.plan.layout().statistics
    )


def roll_up_figures(above: Sequence[int], figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """One statistic's figures below the whole, some of them rolled up.

    `figures` begin with the whole; `above[i]` is the position in it of what
    `figures[i + 1]` is part of. A whole that is withheld hides all of its parts.
    """
    below: dict[int, list[int]] = {}
    for place, parent in enumerate(above, start=1):
        below.setdefault(parent, []).append(place)

    def settle(place: int) -> frozenset[int] | None:
        """What can be shown of a cohort and below it; None where nothing makes it up."""
        passed = figures[place].reason in PASSED
        own = frozenset({place}) if passed else frozenset()
        parts = [settle(part) for part in below.get(place, ())]
        if parts and all(part is not None for part in parts):
            return own.union(*(part for part in parts if part is not None))
        return own if passed else None

    shown = (settle(0) or frozenset()) if figures[0].reason in PASSED else frozenset()
    return tuple(
        figure if place in shown else _hide(figure)
        for place, figure in enumerate(figures[1:], start=1)
    )


def _hide(figure: Figure) -> Figure:
    reason = Reason.ROLLED_UP if figure.reason in PASSED else figure.reason
    return Figure(
        key=figure.key, status=Status.WITHHELD, reason=reason, contributors=figure.contributors
    )


def _publish(job: Job, one: CohortSum, figures: tuple[Figure, ...]) -> CohortFigures:
    members = len(one.cohort.members)
    variances = (total_variance(noise_scale(scale), members) for scale in job.plan.scales)
    return CohortFigures(
        code=one.cohort.code,
        rest=one.cohort.rest,
        above=one.cohort.parent - 1,
        participants=band(members),
        variances=tuple(fraction_text(variance) for variance in variances),
        figures=figures,
        noised=visible_slots(job, figures, one.aggregate),
    )
