"""Opening one report to the institution's own auditor: was what left what the data give?

A masked vector says nothing by itself. With the seeds and the exact figures the auditor
recomputes it: exact + noise + pads, and holds it to the signed header and its commitments
[protocol.md 6]. An opening is as secret as the figures it holds, and never travels.
"""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.crypto.identity import verify
from foyer_protocol.crypto.pads import SEED_BYTES, add_pads, pad_key
from foyer_protocol.crypto.ring import as_bytes, as_words, to_ring, to_signed
from foyer_protocol.dp.discrete_gaussian import tabulate
from foyer_protocol.errors import LocalProtocolError, ProtocolError, StorageError
from foyer_protocol.messages.codec import pack, read_fraction, unpack
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.report import PURPOSE, Report
from foyer_protocol.rounds.masking import commit, context

PARTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One report with what is behind its masks: exact figures, noise and seeds."""

    job: Job
    report: Report
    exact: NDArray[np.int64] = field(repr=False)
    noise: NDArray[np.int64] = field(repr=False)
    seeds: tuple[bytes, ...] = field(repr=False)

    def to_bytes(self) -> bytes:
        """Job, report, exact figures beside noise, seeds."""
        vectors = (as_bytes(to_ring(one, 64)) for one in (self.exact, self.noise))
        return pack(self.job.to_json(), self.report.to_bytes(), pack(*vectors), pack(*self.seeds))

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read what `to_bytes` wrote.

        Raises:
            StorageError: it is damaged; nothing can be said of the report.
        """
        try:
            parts = unpack(raw)
            if len(parts) != PARTS:
                raise LocalProtocolError(f"an opening has {PARTS} parts, not {len(parts)}")
            job = Job.from_json(parts[0])
            vectors = [to_signed(as_words(one, 64, job.width)) for one in unpack(parts[2])]
            exact, noise = vectors
            seeds = unpack(parts[3])
            report = Report.from_bytes(parts[1])
        except (ProtocolError, ValueError):
            raise StorageError(
                "the opening is damaged; nothing can be said of its report"
            ) from None
        return cls(job=job, report=report, exact=exact, noise=noise, seeds=seeds)


def findings(opening: Opening, signing_key: str) -> dict[str, bool]:
    """What holds of a report, by the name of the check. All must.

    `signature`: `signing_key` signed this header, and it is to this job. `seeds`: each is
    the one committed to. `masks`: exact + noise + pads is the vector that left. `noise`:
    it lies where noise belongs and within what the sampler can draw, so that no more than
    that could be hidden in it.
    """
    header = opening.report.signed.header
    bound = context(opening.job, header.institution, bytes.fromhex(header.nonce))
    alike = len(opening.seeds) == len(header.seed_commitments)
    sized = all(len(seed) == SEED_BYTES for seed in opening.seeds)
    committed = tuple(commit(bound, seed) for seed in opening.seeds)
    return {
        "signature": _is_signed(opening, signing_key),
        "seeds": alike and sized and committed == header.seed_commitments,
        "masks": alike and sized and _masks_hold(opening, bound),
        "noise": _is_noise(opening),
    }


def _is_signed(opening: Opening, signing_key: str) -> bool:
    signed = opening.report.signed
    try:
        verify(signing_key, PURPOSE, signed.header.to_json(), signed.signature)
    except ProtocolError:
        return False
    named = (signed.header.job_id, signed.header.job_digest)
    return named == (opening.job.job_id, opening.job.digest.hex())


def _masks_hold(opening: Opening, bound: bytes) -> bool:
    words = to_ring(opening.exact + opening.noise, opening.job.bits)
    add_pads(words, [pad_key(seed, bound) for seed in opening.seeds])
    return bool(as_bytes(words) == opening.report.masked)


def _is_noise(opening: Opening) -> bool:
    plan, allowed = opening.job.plan, np.zeros(opening.job.width, np.int64)
    for block in plan.layout().blocks:
        reach = tabulate(read_fraction(plan.scale(block.family).share_variance)).reach
        allowed[block.start : block.start + block.width] = reach
    for bins in plan.layout().bins.values():
        allowed[bins] = 1  # which one follows from noise that is not kept
    return bool(np.all(np.abs(opening.noise) <= allowed))


def differing(opening: Opening, now: NDArray[np.int64]) -> tuple[str, ...]:
    """The families whose exact figures are not `now`; `"flags"` for canaries and flags."""
    layout = opening.job.plan.layout()
    other = opening.exact != now
    found = [
        block.family.value
        for block in layout.blocks
        if other[block.start : block.start + block.width].any()
    ]
    return (*(["flags"] if other[: layout.flags.stop].any() else []), *found)
