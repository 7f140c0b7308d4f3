"""Write each house's export as its vendor would, and the facts that enrolment asks for."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from foyer_demo.book import Book, Status
from foyer_demo.formats.delimited import write_delimited
from foyer_demo.formats.pretix import write_pretix
from foyer_demo.formats.workbook import write_workbook
from foyer_demo.profiles import Export
from foyer_demo.world import World

CURRENCY = "EUR"
"""Every house sells in the network's currency: nothing is converted anywhere."""

FACTS_FILE = "facts.json"
SIZE_BANDS = ((5_000, "XS"), (20_000, "S"), (75_000, "M"), (250_000, "L"))

WRITERS: dict[Export, Callable[[Book, Path], Path]] = {
    "pretix": write_pretix,
    "delimited": write_delimited,
    "till": write_delimited,
    "workbook": write_workbook,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionFiles:
    """Where one house's files lie."""

    slug: str
    folder: Path
    export: Path
    facts: Path


def write_exports(world: World, folder: Path) -> list[InstitutionFiles]:
    """Write a folder per house under `folder`, each with its export and `facts.json`."""
    return [write_house(book, folder / book.profile.slug) for book in world.books]


def write_house(book: Book, folder: Path) -> InstitutionFiles:
    """Write one house's files into `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = folder / FACTS_FILE
    facts.write_text(
        json.dumps(describe_house(book), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    export = WRITERS[book.profile.export](book, folder)
    return InstitutionFiles(slug=book.profile.slug, folder=folder, export=export, facts=facts)


def describe_house(book: Book) -> dict[str, str]:
    """The public facts of a house (data model C.1)."""
    profile = book.profile
    return {
        "slug": profile.slug,
        "name": profile.name,
        "country": profile.country,
        "type": profile.kind,
        "size_band": _band_size(book),
        "timezone": profile.timezone,
        "currency": CURRENCY,
    }


def _band_size(book: Book) -> str:
    """Size band by the tickets of the book's last twelve months."""
    orders, lines = book.orders, book.lines
    recent = orders.placed[lines.order] >= orders.placed[-1] - 365 * 24 * 60
    admissions = int(lines.quantity[recent & (lines.status == Status.SOLD)].sum())
    return next((band for limit, band in SIZE_BANDS if admissions < limit), "XL")
