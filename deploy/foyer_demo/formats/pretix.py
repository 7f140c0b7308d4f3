"""The positions export of pretix, in the language of whoever pressed the button.

One row per ticket, all texts in quotes, CRLF, prices with the language's decimal mark.
"""

from pathlib import Path

from foyer_demo.book import ANONYMOUS, Book, Channel
from foyer_demo.formats.pretix_words import BOX_OFFICE, HEADERS, WORDS
from foyer_demo.formats.spelling import spell_email, write_amounts, write_times

FILE_NAME = "orderlist_positions.csv"
CUSTOMER_NUMBERS_EVERY = 10  # one visitor in so many is also known to another system
SHOP = "https://tickets.example.org"
TAX = 7  # per cent, included


def write_pretix(book: Book, folder: Path) -> Path:
    """Write the export of `book` into `folder` and return the file's path."""
    language = book.profile.style
    path = folder / FILE_NAME
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(f'"{name}"' for name in HEADERS[language]) + "\r\n")
        file.writelines(_write_rows(book, language))
    return path


def _write_rows(book: Book, language: str) -> list[str]:
    words, lines = WORDS[language], book.lines
    heads, tails, statuses = _write_orders(book, language)
    shows = _write_events(book)
    price, tax = (
        write_amounts(cents, words.decimal)
        for cents in (
            lines.ticket_price.tolist(),
            (lines.ticket_price * TAX // (100 + TAX)).tolist(),
        )
    )
    rows: list[str] = []
    position, before = 0, -1
    orders, events, kinds = lines.order.tolist(), lines.event.tolist(), lines.price.tolist()
    for at, (order, count) in enumerate(zip(orders, lines.quantity.tolist(), strict=True)):
        position = position if order == before else 0
        before, kind, number = order, kinds[at], book.orders.number[order]
        slug, name, when = shows[events[at]]
        status = words.statuses[statuses[at]]
        product = (
            f'{when},"{words.prices[kind]}","{kind + 1}","{price[at]}","{TAX}",'
            f'"{words.tax_rule}","{tax[at]}"'
        )
        for _ in range(count):
            position += 1
            ticket = f"{number}{position:02d}"
            rows.append(
                f'"{slug}","{name}","{number}",{position},"{status}",{heads[order]},{product},'
                f'"","","","","","","","","","","","","","{ticket}","x{ticket.lower()}q",'
                f'"","","","","","","","","","","",{tails[order]},'
                f'"{SHOP}/{slug}/ticket/{number}/{position}/"\r\n'
            )
    return rows


def _write_events(book: Book) -> list[tuple[str, str, str]]:
    """Per event: its slug, its name, and the columns from "Date" to "Product ID"."""
    starts = write_times(book.events.starts, "{Y}-{M}-{D} {h}:{m}:00")
    slugs = {title: f"{book.profile.slug[:6]}-{i}" for i, title in enumerate(book.profile.titles)}
    return [
        (slugs[title], title, f'"{title}","{start}","","Ticket","1"')
        for title, start in zip(book.events.title, starts, strict=True)
    ]


def _write_orders(book: Book, language: str) -> tuple[list[str], list[str], list[int]]:
    """Per order: the columns from "Email" to "Order time", those from the invoice address to
    the payment; and per line its status."""
    words, customers, orders = WORDS[language], book.customers, book.orders
    day = write_times(orders.placed, '"{Y}-{M}-{D}","{h}:{m}:00"')
    heads, tails = [], []
    columns = (orders.customer, orders.channel, orders.tells)
    rows = zip(*(column.tolist() for column in columns), day, strict=True)
    for turn, (who, channel, tells, placed) in enumerate(rows):
        email = name = number = where = ""
        parts = '"",""'
        if who != ANONYMOUS:
            email = spell_email(customers.email[who], turn)
            name = f"{customers.given[who]} {customers.family[who]}"
            parts = f'"{customers.given[who]}","{customers.family[who]}"'
            number = f"CRM-{who}" if who % CUSTOMER_NUMBERS_EVERY == 0 else ""
        if tells:
            where = f'"{customers.postcode[who]}","","{customers.country[who]}"'
        shop = words.online if channel in (Channel.WEB, Channel.APP) else BOX_OFFICE
        heads.append(f'"{email}","",{placed}')
        tails.append(
            f'"","{name}",{parts},"",{where or _NOWHERE},"","","{shop}","{language}",'
            f'"{words.no}","{number}","","{words.payment}"'
        )
    return heads, tails, book.lines.status.tolist()


_NOWHERE = '"","",""'
