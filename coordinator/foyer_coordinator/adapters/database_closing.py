"""Sums that are given up, in the database: promises, certificates and receipts.

A promise is kept as the bytes that came. A certificate, once it is kept, is the only one of
its job: nodes that were told of it name its digest in their ledgers.
"""

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_tables import (
    ABORT_CERTIFICATE,
    ABORT_PROMISE,
    ABORT_RECEIPT,
    ANSWER,
    ROUND,
    SUM,
)
from foyer_coordinator.ports import GivenUp, Owed
from foyer_protocol.messages.closing import AbortCertificate, SignedPromise
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.phases import Phase

OPENED = (Phase.REVIEWING.value, Phase.RELEASED.value)
"""A sum in one of these was answered by its helpers: nobody can take that back."""


class DatabaseClosings:
    """Implements `ports.ClosingBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def given_up(self, round_id: str = "") -> Sequence[GivenUp]:
        """Sums without a certificate: aborted ones of a round, or all of aborted rounds."""
        certified = select(ABORT_CERTIFICATE.c.job_id)
        asked = select(SUM.c.job_id, SUM.c.roster).where(
            SUM.c.phase.not_in(OPENED), SUM.c.job_id.not_in(certified)
        )
        if round_id:
            asked = asked.where(SUM.c.round_id == round_id, SUM.c.phase == Phase.ABORTED.value)
        else:
            over = select(ROUND.c.round_id).where(ROUND.c.phase == Phase.ABORTED.value)
            asked = asked.where(SUM.c.round_id.in_(over))
        with self._database.reading() as connection:
            rows = connection.execute(asked.order_by(SUM.c.round_id, SUM.c.position)).all()
            return [_given_up(connection, job_id, roster) for job_id, roster in rows]

    def keep_promise(self, job_id: str, helper: str, signed: SignedPromise) -> None:
        """Keep a verified promise; the same helper's again changes nothing."""
        body = signed.to_bytes()
        known = select(ABORT_PROMISE.c.position).where(ABORT_PROMISE.c.job_id == job_id)
        with self._database.writing() as connection:
            count = len(connection.execute(known).all())
            ours = known.where(ABORT_PROMISE.c.institution == helper)
            if connection.scalar(ours) is not None:
                return
            connection.execute(
                insert(ABORT_PROMISE).values(
                    job_id=job_id,
                    institution=helper,
                    position=count,
                    digest=hashlib.sha256(body).hexdigest(),
                    body=body,
                )
            )

    def keep_certificate(self, job_id: str, certificate: AbortCertificate, at: int) -> None:
        """Keep the certificate of a job, the first one for ever."""
        known = select(ABORT_CERTIFICATE.c.digest).where(ABORT_CERTIFICATE.c.job_id == job_id)
        with self._database.writing() as connection:
            if connection.scalar(known) is None:
                connection.execute(
                    insert(ABORT_CERTIFICATE).values(
                        job_id=job_id,
                        digest=certificate.digest,
                        body=certificate.to_bytes(),
                        made_at=at,
                    )
                )

    def owed(self) -> Sequence[Owed]:
        """The certificates that somebody invited has not acknowledged."""
        invited = (
            select(SUM.c.job_id, SUM.c.invited)
            .join(ABORT_CERTIFICATE, ABORT_CERTIFICATE.c.job_id == SUM.c.job_id)
            .order_by(ABORT_CERTIFICATE.c.made_at, SUM.c.job_id)
        )
        received: dict[str, set[str]] = {}
        with self._database.reading() as connection:
            receipts = select(ABORT_RECEIPT.c.job_id, ABORT_RECEIPT.c.institution)
            for job_id, institution in connection.execute(receipts):
                received.setdefault(job_id, set()).add(institution)
            waiting = {
                job_id: frozenset(json.loads(names)) - received.get(job_id, set())
                for job_id, names in connection.execute(invited)
            }
            return [_owed(connection, job_id, to) for job_id, to in waiting.items() if to]

    def note_receipt(self, job_id: str, institution: str, at: int) -> None:
        """An institution has a certificate; one that does not exist is not noted."""
        issued = select(ABORT_CERTIFICATE.c.digest).where(ABORT_CERTIFICATE.c.job_id == job_id)
        noted = select(ABORT_RECEIPT.c.received_at).where(
            ABORT_RECEIPT.c.job_id == job_id, ABORT_RECEIPT.c.institution == institution
        )
        with self._database.writing() as connection:
            if connection.scalar(issued) is None or connection.scalar(noted) is not None:
                return
            connection.execute(
                insert(ABORT_RECEIPT).values(job_id=job_id, institution=institution, received_at=at)
            )


def _given_up(connection: Connection, job_id: str, roster: str) -> GivenUp:
    answered = select(ANSWER.c.institution).where(ANSWER.c.job_id == job_id)
    promised = select(ABORT_PROMISE.c.institution, ABORT_PROMISE.c.body).where(
        ABORT_PROMISE.c.job_id == job_id
    )
    return GivenUp(
        job_id=job_id,
        roster=Roster.from_json(roster.encode()),
        answered=frozenset(connection.scalars(answered)),
        promises={
            name: SignedPromise.from_bytes(body) for name, body in connection.execute(promised)
        },
    )


def _owed(connection: Connection, job_id: str, to: frozenset[str]) -> Owed:
    kept = select(ABORT_CERTIFICATE.c.body).where(ABORT_CERTIFICATE.c.job_id == job_id)
    (body,) = connection.scalars(kept).all()
    return Owed(job_id=job_id, certificate=AbortCertificate.from_bytes(body), to=to)
