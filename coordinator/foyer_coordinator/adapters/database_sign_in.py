"""Links and sessions of the portal, in the database, by their hashes."""

from sqlalchemy import Connection, Select, and_, delete, insert, or_, select, update

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_account_tables import PERSON, SESSION, SIGN_IN_LINK
from foyer_coordinator.adapters.database_audit import record
from foyer_coordinator.adapters.database_tables import INSTITUTION
from foyer_coordinator.portal.audit import Act
from foyer_coordinator.portal.people import LONGEST_NAME, clean_login
from foyer_coordinator.portal.roles import Role
from foyer_coordinator.portal.sign_in import Link, LinkKind, Session, Way
from foyer_protocol.errors import ConfigError


class DatabaseSignIn:
    """Implements `portal.sign_in.SignInBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_link(self, reader: str, link: Link, at: int) -> None:
        """Keep a link for the person called `reader`; without one, for a new viewer.

        Raises:
            ConfigError: that person is shut out, or the name cannot be one.
        """
        login = clean_login(reader)
        with self._database.writing() as connection:
            known = connection.execute(select(PERSON).where(PERSON.c.login == login)).first()
            if known is not None and known.disabled_at is not None:
                raise ConfigError(
                    "the account of this name is shut; no link was made",
                    hint="`foyer-coordinator user invite` opens it again.",
                )
            if known is None:
                _add_viewer(connection, login, reader, link.person_id, at)
            person_id = link.person_id if known is None else known.person_id
            add_link(connection, link, person_id)
            record(connection, Act.LINK_MADE, person_id, at=at)

    def use_link(self, token_hash: str, at: int) -> Link | None:
        """Mark an unused, unexpired link used and return it, in one transaction; else None."""
        with self._database.writing() as connection:
            return spend_link(connection, token_hash, LinkKind.SESSION, at)

    def add_session(
        self, session_hash: str, person_id: str, way: Way, at: int, expires_at: int
    ) -> bool:
        """Begin a session, unless the person is shut out; clear those away that are over."""
        with self._database.writing() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.expires_at <= at))
            who = connection.execute(_welcome().where(PERSON.c.person_id == person_id))
            if who.first() is None:
                return False
            connection.execute(
                insert(SESSION).values(
                    session_hash=session_hash,
                    person_id=person_id,
                    way=way.value,
                    created_at=at,
                    expires_at=expires_at,
                )
            )
            record(connection, Act.SIGNED_IN, person_id, way.value, actor=person_id, at=at)
            return True

    def session(self, session_hash: str, at: int) -> Session | None:
        """The session that has not expired at `at`, of somebody who is not shut out."""
        wanted = (
            _welcome()
            .add_columns(SESSION.c.way, SESSION.c.created_at, SESSION.c.expires_at)
            .join(SESSION, SESSION.c.person_id == PERSON.c.person_id)
            .where(SESSION.c.session_hash == session_hash, SESSION.c.expires_at > at)
        )
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
            if row is None:
                return None
            return Session(
                session_hash=session_hash,
                person_id=row.person_id,
                reader=row.name,
                role=Role(row.role),
                institution=row.institution,
                way=Way(row.way),
                created_at=row.created_at,
                expires_at=row.expires_at,
            )

    def end_session(self, session_hash: str, at: int) -> None:
        """Forget a session."""
        with self._database.writing() as connection:
            ended = connection.execute(
                delete(SESSION)
                .where(SESSION.c.session_hash == session_hash)
                .returning(SESSION.c.person_id)
            ).first()
            if ended is not None:
                who = ended.person_id
                record(connection, Act.SIGNED_OUT, who, actor=who, at=at)

    def end_sessions_of(self, person_id: str, at: int) -> int:
        """Sign a person out everywhere; returns how many sessions ended."""
        with self._database.writing() as connection:
            ended = end_sessions(connection, person_id)
            record(connection, Act.SIGNED_OUT_EVERYWHERE, person_id, actor=person_id, at=at)
            return ended


def end_sessions(connection: Connection, person_id: str) -> int:
    """Forget every session of a person; returns how many there were."""
    return connection.execute(delete(SESSION).where(SESSION.c.person_id == person_id)).rowcount


def add_link(connection: Connection, link: Link, person_id: str) -> None:
    """Keep a new link."""
    connection.execute(
        insert(SIGN_IN_LINK).values(
            token_hash=link.token_hash,
            person_id=person_id,
            kind=link.kind.value,
            expires_at=link.expires_at,
        )
    )


def spend_link(connection: Connection, token_hash: str, kind: LinkKind, at: int) -> Link | None:
    """Mark an unused, unexpired link of a kind used and return it; else None."""
    used = connection.execute(
        update(SIGN_IN_LINK)
        .where(
            SIGN_IN_LINK.c.token_hash == token_hash,
            SIGN_IN_LINK.c.kind == kind.value,
            SIGN_IN_LINK.c.used_at.is_(None),
            SIGN_IN_LINK.c.expires_at > at,
        )
        .values(used_at=at)
        .returning(SIGN_IN_LINK.c.person_id, SIGN_IN_LINK.c.expires_at)
    ).first()
    if used is None:
        return None
    return Link(
        token_hash=token_hash, person_id=used.person_id, kind=kind, expires_at=used.expires_at
    )


def _welcome() -> Select[str, str, str, str]:
    """People who may come in: not shut out, and their institution neither."""
    whose = PERSON.outerjoin(INSTITUTION, INSTITUTION.c.slug == PERSON.c.institution)
    of_a_member = and_(INSTITUTION.c.slug.is_not(None), INSTITUTION.c.suspended.is_(False))
    return (
        select(PERSON.c.person_id, PERSON.c.name, PERSON.c.role, PERSON.c.institution)
        .select_from(whose)
        .where(PERSON.c.disabled_at.is_(None), or_(PERSON.c.institution == "", of_a_member))
    )


def _add_viewer(connection: Connection, login: str, name: str, person_id: str, at: int) -> None:
    connection.execute(
        insert(PERSON).values(
            person_id=person_id,
            login=login,
            name=name.strip()[:LONGEST_NAME],
            role=Role.VIEWER.value,
            institution="",
            created_at=at,
        )
    )
    record(connection, Act.PERSON_INVITED, person_id, Role.VIEWER.value, at=at)
