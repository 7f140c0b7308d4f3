"""Promise: a serving coordinator launches what its calendar says, once, up to the release."""

from datetime import UTC, datetime

import pytest
from tests.support.network import Prepared, copy_of, until

from foyer_coordinator.adapters.database_schedule import DatabaseSchedule
from foyer_coordinator.app import now
from foyer_coordinator.schedule import Every, KeptRule, Outcome, Rule

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def a_minute_ago(name: str) -> Rule:
    """A rule whose time this year has just come, and which waits a day for its members."""
    due = datetime.fromtimestamp(now() - 60, tz=UTC)
    return Rule(
        name=name,
        every=Every.YEAR,
        month=due.month,
        day=due.day,
        hour=due.hour,
        minute=due.minute,
        zone="UTC",
        covers_months=12,
        lag_months=1,
        quorum=6,
        wait_minutes=24 * 60,
        statistics=("volume.bookers",),
        accept_unreadable=True,  # these houses are tiny
    )


def test_what_is_due_is_launched_once_when_its_quorum_is_online(prepared: Prepared, tmp_path):
    with copy_of(prepared, tmp_path, report_seconds=200, answer_seconds=200) as network:
        book, rule = DatabaseSchedule(network.database), a_minute_ago("yearly")
        book.add(
            KeptRule(
                rule=rule, proposed_by="anna", approved_by="ben", paused=False, since=now() - 180
            )
        )
        network.demo.start_coordinator()
        network.start(*network.slugs[:-1])
        assert list(book.settled("yearly")) == []  # one is away, and six are asked for
        network.start(network.slugs[-1])
        until(lambda: book.settled("yearly"), "the calendar launching its round")
        (settled,) = book.settled("yearly")
        assert settled.outcome is Outcome.LAUNCHED
        assert network.finish(settled.round_id)
        row = network.rounds.round(settled.round_id)
        assert (row.proposed_by, row.launched_by) == ("anna", "ben")
        assert [one.plan.round_id for one in network.rounds.rounds()] == [settled.round_id]
