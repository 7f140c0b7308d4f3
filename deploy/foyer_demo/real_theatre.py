"""The box office of the Comédie-Française, 1770-82: seasons stand for houses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from foyer_demo.network import House
from foyer_demo.real_source import Source, facts, moved, read_rows, weeks_to_period, write_export

FILE = Path("ticket_sales", "comedie_francaise_sales_1770_1782.tsv.gz")
HEADER = ("Order no", "Order date", "Event", "Event date", "Quantity", "Amount", "Channel")
SEASONS = 3
"""The last seasons. One alone would hold over half of all tickets, and the cap on a
single contributor would rightly withhold them."""

EASTER_DAYS = 14
"""The theatre closed for longer than this around Easter, and when the king died."""

LEAST_NIGHTS = 100
"""A season has more: so mourning for a king, in the spring of 1774, does not end one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One line of the ledger: tickets of one section at one price on one night."""

    night: date
    sold: int
    section: str
    price: str  # livres with a decimal point; empty where the ledger has none


def read_receipts(data: Path) -> list[Receipt]:
    """Every line, by night."""
    found = [
        Receipt(
            night=date.fromisoformat(row["date"]),
            sold=int(row["sold"]),
            section=row["raw_section"],
            price=row["price"],
        )
        for row in read_rows(data / FILE, "\t")
    ]
    return sorted(found, key=lambda receipt: receipt.night)


def split_seasons(receipts: Sequence[Receipt]) -> list[list[Receipt]]:
    """The receipts between one Easter closure and the next."""
    seasons: list[list[Receipt]] = [[]]
    for receipt in receipts:
        before = seasons[-1][-1].night if seasons[-1] else receipt.night
        closed = receipt.night - before > timedelta(days=EASTER_DAYS)
        if closed and len({one.night for one in seasons[-1]}) > LEAST_NIGHTS:
            seasons.append([])
        seasons[-1].append(receipt)
    return seasons


def tickets(season: Sequence[Receipt], shift: timedelta) -> Iterator[tuple[object, ...]]:
    """One anonymous sale for each ticket: the ledger does not say who bought how many."""
    for number, receipt in enumerate(season):
        day = receipt.night + shift
        for ticket in range(receipt.sold):
            yield (
                f"{number}-{ticket}", day, f"Soirée {receipt.night}", "", 1, receipt.price,
                "box office",
            )  # fmt: skip


def make_theatre(data: Path, folder: Path) -> Source:
    """Write the last seasons as exports, each moved into the period."""
    houses, shifts = [], []
    for season in split_seasons(read_receipts(data))[-SEASONS:]:
        first, last = season[0].night, season[-1].night
        shift = weeks_to_period(last)
        slug = f"theatre-{first.year}"
        export = write_export(folder / f"{slug}.csv", HEADER, tickets(season, shift))
        name = f"Comédie-Française, season from {first}"
        houses.append(
            House(facts=facts(slug, name, "FR", "Europe/Paris", "THEATRE"), exports=(export,))
        )
        shifts.append(f"{slug}: {moved(first, shift)}.")
    return Source(
        title="Comédie-Française, nightly box office",
        houses=tuple(houses),
        notes=(
            f"The last {SEASONS} seasons stand for {SEASONS} houses, all in the same year.",
            *shifts,
            "A ledger line is a section and a price on one night. It does not say who bought how"
            " many, so each ticket is brought as an anonymous order of its own: what is then"
            " protected is one ticket. A ticket can be a whole box, so these are not heads.",
            "Order date = the night; when a ticket was sold is not known, so there is no event"
            " date and no lead time. Nobody is known: no bookers, loyalty or residence.",
            "Sold at the theatre's door: channel 'box office' is set, the file has no channel."
            " Livres are read as the network's currency, unconverted.",
            "Tickets without a price in the ledger are left for the node to refuse.",
        ),
    )
