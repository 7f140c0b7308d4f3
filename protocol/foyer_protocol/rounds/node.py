"""A node's part in a private sum: one report, masked, signed, and paid for beforehand."""

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.randomness import Entropy
from foyer_protocol.dp.ledger import Ledger
from foyer_protocol.errors import LocalProtocolError
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.report import (
    PURPOSE,
    Report,
    ReportHeader,
    SignedHeader,
    content_digest,
)
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.masking import mask


def make_report(
    job: Job,
    roster: Roster,
    identity: Identity,
    institution: str,
    vector: NDArray[np.int64],
    ledger: Ledger,
    entropy: Entropy,
) -> Report:
    """`make_openable_report`, with the seeds forgotten."""
    return make_openable_report(job, roster, identity, institution, vector, ledger, entropy)[0]


def make_openable_report(
    job: Job,
    roster: Roster,
    identity: Identity,
    institution: str,
    vector: NDArray[np.int64],
    ledger: Ledger,
    entropy: Entropy,
) -> tuple[Report, tuple[bytes, ...]]:
    """Mask and sign `vector` (signed, length `job.width`, noise already in it).

    The seeds that come with the report take its masks off. `ledger` must already hold the
    charge of this job: nothing leaves unpaid.

    Raises:
        LocalProtocolError: the ledger's last entry is not the charge of this job, or the
            vector has another length.
    """
    if not ledger.entries or ledger.entries[-1].job_id != job.job_id:
        raise LocalProtocolError("a report is made right after its charge, and this has none")
    if vector.shape != (job.width,):
        raise LocalProtocolError(f"the vector has shape {vector.shape}; the job {job.width} slots")
    masked = mask(job, roster, institution, vector, entropy)
    header = ReportHeader(
        job_digest=job.digest.hex(),
        job_id=job.job_id,
        institution=institution,
        counter=len(ledger.entries),
        ledger_head=ledger.head,
        nonce=masked.nonce.hex(),
        masked=content_digest(masked.masked),
        sealed=tuple(content_digest(part) for part in masked.sealed),
        seed_commitments=masked.commitments,
    )
    signed = SignedHeader(header=header, signature=identity.sign(PURPOSE, header.to_json()))
    report = Report(signed=signed, masked=masked.masked, sealed=masked.sealed)
    return report, masked.seeds
