"""What an import counts of a large file, by one query over its lines."""

import duckdb

from foyer_node.adapters.bulk_lines import LINES, RAW
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

_ARE_NUMBERS = frozenset({"birth_year", "capacity", "face_minor"})


def count_lines(connection: duckdb.DuckDBPyConnection, repeats: "tuple[int, ...]") -> BulkCounts:
    """Count the rows that were taken; `repeats` are the columns by which rows may be equal."""
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
    words = run(
        f"""SELECT DISTINCT price_label FROM {LINES} WHERE taken AND price_label IS NOT NULL
            UNION SELECT DISTINCT channel_label FROM {LINES}
            WHERE taken AND channel_label IS NOT NULL"""
    ).fetchall()
    many, covered = len(_NUMBERS), len(_NUMBERS) + len(FIELDS)
    return BulkCounts(
        numbers={
            **dict(zip(_NUMBERS, row[:many], strict=True)),
            "repeated": _repeated(connection, repeats) if repeats else 0,
        },
        covered=dict(zip(FIELDS, row[many:covered], strict=True)),
        days=dict(days),
        births=dict(births),
        words=frozenset(word for (word,) in words),
        first_event=row[-2],
        last_event=row[-1],
    )


def _repeated(connection: duckdb.DuckDBPyConnection, places: "tuple[int, ...]") -> int:
    """Rows whose cells in `places` are those of the row before, in the order of the file."""
    same = " AND ".join(f"c{place} = lag(c{place}) OVER ()" for place in places)
    row = connection.execute(
        f"SELECT count(*) FROM (SELECT {same} AS same FROM {RAW}) WHERE same"
    ).fetchone()
    assert row is not None
    return int(row[0])
