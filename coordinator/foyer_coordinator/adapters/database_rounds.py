"""Rounds and releases, in the database; their private sums are in `database_sums`.

A plan, a release or an abort enters the history in the same transaction, so that nothing
can be announced that is not in it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_audit import record
from foyer_coordinator.adapters.database_history import announce
from foyer_coordinator.adapters.database_marks import mark_of
from foyer_coordinator.adapters.database_sums import read_sums, write_sum
from foyer_coordinator.adapters.database_tables import RELEASE, ROUND
from foyer_coordinator.portal.audit import COORDINATOR, OPERATOR, Act
from foyer_coordinator.ports import RoundRow
from foyer_protocol.errors import LocalProtocolError, StorageError
from foyer_protocol.messages.history import HistoryKind, abort_subject
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.phases import Phase, is_final

_ACTS = {
    Phase.REPORTING: (Act.ROUND_LAUNCHED, OPERATOR),
    Phase.RELEASED: (Act.ROUND_RELEASED, COORDINATOR),
    Phase.ABORTED: (Act.ROUND_ABORTED, COORDINATOR),
}
"""What the audit says of a round that comes to a phase, and of whom."""


class DatabaseRounds:
    """Implements `ports.RoundBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_round(self, plan: Plan, at: int, by: str = "") -> None:
        """Keep a new round.

        Raises:
            LocalProtocolError: there is a round of this name; nothing was changed.
        """
        with self._database.writing() as connection:
            write_plan(connection, plan, at, by)

    def move_round(
        self, round_id: str, phase: Phase, at: int, reason: str = "", by: str = ""
    ) -> None:
        """Bring a round to `phase`; the first time out of `planned` is its launch, `by` somebody.

        To move it where it is already changes nothing, so that a restart may repeat it.

        Raises:
            LocalProtocolError: there is no such round, or it is over; nothing was changed.
        """
        with self._database.writing() as connection:
            write_phase(connection, round_id, phase, at, reason, by=by)

    def round(self, round_id: str) -> RoundRow | None:
        """One round."""
        with self._database.reading() as connection:
            row = connection.execute(select(ROUND).where(ROUND.c.round_id == round_id)).first()
            return None if row is None else _round(row)

    def rounds(self) -> Sequence[RoundRow]:
        """All of them, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(ROUND).order_by(ROUND.c.created_at, ROUND.c.round_id))
            return [_round(row) for row in rows]

    def save_sum(self, state: SumState) -> None:
        """Keep a private sum as it is now, in place of what was kept of it."""
        with self._database.writing() as connection:
            write_sum(connection, state)

    def sums_of(self, round_id: str) -> Sequence[SumState]:
        """Every sum of a round, in the order they were first saved."""
        with self._database.reading() as connection:
            return read_sums(connection, round_id)

    def publish(self, release: Release) -> None:
        """Keep a release for ever. The very same release again changes nothing.

        Raises:
            LocalProtocolError: the round has another release, or there is no such round.
        """
        body, round_id = release.to_json().decode(), release.round_id
        with self._database.writing() as connection:
            if connection.scalar(select(ROUND.c.phase).where(ROUND.c.round_id == round_id)) is None:
                raise LocalProtocolError(f"there is no round {round_id!r}; nothing was published")
            kept = connection.scalar(select(RELEASE.c.body).where(RELEASE.c.round_id == round_id))
            if kept == body:
                return
            if kept is not None:
                raise LocalProtocolError(
                    f"round {round_id!r} has another release already; nothing was changed"
                )
            connection.execute(
                insert(RELEASE).values(
                    round_id=round_id,
                    digest=release.digest,
                    body=body,
                    released_at=release.released_at,
                )
            )
            announce(connection, HistoryKind.RELEASE, release.digest, round_id)

    def release(self, round_id: str) -> Release | None:
        """One release.

        Raises:
            StorageError: what is kept is not what was published.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(RELEASE).where(RELEASE.c.round_id == round_id)).first()
            return None if row is None else _release(row)

    def releases(self) -> Sequence[Release]:
        """All of them, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(RELEASE).order_by(RELEASE.c.released_at, RELEASE.c.round_id)
            )
            return [_release(row) for row in rows]

    def mark(self) -> str:
        """A word that changes with any round, release, member or roster."""
        with self._database.reading() as connection:
            return mark_of(connection)


def write_plan(connection: Connection, plan: Plan, at: int, by: str) -> None:
    """Keep a new round, inside the caller's transaction.

    Raises:
        LocalProtocolError: there is a round of this name.
    """
    known = select(ROUND.c.round_id).where(ROUND.c.round_id == plan.round_id)
    if connection.scalar(known) is not None:
        raise LocalProtocolError(f"round {plan.round_id!r} is planned already; nothing was changed")
    connection.execute(
        insert(ROUND).values(
            round_id=plan.round_id,
            plan=plan.to_json().decode(),
            phase=Phase.PLANNED.value,
            reason="",
            created_at=at,
            proposed_by=by,
        )
    )
    announce(connection, HistoryKind.PLAN, plan.digest, plan.round_id)
    record(connection, Act.ROUND_PROPOSED, plan.round_id, at=at)


def write_phase(
    connection: Connection, round_id: str, phase: Phase, at: int, reason: str = "", *, by: str = ""
) -> None:
    """As `DatabaseRounds.move_round`, inside the caller's transaction.

    Raises:
        LocalProtocolError: there is no such round, or it is over.
    """
    row = connection.execute(select(ROUND).where(ROUND.c.round_id == round_id)).first()
    if row is None:
        raise LocalProtocolError(f"there is no round {round_id!r}; nothing was changed")
    before = Phase(row.phase)
    if before is phase:
        return
    if is_final(before):
        raise LocalProtocolError(
            f"round {round_id!r} is {before} and cannot become {phase}; nothing was changed"
        )
    values: dict[str, object] = {
        "phase": phase.value,
        "reason": reason,
        "ended_at": at if is_final(phase) else None,
    }
    if row.launched_at is None and phase is Phase.REPORTING:
        values |= {"launched_at": at, "launched_by": by}
    connection.execute(update(ROUND).where(ROUND.c.round_id == round_id).values(values))
    if phase is Phase.ABORTED:
        announce(connection, HistoryKind.ABORT, abort_subject(round_id, reason), round_id)
    if phase in _ACTS:
        act, actor = _ACTS[phase]
        if before is Phase.PLANNED and phase is Phase.ABORTED:
            act, actor = Act.ROUND_WITHDRAWN, OPERATOR
        record(connection, act, round_id, reason, actor=actor, at=at)


def _round(row: Row[Any]) -> RoundRow:
    return RoundRow(
        plan=Plan.from_json(row.plan.encode()),
        phase=Phase(row.phase),
        reason=row.reason,
        created_at=row.created_at,
        launched_at=row.launched_at,
        ended_at=row.ended_at,
        proposed_by=row.proposed_by,
        launched_by=row.launched_by,
    )


def _release(row: Row[Any]) -> Release:
    release = Release.from_json(row.body.encode())
    if release.digest != row.digest:
        raise StorageError(
            f"the kept release of {row.round_id!r} is {release.digest[:12]};"
            f" {row.digest[:12]} was published; nothing is shown",
            hint="Somebody changed the database by hand: restore it from its copy.",
        )
    return release
