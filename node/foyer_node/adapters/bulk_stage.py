"""From the lines that DuckDB read of a large file to the stage, in whole columns.

Keyed hashes are the HMAC of `importing.keys` in SQL; visitors, events and homes are asked of
the import's own rules, each once. A row becomes a handful of numbers in `ROWS`, and everything
that many rows share is in small tables; `bulk_view` puts them together.
"""

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np

from foyer_node.adapters.bulk_counts import count_lines, count_repeats, count_staged_repeats
from foyer_node.adapters.bulk_keys import append, keyed_uuid
from foyer_node.adapters.bulk_lines import KEPT, LINES, BulkLines
from foyer_node.adapters.bulk_people import People
from foyer_node.adapters.bulk_view import BULK, ROWS, BulkView
from foyer_node.adapters.table_files import DelimitedTable
from foyer_node.data_ports import BulkKeys, BulkLoad, Contacts


def fill_stage(connection: duckdb.DuckDBPyConnection, load: BulkLoad) -> BulkView | None:
    """Make a view of every plain row of the file, and leave the others in `load.left`.

    Where the file is not plain there is none, `load.left` stays None and nothing is made.
    """
    table = load.table
    if not isinstance(table, DelimitedTable) or table.path is None:
        return None
    lines = BulkLines(connection=connection, path=table.path, table=table, plan=load.plan)
    if lines.load():
        left = lines.left()
        accepted = load.judge(left, lines.facets.witnesses)
        if accepted is not None:
            staging = _Staging(connection, load.keys, lines)
            view = staging.run(accepted, left.numbers, load.chunk_rows)
            load.counts = count_lines(connection)
            if not load.plan.unique_lines:  # nor can any row repeat another where they are
                known = None if left.numbers else count_repeats(connection)
                load.repeats = lambda: (
                    count_staged_repeats(connection, view) if known is None else known
                )
            connection.execute(f"DROP VIEW temp.{LINES}; DROP TABLE temp.{KEPT}")
            load.left = left
            return view
    drop_bulk(connection)
    return None


