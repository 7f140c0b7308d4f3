"""A spreadsheet with Finnish headers: real dates and numbers, customers by number only."""

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from foyer_demo.book import ANONYMOUS, Book

FILE_NAME = "myyntiraportti.xlsx"
HEADER = (
    "Tilausnumero", "Tilauspäivä", "Esitys", "Esityspäivä", "Määrä", "Summa", "Asiakasnumero",
    "Syntymävuosi", "Postinumero", "Maa", "Myyntikanava", "Lipputyyppi", "Tila",
)  # fmt: skip
CHANNELS = ("Verkkokauppa", "Sovellus", "Puhelin", "Lippukassa")
PRICES = ("Aikuinen", "Alennus", "Nuori", "Vapaalippu", "Ryhmä")
STATUSES = ("Myyty", "Palautettu")
FIRST_CUSTOMER = 40_001

Cell = str | int | float | datetime | None


def write_workbook(book: Book, folder: Path) -> Path:
    """Write the export of `book` into `folder` and return the file's path."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Myynti")
    sheet.append(HEADER)
    for row in _list_rows(book):
        sheet.append(row)
    path = folder / FILE_NAME
    workbook.save(path)
    return path


def _list_rows(book: Book) -> list[tuple[Cell, ...]]:
    lines, orders, customers, events = book.lines, book.orders, book.customers, book.events
    placed, starts = orders.placed.tolist(), events.starts.tolist()
    who, channel, tells = orders.customer.tolist(), orders.channel.tolist(), orders.tells.tolist()
    columns = (
        lines.order, lines.event, lines.quantity, lines.ticket_price, lines.price, lines.status,
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for order, event, quantity, price, kind, status in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        customer, told = who[order], tells[order]
        known = customer != ANONYMOUS
        rows.append(
            (
                int(orders.number[order]),
                placed[order],
                events.title[event],
                starts[event],
                quantity,
                quantity * price / 100,
                FIRST_CUSTOMER + customer if known else None,
                customers.birth_year[customer] if known else None,
                customers.postcode[customer] if told else None,
                customers.country[customer] if told else None,
                CHANNELS[channel[order]],
                PRICES[kind],
                STATUSES[status],
            )
        )
    return rows
