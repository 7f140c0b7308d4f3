"""Takes one batch into the tables of the store, in the caller's transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime

import duckdb
import numpy as np

from foyer_node.adapters.bulk_stage import drop_bulk, fill_stage
from foyer_node.adapters.bulk_view import BULK, BulkView
from foyer_node.adapters.duckdb_cells import Column, handed_over
from foyer_node.adapters.merge_steps import (
    DROP_MISSING,
    EXCHANGES,
    FIND_MISSING,
    IS_CHANGED,
    KINDS_MET,
    MERGE,
    MISSING_SHARE,
    ONLY_NEW_LINES,
    PREPARE,
    REGROUP,
    STAGE,
    SUPERSEDE,
    changes_stage,
)
from foyer_node.data_ports import (
    Applied,
    BatchClosing,
    BatchKey,
    BulkLoad,
    LineColumns,
    RecordColumns,
)
from foyer_protocol.errors import ConnectorError

_TIMES = frozenset({"event_at", "ordered_at", "scanned_at", "starts_at", "ends_at"})
_TIMES_AND_DAYS = _TIMES | {"given_at", "touched_at", "starts_on", "ends_on"}
_NUMBERS = frozenset({
    "row_number", "birth_year", "quantity", "paid_minor", "capacity", "admissions",
    "face_minor", "fee_minor", "settlement_minor", "count_in", "count_out", "price_minor",
    "amount_minor",
})  # fmt: skip
_FLAGS = frozenset({"is_estimate", "is_aggregate"})
_MAY_BE_MINUS_ONE = frozenset({"face_minor", "settlement_minor", "distance_km"})
_NEVER_NULL = frozenset({
    "order_id", "event_id", "event_name", "production", "scheme", "level", "campaign",
})  # fmt: skip

MOST_MISSING = 0.2
"""Of the orders of a complete export's days, the share that it may no longer have."""

RECORD_TABLES = {
    "counters": ("counter_reading", ("source_system", "venue_id", "starts_at", "ends_at")),
    "memberships": ("membership", ("membership_id",)),
    "donations": ("donation", ("donation_id",)),
    "touchpoints": ("touchpoint", ("touch_id",)),
}
"""By kind of record: its table, and the columns by which a later row supersedes."""

_COVERAGE = """INSERT INTO import_batch (batch_id, file_sha256, source_system, connector, currency,
        applied_at, history_from, row_count, rejected_count, report, covered_until, provides,
        kind, header, reading)
    SELECT ?, ?, ?, ?, ?, ?,
        coalesce(date_trunc('month', min(ordered_at)), DATE '9999-01-01'), ?, ?, ?,
        coalesce(date_trunc('month', max(ordered_at)) + INTERVAL 1 MONTH, DATE '9999-01-01'),
        ?, ?, ?, ?
    FROM stage"""


