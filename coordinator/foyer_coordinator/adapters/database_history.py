"""The history of what was announced, in the database. Triggers refuse to change a row."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_tables import HISTORY
from foyer_protocol.messages.history import GENESIS, HistoryEntry, HistoryKind


class DatabaseHistory:
    """Implements `ports.HistoryBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, length: int) -> Sequence[HistoryEntry]:
        """The entries after the first `length`, oldest first."""
        later = select(HISTORY.c.body).where(HISTORY.c.position >= length)
        with self._database.reading() as connection:
            found = connection.scalars(later.order_by(HISTORY.c.position))
            return [HistoryEntry.from_json(body.encode()) for body in found]


def announce(connection: Connection, kind: HistoryKind, subject: str, round_id: str = "") -> None:
    """Add an entry, inside the caller's transaction; writers wait for each other there."""
    newest = select(HISTORY.c.body).order_by(HISTORY.c.position.desc()).limit(1)
    body = connection.scalar(newest)
    last = None if body is None else HistoryEntry.from_json(body.encode())
    entry = HistoryEntry(
        index=0 if last is None else last.index + 1,
        previous=GENESIS if last is None else last.digest,
        kind=kind,
        subject=subject,
        round_id=round_id,
    )
    connection.execute(insert(HISTORY).values(position=entry.index, body=entry.to_json().decode()))
