"""Exports of go~mus, a museum system with German headers.

Orders name a customer by number and no ticket; tickets are in the positions of the orders.
A museum's event is an opening day and an admission product, and a surcharge is no visit of
its own (R17). Numbers come as `1001.0`
and days as spreadsheet serials. Guided tours are booked for groups and have no day of
booking: they are sums without a name. Reports of entries are counters.
"""

from collections.abc import Mapping, Sequence

from foyer_node.connectors.codes import is_surcharge
from foyer_node.connectors.headers import fold
from foyer_node.connectors.joins import widen
from foyer_node.connectors.layouts import Layout, LayoutConnector
from foyer_node.connectors.person_codes import is_yes
from foyer_node.connectors.reshaping import Columns, key_of
from foyer_node.ports import Source, Table

_POSITIONS = {
    "order_said": "Bestellnummer",
    "ordered_at": "Erstellt",
    "line_said": "Artikelnummer|Artikel-ID|Positionsnummer|Barcode",
    "product": "Ticket|Artikel|Artikelbezeichnung|Produkt",
    "event_at": "Gültig am|Besuchsdatum|Datum",
    "quantity": "Anzahl|Menge",
    "amount": "Gesamtpreis|Summe|Preis",
    "customer_said": "Kundennummer",
    "valid": "ist gültig?",
    "paid": "Bezahlstatus",
    "void": "ist storniert?",
    "channel": "Herkunft",
    "email": "E-Mail",
    "postcode_said": "PLZ",
    "country": "Land",
    "birth_year": "Geburtstag",
    "newsletter": "Newsletter",
}
_BOOKINGS = {
    "booking": "Buchung",
    "event_at": "Datum",
    "event_time": "Uhrzeit von",
    "venue": "Museum",
    "exhibition": "Ausstellung",
    "offer": "Angebot",
    "category": "Angebotskategorie",
    "quantity": "Anzahl Teilnehmende|Teilnehmerzahl",
    "amount": "Führungsentgelt / Summe Endkundenpreis ohne Storno",
    "state": "Status",
}
_RESERVATIONS = {
    "order_said": "ID",
    "quantity": "Plätze",
    "amount": "Preis",
    "price_type": "Kategorie",
    "ordered_at": "gebucht am",
    "email": "E-Mail",
    "phone": "Mobil|Telefon",
}
_ORDERS = {"order": "bestellnummer", "created": "erstellt", "value": "bestellwert"}
_LINES = {"order": "bestellnummer", "product": "ticket|artikel|artikelbezeichnung|produkt"}
_CUSTOMERS = {"customer": "nummer", "email": "e mail", "postcode": "plz"}
_CHANNELS = {
    "online shop": "WEB", "onlineshop": "WEB", "kasse": "BOX_OFFICE", "vor ort": "BOX_OFFICE",
    "backoffice": "GROUP_DESK", "app": "APP", "automat": "KIOSK",
}  # fmt: skip
_PRICES = {
    "regular": "FULL", "ermassigt": "SOCIAL", "freier eintritt": "FREE_ADMISSION",
    "jahreskarte": "MEMBER", "kombiticket": "FULL", "gruppe": "GROUP", "schulklasse": "SCHOOL",
}  # fmt: skip
_CONSENTS = {"ja": "yes", "nein": "no"}
_PAID = frozenset(("bezahlt", "paid", "ja"))
_CANCELLED = frozenset(("storniert", "abgesagt", "cancelled"))


def _position(row: Mapping[str, str]) -> Mapping[str, str]:
    order, product = key_of(row.get("order_said", "")), row.get("product", "")
    paid = fold(row.get("paid", ""))
    void = is_yes(row.get("void", "")) is True or is_yes(row.get("valid", "ja")) is False
    customer = key_of(row.get("customer_said", ""))
    return {
        "order_id": order,
        "line_id": key_of(row.get("line_said", "")),
        "event": product,
        "price_type": product,
        "price_class": _class_of(product),
        "customer_key": "" if customer == "0" else customer,
        "postcode": key_of(row.get("postcode_said", "")),
        "excluded": "DUPLICATE" if is_surcharge(product) else "",
        "consent_marketing_email": _CONSENTS.get(fold(row.get("newsletter", "")), ""),
        "status": "CANCELLED" if void else "SOLD" if paid in _PAID or not paid else "RESERVED",
    }


