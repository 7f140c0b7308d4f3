"""One hash for everything the catalogue means, so that two installations can compare.

A plan carries keys and this hash, never a query. A node whose hash differs declines with
`catalogue-mismatch`. What is hashed is a canonical rendering: every field of every entry
and leaf with its class, the derived family, history rule and needs of a leaf, the constants
that place slots and cut history, the ranges that values are sorted into, and the grid of
cohorts. Order of entries, of fields and of
dicts plays no part.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache

from foyer_protocol.catalogue.bins import GRIDS, Grid
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.grid import PARENTS
from foyer_protocol.catalogue.layout import CANARIES
from foyer_protocol.catalogue.measures import (
    Family,
    LeadTimes,
    Residence,
    Spend,
    Tickets,
    Visitors,
)
from foyer_protocol.catalogue.schema import HISTORY_MONTHS, LEAST_HISTORY_MONTHS
from foyer_protocol.catalogue.statistic import Statistic

Rendered = str | int | bool | list["Rendered"] | dict[str, "Rendered"]


@cache
def catalogue_fingerprint() -> str:
    """SHA-256 of the installed catalogue, as 64 lower-case hexadecimal digits."""
    return fingerprint_of(CATALOGUE.values())


def fingerprint_of(statistics: Iterable[Statistic]) -> str:
    """SHA-256 of `canonical_text(statistics)` in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_text(statistics).encode()).hexdigest()


def canonical_text(statistics: Iterable[Statistic]) -> str:
    """Return what is hashed: JSON with sorted keys, entries by key, no blanks, ASCII only."""
    document: dict[str, Rendered] = {
        "bins": {unit.value: _edges(grid) for unit, grid in GRIDS.items()},
        "canaries": CANARIES,
        "cohorts": {dimension.value: dict(codes) for dimension, codes in PARENTS.items()},
        "families": [family.value for family in Family],
        "history_months": HISTORY_MONTHS,
        "least_history_months": LEAST_HISTORY_MONTHS,
        "statistics": [_render(entry) for entry in sorted(statistics, key=lambda e: e.key)],
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _edges(grid: Grid) -> list[Rendered]:
    return [str(edge) for edge in (*grid.edges, grid.most)]


def _render(value: object) -> Rendered:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, tuple):
        return [_render(item) for item in value]
    if is_dataclass(value):
        rendered = {field.name: _render(getattr(value, field.name)) for field in fields(value)}
        rendered["class"] = type(value).__name__
        if isinstance(value, Tickets | Spend | Visitors | Residence | LeadTimes):
            # Not fields of every leaf, yet they decide its slots and who contributes.
            rendered |= {
                "family": value.family.value,
                "needs": [need.value for need in sorted(value.needs)],
                "needs_history": value.needs_history,
            }
        return rendered
    raise TypeError(f"no canonical form for a {type(value).__name__} in the catalogue")
