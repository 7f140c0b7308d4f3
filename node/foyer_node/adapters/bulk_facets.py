"""Tables of what each combination of a facet's cells gives, each with a number.

Rows keep the number, so that a line of ten million is some thirty bytes and its words are
looked up in a table that is small.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np

from foyer_node.adapters.bulk_words import TYPES, word_of
from foyer_node.connectors.connector import CanonicalRow, Plan
from foyer_node.importing.facets import Facet, FacetReader

RAW = "bulk_raw"
_MOST_KINDS = 300_000
_MOST_WORDS = 5000  # of which a report knows whether they are new: `importing.tally`
_WITNESSES = frozenset({"sale", "occasion"})
_LABELS = ("price_label", "channel_label")


@dataclass(slots=True, kw_only=True)
class FacetTables:
    """The tables `facet_NAME` for the facets of one plan."""

    connection: duckdb.DuckDBPyConnection
    plan: Plan
    facets: tuple[Facet, ...]
    witnesses: list[list[str]] = field(default_factory=list, repr=False)
    """A row for each way of selling and each occasion, in the order of the file."""

    def make(self, reader: FacetReader) -> bool:
        """False where some facet has so many kinds that nothing is won."""
        return all(self._look_up(facet, reader) for facet in self.facets)

    def joins(self) -> tuple[list[str], list[str], list[str]]:
        """The joins to `RAW r`, the numbers they give, and what holds where all are known."""
        joined, numbers, holds = [], [], []
        for facet in self.facets:
            on = " AND ".join(
                f"{facet.name}.k{i} = r.c{self.plan.columns[name]}"
                for i, name in enumerate(facet.columns)
            )
            joined.append(f"LEFT JOIN facet_{facet.name} {facet.name} ON {on}")
            numbers.append(f"{facet.name}.number AS {facet.name}_number")
            holds.append(f"{facet.name}.number IS NOT NULL")
        return joined, numbers, holds

    def words(self) -> tuple[dict[str, str], dict[str, str]]:
        """By facet the join to a table `k` of those numbers; and the fields they give."""
        joined = {
            facet.name: f"LEFT JOIN facet_{facet.name} {facet.name}"
            f" ON {facet.name}.number = k.{facet.name}_number"
            for facet in self.facets
        }
        return joined, {name: f"{f.name}.{name}" for f in self.facets for name in f.fields}

    def _look_up(self, facet: Facet, reader: FacetReader) -> bool:
        places = [self.plan.columns[name] for name in facet.columns]
        listed = ", ".join(f"c{place}" for place in places)
        found = self.connection.execute(
            f"SELECT {listed}, min(rowid) AS first FROM {RAW} GROUP BY ALL ORDER BY first"
        )
        seen = [cells for *cells, _ in found.fetchmany(_MOST_KINDS + 1)]
        if len(seen) > _MOST_KINDS:
            return False
        if facet.name in _WITNESSES:
            self.witnesses += [reader.whole(facet, cells) for cells in seen]
        read = [(cells, row) for cells in seen if (row := reader.read(facet, cells)) is not None]
        for label in _LABELS:
            if (
                label in facet.fields
                and len({word_of(row, label) for _, row in read}) > _MOST_WORDS
            ):
                return False
        self._keep(facet, read)
        return True

    def _keep(self, facet: Facet, read: Sequence[tuple[Sequence[str], CanonicalRow]]) -> None:
        keys = [f"k{i}" for i in range(len(facet.columns))]
        columns = {key: [cells[i] for cells, _ in read] for i, key in enumerate(keys)}
        columns |= {name: [word_of(row, name) for _, row in read] for name in facet.fields}
        arrays: dict[str, np.ndarray] = {
            name: np.array(values, dtype=object) for name, values in columns.items()
        }
        arrays["number"] = np.arange(len(read), dtype=np.int32)
        casts = [f"{key}::VARCHAR AS {key}" for key in keys]
        casts += [
            f"nullif({name}::VARCHAR, '')::{TYPES.get(name, 'VARCHAR')} AS {name}"
            for name in facet.fields
        ]
        self.connection.register("looked_up", arrays)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE facet_{facet.name} AS"
            f" SELECT number, {', '.join(casts)} FROM looked_up"
        )
        self.connection.unregister("looked_up")