def _class_of(product: str) -> str:
    folded = f" {fold(product)} "
    return next((code for word, code in _PRICES.items() if f" {word} " in folded), "")


def _booking(row: Mapping[str, str]) -> Mapping[str, str]:
    names = (row.get(name, "") for name in ("offer", "exhibition", "category"))
    return {
        "order_id": f"booking {key_of(row.get('booking', ''))}" if row.get("booking") else "",
        "ordered_at": row.get("event_at", ""),
        "order_time": row.get("event_time", ""),
        "event": next((name for name in names if name), "Führung"),
        "price_class": "GROUP",
        "status": "CANCELLED" if fold(row.get("state", "")) in _CANCELLED else "SOLD",
    }


def _reservation(row: Mapping[str, str]) -> Mapping[str, str]:
    return {"order_id": key_of(row.get("order_said", ""))}


class GomusConnector(LayoutConnector):
    """Reads positions of orders, tours and reservations, joined with orders and customers."""

    def tables(self, source: Source) -> tuple[Table, ...]:
        """Every table as it is; positions with their order and its customer behind them."""
        orders = _first(source.tables, _ORDERS)
        customers = _first(source.tables, _CUSTOMERS)
        return tuple(
            _joined(table, orders, customers) if table is not orders else table
            for table in source.tables
        )


def _first(tables: Sequence[Table], names: Mapping[str, str]) -> Table | None:
    return next((one for one in tables if Columns(one.header, names).has(*names)), None)


def _joined(table: Table, orders: Table | None, customers: Table | None) -> Table:
    if orders is None or not Columns(table.header, _LINES).has(*_LINES):
        return table
    joined = _behind(table, "bestellnummer", orders, "bestellnummer")
    return joined if customers is None else _behind(joined, "kundennummer", customers, "nummer")


def _behind(table: Table, key: str, side: Table, side_key: str) -> Table:
    """`table` with the columns of `side` that it has not."""
    at = Columns(table.header, {"key": key}).position("key")
    side_at = Columns(side.header, {"key": side_key}).position("key")
    if at is None or side_at is None:
        return table
    own = {fold(name) for name in table.header}
    added = {n: i for i, n in enumerate(side.header) if fold(n) not in own and fold(n)}
    return widen(table, at, side, side_at, added)


GOMUS = GomusConnector(
    name="gomus",
    layouts=(
        Layout(
            fields=_POSITIONS,
            required=("order_said", "ordered_at", "product", "event_at", "quantity", "amount"),
            signs=("Bestellnummer",),
            unique_lines=False,
            words={"channel": _CHANNELS},
            negative_is_refund=True,
            derived=(
                "order_id", "line_id", "event", "price_type", "price_class", "customer_key",
                "postcode", "status", "excluded", "consent_marketing_email",
            ),
            derive=_position,
            wanted={"customer_said": "no-customer-column"},
        ),
        Layout(
            fields=_BOOKINGS,
            required=("booking", "event_at", "quantity", "amount", "category"),
            signs=("Buchung",),
            is_sum=True,
            derived=("order_id", "ordered_at", "order_time", "event", "price_class", "status"),
            derive=_booking,
            warnings=("sums-not-orders",),
        ),
        Layout(
            fields=_RESERVATIONS,
            required=("order_said", "quantity", "amount", "ordered_at"),
            signs=("gebucht am", "Plätze"),
            derived=("order_id",),
            derive=_reservation,
            warnings=("event-date-unknown", "event-not-named"),
        ),
    ),
)  # fmt: skip
