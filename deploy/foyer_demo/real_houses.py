"""Every institution that the real files can be, and those that they cannot be yet."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from foyer_demo.network import House
from foyer_demo.real_orders import CDNOW_FILE, RETAIL_FILE, make_cdnow, make_retail
from foyer_demo.real_source import Source, facts, read_rows, unzip
from foyer_demo.real_theatre import FILE as THEATRE_FILE
from foyer_demo.real_theatre import make_theatre
from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.connector import Reading
from foyer_node.importing.pipeline import ImportOptions, preview
from foyer_protocol.errors import DataError

PRETIX_FILE = Path("formats", "pretix", "orderlist_positions_da_semicolon.csv")
BRISTOL_FILE = Path("attendance", "bristol_visitors.csv.gz")
FRANCE_FILE = Path("attendance", "france_museums_2001_2013.csv.gz")
COUNTED_YEAR = "2018"  # the last full one: in 2019 a day was entered twice
FRENCH_YEAR = "2013"


def make_pretix(data: Path, _: Path) -> Source:
    """The export of the real ticketing system, in Danish and with semicolons, as it is."""
    name = "Museum that sells with pretix"
    return Source(
        title="pretix, positions export in Danish",
        houses=(
            House(
                facts=facts("pretix", name, "DK", "Europe/Copenhagen", "ART_MUSEUM"),
                exports=(data / PRETIX_FILE,),
            ),
        ),
        notes=(
            "The file is read as it is, and not moved in time. Its 19 orders are invented by"
            " whoever ran pretix; the format is real.",
            "Orders of one month: too short a history for loyalty.",
        ),
    )


SOURCES: tuple[Callable[[Path, Path], Source], ...] = (
    make_theatre,
    make_cdnow,
    make_retail,
    make_pretix,
)
"""Each takes the data folder and a folder to write exports into."""


def make_sources(data: Path, folder: Path) -> list[Source]:
    """Write every export and describe its houses."""
    return [make(data, folder) for make in SOURCES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the node's importer says to a published file as it is."""

    file: Path
    words: str


def try_as_published(data: Path, folder: Path) -> list[Verdict]:
    """Offer the node each published file unchanged. Shows why houses had to be prepared."""
    options = ImportOptions(reading=Reading(timezone="Europe/London"))
    verdicts = []
    for file in (THEATRE_FILE, CDNOW_FILE, RETAIL_FILE, BRISTOL_FILE, FRANCE_FILE, PRETIX_FILE):
        path = unzip(data / file, folder) if file.suffix == ".gz" else data / file
        try:
            report = preview(path, options, read_source)
            words = f"{report.accepted} of {report.rows} rows, by connector {report.connector}"
        except DataError as refusal:
            words = f"refused [{refusal.code}]: {refusal.message}"
        verdicts.append(Verdict(file=file, words=words))
    return verdicts


def count_locally(data: Path) -> list[str]:
    """What the museums' counts say by themselves, for lack of a way to share them."""
    sites: Counter[str] = Counter()
    for row in read_rows(data / BRISTOL_FILE):
        if row["Date"].startswith(COUNTED_YEAR):
            sites[row["Museum"]] += int(row["Number_of_visitors"] or 0)
    total = paid = free = museums = 0
    for row in read_rows(data / FRANCE_FILE, ";"):
        if row["annee"] == FRENCH_YEAR and row["total"]:
            museums += 1
            total += int(float(row["total"]))
            paid += int(float(row["payant"] or 0))
            free += int(float(row["gratuit"] or 0))
    return [
        f"Bristol, visits in {COUNTED_YEAR}: "
        + ", ".join(f"{site} {count:,}" for site, count in sites.most_common()),
        f"France, admissions in {FRENCH_YEAR}: {total:,} in {museums:,} museums that gave a total"
        f" ({paid:,} paid, {free:,} free)",
    ]
