"""What a table's own values prove about its style: day or month first, comma or point.

One pass over the table. What the values leave open is a question for the steward, never
a guess.
"""

from collections.abc import Mapping, Sequence

from foyer_node.connectors import dates, money
from foyer_node.connectors.row_reader import text_of
from foyer_node.ports import Cell, Table
from foyer_protocol.errors import ConnectorError

SALE_DATES = ("ordered_at", "event_at", "scanned_at")
"""The fields of an order line that are dates."""


class Survey:
    """The dates, amounts and refunds of one table, as far as its columns are known."""

    def __init__(
        self, table: Table, columns: Mapping[str, int], dates_of: Sequence[str] = SALE_DATES
    ) -> None:
        self._dates = dates_of
        self._proved: dict[str, bool] = {}
        self._open: set[str] = set()
        self._decimal: str | None = None
        self._amount_open = False
        self.refunded: set[str] = set()
        self.several_tickets = False
        asked = {name: columns[name] for name in dates_of if name in columns}
        last = max(columns.values())
        amount, quantity, order = (columns.get(name) for name in ("amount", "quantity", "order_id"))
        for _, cells in table.rows():
            if len(cells) <= last:
                continue
            for name, position in tuple(asked.items()):
                if self._see_date(name, cells[position]):
                    del asked[name]
            if amount is not None and self._decimal is None:
                self._see_amount(cells[amount])
            if quantity is not None and order is not None:
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
            return dict.fromkeys(self._dates, asked)
        siblings = set(self._proved.values())
        shared = siblings.pop() if len(siblings) == 1 else None
        found = {name: self._proved.get(name, shared) for name in self._dates}
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
