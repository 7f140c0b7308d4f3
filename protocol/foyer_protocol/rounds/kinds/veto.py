"""An anonymous objection: does any one institution dominate a figure about to be shown?

The coordinator knows the noised total of each figure but no institution's part of it.
Each node therefore compares its own part with the total, and all of them add up one slot
per statistic modulo 2**64: 0 from those who do not object, a uniformly random word from
those who do. The sum is 0 where nobody objects and uniformly random otherwise (but for
one chance in 2**64), so a veto stops a figure and names no one. In a round by cohort there
is a slot for each statistic of each cohort as well, and a node objects in those it is in.

Whether a node objects is a bit about its data. It looks at its own weight through a
discrete Gaussian of its own, paid for as `gate_rho` [CKS20]: every weight gets an equal
part of that price. It looks once, and holds the same look to the total of each cohort.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.cohorts import cohorts_with
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.layout import CANARIES, Layout
from foyer_protocol.catalogue.measures import LeadTimes, Leaf
from foyer_protocol.crypto.randomness import Entropy
from foyer_protocol.dp.discrete_gaussian import draw
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import CohortTotals, Job, JobKind, Plan
from foyer_protocol.rounds.cohorts import CohortSum
from foyer_protocol.rounds.kinds.figures import totals

WORD_BITS = 64


def weigh(leaf: Leaf, values: tuple[int, ...]) -> int:
    """How much `values` weigh in a figure: their sum; one level of a tree counts all units."""
    return sum(values[: leaf.branching] if isinstance(leaf, LeadTimes) else values)


def make_job(
    parent: Job,
    aggregate: NDArray[np.int64],
    parent_set: str,
    *,
    job_id: str,
    reports_until: int,
    expires_at: int,
    cohorts: Sequence[CohortSum] = (),
) -> Job:
    """The descriptor of the veto about the figures whose noised sum is `aggregate`.

    `cohorts` are the sums of the cohorts below the whole, where the plan makes any.
    """
    return Job(
        job_id=job_id,
        kind=JobKind.VETO,
        plan=parent.plan,
        roster=parent.roster,
        width=width_of(parent.plan, len(cohorts)),
        bits=WORD_BITS,
        rho=parent.plan.gate_rho,
        reports_until=reports_until,
        expires_at=expires_at,
        expires_epoch=parent.expires_epoch,
        parent=parent.job_id,
        parent_set=parent_set,
        totals=weights(parent.plan, aggregate),
        cohorts=tuple(
            CohortTotals(
                code=one.cohort.code,
                rest=one.cohort.rest,
                totals=weights(parent.plan, one.aggregate),
            )
            for one in cohorts
        ),
    )


def width_of(plan: Plan, cohorts: int) -> int:
    """How many slots a veto has: canaries, and one for each statistic of whole and cohorts."""
    return CANARIES + len(plan.statistics) * (1 + cohorts)


def weights(plan: Plan, aggregate: NDArray[np.int64]) -> tuple[int, ...]:
    """The noised total that each statistic's parts are compared with, in grid units."""
    by_leaf = totals(plan, aggregate)
    return tuple(weigh(s.weight, by_leaf[s.weight]) for s in plan.layout().statistics)


def gate_variances(plan: Plan) -> dict[Leaf, Fraction]:
    """Variance of a node's look at each weight, in raw units.

    With `k` different weights and price rho, each is looked at for rho/k, so that its
    variance is `k · sensitivity² / (2 · rho)`.
    """
    leaves = _weights(plan.layout())
    rho = read_fraction(plan.gate_rho)
    return {leaf: len(leaves) * _weight_sensitivity(leaf) / (2 * rho) for leaf in leaves}


def _weights(layout: Layout) -> tuple[Leaf, ...]:
    return tuple(dict.fromkeys(statistic.weight for statistic in layout.statistics))


def _weight_sensitivity(leaf: Leaf) -> Fraction:
    """Squared change of a weight when one unit comes or goes: one level of a tree moves by 1."""
    return Fraction(1 if isinstance(leaf, LeadTimes) else leaf.squared_sensitivity)


def vector(
    job: Job, contribution: Contribution, entropy: Entropy, path: tuple[str, ...] = ()
) -> NDArray[np.int64]:
    """Canaries, then 0 or a random word for each statistic of the whole and of each cohort.

    Shape (width,). `path` are the node's own codes in the plan's dimension; it never objects
    in a cohort that it is not in.
    """
    plan = job.plan
    layout = plan.layout()
    seen = {
        leaf: weigh(leaf, contribution.values[leaf]) + int(draw(variance, 1, entropy)[0])
        for leaf, variance in gate_variances(plan).items()
    }
    words = np.zeros(job.width, dtype=np.int64)
    words[:CANARIES] = 1
    mine = cohorts_with([one.label for one in job.cohorts], path)
    held = [(0, job.totals), *((place + 1, job.cohorts[place].totals) for place in mine)]
    for place, against in held:
        start = CANARIES + place * len(layout.statistics)
        for position, statistic in enumerate(layout.statistics):
            own = seen[statistic.weight] * plan.scale(statistic.weight.family).grid
            if 100 * own > statistic.dominance_cap * against[position]:
                words[start + position] = np.frombuffer(entropy(8), np.int64)[0]
    return words


def objections(plan: Plan, aggregate: NDArray[np.int64], place: int = 0) -> frozenset[str]:
    """The statistics that somebody objected to, in the whole or the `place`-th cohort below it."""
    start = CANARIES + place * len(plan.statistics)
    slots = aggregate[start : start + len(plan.statistics)]
    return frozenset(
        key for key, word in zip(plan.statistics, slots, strict=True) if int(word) != 0
    )
