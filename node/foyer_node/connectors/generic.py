"""Any table with at least the six columns of data model C.3, whatever it calls them."""

from collections.abc import Iterator, Mapping, Sequence

from foyer_node.connectors import dates, money
from foyer_node.connectors.connector import CanonicalRow, Plan, Reading, Rejected
from foyer_node.connectors.headers import PER_TICKET, REQUIRED, fold, match_columns
from foyer_node.connectors.records import RecordKind
from foyer_node.connectors.row_reader import text_of
from foyer_node.connectors.rows import read_table
from foyer_node.ports import Cell, Source, Table
from foyer_protocol.errors import ConnectorError

_DATES = ("ordered_at", "event_at", "scanned_at")
_PRINTED = {"ordered_at": "order_datetime", "event_at": "event_datetime"}


class GenericConnector:
    """Finds its columns by header synonyms and its number styles by the values."""

    name = "generic"
    kind = RecordKind.SALES

    def tables(self, source: Source) -> tuple[Table, ...]:
        """Every table of the file, as it is."""
        return source.tables

    def recognises(self, header: Sequence[str]) -> float:
        """Half certain when the six columns are there; a system's own connector goes first."""
        try:
            found = match_columns(header, {})
        except ConnectorError:
            return 0.1
        return 0.5 if all(name in found for name in REQUIRED) else 0.1

    def plan(self, table: Table, reading: Reading) -> Plan:
        """Find the columns and styles, or say which are missing or open."""
        columns = match_columns(table.header, reading.columns)
        if missing := [name for name in REQUIRED if name not in columns]:
            printed = ", ".join(_PRINTED.get(name, name) for name in missing)
            raise ConnectorError(
                f"Every file needs six columns, and these were not found: {printed}."
                " Nothing was imported.",
                hint=f"Say which column it is, as in --column {missing[0]}='the column name'.",
            )
        survey = _Survey(table, columns)
        return Plan(
            columns=columns,
            reading=reading,
            day_first=survey.day_first(reading.day_first),
            decimal=survey.decimal(reading.decimal),
            refunded=frozenset(survey.refunded),
            unique_lines="line_id" in columns,
            warnings=tuple(_warnings(table, columns, reading, survey)),
        )

    def read(self, table: Table, plan: Plan) -> Iterator[CanonicalRow | Rejected]:
        """Rows as planned."""
        return read_table(table, plan)


class _Survey:
    """One pass over a table for what its values prove about their own style."""

    def __init__(self, table: Table, columns: Mapping[str, int]) -> None:
        self._proved: dict[str, bool] = {}
        self._open: set[str] = set()
        self._decimal: str | None = None
        self._amount_open = False
        self.refunded: set[str] = set()
        self.several_tickets = False
        asked = {name: columns[name] for name in _DATES if name in columns}
        last = max(columns.values())
        amount, quantity, order = columns["amount"], columns["quantity"], columns["order_id"]
        for _, cells in table.rows():
            if len(cells) <= last:
                continue
            for name, position in tuple(asked.items()):
                if self._see_date(name, cells[position]):
                    del asked[name]
            if self._decimal is None:
                self._see_amount(cells[amount])
            self._see_quantity(cells[quantity], cells[order])

    def _see_date(self, name: str, cell: Cell) -> bool:
        if not isinstance(cell, str) or cell[4:5] == "-":  # year first: nothing to prove
            return False
        proof = dates.evidence(cell)
        if proof is not None:
            self._proved[name] = proof
        elif name not in self._open and dates.is_open(cell):
            self._open.add(name)
        return proof is not None

    def _see_amount(self, cell: Cell) -> None:
        if isinstance(cell, str):
            self._decimal = money.decimal_evidence(cell)
            self._amount_open = self._amount_open or money.is_open(cell)

    def _see_quantity(self, cell: Cell, order: Cell) -> None:
        if cell in {"1", 1}:
            return
        if isinstance(cell, str):
            negative = cell.strip()[:1] in {"-", "−", "("}
        else:
            negative = isinstance(cell, int | float) and cell < 0
        if negative:
            self.refunded.add(text_of(order))
        else:
            self.several_tickets = True

    def day_first(self, asked: bool | None) -> dict[str, bool]:
        """Per date field: the steward's word, else its own proof, else that of its siblings."""
        if asked is not None:
            return dict.fromkeys(_DATES, asked)
        siblings = set(self._proved.values())
        shared = siblings.pop() if len(siblings) == 1 else None
        found = {name: self._proved.get(name, shared) for name in _DATES}
        if unsure := sorted(name for name in self._open if found[name] is None):
            raise ConnectorError(
                f"Every date in {', '.join(unsure)} could be read day first or month first."
                " Nothing was imported.",
                hint="Say which with --dates day-first or --dates month-first.",
            )
        return {name: order for name, order in found.items() if order is not None}

    def decimal(self, asked: str | None) -> str:
        """The steward's word, else the amounts' own proof."""
        if asked is None and self._decimal is None and self._amount_open:
            raise ConnectorError(
                "Every mark in the amounts could be a decimal or a thousands mark."
                " Nothing was imported.",
                hint="Say which with --decimal comma or --decimal point.",
            )
        return asked or self._decimal or "."


def _warnings(
    table: Table, columns: Mapping[str, int], reading: Reading, survey: _Survey
) -> Iterator[str]:
    if "customer_key" not in columns and "email" not in columns:
        yield "no-customer-column"
    if "postcode" not in columns:
        yield "no-postcode-column"
    elif not reading.country and "country" not in columns:
        yield "no-country"
    unit_price = fold(table.header[columns["amount"]]) in PER_TICKET
    if unit_price and survey.several_tickets and not reading.amount_per_ticket:
        yield "amount-may-be-per-ticket"
