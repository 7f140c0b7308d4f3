"""The migrations make the tables that the code reads; both engines keep a release for ever."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from tests.support.simulated_round import simulated_round

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_account_tables import AUDIT
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.adapters.migrations import upgrade
from foyer_protocol.errors import ConfigError, StorageError


def test_the_migrations_and_the_tables_are_the_same(database):
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, AUDIT.metadata) == []


def test_an_upgrade_may_be_repeated(empty_url):
    upgrade(empty_url)
    upgrade(empty_url)


def test_an_upgrade_with_nothing_to_do_waits_for_no_writer(url, database):
    with database.writing() as connection:
        connection.execute(text("UPDATE round SET reason = ''"))
        upgrade(url)


def test_a_database_of_a_newer_version_is_refused_and_stays_as_it_is(url, database):
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
    with pytest.raises(StorageError, match="from_the_future"):
        upgrade(url)


def test_an_upgrade_that_fails_leaves_nothing_behind(empty_url):
    database = Database(empty_url)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE release (stranger INTEGER)"))
    with pytest.raises(StorageError):
        upgrade(empty_url)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["release"]
    database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release SET body = '{}'",
        "UPDATE release SET released_at = released_at + 1",
        "DELETE FROM release",
    ],
)
def test_the_database_itself_refuses_to_change_a_release(database, statement):
    rounds, done = DatabaseRounds(database), simulated_round()
    rounds.add_round(done.plan, 1)
    rounds.publish(done.release)
    with (
        pytest.raises(StorageError) as caught,
        database.writing() as connection,
    ):
        connection.execute(text(statement))
    assert "a release never changes" in str(caught.value.__cause__)
    assert rounds.release(done.plan.round_id) == done.release


def test_the_database_itself_refuses_to_replace_or_empty(database):
    rounds, done = DatabaseRounds(database), simulated_round()
    rounds.add_round(done.plan, 1)
    rounds.publish(done.release)
    sneaky = {
        "sqlite": "INSERT OR REPLACE INTO release SELECT round_id, digest, '{}', 0 FROM release",
        "postgresql": "TRUNCATE release",
    }
    with (
        pytest.raises(StorageError) as caught,
        database.writing() as connection,
    ):
        connection.execute(text(sneaky[connection.dialect.name]))
    assert "a release never changes" in str(caught.value.__cause__)
    assert rounds.releases() == [done.release]


def test_every_sqlite_connection_is_durable_and_checks_references(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'book.sqlite'}")
    with database.reading() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        told = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    database.close()
    assert told == ["wal", 2, 1, 1]


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://host/name", "no url at all"]
)
def test_a_url_of_no_kept_database_is_refused(url):
    with pytest.raises(ConfigError, match=r"database\.url"):
        Database(url)


def test_an_error_shows_no_value_of_a_row(database):
    with pytest.raises(StorageError) as caught, database.writing() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:secret)"), {"secret": "CANARY-7f3a"})
    assert "CANARY-7f3a" not in f"{caught.value}{caught.value.__cause__}"
