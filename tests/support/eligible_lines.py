"""The port `LineStore` over a DuckDB table in memory, filled with literal lines."""

from collections.abc import Iterable
from dataclasses import astuple
from datetime import date

import duckdb

from foyer_node.engine.facts import Coverage, ImportFacts
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.catalogue.schema import EligibleLine

TABLE = """
    CREATE TABLE eligible_line (
        unit VARCHAR NOT NULL, visitor VARCHAR, person BOOLEAN NOT NULL,
        "order" VARCHAR NOT NULL, ordered_at TIMESTAMP NOT NULL, event_at TIMESTAMP,
        quantity BIGINT NOT NULL, paid_minor BIGINT NOT NULL,
        online BOOLEAN NOT NULL, territory VARCHAR NOT NULL
    )"""


def imported(
    starts: date = date(2000, 1, 1),
    ends: date = date(2100, 1, 1),
    *,
    provides: Iterable[Need] = Need,
) -> ImportFacts:
    """The facts of one import: with every column and for a century, unless told otherwise."""
    one = Coverage(provides=frozenset(provides), starts=starts, ends=ends)
    return ImportFacts(imports=(one,))


class DuckLines:
    """A node's store reduced to the one table that measures read."""

    def __init__(self, lines: Iterable[EligibleLine], facts: ImportFacts) -> None:
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        self._connection.execute(TABLE)
        self._facts = facts
        self.replace(lines)

    def replace(self, lines: Iterable[EligibleLine]) -> None:
        """Hold `lines` and no others."""
        self._connection.execute("DELETE FROM eligible_line")
        rows = [astuple(line) for line in lines]
        if rows:
            values = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(rows))
            flat = [value for row in rows for value in row]
            self._connection.execute(f"INSERT INTO eligible_line VALUES {values}", flat)

    def note(self, facts: ImportFacts) -> None:
        """Let the imports have been those of `facts`."""
        self._facts = facts

    def execute_measure(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[int, ...]]:
        return self._connection.execute(sql, parameters).fetchall()

    def facts(self) -> ImportFacts:
        return self._facts
