"""An anonymous objection: does any one institution dominate a figure about to be shown?

The coordinator knows the noised total of each figure but no institution's part of it.
Each node therefore compares its own part with the total, and all of them add up one slot
per statistic modulo 2**64: 0 from those who do not object, a uniformly random word from
those who do. The sum is 0 where nobody objects and uniformly random otherwise (but for
one chance in 2**64), so a veto stops a figure and names no one.

Whether a node objects is a bit about its data. It looks at its own weight through a
discrete Gaussian of its own, paid for as `gate_rho` [CKS20]: every weight gets an equal
part of that price.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.layout import CANARIES, Layout
from foyer_protocol.catalogue.measures import LeadTimes, Leaf
from foyer_protocol.crypto.randomness import Entropy
from foyer_protocol.dp.discrete_gaussian import draw
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Job, JobKind, Plan
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
) -> Job:
    """The descriptor of the veto about the figures whose noised sum is `aggregate`."""
    plan = parent.plan
    by_leaf = totals(plan, aggregate)
    layout = plan.layout()
    return Job(
        job_id=job_id,
        kind=JobKind.VETO,
        plan=plan,
        roster=parent.roster,
        width=layout.flags.stop,
        bits=WORD_BITS,
        rho=plan.gate_rho,
        reports_until=reports_until,
        expires_at=expires_at,
        expires_epoch=parent.expires_epoch,
        parent=parent.job_id,
        parent_set=parent_set,
        totals=tuple(weigh(s.weight, by_leaf[s.weight]) for s in layout.statistics),
    )


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


def vector(job: Job, contribution: Contribution, entropy: Entropy) -> NDArray[np.int64]:
    """Canaries, then 0 or a random word for each statistic. Shape (width,)."""
    plan = job.plan
    layout = plan.layout()
    seen = {
        leaf: weigh(leaf, contribution.values[leaf]) + int(draw(variance, 1, entropy)[0])
        for leaf, variance in gate_variances(plan).items()
    }
    words = np.zeros(job.width, dtype=np.int64)
    words[:CANARIES] = 1
    for position, statistic in enumerate(layout.statistics):
        leaf = statistic.weight
        own = seen[leaf] * plan.scale(leaf.family).grid
        if 100 * own > statistic.dominance_cap * job.totals[position]:
            words[layout.flags.start + position] = np.frombuffer(entropy(8), np.int64)[0]
    return words


def objections(plan: Plan, aggregate: NDArray[np.int64]) -> frozenset[str]:
    """The statistics that somebody objected to."""
    slots = aggregate[plan.layout().flags]
    return frozenset(
        key for key, word in zip(plan.statistics, slots, strict=True) if int(word) != 0
    )
