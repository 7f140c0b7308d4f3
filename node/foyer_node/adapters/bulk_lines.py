"""A large delimited file read by DuckDB, with every cell meaning what `RowReader` says it means.

Looked-up facets, plain dates and trimmed texts are taken in one scan of the file. A row with
anything else in it (a cell not seen in the sample, a refund, a date of another shape) is left
over with its cells, for the reader of single rows. Nothing is decided here about a row that
that reader would decide otherwise; `tests/property/test_bulk_agreement.py` holds both to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np

from foyer_node.adapters.bulk_facets import RAW, FacetTables
from foyer_node.adapters.bulk_words import BLANKS, constant_of, texts_of
from foyer_node.adapters.picked_lines import PickedLines
from foyer_node.adapters.table_files import DelimitedTable
from foyer_node.connectors.connector import CanonicalRow, Plan
from foyer_node.connectors.dates import FIRST_YEAR, LAST_YEAR
from foyer_node.connectors.row_reader import DAYS_AHEAD
from foyer_node.importing.date_shapes import DateShape, shape_of, shifts
from foyer_node.importing.facets import DATES, FacetReader, facets_of

_FEW = 1000
_BLOCK = 1 << 22
_MOST_LEFT, _MOST_LEFT_ROWS = 0.3, 300_000
_YEARS_AROUND = timedelta(days=800)
_ENCODINGS = frozenset({"utf-8", "utf-8-sig"})
_DELIMITERS = frozenset(",;\t|")
_FIRST = f"(SELECT min(rowid) FROM {RAW})"
"""Rows that a transaction has not committed yet are numbered from far up."""

KEPT = "bulk_kept"
LINES = "bulk_line"
"""The view that `BulkLines.load` makes: `row`, a column for each field, and `taken`. The table
under it has the texts and dates of each row and the numbers of its facets."""


@dataclass(slots=True, kw_only=True)
class BulkLines:
    """One file on its way into `LINES`, a table of the connection's own."""

    connection: duckdb.DuckDBPyConnection
    path: Path
    table: DelimitedTable
    plan: Plan
    facets: FacetTables = field(init=False)
    _usual: CanonicalRow = field(init=False, repr=False)

    def load(self) -> bool:
        """Read the file; False, with nothing of use made, if it is not plain enough for that."""
        facets = facets_of(self.plan)
        if facets is None or max(self.plan.columns.values()) >= len(self.table.header):
            return False
        if self.table.encoding not in _ENCODINGS or self.table.delimiter not in _DELIMITERS:
            return False
        lines = self._lines_of_text()
        if not lines:
            return False
        self.connection.execute(self._raw_statement())
        self.facets = FacetTables(connection=self.connection, plan=self.plan, facets=facets)
        return self._count(RAW) == lines and self._make()

    def left(self) -> PickedLines:
        """The rows that were left over."""
        found = self.connection.execute(f"SELECT row FROM {KEPT} WHERE NOT taken ORDER BY row")
        numbers = found.fetchnumpy()["row"].tolist()
        return PickedLines(table=self.table, path=self.path, numbers=numbers)

    def usual(self, name: str) -> str:
        """A field of all rows, where the file has no column for it."""
        return constant_of(self._usual, name)

    def _make(self) -> bool:
        reader = FacetReader(self.plan)
        self._usual = reader.usual()
        if not self.facets.make(reader):
            return False
        shapes = self._shapes()
        if shapes is None:
            return False
        self._keep_shifts(shapes)
        self.connection.execute(self._statement(shapes))
        if self.plan.unique_lines:
            self._leave_repeats()
        self.connection.execute(f"DROP TABLE {RAW}")
        left = self._count(LINES, "NOT taken")
        return left <= min(_MOST_LEFT * self._count(LINES), _MOST_LEFT_ROWS)

    def _leave_repeats(self) -> None:
        """Lines that occur twice are judged one after the other, by the reader of rows."""
        line = ", ".join(
            f"CASE WHEN taken THEN coalesce({name}, '')"
            f" ELSE trim(coalesce({name}, ''), '{BLANKS}') END"
            for name in ("order_id", "line_id")
        )
        self.connection.execute(
            f"""UPDATE {KEPT} SET taken = false WHERE ({line}) IN (
                SELECT ({line}) FROM {KEPT} GROUP BY {line} HAVING count(*) > 1)"""
        )

    def _count(self, name: str, condition: str = "true") -> int:
        found = self.connection.execute(f"SELECT count(*) FROM {name} WHERE {condition}")
        row = found.fetchone()
        assert row is not None
        return int(row[0])

    def _lines_of_text(self) -> int:
        """Rows below the header if no cell holds a line break and no line is empty.

        0 where lines end in more than one way, or a cell holds what text does not.
        """
        lines = returns = both = 0
        last = b""
        with self.path.open("rb") as file:
            while block := file.read(_BLOCK):
                if b"\0" in block:
                    return 0
                lines += block.count(b"\n")
                if b"\r" in block:
                    returns += block.count(b"\r")
                    both += block.count(b"\r\n")
                both += last == b"\r" and block[:1] == b"\n"
                last = block[-1:]
        if returns and not returns == both == lines:
            return 0
        return lines + (last != b"\n") - self.table.skip

    def _shapes(self) -> Mapping[str, DateShape] | None:
        """The shape of each date column; None where one has none."""
        found = {}
        for name in DATES:
            if name not in self.plan.columns:
                continue
            cells = [cell for cell in self._few(self._moment(name)) if cell.strip()]
            shape = shape_of(cells, day_first=self.plan.day_first.get(name))
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

    def _statement(self, shapes: Mapping[str, DateShape]) -> str:
        at = {name: f"r.c{place}" for name, place in self.plan.columns.items()}
        values, holds = texts_of(at)
        joins, numbers, known = self.facets.joins()
        for name in DATES:
            if name in shapes:
                values[name] = f"r.{name} - to_seconds(h_{name}.ahead)"
                holds.append(self._holds(name, at))
                joins.append(
                    f"LEFT JOIN hour_shift h_{name}"
                    f" ON h_{name}.hour = floor(epoch(r.{name}) / 3600)::BIGINT"
                )
            elif name in at:
                holds.append(f"{at[name]} = ''")
        moments = [f"{self._parsed(name, shapes[name])} AS {name}" for name in shapes]
        listed = [f"{value} AS {name}" for name, value in values.items()]
        return (
            f"CREATE OR REPLACE TEMP TABLE {KEPT} AS"
            f" SELECT (r.line + {self.table.skip + 1})::INTEGER AS row,"
            f" {', '.join([*listed, *numbers])},"
            f" coalesce({' AND '.join([*holds, *known])}, false) AS taken"
            f" FROM (SELECT *, rowid - {_FIRST} AS line, {', '.join(moments)} FROM {RAW} r) r"
            f" {' '.join(joins)};"
            f" CREATE OR REPLACE TEMP VIEW {LINES} AS {self._view(list(values))}"
        )

    def _view(self, own: Sequence[str]) -> str:
        joins, words = self.facets.words()
        if "birth_year" in words:
            words["birth_year"] = (
                "CASE WHEN birth.birth_year <= year(k.ordered_at) THEN birth.birth_year ELSE 0 END"
            )
        words |= {name: f"k.{name}" for name in own}
        silent = [name for name in CanonicalRow.__dataclass_fields__ if name not in words]
        words |= {name: self.usual(name) for name in silent if name != "row"}
        listed = ", ".join(f"{value} AS {name}" for name, value in words.items())
        numbers = ", ".join(f"k.{facet.name}_number" for facet in self.facets.facets)
        return (
            f"SELECT k.row, k.taken, {numbers}, {listed} FROM {KEPT} k {' '.join(joins.values())}"
        )

    def _holds(self, name: str, at: Mapping[str, str]) -> str:
        """That a date is plausible, or not said where it need not be."""
        today = self.plan.reading.today
        latest = date(LAST_YEAR, 1, 1)
        if today is not None:
            latest = min(latest, today + timedelta(days=DAYS_AHEAD[name] + 1))
        said = (
            f"h_{name}.ahead IS NOT NULL AND r.{name} >= TIMESTAMP '{FIRST_YEAR}-01-01'"
            f" AND r.{name} < TIMESTAMP '{latest.isoformat()}'"
        )
        return f"({said})" if name == "ordered_at" else f"({at[name]} = '' OR ({said}))"

    def _parsed(self, name: str, shape: DateShape) -> str:
        text = self._moment(name)
        parsed = f"try_strptime({text}, '{shape.form}')"
        parsed = f"CASE WHEN regexp_full_match({text}, '{shape.pattern}') THEN {parsed} END"
        return parsed if shape.is_timed else f"({parsed} + INTERVAL 12 HOUR)"

    def _raw_statement(self) -> str:
        """One scan of the file, in its order.

        A row of another width or with an open quote is passed over and then missed in the
        count: an error would end the transaction, in which the rows could not be read after it.
        """
        names = [f"c{place}" for place in range(len(self.table.header))]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        whole = ", ".join(f"'{name}'" for name in names)
        kept = [f"c{place}" for place in sorted(set(self.plan.columns.values()))]
        path = str(self.path).replace("'", "''")
        return (
            f"CREATE OR REPLACE TEMP TABLE {RAW} AS SELECT {', '.join(kept)}"
            f" FROM read_csv('{path}', auto_detect = false, header = false,"
            f" skip = {self.table.skip}, delim = '{self.table.delimiter}', quote = '\"',"
            f" escape = '\"', columns = {{{columns}}}, force_not_null = [{whole}],"
            " ignore_errors = true)"
        )
