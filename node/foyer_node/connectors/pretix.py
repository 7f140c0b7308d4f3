"""Order exports of pretix: positions, or orders if that is all there is, or its JSON.

pretix writes headers, statuses, channels and decimals in the language of whoever
pressed the button; the layout is the same. Three of the six translations use one
name for two columns, so a column is a name and which of its occurrences is meant.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from foyer_node.connectors.connector import CanonicalRow, Plan, Reading, Rejected
from foyer_node.connectors.headers import chosen_columns, fold
from foyer_node.connectors.money import agreed_decimal
from foyer_node.connectors.pretix_document import CHANNELS, FIELDS, HEADER, pretix_tables
from foyer_node.connectors.records import RecordKind
from foyer_node.connectors.rows import read_table
from foyer_node.ports import Source, Table
from foyer_protocol.errors import ConnectorError

# Per field, the names in en|da|nl|fr|sv|fi; "#2" means the second column of that name.
_ORDER = {
    "event": "Event slug|Arrangements-slug (sidste del af URL)|Slug van evenement"
    "|Titre de l'événement|Förkortning för evenemanget|Tapahtuman tunniste",
    "order_id": "Order code|Bestillingsnr.|Bestelcode|Code de commande|Bokningsnummer|Tilauskoodi",
    "status": "Status|Status|Status|Statut|Status|Tila",
    "email": "Email|Email|E-mail|E-Mail|E-post|Sähköposti",
    "ordered_at": "Order date|Bestillingsdato|Besteldatum|Date de commande|Bokningsdatum"
    "|Tilauksen päivämäärä",
    "order_time": "Order time|Bestillingstidspunkt|Besteltijd|Heure de commande|Tid för bokning"
    "|Tilauksen aika",
    "channel": "Sales channel|Salgskanal|Verkoopkanaal|Canal de vente|Säljkanal|Myyntikanavat",
    "phone": "Phone number|Telefonnummer|Telefoonnummer|Numéro de téléphone|Telefonnummer"
    "|Puhelinnumero",
    "customer_key": "External customer ID|Ekstern kunde-ID|Extern klantnummer"
    "|Identifiant de commerçant externe|Externt kund ID|Asiakastunnus",
}
_POSITIONS = {
    **_ORDER,
    "line_id": "Position ID|Post-ID|Positie-ID|ID de la position|Positions-ID|Paikkatunniste",
    "event_at": "Start date|Starttidspunkt|Startdatum|Date de début|Start datum|Alkupäivämäärä",
    "amount": "Price|Pris|Prijs|Prix|Pris|Hinta",
    "product": "Product|Produkt|Product|Produit|Produkt|Tuote",
    "price_type": "Variation|Variant|Variant|Variante|Variation|Variaatio",
    "promo": "Voucher|Rabatkode|Voucher|Bon|Kupong|Kuponki",
    "postcode": "Invoice address ZIP code|Faktureringsadresse (postnr.)|Factuuradres: postcode"
    "|Adresse de facturation (Code postal)|Fakturaadress postnummer#2"
    "|Laskutusosoitteen postinumero",
    "country": "Invoice address country|Faktureringsadresse (land)|Factuuradres: land"
    "|Adresse de facturation (pays)|Fakturaadress land|Laskutusosoitteen maa",
    "postcode_2": "ZIP code|Postnummer|Postcode|Code postal|Postnummer|Postinumero",
    "country_2": "Country|Land|Land|Pays|Land|Maa",
}
_ORDERS = {
    **_ORDER,
    "amount": "Order total|I alt|Totaalbedrag van bestelling|Total de la commande"
    "|Totalt antal bokningar|Tilauksen summa",
    "fees": "Fees|Gebyrer|Toeslagen|Frais|Moms|Kulu",
    "quantity": "Positions|Linjer|Posities|Positions|Positioner|Paikat",
    "postcode": "ZIP code|Postnummer|Postcode|Code postal|Postnummer|Postinumero",
    "country": "Country|Land|Land|Pays|Land|Maa",
}
_OPTIONAL = frozenset({
    "event_at", "product", "price_type", "postcode", "country", "postcode_2", "country_2",
    "channel", "customer_key", "phone", "promo",
})  # fmt: skip
"""pretix leaves these out by its settings; `event_at` is there for event series only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    name: str
    detail: int
    fields: dict[str, str]

    def locate(self, header: Sequence[str]) -> dict[str, int] | None:
        """Positions of the fields in the one language that has them all, or None."""
        folded = [fold(name) for name in header]
        for language in range(6):
            found: dict[str, int] = {}
            for name, words in self.fields.items():
                word, _, nth = words.split("|")[language].partition("#")
                places = [i for i, text in enumerate(folded) if text == fold(word)]
                if len(places) >= int(nth or 1):
                    found[name] = places[int(nth or 1) - 1]
            if all(name in found or name in _OPTIONAL for name in self.fields):
                return found
        return None


_LAYOUTS = (
    _Layout(name="positions", detail=2, fields=_POSITIONS),
    _Layout(name="orders", detail=1, fields=_ORDERS),
)


class PretixConnector:
    """Reads `orderlist` exports in Danish, Dutch, English, Finnish, French and Swedish."""

    name = "pretix"
    kind = RecordKind.SALES

    def tables(self, source: Source) -> tuple[Table, ...]:
        """Every table of the file as it is, or that of the orders in its JSON."""
        return source.tables if source.document is None else pretix_tables(source.document)

    def recognises(self, header: Sequence[str]) -> float:
        """1 for positions, 0.9 for orders, which know less; 0 for everything else."""
        if tuple(header) == HEADER:
            return 1.0
        for layout in _LAYOUTS:
            if layout.locate(header) is not None:
                return 1.0 if layout.detail == 2 else 0.9
        return 0.0

    def plan(self, table: Table, reading: Reading) -> Plan:
        """Locate the columns of the positions or orders layout."""
        if table.header == HEADER:
            return _planned_document(reading)
        for layout in _LAYOUTS:
            if (found := layout.locate(table.header)) is not None:
                return _planned(table, reading, layout, found)
        raise ConnectorError(
            "The header is neither of pretix's positions nor of its orders export, in any of"
            " six languages. Nothing was imported.",
            hint="Export “Order data” with all columns, or import with --from generic.",
        )

    def read(self, table: Table, plan: Plan) -> Iterator[CanonicalRow | Rejected]:
        """Rows as planned."""
        return read_table(table, plan)


def _planned_document(reading: Reading) -> Plan:
    return Plan(
        columns={name: position for position, name in enumerate(FIELDS)},
        reading=reading,
        day_first={},
        decimal=".",
        unique_lines=True,
        words={"channel": CHANNELS},
    )


def _planned(table: Table, reading: Reading, layout: _Layout, found: dict[str, int]) -> Plan:
    columns = dict(found)
    product = columns.pop("product", None)
    if "price_type" not in columns and product is not None:
        columns["price_type"] = product
    if reading.columns:  # the steward's word goes over ours
        columns |= chosen_columns(table.header, reading.columns)
    amount = columns["amount"]
    cells = (row[amount] for _, row in table.rows() if len(row) > amount)
    decimal = reading.decimal or agreed_decimal(cells) or "."
    warnings = [] if "event_at" in columns else ["event-date-unknown"]
    if layout.detail == 1:
        warnings.append("one-line-per-order")
    return Plan(
        columns=columns,
        reading=reading,
        day_first={},
        decimal=decimal,
        detail=layout.detail,
        unique_lines=layout.detail == 2,
        rows_alone=True,
        warnings=tuple(warnings),
    )
