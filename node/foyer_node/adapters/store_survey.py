"""What can be said of the store's file without saying anything that is in it."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import duckdb

from foyer_protocol.errors import StorageError


class Surveyed(Protocol):
    """The part of `adapters.duckdb_store.DuckDBStore` that a survey reads."""

    def execute_measure(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[int, ...]]:
        """Run one SELECT and return its rows."""

    def data_until(self) -> date | None:
        """Day (UTC) of the last order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Exact, so for the house itself only. `sizes`: rows by table, as the engine estimates."""

    schema_version: int
    until: date | None
    rows: int
    refused: int
    sizes: tuple[tuple[str, int], ...]


def survey(store: Surveyed) -> Survey:
    """Look at an open store.

    Raises:
        StorageError: it is damaged. What the engine says of it may quote it, and is not kept.
    """
    try:
        ((version,),) = store.execute_measure("SELECT max(version) FROM schema_version", ())
        ((rows, refused),) = store.execute_measure(
            """SELECT coalesce(sum(row_count), 0), coalesce(sum(rejected_count), 0)
               FROM import_batch""",
            (),
        )
        sizes = store.execute_measure(
            "SELECT table_name, estimated_size FROM duckdb_tables() ORDER BY ALL", ()
        )
        return Survey(
            schema_version=version,
            until=store.data_until(),
            rows=int(rows),
            refused=int(refused),
            sizes=tuple((str(name), int(size)) for name, size in sizes),
        )
    except duckdb.Error:
        raise StorageError(
            "The database file is open and cannot be read to its end: it is damaged.",
            hint="Restore the file from its copy, or import the exports again.",
        ) from None
