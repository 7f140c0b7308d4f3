"""Which kind of sum puts what behind the masks: the one place that knows them all."""

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.crypto.randomness import Entropy
from foyer_protocol.messages.plan import Job, JobKind
from foyer_protocol.rounds.kinds import figures, spread, veto


def vector_of(
    job: Job, contribution: Contribution, entropy: Entropy, path: tuple[str, ...] = ()
) -> NDArray[np.int64]:
    """What a node puts behind its masks for `job`: the one place that knows the kinds.

    `path` are the institution's own codes in the plan's dimension (`cohorts.path_in`).
    """
    if job.kind is JobKind.FIGURES:
        vector = figures.noised_vector(job.plan, contribution, entropy)
        return spread.with_bins(job.plan, vector, contribution, entropy)
    return veto.vector(job, contribution, entropy, path)
