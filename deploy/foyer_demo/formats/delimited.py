"""Text tables as systems of all kinds write them: one row per order line, C.3 columns and more.

Styles differ in delimiter, encoding, decimal mark, dates and language on purpose.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from foyer_demo.book import ANONYMOUS, Book
from foyer_demo.formats.spelling import spell_email, write_amounts, write_times


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How one system writes."""

    file_name: str
    delimiter: str
    encoding: str
    decimal: str
    moment: str  # pattern of `write_times`
    columns: dict[str, str]  # from FIELDS to header, in the order of the file
    channels: tuple[str, ...] = ()  # by book.Channel
    prices: tuple[str, ...] = ()  # by book.Price
    statuses: tuple[str, ...] = ()  # by book.Status


FIELDS = (
    "order", "placed", "event", "starts", "quantity", "amount", "email",
    "postcode", "country", "channel", "price", "status", "currency",
)  # fmt: skip


def _name(headers: str, fields: tuple[str, ...] = FIELDS) -> dict[str, str]:
    return dict(zip(fields, headers.split("|"), strict=True))


_NO_COUNTRY = tuple(name for name in FIELDS if name not in ("country", "currency"))

STYLES: dict[str, Style] = {
    "svensk": Style(
        file_name="biljettexport.csv", delimiter=";", encoding="latin-1", decimal=",",
        moment="{D}-{M}-{Y} {h}:{m}",
        columns=_name(
            "Ordernummer|Orderdatum|Utställning|Speldatum|Antal|Belopp|E-postadress|Postnummer"
            "|Försäljningskanal|Biljettyp|Status", _NO_COUNTRY,
        ),
        channels=("Webb", "App", "Telefon", "Kassa"),
        prices=("Vuxen", "Rabatt", "Ungdom", "Fribiljett", "Grupp"),
        statuses=("Såld", "Återbetald"),
    ),
    "english": Style(
        file_name="sales_report.txt", delimiter="\t", encoding="utf-16", decimal=".",
        moment="{D}/{M}/{Y} {h}:{m}",
        columns=_name(
            "Booking ref|Purchase date|Event|Performance date|Tickets|Amount paid|Email address"
            "|Postcode|Country|Sales channel|Ticket type|Status|Currency"
        ),
        channels=("Website", "Mobile app", "Phone", "Box office"),
        prices=("Full price", "Concession", "Youth", "Complimentary", "Group"),
        statuses=("Sold", "Refunded"),
    ),
    "francophone": Style(
        file_name="rapport_ventes.csv", delimiter=";", encoding="utf-8-sig", decimal=",",
        moment="{Y}-{M}-{D} {h}:{m}",
        columns=_name(
            "No commande|Date d'achat|Spectacle|Date de représentation|Nb billets|Montant"
            "|Courriel|Code postal|Pays|Canal de vente|Type de billet|Statut|Devise"
        ),
        channels=("Site web", "Application mobile", "Téléphone", "Billetterie"),
        prices=("Plein tarif", "Tarif réduit", "Jeune", "Invitation", "Groupe"),
        statuses=("Vendu", "Remboursé"),
    ),
    "dansk": Style(
        file_name="salg.csv", delimiter="|", encoding="cp1252", decimal=",",
        moment="{D}.{M}.{Y} {h}:{m}",
        columns=_name(
            "Ordrenr.|Købsdato|Arrangement|Spilledato|Antal|Beløb|E-mail|Postnr.|Land|Salgskanal"
            "|Billettype|Status|Valuta"
        ),
        channels=("Hjemmeside", "App", "Telefon", "Billetkontor"),
        prices=("Voksen", "Rabat", "Ung", "Fribillet", "Gruppe"),
        statuses=("Solgt", "Refunderet"),
    ),
    "till": Style(
        file_name="kassa.csv", delimiter=",", encoding="utf-8", decimal=".",
        moment="{Y}-{M}-{D} {h}:{m}",
        columns=_name(
            "order_id|order_datetime|event|event_datetime|quantity|amount", FIELDS[:6]
        ),
    ),
}  # fmt: skip
"""`till` is the smallest file of the data model (C.3): six columns, and nobody in it."""


def write_delimited(book: Book, folder: Path) -> Path:
    """Write the export of `book` in the style of its profile and return the file's path."""
    style = STYLES[book.profile.style]
    path = folder / style.file_name
    columns = _list_cells(book, style)
    with path.open("w", encoding=style.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=style.delimiter)
        writer.writerow(style.columns.values())
        writer.writerows(zip(*(columns[name] for name in style.columns), strict=True))
    return path


def _list_cells(book: Book, style: Style) -> dict[str, list[str]]:
    """Every column that the style has, one cell per line."""
    lines, orders, customers = book.lines, book.orders, book.customers
    order = lines.order.tolist()
    who = orders.customer[lines.order].tolist()
    tells = orders.tells[lines.order].tolist()
    events = lines.event.tolist()
    starts = write_times(book.events.starts, style.moment)
    cells = {
        "order": [orders.number[o] for o in order],
        "placed": write_times(orders.placed[lines.order], style.moment),
        "event": [book.events.title[e] for e in events],
        "starts": [starts[e] for e in events],
        "quantity": [str(q) for q in lines.quantity.tolist()],
        "amount": write_amounts((lines.quantity * lines.ticket_price).tolist(), style.decimal),
    }
    if "email" in style.columns:
        cells["email"] = [
            "" if w == ANONYMOUS else spell_email(customers.email[w], o)
            for w, o in zip(who, order, strict=True)
        ]
        told = list(zip(who, tells, strict=True))
        cells["postcode"] = [customers.postcode[w] if told_it else "" for w, told_it in told]
        cells["country"] = [customers.country[w] if told_it else "" for w, told_it in told]
        cells["channel"] = [style.channels[c] for c in orders.channel[lines.order].tolist()]
        cells["price"] = [style.prices[p] for p in lines.price.tolist()]
        cells["status"] = [style.statuses[s] for s in lines.status.tolist()]
        cells["currency"] = ["EUR"] * len(lines)
    return cells