class BatchWriter:
    """One batch. The stage and all else temporary is gone after the transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, key: BatchKey) -> None:
        self._connection = connection
        self._key = key
        self._bulk: BulkView | None = None  # what was read in bulk
        self._is_view = False  # the stage is no table: nothing in it is to be changed

    def stage(self, chunks: Iterable[LineColumns | RecordColumns | BulkLoad]) -> None:
        """Hold all chunks beside the tables. The stage of lines is made in any case."""
        self._connection.execute(STAGE)
        if self._key.kind in RECORD_TABLES:
            table, _ = RECORD_TABLES[self._key.kind]
            self._connection.execute(
                f"""CREATE OR REPLACE TEMP TABLE record AS
                    SELECT *, NULL::VARCHAR AS venue FROM {table} LIMIT 0"""
            )
        for chunk in chunks:
            if isinstance(chunk, BulkLoad):
                self._bulk = fill_stage(self._connection, chunk)
            elif isinstance(chunk, RecordColumns):
                self._insert("record", chunk.columns)
            else:
                self._insert("stage", {f.name: getattr(chunk, f.name) for f in fields(chunk)})

    def _insert(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        typed = {name: _typed(name, values) for name, values in columns.items()}
        chosen = ", ".join(_read_back(name) for name in columns)
        with handed_over(self._connection, "chunk", typed):
            self._connection.execute(f"INSERT INTO {table} BY NAME SELECT {chosen} FROM chunk")

    def merge(self) -> Applied:
        """From the stage into the tables."""
        if self._key.kind in RECORD_TABLES:
            return Applied(superseded=self._merge_records())
        if self._bulk:
            self._take_bulk()
        if not self._is_view:
            self._run(PREPARE)
        superseded = 0
        removed = 0
        if self._key.adds_rows:
            self._run(ONLY_NEW_LINES)
        else:
            if self._key.is_complete:
                removed = self._drop_missing()
            steps = [step for step in SUPERSEDE if not (self._is_view and changes_stage(step))]
            superseded = self._run(steps)
        self._run(MERGE)
        if self._key.adds_rows:
            self._run((REGROUP,))
        if self._replaces_anything():
            self._run(EXCHANGES)
        kinds = dict(self._connection.execute(KINDS_MET).fetchall())
        self._connection.execute(
            "DROP TABLE met; DROP TABLE known; DROP TABLE told; DROP TABLE there"
        )
        return Applied(superseded=superseded, removed=removed, kinds=kinds)

    def _take_bulk(self) -> None:
        """Put what was read in bulk into the stage, or into its place if it can stay as it is."""
        run = self._connection.execute
        found = run(IS_CHANGED, self._used(IS_CHANGED)).fetchone()
        if found is None or found[0]:
            run(f"INSERT INTO stage BY NAME SELECT * FROM {BULK}")
            return
        run("CREATE OR REPLACE TEMP TABLE stage_row AS SELECT * FROM stage")
        run("DROP TABLE stage")
        self._is_view = True

    def _show(self, step: str) -> None:
        """Let the stage be what was read in bulk and after it, as far as a step asks for it."""
        if self._is_view and self._bulk is not None:
            listed = ", ".join(self._bulk.columns(step))
            self._connection.execute(
                f"""CREATE OR REPLACE TEMP VIEW stage AS
                    {self._bulk.query(step)} UNION ALL SELECT {listed} FROM stage_row"""
            )

    def _drop_missing(self) -> int:
        """Delete what a complete export no longer has; how many orders.

        Raises:
            ConnectorError: it lacks so many that it cannot be complete.
        """
        self._run(FIND_MISSING)
        row = self._connection.execute(MISSING_SHARE).fetchone()
        share = float(row[0]) if row else 0.0
        if share > MOST_MISSING:
            raise ConnectorError(
                f"The file lacks {share:.0%} of the orders that are known of its days, and of a"
                f" complete export at most {MOST_MISSING:.0%} may be gone. Nothing was imported.",
                hint="Export all of those days, or import it without --complete.",
            )
        return self._run(DROP_MISSING)

    def _merge_records(self) -> int:
        table, keys = RECORD_TABLES[self._key.kind]
        run = self._connection.execute
        run(
            "UPDATE record SET source_system = ?, batch_id = ?",
            [self._key.source_system, self._key.batch_id],
        )
        if table == "counter_reading":
            run("UPDATE record SET venue_id = md5(lower(venue))::UUID")
            run(
                """INSERT INTO venue (venue_id, name) SELECT DISTINCT ON (venue_id) venue_id, venue
                   FROM record ON CONFLICT DO NOTHING"""
            )
        elif table != "touchpoint":
            run("UPDATE record SET currency = ?", [self._key.currency])
        same = " AND ".join(f"{table}.{key} = record.{key}" for key in keys)
        done = run(f"DELETE FROM {table} USING record WHERE {same}").fetchone()
        names = ", ".join(keys)
        run(f"""INSERT INTO {table} SELECT DISTINCT ON ({names}) * EXCLUDE (venue) FROM record""")
        run("DROP TABLE record")
        return int(done[0]) if done else 0

    def _replaces_anything(self) -> bool:
        row = self._connection.execute(
            "SELECT count(*) > 0 FROM ticket WHERE replaces_key IS NOT NULL"
        ).fetchone()
        return bool(row and row[0])

    def _run(self, steps: Sequence[str]) -> int:
        """Run steps with the parameters they name; how many orders they deleted."""
        deleted = 0
        for step in steps:
            self._show(step)
            done = self._connection.execute(step, self._used(step)).fetchone()
            if step.startswith('DELETE FROM "order"') and done is not None:
                deleted += int(done[0])
        return deleted

    def _used(self, step: str) -> dict[str, object] | None:
        key = self._key
        values: dict[str, object] = {
            "batch_id": key.batch_id,
            "source_system": key.source_system,
            "currency": key.currency,
            "detail": key.detail,
            "group_size": key.group_size,
        }
        return {name: value for name, value in values.items() if f"${name}" in step} or None

    def record(self, closing: BatchClosing) -> None:
        """Note the batch itself; a replay only corrects how many rows are still refused."""
        run = self._connection.execute
        key = self._key
        if key.adds_rows:
            run(
                """UPDATE import_batch SET rejected_count = ?, report = ?
                   WHERE batch_id = ?""",
                [len(closing.rejected), closing.report, key.batch_id],
            )
            run("DELETE FROM quarantine WHERE batch_id = ?", [key.batch_id])
        else:
            self._show(_COVERAGE)
            run(
                _COVERAGE,
                [
                    key.batch_id, key.file_sha256, key.source_system, key.connector, key.currency,
                    datetime.now(UTC).replace(tzinfo=None), closing.rows, len(closing.rejected),
                    closing.report, " ".join(sorted(closing.provides)), key.kind,
                    json.dumps(closing.header), closing.reading,
                ],
            )  # fmt: skip
        if self._is_view:
            run("DROP VIEW temp.stage; DROP TABLE stage_row")
        else:
            run("DROP TABLE stage")
        if self._bulk:
            drop_bulk(self._connection)
        for venue in closing.venues:
            run(
                """UPDATE venue SET country = nullif($2, ''), municipality = nullif($3, ''),
                       nuts3 = nullif($4, '') WHERE venue_id = md5(lower($1))::UUID""",
                list(venue),
            )
        for name, value in closing.quality.items():
            run("INSERT INTO quality_report VALUES (?, ?, ?)", [key.batch_id, name, value])
        self._quarantine(closing)

    def _quarantine(self, closing: BatchClosing) -> None:
        if not closing.rejected:
            return
        numbers, reasons, columns = zip(*closing.rejected, strict=True)
        refused: dict[str, Column] = {
            "row_number": np.array(numbers, dtype=np.int64),
            "reason": reasons,
            "column_name": columns,
        }
        with handed_over(self._connection, "refused", refused):
            self._connection.execute(
                "INSERT INTO quarantine SELECT ?, * FROM refused", [self._key.batch_id]
            )


def _read_back(name: str) -> str:
    """The expression that turns a column of a chunk back into NULLs where nothing is known."""
    if name in _MAY_BE_MINUS_ONE:
        return f"nullif({name}, -1) AS {name}"
    if name in _TIMES_AND_DAYS | _NUMBERS | _FLAGS | _NEVER_NULL:
        return name
    return f"nullif({name}, '') AS {name}"


def _typed(name: str, values: Sequence[object]) -> Column:
    """A column of a chunk as an array of its type; texts as they are."""
    if name in _NUMBERS:
        return np.array(values, dtype=np.int64)
    if name in _TIMES_AND_DAYS:
        return np.array(values, dtype="datetime64[us]")
    if name in _FLAGS:
        return np.array(values, dtype=np.bool_)
    if name == "distance_km":
        return np.array(values, dtype=np.float64)
    return values
