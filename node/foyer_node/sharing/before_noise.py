"""A report of figures beside what it was before noise: shown in this building and nowhere else.

What left is masked: every word of it is uniformly random to anybody, and there is nothing in
it to set beside an exact value. What can be shown is what was masked: the exact value and this
node's share of the noise, and the noise only where an opening is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.layout import Layout
from foyer_protocol.catalogue.measures import Leaf
from foyer_protocol.errors import FoyerError
from foyer_protocol.messages.codec import unpack
from foyer_protocol.messages.envelope import EnvelopeHeader, Kind
from foyer_protocol.messages.plan import Job, JobKind, Plan
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.opening import Opening

Words = NDArray[np.int64]


class Lack(StrEnum):
    """Why something cannot be shown."""

    NONE = ""
    NO_FIGURES = "no-figures"  # a veto, whose vector is 0 or a random word
    NO_JOB = "no-job"  # what was asked is not here any more
    NO_OPENING = "no-opening"  # the noise was not kept: the exact values are today's
    NO_DATA = "no-data"  # no opening, and the data cannot be read now


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafBefore:
    """One block of numbers before the masks, in its own units. `noise` is empty if not kept."""

    leaf: Leaf
    exact: tuple[float, ...] = field(repr=False)
    noise: tuple[float, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeNoise:
    """One report before its noise and its masks."""

    currency: str = ""
    leaves: tuple[LeafBefore, ...] = field(default=(), repr=False)
    lack: Lack = Lack.NONE


def job_of_report(content: bytes) -> str | None:
    """The job that a message of the fleet answers with a report; None for any other message."""
    try:
        header = EnvelopeHeader.from_json(unpack(content)[0])
    except (FoyerError, ValueError, IndexError):
        return None
    return header.job_id if header.kind is Kind.REPORT else None


def before_noise(
    job: Job | None, opening: Opening | None, compute: Callable[[Plan], Contribution | None]
) -> BeforeNoise:
    """What a report to `job` was before its noise.

    `compute` gives what the data say today, None where they cannot be read; it is asked only
    where there is no opening.
    """
    if job is None:
        return BeforeNoise(lack=Lack.NO_JOB)
    if job.kind is not JobKind.FIGURES:
        return BeforeNoise(lack=Lack.NO_FIGURES)
    plan = job.plan
    if opening is not None:
        leaves = _leaves(plan, opening.exact, opening.noise)
        return BeforeNoise(currency=plan.currency, leaves=leaves)
    today = compute(plan)
    if today is None:
        return BeforeNoise(lack=Lack.NO_DATA)
    leaves = _leaves(plan, exact_vector(plan, today), None)
    return BeforeNoise(currency=plan.currency, leaves=leaves, lack=Lack.NO_OPENING)


def _leaves(plan: Plan, exact: Words, noise: Words | None) -> tuple[LeafBefore, ...]:
    layout = plan.layout()
    return tuple(
        LeafBefore(
            leaf=leaf,
            exact=_in_units(plan, layout, leaf, exact),
            noise=() if noise is None else _in_units(plan, layout, leaf, noise),
        )
        for leaf in layout.leaves
    )


def _in_units(plan: Plan, layout: Layout, leaf: Leaf, vector: Words) -> tuple[float, ...]:
    grid = plan.scale(leaf.family).grid
    return tuple(float(Fraction(int(word), grid)) for word in vector[layout.slots(leaf)])
