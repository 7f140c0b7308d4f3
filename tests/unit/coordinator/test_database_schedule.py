"""Promise: a time of the calendar is dealt with once, by several threads or processes at once."""

import subprocess
import sys
import threading

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from tests.support.consortium import altered
from tests.support.simulated_round import plan_of
from tests.unit.coordinator.test_schedule import a_rule

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_history import DatabaseHistory
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.adapters.database_schedule import DatabaseSchedule
from foyer_coordinator.adapters.database_tables import OCCURRENCE
from foyer_coordinator.schedule import KeptRule, Outcome
from foyer_protocol.errors import ConfigError, LocalProtocolError, StorageError
from foyer_protocol.messages.history import HistoryKind
from foyer_protocol.rounds.phases import Phase

PLAN = plan_of("season-2026-02")
TIMES = 20
FIRE = """
import sys
from tests.unit.coordinator.test_database_schedule import fire_all
from foyer_coordinator.adapters.database import Database
print(fire_all(Database(sys.argv[1])))
"""


def kept(**changes):
    words = {"proposed_by": "anna", "approved_by": "ben", "paused": False, "since": 100}
    return KeptRule(rule=a_rule(), **(words | changes))


def fire_all(database):
    """Try to fire every time; how many this worker got."""
    book = DatabaseSchedule(database)
    plans = [altered(PLAN, round_id=f"season-{time}") for time in range(TIMES)]
    return sum(book.fire("season", 200 + time, plans[time], 999) for time in range(TIMES))


@pytest.fixture
def book(database):
    made = DatabaseSchedule(database)
    made.add(kept())
    return made


@pytest.fixture
def rounds(database):
    return DatabaseRounds(database)


def test_a_schedule_is_kept_as_it_is(book):
    assert book.schedule("season") == kept()
    assert list(book.schedules()) == [kept()]
    assert book.schedule("other") is None


def test_a_name_is_taken_once_and_what_is_not_there_is_not_changed(book):
    with pytest.raises(ConfigError, match="there is a schedule 'season'"):
        book.add(kept(proposed_by="carl"))
    with pytest.raises(ConfigError, match="no schedule is called 'other'"):
        book.pause("other", True, 1)
    assert list(book.schedules()) == [kept()]


def test_a_time_is_fired_once_and_its_round_is_launched_with_it(book, rounds):
    assert book.fire("season", 200, PLAN, 201)
    row = rounds.round(PLAN.round_id)
    assert (row.phase, row.launched_at) == (Phase.REPORTING, 201)
    assert (row.proposed_by, row.launched_by) == ("anna", "ben")
    assert not book.fire("season", 200, altered(PLAN, round_id="again"), 202)
    assert not book.settle("season", 200, Outcome.MISSED, "deadline-passed", 202)
    assert rounds.round("again") is None
    assert book.schedule("season").since == 200
    (done,) = book.settled("season")
    assert (done.due_at, done.outcome, done.round_id) == (200, Outcome.LAUNCHED, PLAN.round_id)


def test_a_round_whose_name_is_taken_leaves_nothing_behind(book, rounds):
    rounds.add_round(altered(PLAN, currency="DKK"), 1)
    with pytest.raises(LocalProtocolError, match="announced with another plan"):
        book.fire("season", 200, PLAN, 201)
    assert list(book.settled("season")) == []
    assert book.schedule("season").since == 100
    assert rounds.round(PLAN.round_id).phase is Phase.PLANNED


def test_what_was_announced_is_proposed_once_and_launched_as_it_is(book, rounds):
    assert book.announce("season", PLAN, 150)
    assert not book.announce("season", PLAN, 151)
    row = rounds.round(PLAN.round_id)
    assert (row.phase, row.proposed_by, row.created_at) == (Phase.PLANNED, "anna", 150)
    assert list(book.settled("season")) == []
    assert book.fire("season", 200, PLAN, 201)
    assert rounds.round(PLAN.round_id).phase is Phase.REPORTING


def test_what_was_withdrawn_after_it_was_announced_is_not_launched(book, rounds):
    book.announce("season", PLAN, 150)
    rounds.move_round(PLAN.round_id, Phase.ABORTED, 160, "plan-withdrawn")
    with pytest.raises(LocalProtocolError, match="is aborted"):
        book.fire("season", 200, PLAN, 201)
    assert list(book.settled("season")) == []


@pytest.mark.parametrize("change", [{"paused": True}, {"approved_by": ""}])
def test_what_rests_does_not_fire(database, rounds, change):
    book = DatabaseSchedule(database)
    book.add(kept(**change))
    assert not book.fire("season", 200, PLAN, 201)
    assert not book.fire("nobody", 200, PLAN, 201)
    assert not book.announce("season", PLAN, 201)
    assert rounds.round(PLAN.round_id) is None


def test_a_time_may_be_given_up_for_good(book, rounds):
    assert book.settle("season", 200, Outcome.REFUSED, "unreadable", 201)
    assert not book.fire("season", 200, PLAN, 202)
    assert [one.reason for one in book.settled("season")] == ["unreadable"]
    assert list(rounds.rounds()) == []


def test_a_late_word_about_an_earlier_time_does_not_turn_the_calendar_back(book):
    book.settle("season", 300, Outcome.MISSED, "deadline-passed", 301)
    book.settle("season", 200, Outcome.MISSED, "deadline-passed", 301)
    assert book.schedule("season").since == 300


def test_pausing_and_approving_say_from_when_it_lives(database):
    book = DatabaseSchedule(database)
    book.add(kept(approved_by=""))
    book.approve("season", "ben", 500)
    assert (book.schedule("season").is_live, book.schedule("season").since) == (True, 500)
    book.pause("season", True, 600)
    assert (book.schedule("season").is_live, book.schedule("season").since) == (False, 500)
    book.pause("season", False, 700)
    assert (book.schedule("season").is_live, book.schedule("season").since) == (True, 700)


def test_the_database_itself_refuses_a_second_row_for_a_time(book, database):
    book.settle("season", 200, Outcome.MISSED, "deadline-passed", 201)
    with pytest.raises(StorageError) as caught, database.writing() as connection:
        connection.execute(
            insert(OCCURRENCE).values(
                schedule="season", due_at=200, outcome="launched", reason="", round_id="twice",
                settled_at=1,
            )
        )  # fmt: skip
    assert isinstance(caught.value.__cause__, IntegrityError)


def test_threads_that_race_for_the_same_times_launch_each_once(book, rounds, url):
    won, start = [], threading.Barrier(4)

    def work():
        database = Database(url)
        start.wait()
        won.append(fire_all(database))
        database.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert (len(won), sum(won)) == (4, TIMES)
    assert len(rounds.rounds()) == len(book.settled("season")) == TIMES


def test_processes_that_race_for_the_same_times_launch_each_once(book, rounds, url, database):
    racers = [
        subprocess.Popen([sys.executable, "-c", FIRE, url], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    won = [int(racer.communicate(timeout=120)[0]) for racer in racers]
    assert sum(won) == TIMES
    assert len(rounds.rounds()) == len(book.settled("season")) == TIMES
    announced = [entry.round_id for entry in DatabaseHistory(database).since(0)]
    assert sorted(announced) == sorted({row.plan.round_id for row in rounds.rounds()})
    assert {entry.kind for entry in DatabaseHistory(database).since(0)} == {HistoryKind.PLAN}
