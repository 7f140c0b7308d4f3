"""The canonical store in one DuckDB file. No raw identifier is ever in it.

The engine can reach nothing but its own file: external access is off, no extension is
installed or loaded by itself, and the configuration is locked before the first query.
Inputs are parsed in Python, so importing needs no exception to this.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np

from foyer_node.adapters.schema_steps import MERGE, MIGRATIONS, STAGE
from foyer_node.engine.facts import Coverage, ImportFacts
from foyer_node.ports import BatchClosing, BatchKey, BatchRecord, LineColumns
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.catalogue.schema import EligibleLine
from foyer_protocol.errors import LocalProtocolError, StorageError

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    # Here and not by SET: two readers in one process share the instance, and SET on a
    # locked one is refused, so that a page being read would have stopped a round.
    "lock_configuration": "true",
    "threads": "2",
}
_TIMES = frozenset({"event_at", "ordered_at", "scanned_at"})
_NUMBERS = frozenset({"row", "birth_year", "quantity", "paid_minor"})
_FETCH = 10_000


def connect(
    path: Path, *, read_only: bool = False, memory_limit: str = "1GB"
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file that can reach nothing else, and lock its configuration.

    Raises:
        StorageError: the file is not ours, damaged, or another process holds it.
    """
    settings = {**SETTINGS, "memory_limit": memory_limit}
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=settings)
        if not read_only:
            path.chmod(0o600)  # the institution's own eyes only
    except (duckdb.Error, OSError) as error:
        raise StorageError(
            "The database file could not be opened: another process may hold it, or it is"
            " damaged. Nothing was changed.",
            hint="Stop the other foyer-node, or restore the file from its copy.",
        ) from error
    return connection


