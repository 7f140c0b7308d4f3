"""Ticket exports of Archtics: one row is a block of seats, from the first to the last.

`purchase_price` is of one seat, `paid_amount` and `block_purchase_price` are of the block.
Many exports have no order number: then what one account bought at one time is an order,
and a block without an account is an order of its own.
"""

from collections.abc import Mapping

from foyer_node.connectors.codes import PriceClass, price_class_of
from foyer_node.connectors.layouts import Layout, LayoutConnector
from foyer_node.connectors.person_codes import is_yes
from foyer_node.connectors.reshaping import key_of

_FIELDS = {
    "event": "event_name_long|event_description|event_desc|event_name",
    "event_at": "event_datetime|event_date|event_day",
    "event_time": "event_time",
    "section": "section_name",
    "seat_row": "row_name",
    "first": "seat_num|first_seat",
    "last": "last_seat",
    "seats": "num_seats",
    "account": "acct_id|account_id",
    "order_said": "order_num|order_id|order_number",
    "ordered_at": "add_datetime|add_date|order_date|upd_datetime",
    "price_type": "price_code_desc|price_code",
    "comp": "comp|comp_ind",
    "comp_name": "comp_name",
    "amount": "paid_amount|block_purchase_price",
    "due": "block_purchase_price",
    "face": "purchase_price",
    "promo": "promo_code",
    "status": "ticket_status|seat_status",
    "channel": "source|sales_source|sell_location_name|sell_location",
    "email": "email_addr|email",
    "postcode": "zip|zip_code|postal_code",
    "country": "country",
    "plan": "plan_event_name|plan_type|pack_name",
}


def _derived(row: Mapping[str, str]) -> Mapping[str, str]:
    block = [row.get(name, "") for name in ("event", "section", "seat_row", "first")]
    account = key_of(row.get("account", ""))
    account = "" if account == "0" else account
    when = row.get("ordered_at", "")
    order = row.get("order_said") or " ".join([when, *([account] if account else block)])
    is_comp = is_yes(row.get("comp", "")) is True
    label = (row.get("comp_name", "") if is_comp else "") or row.get("price_type", "")
    plan = row.get("plan", "")
    given_back = any(row.get(name, "")[:1] in {"-", "("} for name in ("seats", "amount"))
    return {
        "order_id": key_of(order),
        "line_id": " ".join([*block, "back"] if given_back else block),
        "customer_key": account,
        "quantity": row.get("seats") or _seats(row.get("first", ""), row.get("last", "")),
        "price_type": label,
        "price_class": _comp_class(label) if is_comp else "",
        "package_id": f"{order} {plan}" if plan else "",
        "mode_of_sale": ("SUB_FLEX" if "flex" in plan.lower() else "SUB_FIXED") if plan else "",
    }


def _seats(first: str, last: str) -> str:
    """Seats of a block by its ends; "" where they are no numbers."""
    if not (first.isdecimal() and last.isdecimal()):
        return "1" if first and not last else ""
    return str(int(last) - int(first) + 1)


def _comp_class(label: str) -> str:
    known = price_class_of(label)
    return known if known.startswith("COMP_") else PriceClass.COMP_MARKETING


ARCHTICS = LayoutConnector(
    name="archtics",
    layouts=(
        Layout(
            fields=_FIELDS,
            required=("event", "section", "seat_row", "first", "ordered_at", "amount"),
            signs=("section_name", "row_name"),
            unique_lines=True,
            words={"status": {"a": "SOLD", "active": "SOLD", "r": "REFUNDED", "rt": "REFUNDED"}},
            negative_is_refund=True,
            derived=(
                "order_id", "line_id", "customer_key", "quantity", "price_type", "price_class",
                "package_id", "mode_of_sale",
            ),
            derive=_derived,
            wanted={"account": "no-customer-column", "event_at": "event-date-unknown"},
        ),
    ),
)  # fmt: skip
