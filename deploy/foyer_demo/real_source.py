"""What the real files have in common: how they are opened, moved in time and written down."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from foyer_demo.network import House
from foyer_demo.world import DEFAULT_PERIOD
from foyer_protocol.errors import NothingImported

PERIOD = DEFAULT_PERIOD
"""The season into which every source is moved; the pretix orders lie in it by themselves."""

CURRENCY = "EUR"
"""Amounts are stand-ins without a unit: livres, dollars and pounds are read as if euros."""

UTF8_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Houses made of one real file, and what had to be decided to make them.

    `notes` are printed: everything that the file does not say by itself.
    """

    title: str
    houses: tuple[House, ...]
    notes: tuple[str, ...]


def need_data(data: Path) -> None:
    """Refuse to go on without the real files.

    Raises:
        NothingImported: the folder is not there.
    """
    if not (data / "ticket_sales").is_dir():
        raise NothingImported(
            f"there are no real files in {data}; nothing was started",
            hint="Say where they are with --data, or run `make demo`, which needs none.",
        )


def read_rows(path: Path, delimiter: str = ",") -> Iterator[dict[str, str]]:
    """Rows of a zipped table by column name, without the byte-order mark."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def unzip(path: Path, folder: Path) -> Path:
    """The file as its publisher made it, unzipped into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = folder / path.name.removesuffix(".gz")
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    return plain


def weeks_to_period(last: date) -> timedelta:
    """Whole weeks that bring `last` into the last week of the period; weekdays stay.

    >>> weeks_to_period(date(1998, 6, 30)).days // 7  # 28 years to the day
    1461
    """
    return timedelta(weeks=(PERIOD.ends - timedelta(days=1) - last).days // 7)


def moved(first: date, shift: timedelta) -> str:
    """The note on a shift."""
    return f"{first} became {first + shift}, {shift.days // 7:,} whole weeks later"


def write_export(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write an export in the layout that every house can make (data model C.3)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def facts(slug: str, name: str, country: str, timezone: str, kind: str) -> dict[str, str]:
    """Public facts of a house."""
    return {
        "slug": slug,
        "name": name,
        "country": country,
        "timezone": timezone,
        "type": kind,
        "size_band": "M",
        "currency": CURRENCY,
    }
