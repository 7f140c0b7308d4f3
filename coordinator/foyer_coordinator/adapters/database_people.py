"""People and their ways in, in the database. Every change and its entry are one transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_account_tables import (
    IDENTITY,
    PASSKEY,
    PASSWORD,
    PERSON,
    SIGN_IN_LINK,
)
from foyer_coordinator.adapters.database_audit import record
from foyer_coordinator.adapters.database_sign_in import add_link, end_sessions
from foyer_coordinator.portal.audit import Act
from foyer_coordinator.portal.people import Passkey, Person, Ways
from foyer_coordinator.portal.roles import Role
from foyer_coordinator.portal.sign_in import Link, LinkKind


class DatabasePeople:
    """Implements `portal.people.PeopleBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def person(self, person_id: str) -> Person | None:
        """One person."""
        with self._database.reading() as connection:
            found = connection.execute(select(PERSON).where(PERSON.c.person_id == person_id))
            return _person(found.first())

    def person_named(self, login: str) -> Person | None:
        """The person behind a sign-in name."""
        with self._database.reading() as connection:
            found = connection.execute(select(PERSON).where(PERSON.c.login == login))
            return _person(found.first())

    def people(self) -> Sequence[Person]:
        """Everybody, shut out or not, by institution and name to sign in with."""
        everyone = select(PERSON).order_by(PERSON.c.institution, PERSON.c.login)
        with self._database.reading() as connection:
            return [one for row in connection.execute(everyone) if (one := _person(row))]

    def invite(self, person: Person, link: Link, at: int, actor: str) -> None:
        """Keep or change a person; the link is the only unused one that they have."""
        kept = {
            "login": person.login,
            "name": person.name,
            "role": person.role.value,
            "institution": person.institution,
            "created_at": person.created_at,
            "disabled_at": None,
        }
        of_person = PERSON.c.person_id == person.person_id
        with self._database.writing() as connection:
            known = connection.execute(update(PERSON).where(of_person).values(**kept)).rowcount
            if not known:
                connection.execute(insert(PERSON).values(person_id=person.person_id, **kept))
            _void_links(connection, person.person_id)
            add_link(connection, link, person.person_id)
            place = person.institution or "network"
            detail = f"{person.role} of {place}"
            record(connection, Act.PERSON_INVITED, person.person_id, detail, actor=actor, at=at)

    def disable(self, person_id: str, at: int, actor: str) -> int:
        """Forget every way in and end every session; returns how many ended."""
        with self._database.writing() as connection:
            connection.execute(
                update(PERSON).where(PERSON.c.person_id == person_id).values(disabled_at=at)
            )
            _void_links(connection, person_id)
            for table in (PASSWORD, PASSKEY, IDENTITY):
                connection.execute(delete(table).where(table.c.person_id == person_id))
            record(connection, Act.PERSON_DISABLED, person_id, actor=actor, at=at)
            return end_sessions(connection, person_id)

    def invited(self, token_hash: str, at: int) -> Person | None:
        """Who an unused invitation is for; looking spends nothing."""
        wanted = (
            select(PERSON)
            .join(SIGN_IN_LINK, SIGN_IN_LINK.c.person_id == PERSON.c.person_id)
            .where(
                SIGN_IN_LINK.c.token_hash == token_hash,
                SIGN_IN_LINK.c.kind == LinkKind.INVITATION.value,
                SIGN_IN_LINK.c.used_at.is_(None),
                SIGN_IN_LINK.c.expires_at > at,
                PERSON.c.disabled_at.is_(None),
            )
        )
        with self._database.reading() as connection:
            return _person(connection.execute(wanted).first())

    def ways(self, person_id: str) -> Ways:
        """How a person can sign in."""
        with self._database.reading() as connection:
            password = select(PASSWORD.c.set_at).where(PASSWORD.c.person_id == person_id)
            keys = select(PASSKEY).where(PASSKEY.c.person_id == person_id)
            issuers = select(IDENTITY.c.issuer).where(IDENTITY.c.person_id == person_id)
            return Ways(
                has_password=connection.scalar(password) is not None,
                passkeys=tuple(
                    Passkey(**row)
                    for row in connection.execute(keys.order_by(PASSKEY.c.added_at)).mappings()
                ),
                issuers=tuple(connection.scalars(issuers.order_by(IDENTITY.c.issuer))),
            )


def _person(row: Row[Any] | None) -> Person | None:
    if row is None:
        return None
    return Person(**{**row._mapping, "role": Role(row.role)})


def _void_links(connection: Connection, person_id: str) -> None:
    """Take away the links that nobody has used yet."""
    unused = SIGN_IN_LINK.c.used_at.is_(None)
    connection.execute(delete(SIGN_IN_LINK).where(SIGN_IN_LINK.c.person_id == person_id, unused))
