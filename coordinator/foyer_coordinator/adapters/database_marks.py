"""A word for the state of all that a reader's page is made of, cheap enough for every request."""

import hashlib

from sqlalchemy import Connection, select

from foyer_coordinator.adapters.database_tables import INSTITUTION, RELEASE, ROSTER, ROUND

QUERIES = (
    select(ROUND.c.round_id, ROUND.c.phase, ROUND.c.reason).order_by(ROUND.c.round_id),
    select(RELEASE.c.round_id, RELEASE.c.digest).order_by(RELEASE.c.round_id),
    select(INSTITUTION.c.slug, INSTITUTION.c.suspended).order_by(INSTITUTION.c.slug),
    select(ROSTER.c.epoch).order_by(ROSTER.c.epoch),
)


def mark_of(connection: Connection) -> str:
    """64 hexadecimal digits that change with any round, release, member or roster."""
    seen = hashlib.sha256()
    for query in QUERIES:
        seen.update(repr([tuple(row) for row in connection.execute(query)]).encode())
    return seen.hexdigest()
