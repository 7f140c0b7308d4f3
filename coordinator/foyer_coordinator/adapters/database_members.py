"""Institutions, rosters and one-time codes, in the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_audit import record
from foyer_coordinator.adapters.database_history import announce
from foyer_coordinator.adapters.database_tables import INSTITUTION, INVITATION, ROSTER
from foyer_coordinator.enrolment import EnrolRequest, Invitation
from foyer_coordinator.memberships import admit
from foyer_coordinator.portal.audit import COORDINATOR, Act
from foyer_coordinator.ports import Institution
from foyer_protocol.errors import LocalProtocolError
from foyer_protocol.ids import InstitutionId
from foyer_protocol.messages.history import HistoryKind
from foyer_protocol.messages.roster import SignedRoster


class DatabaseMembers:
    """Implements `ports.MemberBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_institution(self, institution: Institution) -> None:
        """Admit an institution that is not there yet.

        Raises:
            LocalProtocolError: it is there; nothing was changed.
        """
        with self._database.writing() as connection:
            if _institution(connection, institution.slug) is not None:
                raise LocalProtocolError(
                    f"{institution.slug!r} is enrolled already; nothing was changed"
                )
            connection.execute(insert(INSTITUTION).values(**asdict(institution)))
            record(connection, Act.INSTITUTION_ENROLLED, institution.slug, actor=COORDINATOR)

    def institutions(self) -> Sequence[Institution]:
        """All of them, by slug."""
        with self._database.reading() as connection:
            rows = connection.execute(select(INSTITUTION).order_by(INSTITUTION.c.slug))
            return [Institution(**row) for row in rows.mappings()]

    def institution(self, slug: str) -> Institution | None:
        """One of them."""
        with self._database.reading() as connection:
            return _institution(connection, slug)

    def note_seen(self, slug: str, at: int, data_until: date | None = None) -> None:
        """Keep when a node was last heard of; without a day, the known day stays."""
        values: dict[str, object] = {"last_seen_at": at}
        if data_until is not None:
            values["data_until"] = data_until
        with self._database.writing() as connection:
            _change(connection, slug, values)

    def renew_helper_key(self, slug: str, helper_key: str, signature: str) -> None:
        """Keep an institution's new helper key for the next roster; hexadecimal."""
        with self._database.writing() as connection:
            values: dict[str, object] = {"helper_key": helper_key, "helper_signature": signature}
            _change(connection, slug, values)

    def suspend(self, slug: str, suspended: bool) -> None:
        """Leave an institution out of the next roster, or take it in again."""
        with self._database.writing() as connection:
            _change(connection, slug, {"suspended": suspended})
            act = Act.INSTITUTION_SUSPENDED if suspended else Act.INSTITUTION_REINSTATED
            record(connection, act, slug)

    def tell_facts(self, slug: str, facts: Mapping[str, str]) -> None:
        """Change public facts of an institution, by column; they count from the next roster.

        Raises:
            LocalProtocolError: it is not enrolled; nothing was changed.
        """
        with self._database.writing() as connection:
            _change(connection, slug, dict(facts))
            record(connection, Act.INSTITUTION_DESCRIBED, slug, ", ".join(sorted(facts)))

    def remove(self, slug: str) -> None:
        """Forget an institution with its invitations; past rosters and rounds still name it.

        Raises:
            LocalProtocolError: it is not enrolled; nothing was changed.
        """
        with self._database.writing() as connection:
            _change(connection, slug, {"suspended": True})
            connection.execute(delete(INVITATION).where(INVITATION.c.institution == slug))
            connection.execute(delete(INSTITUTION).where(INSTITUTION.c.slug == slug))
            record(connection, Act.INSTITUTION_REMOVED, slug)

    def add_roster(self, signed: SignedRoster) -> None:
        """Keep a roster for ever. The same bytes again change nothing.

        Raises:
            LocalProtocolError: the epoch has another roster; nothing was changed.
        """
        raw, epoch = signed.to_bytes(), signed.roster.epoch
        with self._database.writing() as connection:
            kept = connection.scalar(select(ROSTER.c.signed).where(ROSTER.c.epoch == epoch))
            if kept is None:
                connection.execute(insert(ROSTER).values(epoch=epoch, signed=raw))
                announce(connection, HistoryKind.ROSTER, signed.roster.digest)
                record(connection, Act.ROSTER_ADDED, f"epoch-{epoch}")
            elif kept != raw:
                raise LocalProtocolError(
                    f"epoch {epoch} has another roster already; nothing was changed"
                )

    def rosters(self) -> Sequence[SignedRoster]:
        """Every roster, by epoch."""
        with self._database.reading() as connection:
            found = connection.scalars(select(ROSTER.c.signed).order_by(ROSTER.c.epoch))
            return [SignedRoster.from_bytes(raw) for raw in found]

    def roster(self) -> SignedRoster | None:
        """The roster of the highest epoch."""
        with self._database.reading() as connection:
            newest = select(func.max(ROSTER.c.epoch)).scalar_subquery()
            raw = connection.scalar(select(ROSTER.c.signed).where(ROSTER.c.epoch == newest))
            return None if raw is None else SignedRoster.from_bytes(raw)


class DatabaseInvitations:
    """Implements `enrolment_desk.InvitationBook`, and takes new invitations."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        """`clock` tells the seconds since 1970, for the day of enrolment."""
        self._database = database
        self._clock = clock

    def invite(self, invitation: Invitation) -> None:
        """Keep a new, unspent invitation."""
        with self._database.writing() as connection:
            connection.execute(insert(INVITATION).values(**_to_row(invitation)))
            record(connection, Act.INSTITUTION_INVITED, invitation.institution)

    def invitations(self) -> Sequence[Invitation]:
        """Every invitation, spent or not."""
        with self._database.reading() as connection:
            rows = connection.execute(select(INVITATION).order_by(INVITATION.c.code_hash))
            return [
                Invitation(
                    institution=InstitutionId(row.institution),
                    code_hash=row.code_hash,
                    expires_at=datetime.fromisoformat(row.expires_at),
                    keys_digest=row.keys_digest,
                    certificate_pem=row.certificate_pem,
                )
                for row in rows
            ]

    def spend(self, spent: Invitation, request: EnrolRequest) -> bool:
        """Mark the invitation spent and admit the applicant's keys, or change nothing.

        An institution that is invited again gets its new keys here; that it is suspended,
        and what is known of its data, stays.
        """
        with self._database.writing() as connection:
            marked = connection.execute(
                update(INVITATION)
                .where(INVITATION.c.code_hash == spent.code_hash)
                .where(INVITATION.c.keys_digest.is_(None))
                .values(keys_digest=spent.keys_digest, certificate_pem=spent.certificate_pem)
            )
            if marked.rowcount != 1:
                return False
            before = _institution(connection, spent.institution)
            after = admit(spent.institution, request, at=self._clock(), before=before)
            if before is None:
                connection.execute(insert(INSTITUTION).values(**asdict(after)))
            else:
                _change(connection, after.slug, asdict(after))
            record(connection, Act.INSTITUTION_ENROLLED, after.slug, actor=COORDINATOR)
            return True


def _institution(connection: Connection, slug: str) -> Institution | None:
    found = connection.execute(select(INSTITUTION).where(INSTITUTION.c.slug == slug))
    row = found.mappings().one_or_none()
    return None if row is None else Institution(**row)


def _change(connection: Connection, slug: str, values: dict[str, object]) -> None:
    statement = update(INSTITUTION).where(INSTITUTION.c.slug == slug).values(**values)
    if connection.execute(statement).rowcount != 1:
        raise LocalProtocolError(f"{slug!r} is not enrolled; nothing was changed")


def _to_row(invitation: Invitation) -> dict[str, object]:
    until = invitation.expires_at.astimezone(UTC)
    return {**asdict(invitation), "expires_at": until.isoformat(timespec="microseconds")}
