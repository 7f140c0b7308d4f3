"""From the lines that DuckDB read of a large file to the stage, in whole columns.

The same stage that chunks of rows fill. Keyed hashes are the HMAC of `importing.keys` in SQL;
visitors, events and homes are asked of the import's own rules, each once.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import duckdb
import numpy as np

from foyer_node.adapters.bulk_counts import count_lines
from foyer_node.adapters.bulk_lines import LINES, BulkLines
from foyer_node.adapters.table_files import DelimitedTable
from foyer_node.data_ports import BulkKeys, BulkLoad

_CONTACTS = ("email", "customer_key", "card", "phone")
_SPLIT = 200_000
Row = TypeVar("Row")


def fill_stage(connection: duckdb.DuckDBPyConnection, load: BulkLoad) -> None:
    """Put every plain row of the file into `stage` and the others into `load.left`.

    Where the file is not plain `load.taken` stays False and nothing is staged.
    """
    table = load.table
    if not isinstance(table, DelimitedTable) or table.path is None:
        return
    lines = BulkLines(connection=connection, path=table.path, table=table, plan=load.plan)
    if lines.load():
        left = list(lines.leftovers())
        if load.suits([cells for _, cells in left]):
            load.left = left
            _Staging(connection, load.keys).run()
            told_apart = () if load.plan.unique_lines else _told_apart(load.plan.columns)
            load.counts = count_lines(connection, told_apart)
            load.taken = True
    _drop(connection)


class _Staging:
    """The steps from `LINES` to `stage`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, keys: BulkKeys) -> None:
        self._run = connection.execute
        self._connection = connection
        self._keys = keys

    def run(self) -> None:
        """Stage all rows that were taken."""
        self._orders()
        self._people()
        self._events()
        self._homes()
        hashed: dict[str, bytes | str] = {}
        chosen = [
            "l.row AS row_number", "o.id AS order_id",
            *(self._keyed(kind, text, name, hashed) for kind, text, name in _KEYS),
            *_COLUMNS,
        ]  # fmt: skip
        self._run(
            f"""INSERT INTO stage BY NAME SELECT {", ".join(chosen)} FROM {LINES} l
                JOIN bulk_order o ON o.text = l.order_id
                JOIN bulk_event e ON e.event = l.event
                    AND e.starts_at IS NOT DISTINCT FROM l.event_at
                JOIN bulk_home h ON h.country = coalesce(l.country, '')
                    AND h.postcode = coalesce(l.postcode, '') AND h.venue = coalesce(l.venue, '')
                LEFT JOIN bulk_person p ON {_same_contact("p", "l")}
                WHERE l.taken""",
            hashed or None,
        )

    def _keyed(self, kind: str, text: str, name: str, hashed: dict[str, bytes | str]) -> str:
        """The expression of a keyed hash of column `text`, NULL where it is NULL."""
        row = self._run(f"SELECT 1 FROM {LINES} WHERE {text} IS NOT NULL LIMIT 1").fetchone()
        if row is None:
            return f"NULL::UUID AS {name}"
        inner, outer, prefix = self._keys.blocks(kind)
        mark = f"{name}_prefix"
        hashed |= {"inner": inner, "outer": outer, mark: prefix}
        return f"CASE WHEN l.{text} IS NOT NULL THEN {_hmac(f'l.{text}', mark)} END AS {name}"

    def _orders(self) -> None:
        inner, outer, prefix = self._keys.blocks("order")
        self._run(
            f"""CREATE OR REPLACE TEMP TABLE bulk_order AS
                SELECT text, {_hmac("text", "prefix")} AS id
                FROM (SELECT DISTINCT order_id AS text FROM {LINES} WHERE taken)""",
            {"inner": inner, "outer": outer, "prefix": prefix},
        )

    def _people(self) -> None:
        listed = ", ".join(f"coalesce({name}, '') AS {name}" for name in _CONTACTS)
        said = " OR ".join(f"{name} IS NOT NULL" for name in _CONTACTS)
        # Which visitor a customer number leads to may depend on who came first.
        self._run(
            f"""CREATE OR REPLACE TEMP TABLE bulk_contact AS
                SELECT {", ".join(_CONTACTS)}, row_number() OVER () AS number FROM (
                    SELECT {listed} FROM {LINES} WHERE taken AND ({said})
                    GROUP BY ALL ORDER BY min(row))"""
        )
        self._run(
            """CREATE OR REPLACE TEMP TABLE bulk_person (email VARCHAR, customer_key VARCHAR,
               card VARCHAR, phone VARCHAR, id UUID, kind VARCHAR)"""
        )
        for contacts in self._slices():
            ids, kinds = self._keys.people(contacts)
            columns = dict(zip(_CONTACTS, zip(*contacts, strict=True), strict=True))
            self._append("bulk_person", {**columns, "id": ids, "kind": kinds}, ("id",))

    def _slices(self) -> Iterator[list[tuple[str, str, str, str]]]:
        """The contacts, as many at a time as memory is to hold."""
        at = 0
        while some := self._run(
            f"SELECT {', '.join(_CONTACTS)} FROM bulk_contact"
            " WHERE number > ? AND number <= ? ORDER BY number",
            [at, at + _SPLIT],
        ).fetchall():
            yield some
            at += _SPLIT

    def _events(self) -> None:
        found = self._run(f"SELECT DISTINCT event, event_at FROM {LINES} WHERE taken").fetchall()
        ids = [self._keys.event_id(event, at) for event, at in found]
        self._run(
            "CREATE OR REPLACE TEMP TABLE bulk_event (event VARCHAR, starts_at TIMESTAMP, id UUID)"
        )
        for some in _split(list(zip(found, ids, strict=True))):
            times = np.array([at for (_, at), _ in some], dtype="datetime64[us]")
            names = [event for (event, _), _ in some]
            self._append(
                "bulk_event", {"event": names, "starts_at": times, "id": [i for _, i in some]}
            )

    def _homes(self) -> None:
        parts = ", ".join(f"coalesce({name}, '')" for name in ("country", "postcode", "venue"))
        found = self._run(f"SELECT DISTINCT {parts} FROM {LINES} WHERE taken").fetchall()
        homes = [self._keys.home(*place) for place in found]
        self._run(
            """CREATE OR REPLACE TEMP TABLE bulk_home (country VARCHAR, postcode VARCHAR,
               venue VARCHAR, territory VARCHAR, home_country VARCHAR, municipality VARCHAR,
               nuts3 VARCHAR, distance_km DOUBLE)"""
        )
        for some in _split(list(zip(found, homes, strict=True))):
            columns: dict[str, Sequence[object] | np.ndarray] = {
                name: [place[i] for place, _ in some]
                for i, name in enumerate(("country", "postcode", "venue"))
            }
            columns |= {
                "territory": [home.territory for _, home in some],
                "home_country": [home.country for _, home in some],
                "municipality": [home.municipality for _, home in some],
                "nuts3": [home.nuts3 for _, home in some],
                "distance_km": np.array([home.distance_km for _, home in some], dtype=np.float64),
            }
            self._append("bulk_home", columns)

    def _append(
        self,
        table: str,
        columns: "dict[str, Sequence[object] | np.ndarray]",
        empty: Sequence[str] = (),
    ) -> None:
        arrays = {
            name: values if isinstance(values, np.ndarray) else np.array(values, dtype=object)
            for name, values in columns.items()
        }
        self._connection.register("added", arrays)
        chosen = [f"nullif({name}, '') AS {name}" if name in empty else name for name in columns]
        self._run(f"INSERT INTO {table} BY NAME SELECT {', '.join(chosen)} FROM added")
        self._connection.unregister("added")


