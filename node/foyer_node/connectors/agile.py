"""Reports of Agile Ticketing: order lines, sums per event, and the activity that names buyers.

Three reports of one house write dates in three ways and amounts as `$5.00`, `($5.00)` and
`$2,822.00`. Order lines name a product and no day of it. A buyer's number stands in the
activity report only, so both are read together where an archive or a workbook has both.
"""

from collections.abc import Mapping, Sequence

from foyer_node.connectors.headers import fold
from foyer_node.connectors.joins import widen
from foyer_node.connectors.layouts import Layout, LayoutConnector
from foyer_node.connectors.reshaping import Columns, is_total
from foyer_node.ports import Source, Table

_LINES = {
    "order_id": "Order Number",
    "ordered_at": "Order Date",
    "event": "Product Name",
    "event_at": "Event Date|Show Date",
    "buyer": "Buyer Type",
    "channel": "Sales Channel|Channel",
    "line_type": "Sales Line Type",
    "group": "Product Group",
    "price_type": "Price Type",
    "quantity": "Quantity",
    "amount": "Price",
    "customer_key": "Anonymous Number",
    "production": "Product Group",
}
_SUMS = {
    "folder": "Folder",
    "name": "EventName|Event Name",
    "internal": "InternalEventName|Internal Event Name",
    "event_at": "EventDate|Event Date",
    "price_type": "TicketType|Ticket Type",
    "quantity": "Quantity",
    "face": "ItemPrice|Item Price",
    "amount": "Price",
}
_ACTIVITY = {"buyer": "anonymous number", "order": "order number", "what": "activity desc"}
_ADMISSIONS = frozenset(("", "ticket", "tickets", "admission", "single ticket", "reserved seat"))
_BUYERS = {"internet": "WEB", "online": "WEB", "web": "WEB", "walk up": "BOX_OFFICE"}


def _line(row: Mapping[str, str]) -> Mapping[str, str]:
    """What is sold beside admissions (passes, sweets, gifts) is kept and not counted (R20)."""
    admission = fold(row.get("line_type", "")) in _ADMISSIONS
    return {
        "excluded": "" if admission else "MERCH",
        "channel": row.get("channel") or row.get("buyer", ""),
    }


def _sum(row: Mapping[str, str]) -> Mapping[str, str] | None:
    sold = row.get("quantity", "")
    if sold and not sold.strip("0.,"):
        return None
    name, day = row.get("name", ""), row.get("event_at", "")
    total = any(is_total(row.get(field, "")) for field in ("folder", "name", "price_type"))
    made_up = (day, name, row.get("internal", ""), row.get("price_type", ""))
    return {
        "order_id": "sum " + " | ".join(made_up),
        "ordered_at": day,
        "event": "" if total else name,
        "production": row.get("internal") or name,
    }


class AgileConnector(LayoutConnector):
    """Reads the reports, order lines with their buyers where both are there."""

    def tables(self, source: Source) -> tuple[Table, ...]:
        """Every table as it is; order lines with the buyer of the activity behind them."""
        activity = _first(source.tables, ("buyer", "order", "what"))
        if activity is None:
            return source.tables
        return tuple(_with_buyer(table, activity) for table in source.tables)


def _first(tables: Sequence[Table], needed: Sequence[str]) -> Table | None:
    return next((one for one in tables if Columns(one.header, _ACTIVITY).has(*needed)), None)


def _with_buyer(table: Table, activity: Table) -> Table:
    key = Columns(table.header, {"order": "order number"}).position("order")
    side = Columns(activity.header, _ACTIVITY)
    side_key, buyer = side.position("order"), side.position("buyer")
    lines = Columns(table.header, {"product": "product name"})
    if key is None or side_key is None or buyer is None or not lines.has("product"):
        return table
    return widen(table, key, activity, side_key, {"Anonymous Number": buyer})


AGILE = AgileConnector(
    name="agile",
    layouts=(
        Layout(
            fields=_LINES,
            required=("order_id", "ordered_at", "event", "quantity", "amount", "line_type"),
            signs=("Sales Line Type", "Product Name"),
            decimal=".",
            words={"channel": _BUYERS},
            negative_is_refund=True,
            derived=("excluded", "channel"),
            derive=_line,
            wanted={"event_at": "event-date-unknown", "customer_key": "no-customer-column"},
        ),
        Layout(
            fields=_SUMS,
            required=("name", "event_at", "price_type", "quantity", "amount", "internal"),
            signs=("Folder",),
            decimal=".",
            is_sum=True,
            derived=("order_id", "ordered_at", "event", "production"),
            derive=_sum,
            warnings=("sums-not-orders",),
        ),
    ),
)
