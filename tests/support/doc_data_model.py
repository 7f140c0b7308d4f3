"""The page of the node's tables, rendered from a store that was just made."""

import tempfile
from pathlib import Path

from foyer_node.adapters.duckdb_store import DuckDBStore

ABOUT: dict[str, str] = {
    "institution": "One row: the settings of `node.toml` that views read.",
    "venue": "Places by name, in all sources alike, and where they lie.",
    "production": "Shows, films and exhibitions, with their discipline where a rule says it.",
    "event": "Performances, screenings and opening days.",
    "price_type": "The source's own words for prices, and the class each was last read as.",
    "visitor": "One person, household, organisation or school at this house, by a random id.",
    "consent": "The newest word of a visitor on each purpose.",
    "order": "One booking. `order_id` is a keyed hash of the source's number.",
    "ticket": "One line of a booking: `quantity` admissions of one kind to one event.",
    "counter_reading": "People counted at a venue in a window of time. Nobody's.",
    "membership": "Terms of memberships, subscriptions and passes.",
    "donation": "Gifts.",
    "touchpoint": "Contacts on a visitor's way.",
    "import_batch": "Every file that was taken, how it was read and what it covers.",
    "quarantine": "Row numbers and reasons of refused rows; their cells are in the vault.",
    "quality_report": "Figures of each import, to compare the next one with.",
    "mapping_rule": "What people decided about a word of a source.",
    "suppressed_order": "Orders of erased visitors, which no import takes again.",
    "schema_version": "Steps of the schema that were made.",
    "eligible_line": "What figures may be computed from: consent and all rules applied.",
    "counted_ticket": "Tickets that count for the house itself, refunds included.",
    "event_figures": "Attendance of each event, by scans or sales; see R21 and R29.",
    "daily_visits": "Visits by venue and day, by counter or tickets; see R18 and R19.",
}

VIEWS = frozenset({"eligible_line", "counted_ticket", "event_figures", "daily_visits"})


def page() -> str:
    """Every table and view with its columns."""
    with (
        tempfile.TemporaryDirectory() as folder,
        DuckDBStore.open(Path(folder) / "store.duckdb", bytes(32)) as store,
    ):
        columns = store.execute_measure(
            """SELECT schema_name, table_name, column_name, data_type, is_nullable
               FROM duckdb_columns() WHERE database_name = 'store' AND NOT internal
               ORDER BY ALL""",
            (),
        )
        order = store.execute_measure(
            """SELECT schema_name, table_name, column_name FROM duckdb_columns()
               WHERE database_name = 'store' AND NOT internal
               ORDER BY schema_name, table_name, column_index""",
            (),
        )
    kinds = {tuple(row[:3]): (row[3], row[4]) for row in columns}
    lines = [
        "# Data model",
        "",
        "Generated from the store itself by `make docs`. Times are UTC without a zone, money is in"
        " whole minor units of the institution's currency, ids are UUIDs that mean nothing"
        " outside. `main` holds the tables and what a round may use, `own` what the house may use"
        " for itself. Raw identifiers are in none of them; they are in the vault"
        " ([how data are kept](keeping-data.md)).",
    ]
    seen = ""
    for schema, table, column in order:
        name = f"{schema}.{table}"
        if name != seen:
            lines += ["", f"## {name}", "", ABOUT[str(table)], "", "| Column | Type |", "|---|---|"]
            seen = name
        kind, may_be_null = kinds[schema, table, column]
        may_be_null = may_be_null and table not in VIEWS
        lines.append(f"| `{column}` | {kind}{', or unknown' if may_be_null else ''} |")
    return "\n".join(lines) + "\n"
