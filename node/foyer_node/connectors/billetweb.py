"""Attendees of Billetweb, as CSV or as JSON of its API: one line a ticket.

Its times are of Paris and say so nowhere, whatever clock the venue lives by; a time that is
not there is `0000-00-00 00:00:00`. `disabled` is 1 for a ticket that was given back. How a
ticket was paid says where it was sold, except for free ones, which may say nothing.
"""

from collections.abc import Mapping

from foyer_node.connectors.codes import Channel, PriceClass, channel_of, price_class_of
from foyer_node.connectors.headers import fold
from foyer_node.connectors.json_tables import tables_of
from foyer_node.connectors.layouts import Layout, LayoutConnector

_FIELDS = {
    "order_id": "order_id",
    "ordered_at": "order_date",
    "line_id": "id",
    "event_said": "event_name|event",
    "session": "order_session",
    "event_at": "session_start",
    "amount": "price",
    "paid": "order_paid",
    "payment": "order_payment_type",
    "origin": "order_origin",
    "disabled": "disabled",
    "used": "used",
    "scanned_at": "used_date",
    "price_type": "ticket",
    "promo": "reduction_code",
    "email": "order_email|email",
    "postcode": "zip|order_zip|code_postal",
    "country": "country|order_country",
}
_PAYMENTS = {
    "web": "WEB",
    "free": "WEB",
    "reservation": "WEB",
    "cash": "BOX_OFFICE",
    "check": "BOX_OFFICE",
    "card": "BOX_OFFICE",
    "multiple": "BOX_OFFICE",
}
_NAMELESS = "Billetweb"


def _derived(row: Mapping[str, str]) -> Mapping[str, str]:
    payment, price = fold(row.get("payment", "")), row.get("amount", "")
    origin = channel_of(row.get("origin", ""))
    session = row.get("session", "")
    reserved = payment == "reservation" and row.get("paid") == "0"
    return {
        "event": row.get("event_said") or (session if session.strip("0") else "") or _NAMELESS,
        "channel": row.get("payment" if origin is Channel.UNKNOWN else "origin", ""),
        "status": "REFUNDED" if row.get("disabled") == "1" else "RESERVED" if reserved else "SOLD",
        "price_class": _class_of(payment, price, row.get("price_type", "")),
    }


def _class_of(payment: str, price: str, label: str) -> str:
    """An invitation is a complimentary ticket; what costs nothing and says nothing is free."""
    if payment == "invitation":
        return PriceClass.COMP_MARKETING
    free = bool(price) and not price.strip("0.,")
    if free and price_class_of(label) is PriceClass.OTHER:
        return PriceClass.FREE_ADMISSION
    return ""


BILLETWEB = LayoutConnector(
    name="billetweb",
    layouts=(
        Layout(
            fields=_FIELDS,
            required=("order_id", "ordered_at", "line_id", "amount", "disabled", "payment"),
            signs=("order_payment_type", "ticket"),
            unique_lines=True,
            timezone="Europe/Paris",
            words={"channel": _PAYMENTS},
            derived=("event", "channel", "status", "price_class"),
            derive=_derived,
            wanted={"event_said": "event-not-named", "event_at": "event-date-unknown"},
        ),
    ),
    documents=tables_of,
)
