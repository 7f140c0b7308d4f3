"""The calendar, in the database: each time of a schedule is dealt with once, whoever looks.

A row for each time is the claim. It is written in the transaction that launches the round,
so that a crash leaves both or neither, and a second worker finds it there.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_rounds import write_phase, write_plan
from foyer_coordinator.adapters.database_tables import OCCURRENCE, ROUND, SCHEDULE
from foyer_coordinator.schedule import KeptRule, Outcome, Rule, Settled
from foyer_protocol.errors import ConfigError, LocalProtocolError
from foyer_protocol.messages.plan import Plan
from foyer_protocol.rounds.phases import Phase


class DatabaseSchedule:
    """Implements `ports.ScheduleBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kept: KeptRule) -> None:
        """Keep a new schedule.

        Raises:
            ConfigError: there is one of this name; nothing was changed.
        """
        with self._database.writing() as connection:
            if _find(connection, kept.rule.name) is not None:
                raise ConfigError(f"there is a schedule {kept.rule.name!r}; nothing was changed")
            connection.execute(
                insert(SCHEDULE).values(
                    name=kept.rule.name,
                    rule=kept.rule.to_json().decode(),
                    proposed_by=kept.proposed_by,
                    approved_by=kept.approved_by,
                    paused=kept.paused,
                    since=kept.since,
                )
            )

    def schedules(self) -> Sequence[KeptRule]:
        """All of them, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(SCHEDULE).order_by(SCHEDULE.c.name))
            return [_kept(row) for row in rows]

    def schedule(self, name: str) -> KeptRule | None:
        """One of them."""
        with self._database.reading() as connection:
            row = _find(connection, name)
            return None if row is None else _kept(row)

    def approve(self, name: str, by: str, at: int) -> None:
        """Let a schedule live from `at` on; what was due before stays undone."""
        self._change(name, {"approved_by": by, "since": at})

    def pause(self, name: str, paused: bool, at: int) -> None:
        """Let it rest, or live again from `at` on."""
        self._change(name, {"paused": True} if paused else {"paused": False, "since": at})

    def settle(self, name: str, due_at: int, outcome: Outcome, reason: str, at: int) -> bool:
        """Deal with one time without a round; False if somebody has dealt with it."""
        with self._database.writing() as connection:
            return _claim(connection, name, due_at, outcome, at, reason=reason)

    def announce(self, name: str, plan: Plan, at: int) -> bool:
        """Keep the plan as proposed; False if there is a round of its name, or it rests."""
        with self._database.writing() as connection:
            row = _find(connection, name)
            known = select(ROUND.c.round_id).where(ROUND.c.round_id == plan.round_id)
            if row is None or not _kept(row).is_live or connection.scalar(known) is not None:
                return False
            write_plan(connection, plan, at, row.proposed_by)
            return True

    def fire(self, name: str, due_at: int, plan: Plan, at: int) -> bool:
        """Claim one time, keep its plan and launch it; False if somebody has dealt with it.

        A plan that was announced is launched as it is.

        Raises:
            LocalProtocolError: there is another round of the plan's name, or it is not waiting
                to be launched; nothing was changed.
        """
        with self._database.writing() as connection:
            row = _find(connection, name)
            if row is None or not _kept(row).is_live:
                return False
            claimed = _claim(connection, name, due_at, Outcome.LAUNCHED, at, round_id=plan.round_id)
            if claimed:
                _keep_plan(connection, plan, at, row.proposed_by)
                write_phase(connection, plan.round_id, Phase.REPORTING, at, by=row.approved_by)
            return claimed

    def settled(self, name: str) -> Sequence[Settled]:
        """What became of its times, oldest first."""
        wanted = select(OCCURRENCE).where(OCCURRENCE.c.schedule == name)
        with self._database.reading() as connection:
            return [
                Settled(
                    name=row.schedule,
                    due_at=row.due_at,
                    outcome=Outcome(row.outcome),
                    reason=row.reason,
                    round_id=row.round_id,
                )
                for row in connection.execute(wanted.order_by(OCCURRENCE.c.due_at))
            ]

    def _change(self, name: str, values: dict[str, Any]) -> None:
        with self._database.writing() as connection:
            if _find(connection, name) is None:
                raise ConfigError(f"no schedule is called {name!r}; nothing was changed")
            connection.execute(update(SCHEDULE).where(SCHEDULE.c.name == name).values(values))


def _find(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(SCHEDULE).where(SCHEDULE.c.name == name)).first()


def _claim(
    connection: Connection,
    name: str,
    due_at: int,
    outcome: Outcome,
    at: int,
    *,
    reason: str = "",
    round_id: str = "",
) -> bool:
    """Write the one row that a time can have; writers wait for each other."""
    where = (OCCURRENCE.c.schedule == name, OCCURRENCE.c.due_at == due_at)
    if connection.scalar(select(OCCURRENCE.c.outcome).where(*where)) is not None:
        return False
    connection.execute(
        insert(OCCURRENCE).values(
            schedule=name,
            due_at=due_at,
            outcome=outcome.value,
            reason=reason,
            round_id=round_id,
            settled_at=at,
        )
    )
    done = update(SCHEDULE).where(SCHEDULE.c.name == name, SCHEDULE.c.since < due_at)
    connection.execute(done.values(since=due_at))
    return True


def _keep_plan(connection: Connection, plan: Plan, at: int, by: str) -> None:
    """Keep a plan that was not announced; hold one that was to what it said."""
    wanted = select(ROUND.c.plan, ROUND.c.phase).where(ROUND.c.round_id == plan.round_id)
    known = connection.execute(wanted).first()
    if known is None:
        write_plan(connection, plan, at, by)
    elif (known.plan, known.phase) != (plan.to_json().decode(), Phase.PLANNED.value):
        raise LocalProtocolError(
            f"round {plan.round_id!r} is {known.phase}, or was announced with another plan;"
            " nothing was launched"
        )


def _kept(row: Row[Any]) -> KeptRule:
    return KeptRule(
        rule=Rule.from_json(row.rule.encode()),
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
        paused=row.paused,
        since=row.since,
    )
