"""From a planned table to canonical rows: the part that all connectors share."""

from collections.abc import Iterator, Sequence

from foyer_node.connectors.connector import CanonicalRow, Plan, Reason, Rejected
from foyer_node.connectors.dates import is_empty
from foyer_node.connectors.refunds import settle_refunds
from foyer_node.connectors.refused import Refused
from foyer_node.connectors.reshaping import is_total
from foyer_node.connectors.row_reader import RowReader
from foyer_node.ports import Cell, Table

_NAMES = 4  # columns in which the last line of a report says that it is a sum


def read_table(table: Table, plan: Plan) -> Iterator[CanonicalRow | Rejected]:
    """Every row of `table` as planned; rows of orders with a refund come last, settled."""
    reader, width = RowReader(plan), len(table.header)
    waiting: dict[str, list[CanonicalRow]] = {}
    refunds: list[CanonicalRow] = []
    seen: set[tuple[str, str]] = set()
    for number, cells in table.rows():
        try:
            row, is_refund = reader.read(number, _fitted(cells, width))
            if plan.unique_lines:
                if (key := (row.order_id, row.line_id)) in seen:
                    raise Refused(Reason.DUPLICATE, "line_id")
                seen.add(key)
        except Refused as refused:
            sums = any(is_total(cell) for cell in cells[:_NAMES])
            reason = Reason.TOTAL_ROW if sums else refused.reason
            yield Rejected(row=number, reason=reason, column="" if sums else refused.column)
            continue
        if is_refund:
            refunds.append(row)
        elif row.order_id in plan.refunded:
            waiting.setdefault(row.order_id, []).append(row)
        else:
            yield row
    yield from settle_refunds(waiting, refunds)


def _fitted(cells: Sequence[Cell], width: int) -> Sequence[Cell]:
    if len(cells) < width:
        raise Refused(Reason.SHORT_ROW, "")
    if len(cells) > width and not all(is_empty(cell) for cell in cells[width:]):
        raise Refused(Reason.LONG_ROW, "")
    return cells
