"""Tickets of Shotgun, as CSV or as JSON of its API: one line a ticket.

A resold ticket stands twice: the first buyer's is `resold`, the new buyer's is `valid`, so
that one seat is one attendance. `service_fee` is on top of `ticket_price`.
"""

from collections.abc import Mapping

from foyer_node.connectors.json_tables import tables_of
from foyer_node.connectors.layouts import Layout, LayoutConnector

_FIELDS = {
    "order_id": "order_id",
    "ordered_at": "ordered_at",
    "line_id": "ticket_id",
    "event": "event_name|event_id",
    "event_at": "event_start_time",
    "venue": "venue_name|event_venue",
    "amount": "ticket_price",
    "fee": "service_fee",
    "currency": "currency",
    "channel": "channel",
    "price_type": "deal_title|deal_name|ticket_title|ticket_name",
    "promo": "promo_code|discount_code",
    "scanned_at": "ticket_redeemed_at",
    "status_said": "ticket_status",
    "cancelled_at": "cancelled_at",
    "email": "buyer_email",
    "phone": "buyer_phone",
    "gender": "buyer_gender",
    "birth_year": "buyer_birthday",
    "postcode": "buyer_zip_code",
    "country": "buyer_country",
    "consent_marketing_email": "buyer_newsletter_optin",
}
_STATUSES = {
    "valid": "SOLD",
    "resold": "RESOLD",
    "refunded": "REFUNDED",
    "canceled": "CANCELLED",
    "rejected": "CANCELLED",
    "pending_organizer_approval": "RESERVED",
    "payment_plan_pending": "RESERVED",
}


def _derived(row: Mapping[str, str]) -> Mapping[str, str]:
    """A day of cancellation outweighs a ticket that is still called valid."""
    said = row.get("status_said", "")
    return {"status": "canceled" if row.get("cancelled_at") and said in {"", "valid"} else said}


SHOTGUN = LayoutConnector(
    name="shotgun",
    layouts=(
        Layout(
            fields=_FIELDS,
            required=("order_id", "ordered_at", "line_id", "event", "amount", "status_said"),
            signs=("ticket_status", "buyer_email"),
            unique_lines=True,
            words={
                "status": _STATUSES,
                "channel": {"shotgun": "WEB", "smartboard": "WEB", "guestlist": "UNKNOWN"},
            },
            derived=("status",),
            derive=_derived,
            wanted={"event_at": "event-date-unknown"},
        ),
    ),
    documents=tables_of,
)
