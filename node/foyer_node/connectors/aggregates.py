"""Sums per session and price, as CSV or as JSON: what a till without customers can give.

For a museum the session is the opening day and the show is the admission product; a
surcharge for an exhibition is no visit of its own (R17).
"""

from collections.abc import Iterator, Mapping, Sequence

from foyer_node.connectors.codes import is_surcharge
from foyer_node.connectors.headers import SALES, fold
from foyer_node.connectors.json_tables import table_of
from foyer_node.connectors.layouts import Layout, LayoutConnector
from foyer_node.connectors.reshaping import is_total
from foyer_node.ports import Cell, Table

_FIELDS = {
    "session": "session|session_title|event|event name|performance|show|production|film"
    "|exhibition|forestilling|arrangement|udstilling|voorstelling|evenement|tentoonstelling"
    "|spectacle|seance|évènement|exposition|titre|föreställning|evenemang|utställning|esitys"
    "|tapahtuma|näyttely",
    "event_at": "session_date|date|session start|event date|performance date|visit date|day"
    "|dato|spilledato|besøgsdato|dag|datum|speeldatum|bezoekdatum|date de séance|date de visite"
    "|jour|speldatum|besöksdatum|päivä|päivämäärä|pvm|esityspäivä",
    "event_time": "session_time|time|start time|tidspunkt|klokkeslæt|tijd|aanvangstijd|heure"
    "|heure de séance|tid|klockslag|aika|kellonaika|klo",
    "price_type": "price_title|price|ticket type|price type|product|ticket|billettype|produkt"
    "|kaartsoort|tarief|product|tarif|type de billet|produit|biljettyp|produkt|lipputyyppi|tuote",
    "quantity": "quantity|qty|tickets|tickets sold|sold|number of tickets|admissions|antal"
    "|antal billetter|solgte billetter|aantal|aantal kaarten|verkocht|quantité|nb billets"
    "|nombre de billets|vendus|antal biljetter|sålda|määrä|kpl|myydyt",
    "amount": "revenue|turnover|sales|gross sales|takings|total revenue|omsætning|omzet|recette"
    "|recettes|chiffre d'affaires|ca|intäkter|omsättning|försäljning|tulot|myynti|liikevaihto",
    "face": "unit_price|unit price|price_amount|ticket price|stykpris|stuksprijs|prix unitaire"
    "|styckpris|yksikköhinta",
    "channel": "channel|sales channel|point of sale|salgskanal|verkoopkanaal|canal de vente"
    "|försäljningskanal|myyntikanava",
    "venue": "location|venue|sted|locatie|lieu|plats|paikka",
    "room": "room|hall|sal|zaal|salle|sali",
    "currency": "currency|valuta|devise|valuutta",
}
_SINGLE_SALES = SALES.strong["order_id"] | SALES.strong["ordered_at"] | SALES.strong["email"]


def _derived(row: Mapping[str, str]) -> Mapping[str, str] | None:
    session, price = row.get("session", ""), row.get("price_type", "")
    sold = row.get("quantity", "")
    if not sold.strip("0.,") and sold:
        return None  # a price of which nothing was sold
    total = is_total(session) or is_total(price)
    venue = " ".join(filter(None, (row.get("venue", ""), row.get("room", ""))))
    when = [row.get("event_at", ""), row.get("event_time", "")]
    return {
        "order_id": "sum " + " | ".join((*when, session, venue, price, row.get("channel", ""))),
        "ordered_at": when[0],
        "order_time": when[1],
        "event": "" if total else session or price,
        "venue": venue,
        "excluded": "DUPLICATE" if is_surcharge(price) else "",
    }


class AggregatesConnector(LayoutConnector):
    """Reads sums; a file in which single orders are told apart is none of its own."""

    def recognises(self, header: Sequence[str]) -> float:
        """Below systems and the six columns of single sales, above counts of people alone."""
        if any(fold(name) in _SINGLE_SALES for name in header):
            return 0.0
        return super().recognises(header)


def _sessions(
    part: object, above: Mapping[str, Cell], levels: int = 5
) -> Iterator[Mapping[str, Cell]]:
    """A row for each price of each session, wherever in the document sessions stand."""
    if levels == 0:
        return
    if isinstance(part, Sequence) and not isinstance(part, str | bytes):
        for one in part:
            yield from _sessions(one, above, levels - 1)
    elif isinstance(part, Mapping):
        own = {**above, **_told(part)}
        prices = part.get("prices")
        if isinstance(prices, Sequence) and not isinstance(prices, str | bytes):
            for price in prices:
                if isinstance(price, Mapping):
                    yield {**own, **_price(price)}
            return
        for value in part.values():
            if isinstance(value, Sequence | Mapping) and not isinstance(value, str | bytes):
                yield from _sessions(value, own, levels - 1)


_NAMES = {
    "session": ("title", "name", "event", "show"),
    "date": ("date", "start", "starts_at", "start_date", "datetime", "session_date"),
    "time": ("time", "start_time", "hour"),
    "location": ("location", "venue", "place"),
    "room": ("room", "hall"),
    "currency": ("currency",),
}


def _told(part: Mapping[str, object]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for name, words in _NAMES.items():
        for word in words:
            value = part.get(word)
            value = value.get("name") if isinstance(value, Mapping) else value
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                found[name] = value
                break
    return found


def _price(price: Mapping[str, object]) -> dict[str, Cell]:
    values = {name: price.get(name) for name in ("title", "amount", "quantity", "revenue")}
    told = {k: v for k, v in values.items() if isinstance(v, str | int | float)}
    return {
        "price_title": told.get("title"),
        "unit_price": told.get("amount"),
        "quantity": told.get("quantity"),
        "revenue": told.get("revenue"),
    }


def tables_in(document: object) -> tuple[Table, ...]:
    """One table of a document's sessions and prices; none where it has no prices."""
    rows = list(_sessions(document, {}))
    return (table_of(rows),) if rows else ()


AGGREGATES = AggregatesConnector(
    name="aggregates",
    layouts=(
        Layout(
            fields=_FIELDS,
            required=("event_at", "quantity", "amount", "price_type"),
            certainty=0.46,
            is_sum=True,
            derived=("order_id", "ordered_at", "order_time", "event", "venue", "excluded"),
            derive=_derived,
            warnings=("sums-not-orders",),
        ),
    ),
    documents=tables_in,
)
