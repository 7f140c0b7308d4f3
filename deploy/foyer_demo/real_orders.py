"""Two order books of shops: cohorts of customers, and countries, stand for houses."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from foyer_demo.network import House
from foyer_demo.real_source import Source, facts, moved, read_rows, weeks_to_period, write_export

HEADER = (
    "Order no", "Order date", "Event", "Event date", "Quantity", "Amount",
    "Customer no", "Country", "Channel", "Status",
)  # fmt: skip

CDNOW_FILE = Path("orders", "cdnow_dev70.csv.gz")
CDNOW_MONTHS = ("01", "02", "03")

RETAIL_FILE = Path("orders", "Online_Retail.csv.gz")
RETAIL_COUNTRIES = {"Germany": "DE", "France": "FR", "Belgium": "BE", "Spain": "ES"}
"""The countries with at least 25 customers, and where their house is said to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """One order of the compact discs."""

    number: int
    customer: str
    day: date
    discs: int
    dollars: str


def read_purchases(data: Path) -> list[Purchase]:
    """Every order, numbered by its line, for the file has no order numbers."""
    return [
        Purchase(
            number=number,
            customer=row["customer_id"],
            day=date.fromisoformat(row["date"]),
            discs=int(row["number_of_cds"]),
            dollars=row["dollar_value"],
        )
        for number, row in enumerate(read_rows(data / CDNOW_FILE), 1)
    ]


def cohorts(purchases: Iterable[Purchase]) -> dict[str, list[Purchase]]:
    """Orders by the month of their customer's first order."""
    purchases = sorted(purchases, key=lambda one: (one.day, one.number))
    first: dict[str, str] = {}
    found: dict[str, list[Purchase]] = defaultdict(list)
    for one in purchases:
        month = first.setdefault(one.customer, f"{one.day:%m}")
        found[month].append(one)
    return found


def make_cdnow(data: Path, folder: Path) -> Source:
    """Write a house for each month in which customers first came."""
    purchases = read_purchases(data)
    shift = weeks_to_period(max(one.day for one in purchases))
    houses = []
    for month, orders in sorted(cohorts(purchases).items()):
        slug = f"discs-{month}"
        rows = (
            (
                one.number, one.day + shift, "Compact discs", "", one.discs, one.dollars,
                one.customer, "", "web", "paid",
            )
            for one in orders
        )  # fmt: skip
        export = write_export(folder / f"{slug}.csv", HEADER, rows)
        name = f"CDNOW, customers since 1997-{month}"
        houses.append(
            House(facts=facts(slug, name, "US", "America/New_York", "OTHER"), exports=(export,))
        )
    return Source(
        title="CDNOW, orders of compact discs",
        houses=tuple(houses),
        notes=(
            "Cohorts stand for houses: customers by the month of their first order.",
            f"{moved(min(one.day for one in purchases), shift)}, 28 years to the day.",
            "A disc is read as a ticket; an order of ten is a group by rule R13. Orders are"
            " numbered by line. The shop sold on the web only: channel 'web' is set.",
            "Dollars are read as the network's currency, unconverted. No events: no lead time."
            " 18 months of orders: too short a history for loyalty.",
            "No addresses: a node takes a buyer who names no country for one of the house's own,"
            " and all of the United States is ELSEWHERE to the list of territories.",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One invoice of the retailer, its lines added up."""

    number: str
    at: datetime
    customer: str
    country: str
    pounds: Decimal
    cancels: bool


def read_invoices(data: Path) -> list[Invoice]:
    """Every invoice. A few span two minutes: they are dated by their first line."""
    lines: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in read_rows(data / RETAIL_FILE):
        lines[row["InvoiceNo"]].append(row)
    return [_invoice(number, rows) for number, rows in lines.items()]


def _invoice(number: str, rows: Sequence[Mapping[str, str]]) -> Invoice:
    return Invoice(
        number=number,
        at=min(datetime.strptime(row["InvoiceDate"], "%d-%m-%Y %H:%M") for row in rows),
        customer=rows[0]["CustomerID"],
        country=rows[0]["Country"],
        pounds=sum(
            (Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in rows), Decimal(0)
        ),
        cancels=number.startswith("C"),
    )


def invoice_rows(invoices: Iterable[Invoice], shift: timedelta) -> Iterator[tuple[object, ...]]:
    """One order of one ticket for each invoice; a cancellation is a refunded one."""
    for one in invoices:
        yield (
            one.number, f"{one.at + shift:%Y-%m-%d %H:%M}", "Goods", "", 1,
            f"{abs(one.pounds):.2f}", one.customer, one.country, "web",
            "refunded" if one.cancels else "paid",
        )  # fmt: skip


def make_retail(data: Path, folder: Path) -> Source:
    """Write a house for each of the larger countries."""
    invoices = read_invoices(data)
    shift = weeks_to_period(max(one.at.date() for one in invoices))
    houses, cancelled, used = [], 0, 0
    for country, code in RETAIL_COUNTRIES.items():
        chosen = [one for one in invoices if one.country == country]
        cancelled += sum(one.cancels for one in chosen)
        used += len(chosen)
        slug = f"shop-{code.lower()}"
        export = write_export(folder / f"{slug}.csv", HEADER, invoice_rows(chosen, shift))
        name = f"Online Retail, {country}"
        houses.append(
            House(facts=facts(slug, name, code, "Europe/London", "OTHER"), exports=(export,))
        )
    return Source(
        title="Online Retail (UCI), invoices of a wholesaler",
        houses=tuple(houses),
        notes=(
            f"Countries stand for houses: the {len(houses)} with at least 25 customers;"
            f" {used:,} of {len(invoices):,} invoices.",
            moved(min(one.at for one in invoices).date(), shift) + ": other months, same weekdays.",
            "An invoice is read as one ticket at the price of all its goods and postage: read as"
            " tickets, hundreds of items an order would make every buyer a group (R13).",
            f"{cancelled} cancellations have invoice numbers of their own and do not say what they"
            " cancel: they are brought as refunded and count for nothing, so up to as many"
            " cancelled sales are still counted.",
            "Pounds are read as the network's currency, unconverted. Customers spend thousands,"
            " and the bound is 600 a year: most of this money is clipped away, as below.",
            "Sold online: channel 'web' is set. No events: no lead time. A year of orders: too"
            " short for loyalty. Countries without postcodes: residence is UNKNOWN.",
        ),
    )
