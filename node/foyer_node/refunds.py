"""Gives a charge back once enough helpers have promised never to answer its job.

The certificate is kept before the ledger says so, and the ledger before the coordinator is
told, so that a crash in between only means being told once more.
"""

from foyer_node.ports import RoundStore
from foyer_protocol.dp.ledger import Ledger, LedgerEntry
from foyer_protocol.errors import RemoteProtocolError, RoundAborted, StorageError
from foyer_protocol.messages.closing import AbortCertificate
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.roster import Roster, SignedRoster
from foyer_protocol.rounds.closing import check_certificate, refund_by


def give_back(
    store: RoundStore, job_id: str, certificate: AbortCertificate, followed: Roster | None
) -> None:
    """Book the refund that `certificate` proves, or note that `job_id` is never to be paid.

    `followed` is the roster of today: it decides about a job that was not charged here.
    The very certificate that was booked before changes nothing.

    Raises:
        RemoteProtocolError: forged, of another job or roster, of too few helpers, or for a
            job that was released or given back already; nothing was given back.
    """
    ledger = store.ledger()
    charged, refunded = ledger.charge_of(job_id), ledger.refund_of(job_id)
    if refunded is not None and refunded.release == certificate.digest:
        return
    _refuse_closed(ledger, job_id, certificate)
    if charged is None:
        _burn(store, job_id, certificate, followed)
        return
    after = refund_by(ledger, certificate, job_id, _roster_of(store, charged))
    store.keep_abort(job_id, certificate.to_bytes())
    store.append(after.entries[-1])


def refuse_given_up(store: RoundStore, job: Job) -> None:
    """Refuse to pay for a job that will never be answered.

    Raises:
        RoundAborted: its certificate came before its offer; nothing was charged.
    """
    if store.abort(job.job_id) is not None:
        raise RoundAborted(
            f"job {job.job_id[:8]} was given up by its helpers before it was paid for here;"
            " nothing was charged"
        )


def refuse_refunded(ledger: Ledger, job_id: str) -> None:
    """A release of a job that was given back shows that helpers broke their promises.

    Raises:
        RemoteProtocolError: the job was refunded; the release was not kept.
    """
    entry = ledger.refund_of(job_id)
    if entry is not None:
        raise RemoteProtocolError(
            f"a release of job {job_id[:8]} came; entry {entry.index} of the ledger gave its"
            " charge back, since its helpers promised never to answer. It was not kept",
            hint=f"Keep aborts/{job_id}.bin, which names them, and call governance.",
        )


def _refuse_closed(ledger: Ledger, job_id: str, certificate: AbortCertificate) -> None:
    refunded, settled = ledger.refund_of(job_id), ledger.settlement_of(job_id)
    if refunded is not None:
        raise RemoteProtocolError(
            f"job {job_id[:8]} was given back in entry {refunded.index} by certificate"
            f" {refunded.release[:12]}; {certificate.digest[:12]} gives nothing more back"
        )
    if settled is not None:
        raise RemoteProtocolError(
            f"job {job_id[:8]} was released and settled in entry {settled.index};"
            " the certificate that nobody answers it gives nothing back",
            hint="Keep the coordinator's message and call the network's governance.",
        )


def _burn(
    store: RoundStore, job_id: str, certificate: AbortCertificate, followed: Roster | None
) -> None:
    """Keep the certificate of an uncharged job, so that a late offer of it is refused.

    Under an older roster than the followed one no offer is taken any more.
    """
    named = {one.promise.roster for one in certificate.promises}
    if followed is None or followed.digest not in named:
        return
    check_certificate(certificate, job_id, followed)
    store.keep_abort(job_id, certificate.to_bytes())


def _roster_of(store: RoundStore, charged: LedgerEntry) -> Roster:
    """The roster that a job was charged under: no other says who may promise.

    Raises:
        StorageError: it was not kept, or is not the one the job names.
    """
    kept = store.job(charged.job_id)
    if kept is None:
        raise StorageError(
            f"the roster that job {charged.job_id[:8]} was charged under was not kept;"
            " its certificate could not be checked and nothing was given back",
            hint="Jobs of versions before refunds stay spent; otherwise restore jobs/.",
        )
    job, roster = Job.from_json(kept[0]), SignedRoster.from_bytes(kept[1]).roster
    if (job.job_id, job.roster) != (charged.job_id, roster.digest):
        raise StorageError(
            f"what is kept as the job of entry {charged.index} is another job or roster;"
            " nothing was given back",
            hint="Restore jobs/ and rosters/ from their newest copy.",
        )
    return roster
