"""Promise: whatever the book could announce is in its history first, and stays there."""

import pytest
from sqlalchemy import text
from tests.support.simulated_round import plan_of, simulated_round

from foyer_coordinator.adapters.database_history import DatabaseHistory
from foyer_coordinator.adapters.database_members import DatabaseMembers
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_protocol.errors import LocalProtocolError, StorageError
from foyer_protocol.messages.history import History, HistoryKind, abort_subject, verify_history
from foyer_protocol.rounds.phases import Phase

DONE = simulated_round()


def fill(database):
    members, rounds = DatabaseMembers(database), DatabaseRounds(database)
    members.add_roster(DONE.signed)
    rounds.add_round(DONE.plan, 1)
    rounds.publish(DONE.release)
    rounds.add_round(plan_of("another"), 2)
    rounds.move_round("another", Phase.ABORTED, 3, "too-few-nodes")
    return DatabaseHistory(database)


def test_every_announcement_has_its_entry_and_they_hang_together(database):
    history = verify_history(History(), fill(database).since(0))
    assert [(one.kind, one.subject, one.round_id) for one in history.entries] == [
        (HistoryKind.ROSTER, DONE.signed.roster.digest, ""),
        (HistoryKind.PLAN, DONE.plan.digest, DONE.plan.round_id),
        (HistoryKind.RELEASE, DONE.release.digest, DONE.plan.round_id),
        (HistoryKind.PLAN, plan_of("another").digest, "another"),
        (HistoryKind.ABORT, abort_subject("another", "too-few-nodes"), "another"),
    ]


def test_doing_a_thing_again_announces_nothing_again(database):
    book = fill(database)
    DatabaseMembers(database).add_roster(DONE.signed)
    DatabaseRounds(database).publish(DONE.release)
    DatabaseRounds(database).move_round("another", Phase.ABORTED, 4, "too-few-nodes")
    assert len(book.since(0)) == 5
    assert [entry.index for entry in book.since(3)] == [3, 4]
    assert book.since(5) == []


def test_what_is_refused_is_not_announced(database):
    book = fill(database)
    with pytest.raises(LocalProtocolError):
        DatabaseRounds(database).add_round(DONE.plan, 5)
    assert len(book.since(0)) == 5


@pytest.mark.parametrize(
    "statement",
    ["UPDATE history SET body = '{}'", "DELETE FROM history WHERE position = 4"],
)
def test_the_database_itself_refuses_to_change_history(database, statement):
    book = fill(database)
    before = book.since(0)
    with pytest.raises(StorageError) as caught, database.writing() as connection:
        connection.execute(text(statement))
    assert "history is only added to" in str(caught.value.__cause__)
    assert book.since(0) == before


def test_every_roster_is_there_by_epoch(database):
    fill(database)
    assert DatabaseMembers(database).rosters() == [DONE.signed]
