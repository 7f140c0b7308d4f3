"""What an import counts of a large file, by one query over its lines."""

from collections.abc import Sequence

import duckdb

from foyer_node.adapters.bulk_lines import LINES
from foyer_node.adapters.bulk_view import BulkView
from foyer_node.data_ports import BulkCounts
from foyer_node.importing.tally import FIELDS

_NUMBERS = {
    "sales": "count(*)",
    "known": "count(coalesce(email, customer_key, card, phone))",
    "placed": "count(postcode)",
    "excluded": "count(excluded)",
    "unknown_channels": "count(*) FILTER (channel = 'UNKNOWN')",
    "online": "count(*) FILTER (channel IN ('WEB', 'APP'))",
    "tickets": "sum(quantity) FILTER (excluded IS NULL AND status IN ('SOLD', 'CHECKED_IN'))",
    "paid_minor": "sum(paid_minor)",
    "quantity": "sum(quantity)",
    "late": "count(*) FILTER (ordered_at >= event_at + INTERVAL 3 DAY)",
}
"""By the name that `importing.tally.Tally` has for it."""

_LABELS = ("price_label", "channel_label")
_ARE_NUMBERS = frozenset({"birth_year", "capacity", "face_minor"})


def count_lines(connection: duckdb.DuckDBPyConnection) -> BulkCounts:
    """Count the rows that were taken."""
    run = connection.execute
    asked = [f"coalesce({sql}, 0)::BIGINT" for sql in _NUMBERS.values()]
    asked += [
        f"count(*) FILTER ({name} <> 0)" if name in _ARE_NUMBERS else f"count({name})"
        for name in FIELDS
    ]
    row = run(
        f"SELECT {', '.join(asked)}, min(event_at), max(event_at) FROM {LINES} WHERE taken"
    ).fetchone()
    assert row is not None
    days = run(
        f"SELECT ordered_at::DATE, count(*) FROM {LINES} WHERE taken GROUP BY ALL"
    ).fetchall()
    births = run(
        f"SELECT birth_year, count(*) FROM {LINES} WHERE taken AND birth_year > 0 GROUP BY ALL"
    ).fetchall()
    words = [word for label in _LABELS for word in _words(connection, label)]
    many, covered = len(_NUMBERS), len(_NUMBERS) + len(FIELDS)
    return BulkCounts(
        numbers=dict(zip(_NUMBERS, row[:many], strict=True)),
        covered=dict(zip(FIELDS, row[many:covered], strict=True)),
        days=dict(days),
        births=dict(births),
        words=frozenset(words),
        first_event=row[-2],
        last_event=row[-1],
    )


def _words(connection: duckdb.DuckDBPyConnection, label: str) -> list[str]:
    found = connection.execute(
        f"SELECT DISTINCT {label} FROM {LINES} WHERE taken AND {label} IS NOT NULL"
    )
    return [word for (word,) in found.fetchall()]


_SAME = ("order_id", "line_id", "event", "event_at", "quantity", "paid_minor")
_SAME_KEYS = ("order_id", "line_key", "event_id", "quantity", "paid_minor")


def count_repeats(connection: duckdb.DuckDBPyConnection) -> int | None:
    """Rows that are those before them, where every row of the file was taken.

    None where the database did not keep the rows in the order of the file.
    """
    row = connection.execute(
        f"""SELECT count(*) FILTER (same), coalesce(bool_and(row > before), true)
            FROM (SELECT {_is_same(_SAME, "()")}, row, lag(row) OVER () AS before FROM {LINES})"""
    ).fetchone()
    assert row is not None
    return int(row[0]) if row[1] else None


def count_staged_repeats(connection: duckdb.DuckDBPyConnection, view: BulkView) -> int:
    """Rows of the stage and of the view that are those before them, in the order of the file."""
    listed = ", ".join(("row_number", *_SAME_KEYS))
    row = connection.execute(
        f"""SELECT count(*) FILTER (same AND row_number > before) FROM (
                SELECT {_is_same(_SAME_KEYS, "file")}, row_number,
                    lag(row_number) OVER file AS before
                FROM (SELECT {listed} FROM stage UNION ALL BY NAME {view.query(listed)})
                WINDOW file AS (ORDER BY row_number))"""
    ).fetchone()
    assert row is not None
    return int(row[0])


def _is_same(names: Sequence[str], window: str) -> str:
    same = (f"{name} IS NOT DISTINCT FROM lag({name}) OVER {window}" for name in names)
    return f"{' AND '.join(same)} AS same"
