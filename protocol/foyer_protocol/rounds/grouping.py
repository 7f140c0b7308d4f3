"""The reporters divided into groups, each summed by itself: by lot, or by a public fact.

By lot, one institution that reports nonsense spoils the sum of its own group only, and the
groups can be compared [protocol.md 6]. Who is in which group follows from the set of reports,
and so from the nonce of every one of them: nobody knows it before the last report is in. By a
fact, the groups are the finest cohorts of `rounds.cohorts`. Everything a helper reveals about
one group is, as ever, the sum of its pads.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.cohorts import finest
from foyer_protocol.catalogue.layout import CANARIES
from foyer_protocol.crypto.digests import Bulk, digest
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.plan import Job, JobKind
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.cohorts import cohorts_of
from foyer_protocol.rounds.masking import unmask


def divide(set_digest: str, names: Iterable[str], groups: int) -> tuple[tuple[str, ...], ...]:
    """The members of each group, by name: ranked by a hash, and dealt one after the other.

    Every name is in exactly one group, and sizes differ by one at most.
    """
    bound = bytes.fromhex(set_digest)
    ranked = sorted(names, key=lambda name: digest("foyer/group/v1", bound, name.encode()))
    return tuple(tuple(sorted(ranked[first::groups])) for first in range(groups))


def division(
    job: Job, roster: Roster, set_digest: str, names: Iterable[str]
) -> tuple[tuple[str, ...], ...]:
    """The groups into which the reports of `names` fall: one, but for figures that are divided.

    Each has at least the minimum cohort, where all together have as many as `job.least`.
    """
    if job.kind is JobKind.FIGURES and job.plan.cohorts is not None:
        cohorts = cohorts_of(roster, job.plan, names)
        return tuple(cohorts[place].members for place in finest(cohorts))
    return divide(set_digest, names, job.groups)


def sizes(count: int, groups: int) -> tuple[int, ...]:
    """How many of `count` reporters are in each group.

    >>> sizes(20, 3)
    (7, 7, 6)
    """
    return tuple(len(range(first, count, groups)) for first in range(groups))


def unmask_groups(
    job: Job,
    groups: Sequence[Sequence[str]],
    masked: Mapping[str, Bulk],
    pads: Sequence[bytes],
    recovered: Sequence[bytes] = (),
) -> tuple[NDArray[np.int64], ...]:
    """The sum of each of `groups` (see `division`): signed, length `job.width`.

    `masked` holds the reports' vectors in institution order, `pads` what each helper
    answered, and `recovered` the pad keys of the silent helpers: as many for each report,
    report by report.

    Raises:
        RemoteProtocolError: a helper's answer does not hold one vector for each group.
    """
    each = job.width * job.bits // 8
    if any(len(raw) != each * len(groups) for raw in pads):
        raise RemoteProtocolError(f"a helper did not answer with {len(groups)} vectors of pads")
    silent = len(recovered) // len(masked)
    keys = {name: recovered[row * silent : (row + 1) * silent] for row, name in enumerate(masked)}
    return tuple(
        unmask(
            job,
            [masked[name] for name in group],
            [raw[place * each : (place + 1) * each] for raw in pads],
            [key for name in group for key in keys[name]],
        )
        for place, group in enumerate(groups)
    )


def canaries_hold(parts: Sequence[NDArray[np.int64]], counts: Sequence[int]) -> bool:
    """Whether each group's canaries count its members."""
    return all(
        int(slot) == size
        for part, size in zip(parts, counts, strict=True)
        for slot in part[:CANARIES]
    )
