"""Reports of Eventbrite: attendees (a line a ticket) and orders (a line an order).

Headers differ by the account's country ("Surname", "Order no.") and a custom question is a
column more. One e-mail may stand beside many attendees: the booker is one person (R4). The
attendee report may give an order's money once, or on each of its lines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from foyer_node.connectors.connector import CanonicalRow, Plan, Reading, Rejected
from foyer_node.connectors.dates import is_empty
from foyer_node.connectors.layouts import Layout, LayoutConnector
from foyer_node.connectors.records import RecordKind
from foyer_node.connectors.row_reader import text_of
from foyer_node.ports import Source, Table

_NAMELESS = {"event": "Eventbrite"}
_WANTED = {"event": "event-not-named", "event_at": "event-date-unknown"}
_CHANNELS = {
    "eventbrite completed": "WEB", "paypal completed": "WEB", "free order": "WEB",
    "online": "WEB", "credit card": "WEB", "organizer app": "BOX_OFFICE", "cash": "BOX_OFFICE",
    "paid with cash": "BOX_OFFICE", "paid with check": "BOX_OFFICE", "at the door": "BOX_OFFICE",
    "paid directly by cash": "BOX_OFFICE", "complimentary": "UNKNOWN",
}  # fmt: skip
_STATUSES = {
    "not attending": "CANCELLED",
    "deleted": "CANCELLED",
    "transferred": "EXCHANGED_OUT",
    "unpaid": "RESERVED",
    "refunded": "REFUNDED",
    "partially refunded": "SOLD",
    "free": "SOLD",
    "placed": "SOLD",
}
_SALE = {
    "order_id": "Order #|Order no.|Order ID|Order Number",
    "ordered_at": "Order Date|Date",
    "event": "Event Name|Event title|Event",
    "event_at": "Event Start Date|Event start|Event Date|Date Attending",
    "venue": "Event location|Venue Name|Venue",
    "email": "Buyer Email|Email|Email Address",
    "currency": "Currency",
    "promo": "Promo Code|Discount Code|Discount",
}
_ATTENDEES = {
    **_SALE,
    "line_id": "Attendee #|Attendee no.|Attendee ID",
    "quantity": "Quantity",
    "amount": "Total Paid",
    "fees": "Fees Paid",
    "channel": "Order Type",
    "price_type": "Ticket Type",
    "status": "Attendee Status",
    "postcode": "Home Zip|Home Postcode|Home Postal Code|Billing Zip|Billing Postcode|Zip",
    "country": "Home Country|Billing Country",
    "gender": "Gender",
    "birth_year": "Birth Date|Date of Birth",
    "phone": "Cell Phone|Mobile Phone|Home Phone",
}
_ORDERS = {
    **_SALE,
    "quantity": "Ticket quantity|Tickets|Quantity|Total Tickets|Number of tickets",
    "status": "Payment status|Order status|Status",
    "channel": "Sales channel|Order Type|Type",
    "postcode": "Buyer postal code|Buyer zip|Billing Zip|Billing Postcode|Zip|Postcode",
    "country": "Buyer country|Billing Country",
    "phone": "Buyer phone|Cell Phone|Mobile Phone",
    "consent_marketing_email": "Buyer email opt in|Email opt-in",
}
_WORDS = {"channel": _CHANNELS, "status": _STATUSES}
_ORDER_SHAPE = Layout(
    fields={},
    required=("order_id", "ordered_at", "amount", "quantity", "email"),
    detail=1,
    constants=_NAMELESS,
    words=_WORDS,
    negative_is_refund=True,
    warnings=("one-line-per-order",),
    wanted=_WANTED,
)
_LAYOUTS = (
    Layout(
        fields=_ATTENDEES,
        required=("order_id", "ordered_at", "amount", "status", "line_id"),
        signs=("Attendee Status", "Fees Paid"),
        unique_lines=True,
        constants=_NAMELESS,
        words=_WORDS,
        empty_amount_is_zero=True,
        wanted=_WANTED,
    ),
    # What the tickets earned is without fees; what was paid in all is with them.
    replace(
        _ORDER_SHAPE,
        fields={**_ORDERS, "amount": "Ticket revenue|Ticket Revenue (*", "fee": "Eventbrite fees*"},
        certainty=0.95,
    ),
    replace(
        _ORDER_SHAPE,
        fields={**_ORDERS, "amount": "Total Paid", "fees": "Fees Paid"},
        signs=("Affiliate",),
        certainty=0.9,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventbriteConnector:
    """Reads attendee and order reports, and shares out an order's money that is said once."""

    name: str = "eventbrite"
    kind: RecordKind = RecordKind.SALES
    inner: LayoutConnector = field(
        default_factory=lambda: LayoutConnector(name="eventbrite", layouts=_LAYOUTS)
    )

    def tables(self, source: Source) -> tuple[Table, ...]:
        """Every table of the file, as it is."""
        return self.inner.tables(source)

    def recognises(self, header: Sequence[str]) -> float:
        """1 for attendees, a little less for orders, which know less."""
        return self.inner.recognises(header)

    def plan(self, table: Table, reading: Reading) -> Plan:
        """Locate the columns of an attendee or order report."""
        plan = self.inner.plan(table, reading)
        return replace(plan, rows_alone=plan.detail != 2)

    def read(self, table: Table, plan: Plan) -> Iterator[CanonicalRow | Rejected]:
        """Rows as planned; last those of orders whose money is said once, with a share each."""
        shared = _said_once(table, plan) if plan.detail == 2 else {}
        waiting: dict[str, list[CanonicalRow]] = {}
        for row in self.inner.read(table, plan):
            if isinstance(row, CanonicalRow) and row.order_id in shared:
                waiting.setdefault(row.order_id, []).append(row)
            else:
                yield row
        for order, rows in waiting.items():
            yield from _shared_out(rows, is_repeated=shared[order])


def _said_once(table: Table, plan: Plan) -> dict[str, bool]:
    """Orders of several lines whose money is on one line (False) or repeated on each (True).

    It is repeated where every line also gives the order's number of tickets, which is the
    number of its lines; and it is on one line where the others' cells are empty.
    """
    order, amount = plan.columns["order_id"], plan.columns["amount"]
    quantity = plan.columns.get("quantity")
    lines: dict[str, list[tuple[str, str]]] = {}
    for _, cells in table.rows():
        if len(cells) >= len(table.header):
            tickets = "1" if quantity is None else text_of(cells[quantity])
            paid = "" if is_empty(cells[amount]) else text_of(cells[amount])
            lines.setdefault(text_of(cells[order]), []).append((tickets, paid))
    several = {name: said for name, said in lines.items() if len(said) > 1}
    found = {name: False for name, said in several.items() if any(not paid for _, paid in said)}
    if several and all(
        len(set(said)) == 1 and said[0][0] == str(len(said)) for said in several.values()
    ):
        found |= dict.fromkeys(several, True)
    return found


def _shared_out(rows: Sequence[CanonicalRow], *, is_repeated: bool) -> Iterator[CanonicalRow]:
    """The order's money by tickets, to the minor unit."""
    if is_repeated:
        rows = [replace(row, quantity=1) for row in rows]
    paid = rows[0].paid_minor if is_repeated else sum(row.paid_minor for row in rows)
    fees = rows[0].fee_minor if is_repeated else sum(row.fee_minor for row in rows)
    tickets, before = sum(row.quantity for row in rows), 0
    for row in rows:
        after = before + row.quantity
        yield replace(
            row,
            paid_minor=paid * after // tickets - paid * before // tickets,
            fee_minor=fees * after // tickets - fees * before // tickets,
        )
        before = after
