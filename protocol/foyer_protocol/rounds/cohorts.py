"""A round by cohort: who is in which cohort, and the noised sum of each.

Who is in which cohort follows from the roster, the plan's dimension and the set of reports,
by `catalogue.cohorts.roll_up`: nodes, helpers and whoever verifies a release work it out for
themselves, so that a coordinator cannot choose a cohort, and none but the whole is below the
minimum. The finest cohorts are secure sums of their own, as the groups of `rounds.grouping`
are; every other one is a sum of these.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.cohorts import (
    Cohort,
    cohorts_with,
    finest,
    lacking,
    parts_of,
    roll_up,
)
from foyer_protocol.catalogue.grid import Dimension, path_of
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.plan import Job, JobKind, Plan
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.masking import total_of


def path_in(roster: Roster, dimension: Dimension | None, institution: str) -> tuple[str, ...]:
    """The codes of one institution from the top of the grid down; none without a dimension."""
    if dimension is None:
        return ()
    return path_of(dimension, roster.member(institution).fact(dimension))


def cohorts_of(roster: Roster, plan: Plan, reporters: Iterable[str]) -> tuple[Cohort, ...]:
    """Every cohort that `reporters` make under a plan, the whole first."""
    paths = {name: path_in(roster, plan.cohorts, name) for name in reporters}
    return roll_up(paths, plan.minimum_cohort)


def planned_cohorts(roster: Roster, plan: Plan) -> tuple[Cohort, ...]:
    """The cohorts of a plan if every member reports."""
    return cohorts_of(roster, plan, roster.signing_keys)


def missing_members(roster: Roster, dimension: Dimension) -> dict[str, int]:
    """How many more members each code lacks to be a cohort by itself, by code."""
    paths = {name: path_in(roster, dimension, name) for name in roster.signing_keys}
    return lacking(paths, roster.minimum_cohort)


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortSum:
    """The noised sum of one cohort: signed, length `job.width`."""

    cohort: Cohort
    aggregate: NDArray[np.int64] = field(repr=False)


def sum_cohorts(
    job: Job, roster: Roster, reporters: Sequence[str], parts: Sequence[NDArray[np.int64]]
) -> tuple[CohortSum, ...]:
    """The sum of every cohort below the whole, from those of the finest.

    `parts` are in the order of `grouping.division`. Empty where nothing was divided.
    """
    if job.plan.cohorts is None:
        return ()
    cohorts = cohorts_of(roster, job.plan, reporters)
    sums = dict(zip(finest(cohorts), parts, strict=True))
    return tuple(
        CohortSum(
            cohort=cohort,
            aggregate=total_of(job, [sums[part] for part in parts_of(cohorts, place)]),
        )
        for place, cohort in enumerate(cohorts)
        if place > 0
    )


def check_own(job: Job, roster: Roster, institution: str) -> None:
    """Hold the cohorts that a veto names to one's own codes: one of them is always there.

    Raises:
        RemoteProtocolError: the coordinator left this institution's out.
    """
    path = path_in(roster, job.plan.cohorts, institution)
    if job.cohorts and not cohorts_with([one.label for one in job.cohorts], path):
        raise RemoteProtocolError(
            f"the veto names {len(job.cohorts)} cohorts and none that {institution!r} is in;"
            " nothing was computed"
        )


def check_labels(job: Job, roster: Roster, reporters: Iterable[str]) -> None:
    """Hold the cohorts that a veto names to those of the reports it is about.

    Raises:
        RemoteProtocolError: the coordinator made up others.
    """
    if job.kind is not JobKind.VETO or job.plan.cohorts is None:
        return
    expected = [(one.code, one.rest) for one in cohorts_of(roster, job.plan, reporters)[1:]]
    if [one.label for one in job.cohorts] != expected:
        raise RemoteProtocolError(
            f"the veto names {len(job.cohorts)} cohorts that are not those of its reports;"
            " nothing was answered"
        )
