"""Links and sessions of the portal, in the database, by their hashes."""

from sqlalchemy import delete, insert, select, update

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_tables import SESSION, SIGN_IN_LINK
from foyer_coordinator.portal.sign_in import Link, Session


class DatabaseSignIn:
    """Implements `portal.sign_in.SignInBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_link(self, link: Link) -> None:
        """Keep a new link."""
        with self._database.writing() as connection:
            connection.execute(
                insert(SIGN_IN_LINK).values(
                    token_hash=link.token_hash, reader=link.reader, expires_at=link.expires_at
                )
            )

    def use_link(self, token_hash: str, at: int) -> Link | None:
        """Mark an unused, unexpired link used and return it, in one transaction; else None."""
        with self._database.writing() as connection:
            used = connection.execute(
                update(SIGN_IN_LINK)
                .where(
                    SIGN_IN_LINK.c.token_hash == token_hash,
                    SIGN_IN_LINK.c.used_at.is_(None),
                    SIGN_IN_LINK.c.expires_at > at,
                )
                .values(used_at=at)
                .returning(SIGN_IN_LINK.c.reader, SIGN_IN_LINK.c.expires_at)
            ).first()
            if used is None:
                return None
            return Link(token_hash=token_hash, reader=used.reader, expires_at=used.expires_at)

    def add_session(self, session: Session) -> None:
        """Keep a new session, and clear those away that are over."""
        with self._database.writing() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.expires_at <= session.created_at))
            connection.execute(
                insert(SESSION).values(
                    session_hash=session.session_hash,
                    reader=session.reader,
                    created_at=session.created_at,
                    expires_at=session.expires_at,
                )
            )

    def session(self, session_hash: str, at: int) -> Session | None:
        """The session that has not expired at `at`."""
        wanted = (SESSION.c.session_hash == session_hash, SESSION.c.expires_at > at)
        with self._database.reading() as connection:
            row = connection.execute(select(SESSION).where(*wanted)).mappings().first()
            return None if row is None else Session(**row)

    def end_session(self, session_hash: str) -> None:
        """Forget a session."""
        with self._database.writing() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.session_hash == session_hash))

    def end_sessions_of(self, reader: str) -> int:
        """Sign a reader out everywhere; returns how many sessions ended."""
        with self._database.writing() as connection:
            return connection.execute(delete(SESSION).where(SESSION.c.reader == reader)).rowcount
