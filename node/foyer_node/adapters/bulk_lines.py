"""A large delimited file read by DuckDB, with every cell meaning what `RowReader` says it means.

Looked-up facets, plain dates and trimmed texts are taken in one scan of the file. A row with
anything else in it (a cell not seen in the sample, a refund, a date of another shape) is left
over with its cells, for the reader of single rows. Nothing is decided here about a row that
that reader would decide otherwise; `tests/property/test_bulk_agreement.py` holds both to it.
"""

import mmap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np

from foyer_node.adapters.bulk_words import BLANKS, TYPES, constant_of, texts_of, word_of
from foyer_node.adapters.table_files import DelimitedTable
from foyer_node.connectors.connector import CanonicalRow, Plan
from foyer_node.connectors.dates import FIRST_YEAR, LAST_YEAR
from foyer_node.connectors.row_reader import DAYS_AHEAD
from foyer_node.importing.date_shapes import DateShape, shape_of, shifts
from foyer_node.importing.facets import DATES, Facet, FacetReader, facets_of

_FEW = 1000
_LINE = ("order_id", "line_id")
_MOST_KINDS = 300_000
_MOST_LEFT = 0.3
_YEARS_AROUND = timedelta(days=800)
_ENCODINGS = frozenset({"utf-8", "utf-8-sig"})
_DELIMITERS = frozenset(",;\t|")

RAW = "bulk_raw"
_FIRST = f"(SELECT min(rowid) FROM {RAW})"
"""Rows that a transaction has not committed yet are numbered from far up."""

