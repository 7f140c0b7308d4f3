"""Tickets of Mapado, as CSV or as JSON of its API: one line a ticket.

`facialValue` is in cents and `paidValue` is not (R23). A negative price that is no refund
does occur, and refuses its row. A paid ticket that is not valid any more is cancelled; an
imported one was sold by another seller.
"""

from collections.abc import Mapping

from foyer_node.connectors.codes import PriceClass, price_class_of
from foyer_node.connectors.headers import fold
from foyer_node.connectors.json_tables import tables_of
from foyer_node.connectors.layouts import Layout, LayoutConnector
from foyer_node.connectors.person_codes import is_yes

_FIELDS = {
    "order_id": "order.id|orderId|order_id|order.@id|order|cart",
    "ordered_at": "order.createdAt|createdAt|orderDate|soldAt|purchaseDate",
    "line_id": "ticketId|id|@id",
    "event_said": "eventDate.ticketing.title|ticketing.title|eventTitle|event|ticketing|title",
    "event_at_said": "eventDate.startDate|eventDateStart|startDate|eventDate",
    "venue": "eventDate.venue.name|venue.name|venue",
    "amount": "paidValue",
    "face": "facialValue",
    "currency": "currency",
    "status_said": "status",
    "is_valid": "isValid",
    "imported": "imported",
    "channel_said": "order.channel|salesChannel|channel|desk",
    "price_type": "ticketPrice.name|priceName|tariff|price.name",
    "list_type": "ticketPrice.priceList.type|ticketPrice.type|priceListType|priceList.type|type",
    "email": "order.customer.email|customer.email|email",
    "customer_key": "order.customer.id|customer.id|customerId",
    "postcode": "order.customer.zipCode|customer.zipCode|zipCode|postcode",
    "country": "order.customer.country|customer.country|country",
    "scanned_at": "scannedAt|controlledAt",
}
_LISTS = {
    fold(name): code
    for name, code in {
        "full_price": "FULL",
        "reduced": "SOCIAL",
        "exempted": "FREE_ADMISSION",
        "subscription": "SUBSCRIPTION",
        "subscriptionMemberLoyalty": "SUBSCRIPTION",
        "scholar": "SCHOOL",
        "group": "GROUP",
        "reseller": "RESELLER",
    }.items()
}
"""The types of price lists (data model C.2); whether `reduced` is a promotion is not said."""


def _derived(row: Mapping[str, str]) -> Mapping[str, str]:
    said, when = row.get("status_said", ""), row.get("event_at_said", "")
    gone = is_yes(row.get("is_valid", "")) is False and fold(said) in {"payed", "paid"}
    path = when if when.startswith("/") else ""  # the address of a date, not a date
    return {
        "status": "cancelled" if gone else said,
        "event": row.get("event_said") or path or "Mapado",
        "event_at": "" if path else when,
        "channel": "AGENT" if is_yes(row.get("imported", "")) else row.get("channel_said", ""),
        "price_class": _class_of(fold(row.get("list_type", "")), row.get("price_type", "")),
    }


def _class_of(kind: str, label: str) -> str:
    """The class of a price list; of a reduced one the label may know which reduction."""
    if kind == "reduced" and price_class_of(label) is not PriceClass.OTHER:
        return ""
    return _LISTS.get(kind, "")


MAPADO = LayoutConnector(
    name="mapado",
    layouts=(
        Layout(
            fields=_FIELDS,
            required=("order_id", "ordered_at", "line_id", "amount", "face", "status_said"),
            signs=("facialValue", "paidValue"),
            unique_lines=True,
            minor=frozenset({"face"}),
            derived=("status", "event", "event_at", "channel", "price_class"),
            derive=_derived,
            wanted={"event_said": "event-not-named", "event_at_said": "event-date-unknown"},
        ),
    ),
    documents=tables_of,
)
