"""Systems whose export is one table with known column names.

Such a system is data: per field the names its column has had over the years and in its
languages, the words it uses, and where it cannot be taken at its word a function that
derives fields of a row from others. `LayoutConnector` reads it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from foyer_node.connectors.connector import CanonicalRow, Plan, Reading, Rejected
from foyer_node.connectors.dates import is_empty
from foyer_node.connectors.headers import chosen_columns, fold
from foyer_node.connectors.records import RecordKind
from foyer_node.connectors.reshaping import ReshapedTable, Rows, body_of
from foyer_node.connectors.row_reader import text_of
from foyer_node.connectors.rows import read_table
from foyer_node.connectors.sums import read_sums
from foyer_node.connectors.survey import Survey
from foyer_node.ports import Cell, Source, Table
from foyer_protocol.errors import ConnectorError

Derive = Callable[[Mapping[str, str]], Mapping[str, str] | None]
"""From the texts of a row's fields to those of its fields that are to be read instead; None
where the row is no sale at all, such as a price of which nothing was sold.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One export of a system.

    `fields` gives per canonical field the column's names, likeliest first, parted by `|`;
    a name that ends in `*` is the beginning of one. A field that only `derive` reads has a
    name that no canonical field has.
    """

    fields: Mapping[str, str]
    required: tuple[str, ...]  # fields without which it is not this export
    signs: tuple[str, ...] = ()  # columns, used or not, without which it is not this export
    certainty: float = 1.0
    detail: int = 2
    is_sum: bool = False  # a row is a sum over sales, and its order is made up
    unique_lines: bool = False
    day_first: bool | None = None  # None: the file's own dates say
    decimal: str | None = None  # None: the file's own amounts say
    constants: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    minor: frozenset[str] = frozenset()
    negative_is_refund: bool = False
    empty_amount_is_zero: bool = False
    derived: tuple[str, ...] = ()  # canonical fields that `derive` may give
    derive: Derive | None = None
    timezone: str = ""  # of the system, where it is not the venue's
    warnings: tuple[str, ...] = ()
    wanted: Mapping[str, str] = field(default_factory=dict)  # field: warning where it is missing

    def locate(self, header: Sequence[str]) -> dict[str, int] | None:
        """Positions of the fields, or None where the header is not of this export."""
        found: dict[str, int] = {}
        folded = [fold(name) for name in header]
        for name, words in self.fields.items():
            for word in words.split("|"):
                at = header.index(word) if word in header else _position(folded, word)
                if at is not None:
                    found.setdefault(name, at)
        signed = all(_position(folded, sign) is not None for sign in self.signs)
        return found if signed and all(name in found for name in self.required) else None


def _position(folded: Sequence[str], word: str) -> int | None:
    start = fold(word.rstrip("*"))
    if word.endswith("*"):
        return next((i for i, name in enumerate(folded) if name.startswith(start)), None)
    return folded.index(start) if start in folded else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutConnector:
    """Reads the exports of one system, each a `Layout`."""

    name: str
    layouts: tuple[Layout, ...]
    documents: Callable[[object], tuple[Table, ...]] = lambda document: ()  # of a JSON file
    kind: RecordKind = RecordKind.SALES

    def tables(self, source: Source) -> tuple[Table, ...]:
        """Every table of the file as it is, or those made of its JSON."""
        return source.tables if source.document is None else self.documents(source.document)

    def recognises(self, header: Sequence[str]) -> float:
        """The certainty of the first layout that the header is of."""
        found = self._layout(header)
        return found[0].certainty if found else 0.0

    def plan(self, table: Table, reading: Reading) -> Plan:
        """Locate the columns, and settle what only the values can say."""
        layout, columns = self._located(table)
        chosen = chosen_columns(table.header, reading.columns) if reading.columns else {}
        derived = _derived_columns(layout, table)
        said = {name: at for name, at in derived.items() if name not in reading.constants}
        columns = {**columns, **said, **chosen}
        shown = _shown(layout, table)
        survey = Survey(shown, columns)
        refunded = set(survey.refunded)
        if layout.negative_is_refund:
            refunded |= _taken_back(shown, columns)
        warnings = [*layout.warnings]
        known = {*columns, *reading.constants, *(f"{name}_said" for name in reading.constants)}
        warnings += [warning for name, warning in layout.wanted.items() if name not in known]
        return Plan(
            columns=columns,
            reading=replace(reading, timezone=layout.timezone or reading.timezone),
            day_first=survey.day_first(
                layout.day_first if reading.day_first is None else reading.day_first
            ),
            decimal=survey.decimal(reading.decimal or layout.decimal),
            refunded=frozenset(refunded),
            detail=layout.detail,
            unique_lines=layout.unique_lines and "line_id" in columns,
            constants=layout.constants,
            words=layout.words,
            minor=layout.minor,
            negative_is_refund=layout.negative_is_refund,
            empty_amount_is_zero=layout.empty_amount_is_zero,
            rows_alone=layout.derive is None and not layout.is_sum,
            warnings=tuple(warnings),
        )

    def read(self, table: Table, plan: Plan) -> Iterator[CanonicalRow | Rejected]:
        """Rows as planned."""
        layout, _ = self._located(table)
        if layout.is_sum:
            return read_sums(_shown(layout, table), plan)
        return read_table(_shown(layout, table), plan)

    def _layout(self, header: Sequence[str]) -> tuple[Layout, dict[str, int]] | None:
        for layout in self.layouts:
            if (found := layout.locate(header)) is not None:
                return layout, found
        return None

    def _located(self, table: Table) -> tuple[Layout, dict[str, int]]:
        found = self._layout(table.header)
        if found is None:
            raise ConnectorError(
                f"The header is of no export of {self.name} that is known. Nothing was imported.",
                hint="Export it with all columns, or import it with --from generic.",
            )
        return found


def _derived_columns(layout: Layout, table: Table) -> dict[str, int]:
    """Where the derived fields stand: right of the table's own columns."""
    width = len(table.header)
    return {name: width + i for i, name in enumerate(layout.derived)}


def _shown(layout: Layout, table: Table) -> Table:
    """The table with the derived fields as further columns."""
    located = layout.locate(table.header)
    if layout.derive is None or located is None:
        return table
    derive, width = layout.derive, len(table.header)

    def made() -> Rows:
        for number, cells in body_of(table):
            row = _widened(cells, width, located, derive, layout.derived)
            if row is not None:
                yield number, row

    return ReshapedTable(header=(*table.header, *layout.derived), layout=table.layout, made=made)


def _widened(
    cells: Sequence[Cell],
    width: int,
    located: Mapping[str, int],
    derive: Derive,
    names: Sequence[str],
) -> Sequence[Cell] | None:
    if len(cells) < width:  # refused as a short row
        return cells
    texts = {
        name: "" if is_empty(cells[at]) else text_of(cells[at]) for name, at in located.items()
    }
    made = derive(texts)
    if made is None:
        return None
    values = [made.get(name, texts.get(name, "")) for name in names]
    return [*cells[:width], *values, *cells[width:]]


def _taken_back(table: Table, columns: Mapping[str, int]) -> set[str]:
    """Orders with a negative amount."""
    amount, order = columns["amount"], columns["order_id"]
    found = set()
    for _, cells in table.rows():
        if len(cells) > max(amount, order):
            cell = cells[amount]
            negative = cell < 0 if isinstance(cell, int | float) else _is_negative(text_of(cell))
            if negative:
                found.add(text_of(cells[order]))
    return found


def _is_negative(text: str) -> bool:
    return text[:1] in {"-", "−", "("} or text[-1:] == "-" or text[1:2] in {"-", "−"}
