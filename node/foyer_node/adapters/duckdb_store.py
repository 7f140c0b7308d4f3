"""The canonical store in one encrypted DuckDB file. No raw identifier is ever in it.

The engine can reach nothing but its own file: external access is off, no extension is
installed or loaded by itself, and the configuration is locked before the first query.
Inputs are parsed in Python, so importing needs no exception to this.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from datetime import date, datetime
from pathlib import Path

import duckdb

from foyer_node.adapters.batch_writer import BatchWriter
from foyer_node.adapters.database import Database, open_database
from foyer_node.adapters.line_answers import OwnLines, answer, line_of
from foyer_node.adapters.schema_steps import MIGRATIONS
from foyer_node.data_ports import (
    Applied,
    BatchClosing,
    BatchKey,
    BulkLoad,
    Earlier,
    HouseFacts,
    KeptBatch,
    LineColumns,
    RecordColumns,
)
from foyer_node.engine.facts import Coverage, ImportFacts
from foyer_node.ports import BatchRecord
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.catalogue.schema import EligibleLine
from foyer_protocol.errors import StorageError

_FETCH = 10_000


class DuckDBStore:
    """The tables of one institution. Use `open`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.connection

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes,
        *,
        read_only: bool = False,
        house: HouseFacts | None = None,
        reads: Path | None = None,
    ) -> "DuckDBStore":
        """Open the store, creating it unless `read_only`, and migrating it in any case.

        Where `house` is given, the views follow it from now on. `reads` is an export that
        may be read in bulk.
        """
        store = cls(open_database(path, key, read_only=read_only, reads=reads))
        try:
            if read_only and not store._is_current(house):
                # An older program's, or node.toml was edited: a round or a page may well
                # come before the next import.
                store.close()
                cls.open(path, key, house=house).close()
                store = cls(open_database(path, key, read_only=True))
            if not read_only:
                store._migrate()
                store._follow(house)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> "DuckDBStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _is_current(self, house: HouseFacts | None) -> bool:
        return self._version() >= len(MIGRATIONS) and house in {None, self._house()}

    def _house(self) -> HouseFacts | None:
        row = self._connection.execute("SELECT * FROM institution").fetchone()
        names = [field.name for field in fields(HouseFacts)]
        return None if row is None else HouseFacts(**dict(zip(names, row, strict=True)))

    def _follow(self, house: HouseFacts | None) -> None:
        if house is None or house == self._house():
            return
        marks = ", ".join("?" * len(fields(HouseFacts)))
        with self.transaction() as run:
            run("DELETE FROM institution")
            run(f"INSERT INTO institution VALUES ({marks})", list(astuple(house)))

    @contextmanager
    def transaction(
        self, refused: str = "The database refused the change; nothing was changed."
    ) -> Iterator[Callable[..., duckdb.DuckDBPyConnection]]:
        """All of it or nothing.

        Raises:
            StorageError: the database refused; nothing was changed.
        """
        run = self._connection.execute
        try:
            run("BEGIN")
            try:
                yield run
                run("COMMIT")
            except BaseException:
                run("ROLLBACK")
                raise
        except duckdb.Error as error:
            raise StorageError(
                refused, hint="Check the free disk space, then try again."
            ) from error

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

    def earlier(self, source_system: str, kind: str) -> Earlier:
        """What the last five imports of a source were like; see `importing.drift`."""
        rows = self._connection.execute(
            """SELECT batch_id, map_from_entries(list((metric, value))) FROM quality_report
               WHERE batch_id IN (SELECT batch_id FROM import_batch
                   WHERE source_system = ? AND kind = ? ORDER BY applied_at DESC LIMIT 5)
               GROUP BY batch_id""",
            [source_system, kind],
        ).fetchall()
        words = self._connection.execute(
            """SELECT label FROM price_type WHERE source_system = $source_system UNION
               SELECT DISTINCT channel_label FROM "order"
               WHERE source_system = $source_system AND channel_label IS NOT NULL""",
            {"source_system": source_system},
        ).fetchall()
        return Earlier(
            quality=tuple(figures for _, figures in rows),
            words=frozenset(word for (word,) in words),
        )

    def apply_batch(
        self,
        key: BatchKey,
        chunks: Iterable[LineColumns | RecordColumns | BulkLoad],
        closing: Callable[[], BatchClosing],
    ) -> Applied:
        """Take all chunks in one transaction; see `ports.VisitorStore`."""
        writer = BatchWriter(self._connection, key)
        with self.transaction("The database refused the batch; nothing was imported."):
            writer.stage(chunks)
            applied = writer.merge()
            writer.record(closing())
        return applied

    def lines(self, starts: date, ends: date) -> Iterator[EligibleLine]:
        """Eligible lines of orders from `starts` up to but not including `ends`, by order."""
        names = [field.name for field in fields(EligibleLine)]
        quoted = ", ".join(f'"{name}"' for name in names)
        cursor = self._database.cursor()
        cursor.execute(
            f"""SELECT {quoted} FROM eligible_line WHERE ordered_at >= ? AND ordered_at < ?
                ORDER BY ordered_at, "order", event_at, quantity, paid_minor""",
            [_midnight(starts), _midnight(ends)],
        )
        while rows := cursor.fetchmany(_FETCH):
            for row in rows:
                yield line_of(dict(zip(names, row, strict=True)))

    def execute_measure(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[int, ...]]:
        """Run one SELECT and return its rows.

        Raises:
            LocalProtocolError: `sql` is not exactly one SELECT; nothing was run.
        """
        return answer(self._connection, self._database.cursor(), sql, parameters)

    def own(self) -> "OwnLines":
        """The lines for the house's own figures, by its visitors' other purpose."""
        return OwnLines(self._database, self.facts)

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

    def kept_batch(self, batch_id: str) -> KeptBatch | None:
        """An import by its id, None where there is none."""
        row = self._connection.execute(
            """SELECT file_sha256, source_system, connector, currency, kind, header, reading,
                   report, (SELECT coalesce(max(detail), 2) FROM "order" o
                            WHERE o.batch_id = b.batch_id)
               FROM import_batch b WHERE batch_id = ?""",
            [batch_id],
        ).fetchone()
        if row is None:
            return None
        key = BatchKey(
            batch_id=batch_id, file_sha256=row[0], source_system=row[1], connector=row[2],
            currency=row[3], kind=row[4], detail=row[8], group_size=0,
        )  # fmt: skip
        return KeptBatch(
            key=key,
            header=tuple(json.loads(row[5])),
            reading=row[6],
            report=row[7],
            refused=tuple(self.quarantined(batch_id)),
        )

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
