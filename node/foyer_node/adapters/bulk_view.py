"""What stands for the stage where a file was read in bulk.

A row is a handful of numbers in `ROWS`; what they stand for is in small tables. A statement
is given the columns that it names, and no table is joined for the others.
"""

import re
from collections.abc import Collection

from foyer_node.adapters.bulk_lines import BulkLines

BULK = "bulk_stage"
ROWS = "bulk_row"

_SAID = (
    "event_at", "venue", "capacity", "excluded", "consents", "channel", "channel_label",
    "price_label", "price_class", "mode_of_sale", "quantity", "paid_minor", "face_minor",
    "fee_minor", "settlement_minor", "status", "is_aggregate",
)  # fmt: skip
"""Columns of the stage that are a field as it is."""

_OTHERS = {
    "row_number": "k.row", "order_id": "k.order_id", "line_key": "k.line_key",
    "replaces_key": "k.replaces_key", "package_key": "k.package_key",
    "ordered_at": "k.ordered_at", "event_id": "e.id", "visitor_id": "p.id",
    "visitor_kind": "coalesce(p.kind, 'PERSON')", "territory": "h.territory",
    "residence_country": "h.country", "residence_municipality": "h.municipality",
    "residence_nuts3": "h.nuts3", "distance_km": "nullif(h.distance_km, -1)",
    "promo": "k.promo", "is_estimate": "false", "scanned_at": "k.scanned_at",
}  # fmt: skip
"""Those that are not, nor made of several fields."""


class BulkView:
    """The query of the rows that were taken. `places` are in how many places homes are seen."""

    def __init__(self, lines: BulkLines, places: int) -> None:
        outer, words = lines.facets.words()
        # Every row that was taken has all of its facets, and inner joins go by position.
        self._joins = {name: join.replace("LEFT JOIN", "JOIN") for name, join in outer.items()}
        self._columns = dict(_OTHERS)

        def say(name: str) -> str:
            return words.get(name) or lines.usual(name)

        for name in _SAID:
            self._columns[name] = say(name)
        minor = f"({say('price_class')} = 'SCHOOL' OR {say('mode_of_sale')} = 'SCHOOL')"
        born = "k.birth_year" if "birth" in self._joins else "0"
        self._columns |= {
            "event_name": say("event"),
            "production": f"coalesce({say('production')}, {say('event')})",
            "birth_year": f"CASE WHEN {minor} THEN 0 ELSE coalesce({born}, 0) END",  # R14
            "gender": f"CASE WHEN NOT {minor} THEN {say('gender')} END",
            "admissions": say("quantity"),
        }
        home = "k.home_number" if "home" in self._joins else "0"
        there = "" if places == 1 else " AND h.place = e.place"
        self._joins |= {
            "p": "LEFT JOIN bulk_person p ON p.number = k.contact_number",
            "e": "JOIN bulk_event e ON e.number = k.occasion_number",
            "h": f"JOIN bulk_home h ON h.number = {home}{there}",
        }
        self._needs = {"h": {"e"} if there else set[str]()}

    def query(self, step: str | None = None) -> str:
        """All columns, or those that a statement names."""
        named = None if step is None else set(re.findall(r"\w+", step))
        chosen = {
            name: value for name, value in self._columns.items() if named is None or name in named
        }
        return self._select(chosen or {"row_number": "k.row"})

    def columns(self, step: str) -> Collection[str]:
        """The columns of `query(step)`, in its order."""
        named = set(re.findall(r"\w+", step))
        return [name for name in self._columns if name in named] or ["row_number"]

    def _select(self, chosen: dict[str, str]) -> str:
        listed = ", ".join(f"{value} AS {name}" for name, value in chosen.items())
        used = set(re.findall(r"\b(\w+)\.", listed))
        for alias in tuple(used):
            used |= self._needs.get(alias, set())
        joins = " ".join(sql for alias, sql in self._joins.items() if alias in used)
        return f"SELECT {listed} FROM {ROWS} k {joins}"
