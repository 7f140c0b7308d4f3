"""Rows that take a sale back: a negative number of tickets in the same order (rule R7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from foyer_node.connectors.codes import TicketStatus
from foyer_node.connectors.connector import CanonicalRow, Reason, Rejected

_MONEY = ("paid_minor", "face_minor", "fee_minor", "settlement_minor", "due_minor")
_STANDING = (TicketStatus.SOLD, TicketStatus.CHECKED_IN)


def settle_refunds(
    sales: Mapping[str, Sequence[CanonicalRow]], refunds: Sequence[CanonicalRow]
) -> Iterator[CanonicalRow | Rejected]:
    """Take each refund out of the sale lines of its order and event.

    `sales` are the lines of orders that have a refund, by order. A line that is taken
    back in part becomes two: what still stands, and what was refunded. A refund for
    which no earlier sale is left is refused, for it would make tickets negative.
    """
    left = {order: list(rows) for order, rows in sales.items()}
    for refund in refunds:
        rows = left.get(refund.order_id, [])
        standing = [i for i, row in enumerate(rows) if _answers(row, refund)]
        if sum(rows[i].quantity for i in standing) < refund.quantity:
            yield Rejected(row=refund.row, reason=Reason.NEGATIVE_QUANTITY, column="quantity")
            continue
        owed = refund.quantity
        for i in standing:
            if owed == 0:
                break
            taken = min(owed, rows[i].quantity)
            owed -= taken
            rows[i], back = _split(rows[i], taken)
            yield back
    for rows in left.values():
        yield from (row for row in rows if row.quantity > 0)


def _answers(row: CanonicalRow, refund: CanonicalRow) -> bool:
    same = (row.event, row.event_at) == (refund.event, refund.event_at)
    return same and row.quantity > 0 and row.status in _STANDING


def _split(row: CanonicalRow, taken: int) -> tuple[CanonicalRow, CanonicalRow]:
    """What stands and what was refunded; the money is split by tickets, to the minor unit."""
    money = {name: value for name in _MONEY if (value := getattr(row, name)) is not None}
    gone = {name: value * taken // row.quantity for name, value in money.items()}
    left = {name: value - gone[name] for name, value in money.items()}
    kept = replace(row, quantity=row.quantity - taken, **left)
    return kept, replace(row, quantity=taken, status=TicketStatus.REFUNDED, **gone)