class DuckDBStore:
    """The tables of one institution. Use `open`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> "DuckDBStore":
        """Open the store, creating it unless `read_only`, and migrating it in any case."""
        store = cls(connect(path, read_only=read_only))
        if read_only and store._version() < len(MIGRATIONS):
            # An older program's: a round or a page may well come before the next import.
            store.close()
            cls.open(path).close()
            store = cls(connect(path, read_only=True))
        if not read_only:
            try:
                store._migrate()
            except BaseException:
                store.close()
                raise
        return store

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> "DuckDBStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _migrate(self) -> None:
        run = self._connection.execute
        run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
        version = self._version()
        if version > len(MIGRATIONS):
            raise StorageError(
                f"The store has schema version {version}, and this program knows {len(MIGRATIONS)}."
                " Nothing was changed.",
                hint="Install the newer foyer-node again.",
            )
        for number, steps in enumerate(MIGRATIONS[version:], version + 1):
            run("BEGIN")
            for step in steps:
                run(step)
            run("INSERT INTO schema_version VALUES (?)", [number])
            run("COMMIT")

    def _version(self) -> int:
        try:
            found = self._connection.execute("SELECT max(version) FROM schema_version")
        except duckdb.CatalogException:  # a file that no program has begun yet
            return 0
        row = found.fetchone()
        return (row and row[0]) or 0

    def has_batch(self, batch_id: str) -> bool:
        """Whether this very batch was applied before."""
        found = self._connection.execute(
            "SELECT 1 FROM import_batch WHERE batch_id = ?", [batch_id]
        )
        return found.fetchone() is not None

    def apply_batch(
        self,
        key: BatchKey,
        chunks: Iterable[LineColumns],
        closing: Callable[[], BatchClosing],
    ) -> int:
        """Take all chunks in one transaction; return how many orders they superseded."""
        run = self._connection.execute
        try:
            run("BEGIN")
            try:
                run(STAGE)
                for chunk in chunks:
                    self._stage(chunk)
                superseded = self._merge(key)
                self._record(key, closing())
                run("DROP TABLE stage")
                run("COMMIT")
            except BaseException:
                run("ROLLBACK")
                raise
        except duckdb.Error as error:
            raise StorageError(
                "The database refused the batch; nothing was imported.",
                hint="Check the free disk space, then import again.",
            ) from error
        return superseded

    def _stage(self, chunk: LineColumns) -> None:
        arrays = {
            field.name: _array(field.name, getattr(chunk, field.name)) for field in fields(chunk)
        }
        self._connection.register("chunk", arrays)
        self._connection.execute("INSERT INTO stage SELECT * FROM chunk")
        self._connection.unregister("chunk")

    def _merge(self, key: BatchKey) -> int:
        run = self._connection.execute
        values = {
            "batch_id": key.batch_id,
            "source_system": key.source_system,
            "currency": key.currency,
            "detail": key.detail,
            "group_size": key.group_size,
        }
        superseded = 0
        for step in MERGE:
            used = {name: value for name, value in values.items() if f"${name}" in step}
            done = run(step, used).fetchone() if used else run(step).fetchone()
            if step.startswith('DELETE FROM "order"') and done is not None:
                superseded = int(done[0])
        return superseded

    def _record(self, key: BatchKey, closing: BatchClosing) -> None:
        run = self._connection.execute
        run(
            """INSERT INTO import_batch SELECT ?, ?, ?, ?, ?, ?,
               coalesce(date_trunc('month', min(ordered_at)), DATE '9999-01-01'), ?, ?, ?,
               coalesce(date_trunc('month', max(ordered_at)) + INTERVAL 1 MONTH,
                   DATE '9999-01-01'), ?
               FROM stage""",
            [
                key.batch_id, key.file_sha256, key.source_system, key.connector, key.currency,
                datetime.now(UTC).replace(tzinfo=None),
                closing.rows, len(closing.rejected), closing.report,
                " ".join(sorted(closing.provides)),
            ],
        )  # fmt: skip
        if closing.rejected:
            numbers, reasons, columns = zip(*closing.rejected, strict=True)
            arrays = {
                "row_number": np.array(numbers, dtype=np.int64),
                "reason": np.array(reasons, dtype=object),
                "column_name": np.array(columns, dtype=object),
            }
            self._connection.register("refused", arrays)
            run("INSERT INTO quarantine SELECT ?, * FROM refused", [key.batch_id])
            self._connection.unregister("refused")

    def lines(self, starts: date, ends: date) -> Iterator[EligibleLine]:
        """Eligible lines of orders from `starts` up to but not including `ends`, by order."""
        names = [field.name for field in fields(EligibleLine)]
        quoted = ", ".join(f'"{name}"' for name in names)
        cursor = self._connection.cursor()
        cursor.execute(
            f"""SELECT {quoted} FROM eligible_line WHERE ordered_at >= ? AND ordered_at < ?
                ORDER BY ordered_at, "order", event_at, quantity, paid_minor""",
            [_midnight(starts), _midnight(ends)],
        )
        while rows := cursor.fetchmany(_FETCH):
            for row in rows:
                yield EligibleLine(**dict(zip(names, row, strict=True)))

    def execute_measure(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[int, ...]]:
        """Run one SELECT and return its rows.

        Raises:
            LocalProtocolError: `sql` is not exactly one SELECT; nothing was run.
        """
        statements = self._connection.extract_statements(sql)
        if [s.type for s in statements] != [duckdb.StatementType.SELECT]:
            raise LocalProtocolError("A measure is one SELECT and nothing else; it was not run.")
        cursor = self._connection.cursor()
        return cursor.execute(sql, list(parameters)).fetchall()

    def history_starts(self) -> date | None:
        """First day of the first month that any import covers, None where there is none."""
        row = self._connection.execute("SELECT min(history_from) FROM import_batch").fetchone()
        return None if row is None else row[0]

    def facts(self) -> ImportFacts:
        """What each import provides and covers; one that took no order covers nothing."""
        found = self._connection.execute(
            """SELECT DISTINCT provides, history_from, covered_until FROM import_batch
               WHERE history_from < covered_until ORDER BY ALL"""
        )
        return ImportFacts(
            imports=tuple(
                Coverage(provides=frozenset(map(Need, words.split())), starts=starts, ends=ends)
                for words, starts, ends in found.fetchall()
            )
        )

    def data_until(self) -> date | None:
        """Day (UTC) of the last order, or None where nothing was imported."""
        row = self._connection.execute('SELECT max(ordered_at) FROM "order"').fetchone()
        return None if row is None or row[0] is None else row[0].date()

    def batches(self) -> list[BatchRecord]:
        """Every import that was applied, oldest first."""
        found = self._connection.execute(
            """SELECT batch_id, file_sha256, source_system, connector, applied_at, row_count,
               rejected_count, report FROM import_batch ORDER BY applied_at, batch_id"""
        )
        names = [field.name for field in fields(BatchRecord)]
        return [BatchRecord(**dict(zip(names, row, strict=True))) for row in found.fetchall()]

    def quarantined(self, batch_id: str) -> list[tuple[int, str, str]]:
        """Row number, reason and column of each refused row of a batch."""
        found = self._connection.execute(
            """SELECT row_number, reason, column_name FROM quarantine WHERE batch_id = ?
               ORDER BY row_number""",
            [batch_id],
        )
        return found.fetchall()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _array(name: str, values: list[object]) -> "np.typing.NDArray[np.generic]":
    if name in _NUMBERS:
        return np.array(values, dtype=np.int64)
    if name in _TIMES:
        return np.array(values, dtype="datetime64[us]")
    return np.array(values, dtype=object)