class _Staging:
    """The steps from `LINES` to `BULK`."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, keys: BulkKeys, lines: BulkLines
    ) -> None:
        self._run = connection.execute
        self._connection = connection
        self._keys = keys
        self._lines = lines
        self._facets = [facet.name for facet in lines.facets.facets]
        self._places = 1

    def run(
        self, left: Sequence[tuple[int, Contacts]], numbers: Sequence[int], chunk_rows: int
    ) -> BulkView:
        """Make the view of all rows that were taken."""
        self._orders()
        people = People(self._connection, self._keys)
        people.find(left, numbers, chunk_rows)
        self._occasions()
        self._homes()
        self._rows(people.said)
        view = BulkView(self._lines, self._places)
        self._run(f"CREATE OR REPLACE TEMP VIEW {BULK} AS {view.query()}")
        return view

    def _orders(self) -> None:
        inner, outer, prefix = self._keys.blocks("order")
        self._run(
            f"""CREATE OR REPLACE TEMP TABLE bulk_order AS
                SELECT text, {keyed_uuid("text", "prefix")} AS id
                FROM (SELECT DISTINCT order_id AS text FROM {LINES} WHERE taken)""",
            {"inner": inner, "outer": outer, "prefix": prefix},
        )

    def _occasions(self) -> None:
        """An id for each event; in `place` its venue where that is one which lies elsewhere."""
        found = self._run(
            "SELECT number, event, event_at, venue FROM facet_occasion ORDER BY number"
        ).fetchall()
        self._run(
            "CREATE OR REPLACE TEMP TABLE bulk_event (number INTEGER, id UUID, place VARCHAR)"
        )
        places = {venue: self._keys.place_of(venue or "") for *_, venue in found}
        append(self._connection, "bulk_event", {
            "number": [number for number, *_ in found],
            "id": [self._keys.event_id(event, at) for _, event, at, _ in found],
            "place": [places[venue] for *_, venue in found],
        })  # fmt: skip

    def _homes(self) -> None:
        """A home for each number of the facet and each place, 0 where there is no such facet."""
        said = [(0, "", "")]
        if "home" in self._facets:
            said = self._run(
                "SELECT number, coalesce(country, ''), coalesce(postcode, '') FROM facet_home"
            ).fetchall()
        places = self._run("SELECT DISTINCT place FROM bulk_event").fetchall()
        self._places = len(places)
        keys = [(number, place) for number, _, _ in said for (place,) in places]
        homes = [
            self._keys.home(country, postcode, place)
            for _, country, postcode in said
            for (place,) in places
        ]
        self._run(
            """CREATE OR REPLACE TEMP TABLE bulk_home (number INTEGER, place VARCHAR,
               territory VARCHAR, country VARCHAR, municipality VARCHAR, nuts3 VARCHAR,
               distance_km DOUBLE)"""
        )
        columns: Mapping[str, Sequence[object] | np.ndarray] = {
            "number": [number for number, _ in keys],
            "place": [place for _, place in keys],
            "territory": [home.territory for home in homes],
            "country": [home.country for home in homes],
            "municipality": [home.municipality for home in homes],
            "nuts3": [home.nuts3 for home in homes],
            "distance_km": np.array([home.distance_km for home in homes], dtype=np.float64),
        }
        append(self._connection, "bulk_home", columns, empty=("country", "municipality", "nuts3"))

    def _rows(self, said: Sequence[str]) -> None:
        """The rows with a number for everything that is shared."""
        hashed: dict[str, bytes | str] = {}
        keys = [self._keyed(kind, text, name, hashed) for kind, text, name in _KEYS]
        same = " AND ".join(f"p.{name} = coalesce(l.{name}, '')" for name in said)
        if len(said) == 1:
            same = f"p.{said[0]} = l.{said[0]}"
        numbers = [f"l.{name}_number" for name in self._facets]
        self._run(
            f"""CREATE OR REPLACE TEMP TABLE {ROWS} AS
                SELECT l.row, o.id AS order_id,
                    {"p.number" if said else "NULL::INTEGER"} AS contact_number,
                    l.ordered_at, {", ".join([*numbers, *keys, *self._own()])}
                FROM {LINES} l JOIN bulk_order o ON o.text = l.order_id
                {f"LEFT JOIN bulk_person p ON {same}" if said else ""} WHERE l.taken""",
            hashed or None,
        )

    def _own(self) -> list[str]:
        """What a row says that no facet does."""
        own = [f"l.{name}" for name in ("scanned_at", "promo")]
        return [*own, *(["l.birth_year"] if "birth" in self._facets else [])]

    def _keyed(self, kind: str, text: str, name: str, hashed: dict[str, bytes | str]) -> str:
        """The expression of a keyed hash of column `text`, NULL where it is NULL."""
        row = self._run(f"SELECT 1 FROM {LINES} WHERE {text} IS NOT NULL LIMIT 1").fetchone()
        if row is None:
            return f"NULL::UUID AS {name}"
        inner, outer, prefix = self._keys.blocks(kind)
        mark = f"{name}_prefix"
        hashed |= {"inner": inner, "outer": outer, mark: prefix}
        return f"CASE WHEN l.{text} IS NOT NULL THEN {keyed_uuid(f'l.{text}', mark)} END AS {name}"


_KEYS = (
    ("line", "line_id", "line_key"),
    ("line", "replaces_line", "replaces_key"),
    ("package", "package_id", "package_key"),
)


def drop_bulk(connection: duckdb.DuckDBPyConnection) -> None:
    """Let go of everything that was made on the way."""
    connection.execute(f"DROP VIEW IF EXISTS temp.{BULK}; DROP VIEW IF EXISTS temp.{LINES}")
    found = connection.execute(
        """SELECT table_name FROM duckdb_tables() WHERE temporary
           AND (starts_with(table_name, 'bulk_') OR starts_with(table_name, 'facet_')
                OR table_name = 'hour_shift')"""
    ).fetchall()
    for (name,) in found:
        connection.execute(f"DROP TABLE temp.{name}")
