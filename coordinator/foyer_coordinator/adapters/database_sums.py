"""A private sum as rows, and back, exactly.

Reports and answers are kept as the bytes that came. A report is written once: later saves
of the same sum compare digests and write only what is new.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from foyer_coordinator.adapters.database_tables import (
    ANSWER,
    ESCROW,
    REPORT,
    ROUND,
    SUM,
    PartColumns,
)
from foyer_protocol.errors import LocalProtocolError
from foyer_protocol.messages.escrow import EscrowAnswer
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.report import Report
from foyer_protocol.messages.roster import Roster
from foyer_protocol.messages.unmask import UnmaskAnswer
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.phases import Phase

Part = TypeVar("Part")


class _Bytes(Protocol):
    def to_bytes(self) -> bytes: ...


def write_sum(connection: Connection, state: SumState) -> None:
    """Insert or replace one sum, inside the caller's transaction.

    Raises:
        LocalProtocolError: its round is not in the book; nothing was changed.
    """
    job_id, values = state.job.job_id, _to_row(state)
    if connection.scalar(select(SUM.c.job_id).where(SUM.c.job_id == job_id)) is None:
        position = _next_position(connection, state.job.plan.round_id)
        connection.execute(insert(SUM).values(job_id=job_id, position=position, **values))
    else:
        connection.execute(update(SUM).where(SUM.c.job_id == job_id).values(**values))
    _write_parts(connection, REPORT, job_id, state.reports)
    _write_parts(connection, ANSWER, job_id, state.answers)
    _write_parts(connection, ESCROW, job_id, state.escrows)


def read_sums(connection: Connection, round_id: str) -> list[SumState]:
    """Every sum of a round, in the order they were first written."""
    rows = connection.execute(
        select(SUM).where(SUM.c.round_id == round_id).order_by(SUM.c.position)
    )
    return [_from_row(connection, row) for row in rows.all()]


def _next_position(connection: Connection, round_id: str) -> int:
    if connection.scalar(select(ROUND.c.phase).where(ROUND.c.round_id == round_id)) is None:
        raise LocalProtocolError(f"there is no round {round_id!r}; its sum was not kept")
    highest = connection.scalar(select(func.max(SUM.c.position)).where(SUM.c.round_id == round_id))
    return 1 if highest is None else highest + 1


def _to_row(state: SumState) -> dict[str, object]:
    return {
        "round_id": state.job.plan.round_id,
        "job": state.job.to_json().decode(),
        "roster": state.roster.to_json().decode(),
        "phase": state.phase.value,
        "everyone": state.everyone,
        "invited": json.dumps(state.invited),
        "chosen": json.dumps(state.chosen),
        "refusals": json.dumps(list(state.refusals.items())),
        "reason": state.reason,
        "asked_at": state.asked_at,
    }


def _from_row(connection: Connection, row: Row[Any]) -> SumState:
    return SumState(
        job=Job.from_json(row.job.encode()),
        roster=Roster.from_json(row.roster.encode()),
        invited=tuple(json.loads(row.invited)),
        everyone=row.everyone,
        phase=Phase(row.phase),
        reports=_read_parts(connection, REPORT, row.job_id, Report.from_bytes),
        refusals=dict(json.loads(row.refusals)),
        chosen=tuple(json.loads(row.chosen)),
        answers=_read_parts(connection, ANSWER, row.job_id, UnmaskAnswer.from_bytes),
        asked_at=row.asked_at,
        escrows=_read_parts(connection, ESCROW, row.job_id, EscrowAnswer.from_bytes),
        reason=row.reason,
    )


def _write_parts(
    connection: Connection, table: Table[PartColumns], job_id: str, parts: Mapping[str, _Bytes]
) -> None:
    known = select(table.c.institution, table.c.digest).where(table.c.job_id == job_id)
    kept = dict(connection.execute(known).all())
    fresh: list[dict[str, object]] = []
    for position, (name, part) in enumerate(parts.items()):
        body = part.to_bytes()
        digest = hashlib.sha256(body).hexdigest()
        if kept.get(name) != digest:
            fresh.append(
                {
                    "job_id": job_id,
                    "institution": name,
                    "position": position,
                    "digest": digest,
                    "body": body,
                }
            )
    stale = (kept.keys() - parts.keys()) | {str(row["institution"]) for row in fresh} & kept.keys()
    if stale:
        connection.execute(
            delete(table).where(table.c.job_id == job_id, table.c.institution.in_(sorted(stale)))
        )
    if fresh:
        connection.execute(insert(table), fresh)


def _read_parts(
    connection: Connection,
    table: Table[PartColumns],
    job_id: str,
    read: Callable[[bytes], Part],
) -> dict[str, Part]:
    rows = connection.execute(
        select(table.c.institution, table.c.body)
        .where(table.c.job_id == job_id)
        .order_by(table.c.position)
    )
    return {name: read(body) for name, body in rows.all()}
