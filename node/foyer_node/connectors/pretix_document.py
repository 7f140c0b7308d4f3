"""pretix's JSON: the file of its export, and what its REST API answers, as one flat table.

Both hold orders with positions and name products and dates by numbers; they differ in where
the lists stand and in how a text is translated. Only what the canonical row has a field for
is taken over: no name, address, comment or answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation

from foyer_node.connectors.codes import exclusion_of
from foyer_node.connectors.reshaping import ReshapedTable
from foyer_node.ports import Cell, Table

FIELDS = (
    "order_id", "line_id", "status", "ordered_at", "email", "phone", "customer_key", "channel",
    "event", "event_at", "venue", "capacity", "amount", "due", "fee", "price_type",
    "excluded", "postcode", "country", "promo", "scanned_at", "valid_days",
)  # fmt: skip
HEADER = tuple(f"pretix.{name}" for name in FIELDS)
"""Header of the table, which no file has."""

CHANNELS = {
    "web": "WEB",
    "pretixpos": "BOX_OFFICE",
    "api.boxoffice": "BOX_OFFICE",
    "boxoffice": "BOX_OFFICE",
    "resellers": "AGENT",
    "api.resellers": "AGENT",
}
"""Identifiers of sales channels."""

_Item = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shop:
    """What orders refer to by number."""

    event: _Item
    items: Mapping[object, _Item]
    subevents: Mapping[object, _Item]
    capacity: Mapping[object, int] = field(default_factory=dict)  # by subevent


def pretix_tables(document: object) -> tuple[Table, ...]:
    """The table of a document's orders; none where it is no document of pretix."""
    outer = _map(document)
    event = _map(outer.get("event"))
    # The file has its lists inside the event; a pull puts those of the API beside it.
    inner = event if "orders" in event else outer
    if "slug" not in event or not isinstance(inner.get("orders"), list):
        return ()
    shop = _Shop(
        event=event,
        items=_by_id(inner.get("items")),
        subevents=_by_id(inner.get("subevents")),
        capacity=_capacities(_maps(inner.get("quotas"))),
    )
    orders = _maps(inner["orders"])

    def made() -> Iterator[tuple[int, Sequence[Cell]]]:
        number = 0
        for order in orders:
            for row in _lines(order, shop):
                number += 1
                yield number, [row.get(name, "") for name in FIELDS]

    return (ReshapedTable(header=HEADER, layout="json", made=made),)


def _lines(order: _Item, shop: _Shop) -> Iterator[dict[str, str]]:
    """One row a position, cancelled ones included."""
    homes = [_map(order.get("invoice_address")), *_maps(order.get("positions"))]
    home = next((place for place in homes if _text(place.get("zipcode"))), {})
    fees = sum(_money(fee.get("value")) for fee in _maps(order.get("fees")) if not _gone(fee))
    shares = _paid_share(order)
    whole = {
        "order_id": _text(order.get("code")),
        "ordered_at": _text(order.get("datetime")),
        "email": _text(order.get("email")),
        "phone": _text(order.get("phone")),
        "customer_key": _text(order.get("customer")),
        "channel": _text(order.get("sales_channel")),
        "event": _text(shop.event.get("slug")),
        "postcode": _text(home.get("zipcode")),
        "country": _text(home.get("country")),
    }
    for position in _maps(order.get("positions")):
        status = _status(order, position)
        price = _money(position.get("price"))
        fee, fees = (fees, Decimal(0)) if not _gone(position) else (Decimal(0), fees)
        yield {
            **whole,
            "line_id": _text(position.get("positionid")),
            "status": status,
            "amount": str(price * shares),
            "due": str(price) if shares != 1 else "",
            "fee": str(fee),
            "promo": _text(position.get("voucher")),
            "scanned_at": _entered(position),
            "valid_days": _days(position),
            **_product(order, position, shop),
            **_when(position, shop),
        }


def _status(order: _Item, position: _Item) -> str:
    """pretix's own letters; a cancelled position whose money went back is refunded."""
    status = _text(order.get("status"))
    if status == "c" or _gone(position):
        back = any(_text(one.get("state")) == "done" for one in _maps(order.get("refunds")))
        return "refunded" if back else "c"
    return status


def _paid_share(order: _Item) -> Decimal:
    """The part of a pending order that is paid (R9); 1 where the document does not say less."""
    total = _money(order.get("total"))
    confirmed = [p for p in _maps(order.get("payments")) if _text(p.get("state")) == "confirmed"]
    paid = sum((_money(payment.get("amount")) for payment in confirmed), Decimal(0))
    return paid / total if _text(order.get("status")) == "n" and 0 < paid < total else Decimal(1)


def _product(order: _Item, position: _Item, shop: _Shop) -> dict[str, str]:
    item = shop.items.get(position.get("item"), {})
    variations = _by_id(item.get("variations"))
    variation = variations.get(position.get("variation"), {})
    product = _text(item.get("name"))
    label = _text(variation.get("name") or variation.get("value")) or product
    excluded = exclusion_of(label, product) or ""
    if not excluded and item.get("admission") is False:
        excluded = "MERCH"
    return {"price_type": label, "excluded": "TEST" if order.get("testmode") is True else excluded}


def _when(position: _Item, shop: _Shop) -> dict[str, str]:
    number = position.get("subevent")
    date = shop.subevents.get(number, shop.event)
    seats = shop.capacity.get(number, 0)
    return {
        "event_at": _text(date.get("date_from")),
        "venue": _text(date.get("location")).partition("\n")[0],
        "capacity": str(seats) if seats else "",
    }


def _capacities(quotas: Sequence[_Item]) -> dict[object, int]:
    """Seats by date: the sum of its quotas, or the largest where a product is in several."""
    dates: dict[object, list[_Item]] = {}
    for quota in quotas:
        dates.setdefault(quota.get("subevent"), []).append(quota)
    found = {}
    for number, all_of_it in dates.items():
        sizes = [size for quota in all_of_it if isinstance(size := quota.get("size"), int)]
        items = [item for quota in all_of_it for item in _list(quota.get("items"))]
        if sizes and len(sizes) == len(all_of_it):  # a quota without a size has no end
            found[number] = sum(sizes) if len(set(map(str, items))) == len(items) else max(sizes)
    return found


def _entered(position: _Item) -> str:
    times = [
        _text(checkin.get("datetime"))
        for checkin in _maps(position.get("checkins"))
        if checkin.get("type", "entry") == "entry"
    ]
    return min(filter(None, times), default="")


def _days(position: _Item) -> str:
    """How many days a pass is good for; "" where it is no pass."""
    try:
        starts = datetime.fromisoformat(_text(position.get("valid_from")))
        ends = datetime.fromisoformat(_text(position.get("valid_until")))
        days = (ends.date() - starts.date()).days + 1
    except (ValueError, TypeError):
        return ""
    return str(days) if days > 1 else ""


def _gone(thing: _Item) -> bool:
    return thing.get("canceled") is True


def _text(value: object) -> str:
    """A text in whatever language it has; pretix writes `None` for no telephone."""
    if isinstance(value, Mapping):
        named = value.get("en") or next((text for text in value.values() if text), "")
        return _text(named)
    if isinstance(value, str):
        return "" if value == "None" else value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _money(value: object) -> Decimal:
    try:
        amount = Decimal(_text(value) or "0")
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() else Decimal(0)


def _map(value: object) -> _Item:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _maps(value: object) -> list[_Item]:
    return [one for one in _list(value) if isinstance(one, Mapping)]


def _by_id(value: object) -> dict[object, _Item]:
    return {one.get("id"): one for one in _maps(value) if isinstance(one.get("id"), int)}
