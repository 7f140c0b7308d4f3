"""The audit log, in the database. Triggers refuse to change a row."""

import time

from sqlalchemy import Connection, insert, select

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_account_tables import AUDIT
from foyer_coordinator.portal.audit import GENESIS, OPERATOR, Act, Entry

LONGEST = 63


class DatabaseAudit:
    """Implements `portal.audit.AuditBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self) -> list[Entry]:
        """All of them, oldest first."""
        with self._database.reading() as connection:
            found = connection.scalars(select(AUDIT.c.body).order_by(AUDIT.c.position))
            return [Entry.from_json(body.encode()) for body in found]

    def newest(self, most: int, before: int | None = None) -> list[Entry]:
        """The last `most` entries before position `before`, newest first."""
        wanted = select(AUDIT.c.body).order_by(AUDIT.c.position.desc()).limit(most)
        if before is not None:
            wanted = wanted.where(AUDIT.c.position < before)
        with self._database.reading() as connection:
            return [Entry.from_json(body.encode()) for body in connection.scalars(wanted)]


def record(
    connection: Connection,
    act: Act,
    subject: str,
    detail: str = "",
    *,
    actor: str = OPERATOR,
    at: int | None = None,
) -> None:
    """Add an entry, inside the transaction of the change itself; writers wait there.

    Without `at`, the machine's clock says when.
    """
    newest = select(AUDIT.c.body).order_by(AUDIT.c.position.desc()).limit(1)
    body = connection.scalar(newest)
    last = None if body is None else Entry.from_json(body.encode())
    entry = Entry(
        index=0 if last is None else last.index + 1,
        previous=GENESIS if last is None else last.digest,
        at=int(time.time()) if at is None else at,
        actor=actor[:LONGEST],
        act=act,
        subject=subject[:LONGEST],
        detail=detail[:120],
    )
    connection.execute(insert(AUDIT).values(position=entry.index, body=entry.to_json().decode()))
