"""Answers of the view `eligible_line`: a measure's rows, or the lines themselves."""

import uuid
from collections.abc import Callable
from typing import Any

import duckdb

from foyer_node.adapters.database import Database
from foyer_node.engine.facts import ImportFacts
from foyer_protocol.catalogue.schema import EligibleLine
from foyer_protocol.errors import LocalProtocolError


class OwnLines:
    """A `LineStore` of the house's own figures: `eligible_line` is that of schema `own`."""

    def __init__(self, database: Database, facts: Callable[[], ImportFacts]) -> None:
        self._database = database
        self._facts = facts

    def execute_measure(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[int, ...]]:
        """Run one SELECT and return its rows; see `DuckDBStore.execute_measure`."""
        cursor = self._database.cursor("own")
        return answer(self._database.connection, cursor, sql, parameters)

    def facts(self) -> ImportFacts:
        """What each import provides and covers."""
        return self._facts()


def answer(
    parser: duckdb.DuckDBPyConnection,
    cursor: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: tuple[object, ...],
) -> list[tuple[int, ...]]:
    """Run one SELECT on `cursor` and return its rows.

    Raises:
        LocalProtocolError: `sql` is not exactly one SELECT; nothing was run.
    """
    kinds = [statement.type for statement in parser.extract_statements(sql)]
    word = sql.split(maxsplit=1)[0].upper()
    # A PRAGMA that answers with rows counts as a SELECT too.
    if kinds != [duckdb.StatementType.SELECT] or word not in {"SELECT", "WITH"}:
        raise LocalProtocolError("A measure is one SELECT and nothing else; it was not run.")
    return cursor.execute(sql, list(parameters)).fetchall()


def line_of(cells: dict[str, Any]) -> EligibleLine:
    """A row of the view with its ids as text."""
    visitor: uuid.UUID | None = cells["visitor"]
    order: str = cells["order"].hex
    unit = f"o:{order}" if visitor is None else visitor.hex
    return EligibleLine(
        **(cells | {"unit": unit, "visitor": visitor and visitor.hex, "order": order})
    )
