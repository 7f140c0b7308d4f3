"""The kind of sum that carries figures: blocks of noised totals beside canaries and flags."""

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.layout import CANARIES
from foyer_protocol.catalogue.measures import Leaf
from foyer_protocol.crypto.randomness import Entropy
from foyer_protocol.dp.discrete_gaussian import draw
from foyer_protocol.errors import LocalProtocolError
from foyer_protocol.messages.codec import fraction_text, read_fraction
from foyer_protocol.messages.plan import Job, JobKind, Plan
from foyer_protocol.messages.roster import Roster

WORD_BITS = 64
"""Money of a large network passes 2**31 grid units; four more bytes a slot are cheap."""


def make_job(
    plan: Plan, roster: Roster, *, job_id: str, reports_until: int, expires_at: int
) -> Job:
    """The descriptor of a plan's figures under `roster`."""
    return Job(
        job_id=job_id,
        kind=JobKind.FIGURES,
        plan=plan,
        roster=roster.digest,
        width=plan.layout().width,
        bits=WORD_BITS,
        rho=fraction_text(plan.figures_rho),
        reports_until=reports_until,
        expires_at=expires_at,
        expires_epoch=roster.epoch,
    )


def exact_vector(plan: Plan, contribution: Contribution) -> NDArray[np.int64]:
    """Canaries, flags and exact sums in grid units; no noise yet. Shape (width,).

    Raises:
        LocalProtocolError: the engine gave a leaf another width than the catalogue.
    """
    layout = plan.layout()
    vector = np.zeros(layout.width, dtype=np.int64)
    vector[:CANARIES] = 1
    vector[layout.flags] = [int(contribution.contributes[key]) for key in plan.statistics]
    for leaf in layout.leaves:
        values = contribution.values[leaf]
        if len(values) != leaf.width:
            raise LocalProtocolError(f"{leaf.family} has {len(values)} values, not {leaf.width}")
        vector[layout.slots(leaf)] = values
    for block in layout.blocks:
        vector[block.start : block.start + block.width] *= plan.scale(block.family).grid
    return vector


def noised_vector(plan: Plan, contribution: Contribution, entropy: Entropy) -> NDArray[np.int64]:
    """`exact_vector` with this node's share of discrete Gaussian noise on every block."""
    vector = exact_vector(plan, contribution)
    for block in plan.layout().blocks:
        variance = read_fraction(plan.scale(block.family).share_variance)
        vector[block.start : block.start + block.width] += draw(variance, block.width, entropy)
    return vector


def totals(plan: Plan, aggregate: NDArray[np.int64]) -> dict[Leaf, tuple[int, ...]]:
    """Noised totals by leaf, in grid units of its family."""
    layout = plan.layout()
    return {
        leaf: tuple(int(value) for value in aggregate[layout.slots(leaf)]) for leaf in layout.leaves
    }


def contributors(plan: Plan, aggregate: NDArray[np.int64]) -> dict[str, int]:
    """How many institutions had the data for each statistic."""
    flags = aggregate[plan.layout().flags]
    return {key: int(flag) for key, flag in zip(plan.statistics, flags, strict=True)}
