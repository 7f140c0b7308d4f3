"""What people sign in with, tries and sign-ins that have begun, in the database."""

from sqlalchemy import Connection, delete, func, insert, select, update

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_account_tables import (
    FLOW,
    IDENTITY,
    PASSKEY,
    PASSWORD,
    PERSON,
    TRY,
)
from foyer_coordinator.adapters.database_audit import record
from foyer_coordinator.adapters.database_sign_in import spend_link
from foyer_coordinator.portal.audit import COORDINATOR, Act
from foyer_coordinator.portal.flows import Flow
from foyer_coordinator.portal.passwords import MOST_OF_A_NAME, MOST_OF_ALL, WAIT_SECONDS
from foyer_coordinator.portal.people import Claim, Passkey
from foyer_coordinator.portal.sign_in import LinkKind

MOST_FLOWS = 10_000
"""Above so many sign-ins that have begun, the oldest are forgotten."""


class DatabaseWays:
    """Implements `people.WaysBook`, `passwords.TryBook` and `flows.FlowBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_password(self, claim: Claim, hashed: str, at: int) -> bool:
        """Keep a password in place of the old; False if the invitation is spent."""
        who = claim.person_id
        with self._database.writing() as connection:
            if not _holds(connection, claim, at):
                return False
            connection.execute(delete(PASSWORD).where(PASSWORD.c.person_id == who))
            connection.execute(insert(PASSWORD).values(person_id=who, hash=hashed, set_at=at))
            record(connection, Act.PASSWORD_SET, who, actor=who, at=at)
            return True

    def password(self, login: str) -> tuple[str, str] | None:
        """Person and hash behind a name, of whoever is not shut out."""
        wanted = (
            select(PASSWORD.c.person_id, PASSWORD.c.hash)
            .join(PERSON, PERSON.c.person_id == PASSWORD.c.person_id)
            .where(PERSON.c.login == login, PERSON.c.disabled_at.is_(None))
        )
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
            return None if row is None else (row.person_id, row.hash)

    def keep_passkey(self, claim: Claim, passkey: Passkey, at: int) -> bool:
        """Keep one passkey more; False if the invitation is spent or it is somebody's already."""
        key, who = PASSKEY.c.credential_id == passkey.credential_id, claim.person_id
        with self._database.writing() as connection:
            known = connection.scalar(select(PASSKEY.c.person_id).where(key))
            if known is not None or not _holds(connection, claim, at):
                return False
            connection.execute(
                insert(PASSKEY).values(
                    credential_id=passkey.credential_id,
                    person_id=who,
                    public_key=passkey.public_key,
                    sign_count=passkey.sign_count,
                    added_at=at,
                )
            )
            record(connection, Act.PASSKEY_ADDED, who, actor=who, at=at)
            return True

    def passkey(self, credential_id: str) -> Passkey | None:
        """A passkey of somebody who is not shut out."""
        wanted = (
            select(PASSKEY)
            .join(PERSON, PERSON.c.person_id == PASSKEY.c.person_id)
            .where(PASSKEY.c.credential_id == credential_id, PERSON.c.disabled_at.is_(None))
        )
        with self._database.reading() as connection:
            row = connection.execute(wanted).mappings().first()
            return None if row is None else Passkey(**row)

    def note_passkey(self, credential_id: str, sign_count: int, at: int) -> None:
        """Keep how often a passkey says it was used, and when it was."""
        with self._database.writing() as connection:
            connection.execute(
                update(PASSKEY)
                .where(PASSKEY.c.credential_id == credential_id)
                .values(sign_count=sign_count, used_at=at)
            )

    def remove_passkey(self, person_id: str, credential_id: str, at: int) -> bool:
        """Forget a passkey of a person; False if they have none of that id."""
        mine = (PASSKEY.c.person_id == person_id, PASSKEY.c.credential_id == credential_id)
        with self._database.writing() as connection:
            if not connection.execute(delete(PASSKEY).where(*mine)).rowcount:
                return False
            record(connection, Act.PASSKEY_REMOVED, person_id, actor=person_id, at=at)
            return True

    def keep_identity(self, claim: Claim, issuer: str, subject: str, at: int) -> bool:
        """Link an identity; False if the invitation is spent or it is somebody's already."""
        who, mine = claim.person_id, (IDENTITY.c.issuer == issuer, IDENTITY.c.subject == subject)
        with self._database.writing() as connection:
            known = connection.scalar(select(IDENTITY.c.person_id).where(*mine))
            if known is not None or not _holds(connection, claim, at):
                return False
            connection.execute(
                insert(IDENTITY).values(issuer=issuer, subject=subject, person_id=who, linked_at=at)
            )
            record(connection, Act.IDENTITY_LINKED, who, issuer, actor=who, at=at)
            return True

    def identity(self, issuer: str, subject: str) -> str | None:
        """Whose identity it is."""
        mine = (IDENTITY.c.issuer == issuer, IDENTITY.c.subject == subject)
        with self._database.reading() as connection:
            return connection.scalar(select(IDENTITY.c.person_id).where(*mine))

    def remove_identity(self, person_id: str, issuer: str, at: int) -> bool:
        """Forget a person's identities of a provider; False if they have none."""
        mine = (IDENTITY.c.person_id == person_id, IDENTITY.c.issuer == issuer)
        with self._database.writing() as connection:
            if not connection.execute(delete(IDENTITY).where(*mine)).rowcount:
                return False
            record(connection, Act.IDENTITY_REMOVED, person_id, issuer, actor=person_id, at=at)
            return True

    def begin_try(self, try_id: str, login_hash: str, at: int) -> bool:
        """Count a try before it is made; False, and nothing is counted, if one has to wait."""
        with self._database.writing() as connection:
            connection.execute(delete(TRY).where(TRY.c.at <= at - WAIT_SECONDS))
            of_all = select(func.count()).select_from(TRY)
            of_name = of_all.where(TRY.c.login_hash == login_hash)
            before = connection.scalar(of_all) or 0
            if before >= MOST_OF_ALL or (connection.scalar(of_name) or 0) >= MOST_OF_A_NAME:
                return False
            connection.execute(insert(TRY).values(try_id=try_id, login_hash=login_hash, at=at))
            if before + 1 == MOST_OF_ALL:
                record(connection, Act.PASSWORDS_PAUSED, "", actor=COORDINATOR, at=at)
            return True

    def forgive(self, login_hash: str) -> None:
        """Forget a name's tries: the last was right."""
        with self._database.writing() as connection:
            connection.execute(delete(TRY).where(TRY.c.login_hash == login_hash))

    def begin_flow(self, flow: Flow, since: int) -> None:
        """Keep a sign-in that begins; forget those that began before `since`."""
        with self._database.writing() as connection:
            connection.execute(delete(FLOW).where(FLOW.c.begun_at < since))
            kept = connection.scalar(select(func.count()).select_from(FLOW)) or 0
            if kept >= MOST_FLOWS:
                oldest = select(FLOW.c.flow_hash).order_by(FLOW.c.begun_at).limit(MOST_FLOWS // 10)
                connection.execute(delete(FLOW).where(FLOW.c.flow_hash.in_(oldest)))
            connection.execute(
                insert(FLOW).values(
                    flow_hash=flow.flow_hash,
                    purpose=flow.purpose,
                    person_id=flow.person_id,
                    invitation=flow.invitation,
                    begun_at=flow.begun_at,
                )
            )

    def take_flow(self, flow_hash: str, since: int) -> Flow | None:
        """Take a sign-in that began at `since` or later, once."""
        with self._database.writing() as connection:
            row = (
                connection.execute(
                    delete(FLOW)
                    .where(FLOW.c.flow_hash == flow_hash, FLOW.c.begun_at >= since)
                    .returning(*FLOW.c)
                )
                .mappings()
                .first()
            )
            return None if row is None else Flow(**row)


def _holds(connection: Connection, claim: Claim, at: int) -> bool:
    """Whether the claim is good; spends its invitation."""
    if claim.invitation:
        spent = spend_link(connection, claim.invitation, LinkKind.INVITATION, at)
        return spent is not None and spent.person_id == claim.person_id
    of_person = PERSON.c.person_id == claim.person_id
    is_open = select(PERSON.c.person_id).where(of_person, PERSON.c.disabled_at.is_(None))
    return connection.scalar(is_open) is not None