_KEYS = (
    ("line", "line_id", "line_key"),
    ("line", "replaces_line", "replaces_key"),
    ("package", "package_id", "package_key"),
)
_MINOR = "(l.price_class = 'SCHOOL' OR l.mode_of_sale = 'SCHOOL')"  # R14, `rules.is_minor`
_COLUMNS = (
    "l.ordered_at", "e.id AS event_id", "l.event AS event_name", "l.event_at",
    "coalesce(l.production, l.event) AS production", "l.venue",
    "coalesce(l.capacity, 0) AS capacity", "l.excluded", "p.id AS visitor_id",
    "coalesce(p.kind, 'PERSON') AS visitor_kind",
    f"CASE WHEN {_MINOR} THEN 0 ELSE coalesce(l.birth_year, 0) END AS birth_year",
    f"CASE WHEN NOT {_MINOR} THEN l.gender END AS gender", "l.consents", "h.territory",
    "nullif(h.home_country, '') AS residence_country",
    "nullif(h.municipality, '') AS residence_municipality",
    "nullif(h.nuts3, '') AS residence_nuts3", "nullif(h.distance_km, -1) AS distance_km",
    "l.channel", "l.channel_label", "l.price_label", "l.price_class", "l.mode_of_sale", "l.promo",
    "l.quantity", "l.quantity AS admissions", "false AS is_estimate", "l.paid_minor",
    "l.face_minor", "l.fee_minor", "l.settlement_minor", "l.status", "l.scanned_at",
    "l.is_aggregate",
)  # fmt: skip


def _told_apart(columns: Mapping[str, int]) -> tuple[int, ...]:
    """The columns by which `Tally` takes two rows for the same."""
    names = ("order_id", "line_id", "event", "event_at", "event_time", "quantity", "amount")
    return tuple(sorted({columns[name] for name in names if name in columns}))


def _hmac(text: str, prefix: str) -> str:
    """HMAC-SHA256 as `importing.keys.keyed_hash` has it, the first 128 bits as a UUID."""
    inner = f"sha256($inner::BLOB || encode(${prefix} || {text}))"
    return f"sha256($outer::BLOB || unhex({inner}))[:32]::UUID"


def _same_contact(one: str, other: str) -> str:
    return " AND ".join(f"{one}.{name} = coalesce({other}.{name}, '')" for name in _CONTACTS)


def _split(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[at : at + _SPLIT] for at in range(0, len(rows), _SPLIT))


def _drop(connection: duckdb.DuckDBPyConnection) -> None:
    """Let go of everything that was made on the way."""
    connection.execute(f"DROP VIEW IF EXISTS temp.{LINES}")
    found = connection.execute(
        """SELECT table_name FROM duckdb_tables() WHERE temporary
           AND (starts_with(table_name, 'bulk_') OR starts_with(table_name, 'facet_')
                OR table_name = 'hour_shift')"""
    ).fetchall()
    for (name,) in found:
        connection.execute(f"DROP TABLE temp.{name}")
