"""Visitors leaving the canonical store. Each call is one transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import duckdb

from foyer_node.adapters.duckdb_store import DuckDBStore
from foyer_node.adapters.leaving_steps import (
    DROP_UNUSED,
    ERASE,
    GONE,
    KNOWN_VISITORS,
    NAMED_TABLES,
    OBJECT,
    RETAIN,
)


class LeavingStore:
    """The part of an open store that takes visitors out."""

    def __init__(self, store: DuckDBStore) -> None:
        self._store = store

    def erase(self, visitors: Sequence[str]) -> tuple[str, ...]:
        """Take all of `visitors` out and make their sales anonymous.

        Returns the tables in which there was something of them.
        """
        with self._of(visitors) as run:
            held = [
                table
                for table in ("order", *NAMED_TABLES)
                if run(
                    f"""SELECT 1 FROM "{table}"
                        WHERE visitor_id IN (SELECT visitor_id FROM {GONE}) LIMIT 1"""
                ).fetchone()
            ]
            for step in ERASE:
                run(step)
            for table in NAMED_TABLES:
                run(f"DELETE FROM {table} WHERE visitor_id IN (SELECT visitor_id FROM {GONE})")
        return tuple(held)

    def object(self, visitors: Sequence[str]) -> None:
        """Leave `visitors` out of every figure from now on; their data stay."""
        with self._of(visitors) as run:
            run(OBJECT)

    def retain(self, cutoff: date) -> tuple[str, ...]:
        """Delete what is older than `cutoff`, the first day of a month.

        Returns the batches that were imported before it.
        """
        with self._store.transaction() as run:
            for step in RETAIN:
                run(step, {"cutoff": cutoff} if "$cutoff" in step else None)
            old = run("SELECT batch_id FROM import_batch WHERE applied_at < ?", [cutoff])
            return tuple(batch for (batch,) in old.fetchall())

    def drop_unused(self) -> None:
        """Take out visitors of whom there is nothing any more."""
        with self._store.transaction() as run:
            for step in DROP_UNUSED:
                run(step)

    def known_visitors(self) -> list[str]:
        """Every visitor of whom there is anything."""
        with self._store.transaction() as run:
            return [visitor.hex for (visitor,) in run(KNOWN_VISITORS).fetchall()]

    def sources(self) -> list[str]:
        """The source systems of all imports, each once."""
        with self._store.transaction() as run:
            rows = run("SELECT DISTINCT source_system FROM import_batch ORDER BY ALL").fetchall()
        return [name for (name,) in rows]

    @contextmanager
    def _of(self, visitors: Sequence[str]) -> Iterator[Callable[..., duckdb.DuckDBPyConnection]]:
        with self._store.transaction() as run:
            run(
                f"CREATE OR REPLACE TEMP TABLE {GONE} AS SELECT unnest(?::UUID[]) AS visitor_id",
                [list(visitors)],
            )
            yield run
            run(f"DROP TABLE {GONE}")
