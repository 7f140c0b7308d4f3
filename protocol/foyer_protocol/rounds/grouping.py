"""The reporters divided by lot into groups, each summed by itself.

One institution that reports nonsense spoils the sum of its own group only, and the groups
can be compared [protocol.md 6]. Who is in which group follows from the set of reports, and
so from the nonce of every one of them: nobody knows it before the last report is in.
Everything a helper reveals about one group is, as ever, the sum of its pads.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.layout import CANARIES
from foyer_protocol.crypto.digests import Bulk, digest
from foyer_protocol.crypto.ring import to_ring, to_signed
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.plan import Job
from foyer_protocol.rounds.masking import unmask


def divide(set_digest: str, names: Iterable[str], groups: int) -> tuple[tuple[str, ...], ...]:
    """The members of each group, by name: ranked by a hash, and dealt one after the other.

    Every name is in exactly one group, and sizes differ by one at most.
    """
    bound = bytes.fromhex(set_digest)
    ranked = sorted(names, key=lambda name: digest("foyer/group/v1", bound, name.encode()))
    return tuple(tuple(sorted(ranked[first::groups])) for first in range(groups))


def sizes(count: int, groups: int) -> tuple[int, ...]:
    """How many of `count` reporters are in each group.

    >>> sizes(20, 3)
    (7, 7, 6)
    """
    return tuple(len(range(first, count, groups)) for first in range(groups))


def unmask_groups(
    job: Job,
    set_digest: str,
    masked: Mapping[str, Bulk],
    pads: Sequence[bytes],
    recovered: Sequence[bytes] = (),
) -> tuple[NDArray[np.int64], ...]:
    """The sum of each group: signed, length `job.width`.

    `masked` holds the reports' vectors in institution order, `pads` what each helper
    answered, and `recovered` the pad keys of the silent helpers: as many for each report,
    report by report.

    Raises:
        RemoteProtocolError: a helper's answer does not hold one vector for each group.
    """
    each = job.width * job.bits // 8
    if any(len(raw) != each * job.groups for raw in pads):
        raise RemoteProtocolError(f"a helper did not answer with {job.groups} vectors of pads")
    silent = len(recovered) // len(masked)
    keys = {name: recovered[row * silent : (row + 1) * silent] for row, name in enumerate(masked)}
    return tuple(
        unmask(
            job,
            [masked[name] for name in group],
            [raw[place * each : (place + 1) * each] for raw in pads],
            [key for name in group for key in keys[name]],
        )
        for place, group in enumerate(divide(set_digest, masked, job.groups))
    )


def total_of(job: Job, parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The sum of the groups' sums, modulo `2**job.bits`."""
    return to_signed(to_ring(np.sum(np.stack(parts), axis=0), job.bits))


def canaries_hold(parts: Sequence[NDArray[np.int64]], count: int) -> bool:
    """Whether each group's canaries count its members, of `count` in all."""
    return all(
        int(slot) == size
        for part, size in zip(parts, sizes(count, len(parts)), strict=True)
        for slot in part[:CANARIES]
    )
