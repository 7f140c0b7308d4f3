"""One database for the coordinator: SQLite by default, PostgreSQL by another URL.

A write is durable when `writing` returns, and is all there or not there at all. Any
thread may read or write at any time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from foyer_protocol.errors import ConfigError, StorageError

BUSY_SECONDS = 30
"""How long a write waits for another to end, on SQLite, before it fails."""

PRAGMAS = (
    "journal_mode = WAL",  # readers do not wait for the writer
    "synchronous = FULL",  # a commit is on the disk, also after a power cut
    "foreign_keys = ON",
    "recursive_triggers = ON",  # INSERT OR REPLACE also meets the triggers of DELETE
    "trusted_schema = OFF",
)
WRITE_LOCK = 0x666F796572  # "foyer"
"""PostgreSQL's advisory lock that makes writers wait for each other, as SQLite's do."""

_WRITES = "foyer_writes"


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file."""
    return f"sqlite:///{path}"


class Database:
    """A pool of connections and the two ways to use one. Close it at the end."""

    def __init__(self, url: str) -> None:
        """Open `url`, e.g. `sqlite:////var/lib/foyer/book.sqlite` or `postgresql://…`.

        Raises:
            ConfigError: the URL names another engine, or a database that is not kept.
        """
        self._engine = _engine(url)
        self._writer = self._engine.execution_options(**{_WRITES: True})
        postgres = self._engine.dialect.name == "postgresql"
        self._reader = (
            self._engine.execution_options(isolation_level="REPEATABLE READ")
            if postgres
            else self._engine
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view; nothing is written.

        Raises:
            StorageError: the database failed.
        """
        with _translated("read"), self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, durable at the end; an exception undoes all of it.

        Raises:
            StorageError: the database failed, and nothing was written.
        """
        with _translated("written; nothing was changed"), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


@contextmanager
def _translated(done: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as failure:
        raise StorageError(
            f"the coordinator's database could not be {done} ({type(failure).__name__})",
            hint="Look at the disk's free space and at the database's own log.",
        ) from failure


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError(
            "database.url is not a database URL; nothing was opened",
            hint="Write sqlite:///path or postgresql://host/name.",
        ) from None
    settings: dict[str, Any] = {"hide_parameters": True}
    match parsed.get_backend_name():
        case "sqlite" if parsed.database not in (None, "", ":memory:"):
            # No isolation level: the driver begins nothing by itself; see _begin_sqlite.
            settings["connect_args"] = {"timeout": BUSY_SECONDS, "isolation_level": None}
            engine = create_engine(parsed, **settings)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        case "postgresql":
            address = parsed.set(drivername="postgresql+psycopg")
            engine = create_engine(address, pool_pre_ping=True, **settings)
            event.listen(engine, "begin", _begin_postgres)
            return engine
        case "sqlite":
            raise ConfigError(
                "database.url names no file; a book in memory would forget its releases",
                hint="Write sqlite:///path.",
            )
        case other:
            raise ConfigError(
                f"database.url names {other}; sqlite and postgresql are supported",
                hint="Write sqlite:///path or postgresql://host/name.",
            )


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: upgrading a read lock later can fail half way."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES, False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