KEPT = "bulk_kept"
LINES = "bulk_line"
"""The view that `BulkLines.load` makes: `row`, a column for each field, and `taken`. The table
under it has the columns that the file speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkLines:
    """One file on its way into `LINES`, a table of the connection's own."""

    connection: duckdb.DuckDBPyConnection
    path: Path
    table: DelimitedTable
    plan: Plan

    def load(self) -> bool:
        """Read the file; False, with nothing of use made, if it is not plain enough for that."""
        facets = facets_of(self.plan)
        if facets is None or self.plan.refunded or not self._is_plain():
            return False
        try:
            self.connection.execute(self._raw_statement())
        except duckdb.Error:  # a row of another width, an open quote: for the reader of rows
            return False
        return self._count(RAW) == self._lines_of_text() and self._make(facets)

    def leftovers(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row that was left over; unmapped cells are empty."""
        places = sorted(set(self.plan.columns.values()))
        listed = ", ".join(f"r.c{place}" for place in places)
        found = self.connection.execute(
            f"SELECT l.row, r.others, {listed} FROM {LINES} l JOIN {RAW} r"
            f" ON r.rowid - {_FIRST} + {self.table.skip + 1} = l.row"
            " WHERE NOT l.taken ORDER BY l.row"
        )
        for number, others, *said in found.fetchall():
            cells = [""] * len(self.table.header)
            for place, cell in zip(places, said, strict=True):
                cells[place] = cell
            if others or any(cells):
                yield number, cells

    def _make(self, facets: Sequence[Facet]) -> bool:
        reader = FacetReader(self.plan)
        if not all(self._look_up(facet, reader) for facet in facets):
            return False
        shapes = self._shapes()
        if shapes is None:
            return False
        self._keep_shifts(shapes)
        self.connection.execute(self._statement(facets, shapes, reader.usual()))
        if self.plan.unique_lines:
            self._leave_repeats()
        return self._count(LINES, "NOT taken") <= _MOST_LEFT * self._count(LINES)

    def _leave_repeats(self) -> None:
        """Lines that occur twice are judged one after the other, by the reader of rows."""
        line = ", ".join(
            f"CASE WHEN taken THEN {name} ELSE trim({name}, '{BLANKS}') END" for name in _LINE
        )
        self.connection.execute(
            f"""UPDATE {KEPT} SET taken = false WHERE ({line}) IN (
                SELECT ({line}) FROM {KEPT} GROUP BY {line} HAVING count(*) > 1)"""
        )

    def _is_plain(self) -> bool:
        table = self.table
        return table.encoding in _ENCODINGS and table.delimiter in _DELIMITERS

    def _count(self, name: str, condition: str = "true") -> int:
        found = self.connection.execute(f"SELECT count(*) FROM {name} WHERE {condition}")
        row = found.fetchone()
        assert row is not None
        return int(row[0])

    def _lines_of_text(self) -> int:
        """Rows below the header if no cell holds a line break and no line is empty."""
        with (
            self.path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text,
        ):
            lines, at = 0, 0
            while block := text[at : at + (1 << 24)]:
                lines += block.count(b"\n")
                at += len(block)
            return lines + (text[-1:] != b"\n") - self.table.skip

    def _shapes(self) -> Mapping[str, DateShape] | None:
        """The shape of each date column; None where one has none."""
        found = {}
        for name in DATES:
            if name not in self.plan.columns:
                continue
            cells = [cell for cell in self._few(self._moment(name)) if cell.strip()]
            shape = shape_of(cells, day_first=self.plan.day_first.get(name, True))
            if shape is None and cells:
                return None
            if shape is not None:
                found[name] = shape
        return found if "ordered_at" in found else None

    def _few(self, expression: str) -> list[str]:
        """An expression's values in rows from all over the file."""
        step = max(1, self._count(RAW) // _FEW)
        found = self.connection.execute(
            f"SELECT DISTINCT {expression} FROM {RAW} r WHERE r.rowid % {step} = 0"
        )
        return [row[0] for row in found.fetchall()]

    def _moment(self, name: str) -> str:
        """A date's cell, with that of its time of day after it."""
        cell, clock = f"r.c{self.plan.columns[name]}", self.plan.columns.get(DATES[name])
        if clock is None:
            return cell
        return f"CASE WHEN {cell} = '' THEN '' ELSE {cell} || ' ' || r.c{clock} END"

    def _look_up(self, facet: Facet, reader: FacetReader) -> bool:
        """Make the table of what each combination of the facet's cells gives.

        False where there are so many that nothing is won.
        """
        places = [self.plan.columns[name] for name in facet.columns]
        listed = ", ".join(f"c{place}" for place in places)
        found = self.connection.execute(f"SELECT DISTINCT {listed} FROM {RAW}")
        seen = found.fetchmany(_MOST_KINDS + 1)
        if len(seen) > _MOST_KINDS:
            return False
        read = [(cells, row) for cells in seen if (row := reader.read(facet, cells)) is not None]
        columns = {f"k{i}": [cells[i] for cells, _ in read] for i in range(len(places))}
        columns |= {name: [word_of(row, name) for _, row in read] for name in facet.fields}
        arrays = {name: np.array(values, dtype=object) for name, values in columns.items()}
        self.connection.register("looked_up", arrays)
        casts = [f"k{i}::VARCHAR AS k{i}" for i in range(len(places))]
        casts += [
            f"nullif({name}::VARCHAR, '')::{TYPES.get(name, 'VARCHAR')} AS {name}"
            for name in facet.fields
        ]
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE facet_{facet.name} AS"
            f" SELECT {', '.join(casts)}, true AS known FROM looked_up"
        )
        self.connection.unregister("looked_up")
        return True

    def _keep_shifts(self, shapes: Mapping[str, DateShape]) -> None:
        """How far local time is ahead of UTC, for every hour around those of the file."""
        moments = [
            datetime.strptime(cell, shape.form)
            for name, shape in shapes.items()
            for cell in self._few(self._moment(name))
            if shape.reads(cell)
        ]
        first = max(min(moments) - _YEARS_AROUND, datetime(FIRST_YEAR, 1, 1))
        last = min(max(moments) + _YEARS_AROUND, datetime(LAST_YEAR, 1, 1))
        found = list(shifts(ZoneInfo(self.plan.reading.timezone), first, last))
        hours, seconds = np.array(found, dtype=np.int64).T
        self.connection.register("found", {"hour": hours, "ahead": seconds})
        self.connection.execute("CREATE OR REPLACE TEMP TABLE hour_shift AS SELECT * FROM found")
        self.connection.unregister("found")

    def _statement(
        self, facets: Sequence[Facet], shapes: Mapping[str, DateShape], usual: CanonicalRow
    ) -> str:
        at = {name: f"r.c{place}" for name, place in self.plan.columns.items()}
        values, holds = texts_of(at)
        joins: list[str] = []
        for name in DATES:
            if name in shapes:
                values[name] = f"r.{name} - to_seconds(h_{name}.ahead)"
                holds.append(self._holds(name, at))
                joins.append(
                    f"LEFT JOIN hour_shift h_{name}"
                    f" ON h_{name}.hour = epoch(r.{name})::BIGINT // 3600"
                )
            elif name in at:
                holds.append(f"{at[name]} = ''")
        for facet in facets:
            on = " AND ".join(
                f"{facet.name}.k{i} = {at[name]}" for i, name in enumerate(facet.columns)
            )
            joins.append(f"LEFT JOIN facet_{facet.name} {facet.name} ON {on}")
            holds.append(f"{facet.name}.known")
            values |= {name: f"{facet.name}.{name}" for name in facet.fields}
        if "birth_year" in at:
            values["birth_year"] = (
                f"CASE WHEN birth.birth_year <= year({values['ordered_at']})"
                " THEN birth.birth_year ELSE 0 END"
            )
        moments = [f"{self._parsed(name, shapes[name])} AS {name}" for name in shapes]
        listed = [f"{value} AS {name}" for name, value in values.items()]
        silent = [name for name in CanonicalRow.__dataclass_fields__ if name not in values]
        constants = [f"{constant_of(usual, name)} AS {name}" for name in silent if name != "row"]
        return (
            f"CREATE OR REPLACE TEMP TABLE {KEPT} AS"
            f" SELECT r.line + {self.table.skip + 1} AS row, {', '.join(listed)},"
            f" coalesce({' AND '.join(holds)}, false) AS taken"
            f" FROM (SELECT *, rowid - {_FIRST} AS line, {', '.join(moments)} FROM {RAW} r) r"
            f" {' '.join(joins)};"
            f" CREATE OR REPLACE TEMP VIEW {LINES} AS SELECT *, {', '.join(constants)} FROM {KEPT}"
        )

    def _holds(self, name: str, at: Mapping[str, str]) -> str:
        """That a date is plausible, or not said where it need not be."""
        today = self.plan.reading.today
        latest = today + timedelta(days=DAYS_AHEAD[name]) if today else date(LAST_YEAR - 1, 12, 31)
        said = (
            f"h_{name}.ahead IS NOT NULL AND r.{name} >= TIMESTAMP '{FIRST_YEAR}-01-01'"
            f" AND r.{name}::DATE <= DATE '{latest.isoformat()}'"
            f" AND year(r.{name}) < {LAST_YEAR}"
        )
        return f"({said})" if name == "ordered_at" else f"({at[name]} = '' OR ({said}))"

    def _parsed(self, name: str, shape: DateShape) -> str:
        text = self._moment(name)
        parsed = f"try_strptime({text}, '{shape.form}')"
        parsed = f"CASE WHEN strlen({text}) = {shape.length} THEN {parsed} END"
        return parsed if shape.is_timed else f"({parsed} + INTERVAL 12 HOUR)"

    def _raw_statement(self) -> str:
        """One scan of the file, in its order; the columns that no field needs are one flag."""
        names = [f"c{place}" for place in range(len(self.table.header))]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        whole = ", ".join(f"'{name}'" for name in names)
        kept = [f"c{place}" for place in sorted(set(self.plan.columns.values()))]
        others = " OR ".join(f"{name} <> ''" for name in names if name not in kept) or "false"
        path = str(self.path).replace("'", "''")
        return (
            f"CREATE OR REPLACE TEMP TABLE {RAW} AS SELECT {', '.join(kept)}, {others} AS others"
            f" FROM read_csv('{path}', auto_detect = false, header = false,"
            f" skip = {self.table.skip}, delim = '{self.table.delimiter}', quote = '\"',"
            f" escape = '\"', columns = {{{columns}}}, force_not_null = [{whole}])"
        )
