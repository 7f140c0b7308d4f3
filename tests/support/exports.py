"""Exports for tests: one small box office, written in whatever style a house likes.

`SALES` are the facts. `write_sales` puts them into a file in any dialect, and
`expected_lines` says what must come out whatever the dialect was.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from foyer_node.adapters.duckdb_store import DuckDBStore
from foyer_node.adapters.table_files import read_source
from foyer_node.adapters.vault_store import VaultStore
from foyer_node.connectors.connector import Reading
from foyer_node.importing.pipeline import ImportOptions, apply
from foyer_node.importing.report import ImportReport

SECRET = b"a secret for tests, 32 bytes....."[:32]
VAULT_KEY = bytes(range(32))
STORE_KEY = bytes(range(64, 96))
ZONE = "Europe/Copenhagen"

HEADERS: dict[str, tuple[str, ...]] = {
    "en": ("Order no", "Order date", "Event", "Event date", "Qty", "Amount"),
    "da": ("Ordrenr.", "Købsdato", "Forestilling", "Spilledato", "Antal", "Beløb"),
    "nl": ("Bestelnummer", "Besteldatum", "Voorstelling", "Speeldatum", "Aantal", "Bedrag"),
    "fr": (
        "N° de commande", "Date d'achat", "Spectacle", "Date de représentation", "Nb billets",
        "Montant",
    ),
    "sv": ("Bokningsnr", "Köpdatum", "Föreställning", "Speldatum", "Antal", "Belopp"),
    "fi": ("Tilausnumero", "Ostopäivä", "Esitys", "Esityspäivä", "Määrä", "Summa"),
}  # fmt: skip
"""The six columns of C.3, as six languages print them."""

DATE_STYLES: dict[str, str] = {
    "iso": "%Y-%m-%d %H:%M:%S",
    "iso-t": "%Y-%m-%dT%H:%M",
    "dotted": "%d.%m.%Y %H.%M",
    "day-slash": "%d/%m/%Y %H:%M",
    "month-slash": "%m/%d/%Y %I:%M %p",
    "day-dash": "%d-%m-%Y %H:%M:%S",
    "worded": "%d %B %Y %H:%M",
    "year-slash": "%Y/%m/%d %H:%M",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One line of a box office, local time."""

    order: str
    ordered_at: datetime
    event: str
    event_at: datetime
    quantity: int
    paid_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a file is written."""

    language: str = "en"
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    thousands: str = ""
    dates: str = "iso"
    newline: str = "\r\n"
    preamble: int = 0


SALES: tuple[Sale, ...] = (
    Sale(
        order="A-1", ordered_at=datetime(2026, 1, 14, 9, 30), event="Sælsomme træer",
        event_at=datetime(2026, 2, 26, 19, 30), quantity=2, paid_minor=124_050,
    ),
    Sale(
        order="A-2", ordered_at=datetime(2026, 3, 28, 23, 15), event="Été à Malmö",
        event_at=datetime(2026, 3, 29, 20, 0), quantity=1, paid_minor=9_550,
    ),
    Sale(
        order="A-3", ordered_at=datetime(2026, 2, 3, 12, 1), event="Été à Malmö",
        event_at=datetime(2026, 3, 29, 20, 0), quantity=4, paid_minor=0,
    ),
)  # fmt: skip


def money(minor: int, dialect: Dialect) -> str:
    """An amount as the dialect writes it."""
    whole = f"{minor // 100:,}".replace(",", dialect.thousands)
    return f"{whole}{dialect.decimal}{minor % 100:02d}"


def write_sales(path: Path, sales: Sequence[Sale], dialect: Dialect) -> Path:
    """Write `sales` with the six columns only."""
    style = DATE_STYLES[dialect.dates]
    rows = [
        [
            sale.order,
            sale.ordered_at.strftime(style),
            sale.event,
            sale.event_at.strftime(style),
            str(sale.quantity),
            money(sale.paid_minor, dialect),
        ]
        for sale in sales
    ]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator=dialect.newline)
    for number in range(dialect.preamble):
        writer.writerow([f"Sales report, line {number}", "", "", "", "", ""])
    writer.writerow(HEADERS[dialect.language])
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(dialect.encoding))
    return path


@dataclass(slots=True)
class House:
    """A store and a vault in one folder, and an import into them."""

    folder: Path
    store: DuckDBStore
    vault: VaultStore

    @classmethod
    def open(cls, folder: Path, reads: Path | None = None) -> "House":
        """Make the folder's store and vault; `reads` may be read in bulk."""
        store = DuckDBStore.open(folder / "store.duckdb", STORE_KEY, reads=reads)
        return cls(folder, store, VaultStore.open(folder / "vault.duckdb", VAULT_KEY))

    def close(self) -> None:
        """Let go of both files."""
        self.vault.close()
        self.store.close()

    def take(self, path: Path, options: ImportOptions | None = None) -> ImportReport:
        """Import a file."""
        return apply(path, options or usual(), self.store, self.vault, SECRET, read_source)

    def contents(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table of the store and the vault."""
        found = {}
        for name, connection in (
            ("store", self.store._connection),
            ("vault", self.vault._connection),
        ):
            tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
            for (table,) in tables:
                rows = connection.execute(f'SELECT * FROM "{table}" ORDER BY ALL').fetchall()
                found[f"{name}.{table}"] = rows
        return found


def usual(**reading: object) -> ImportOptions:
    """A Danish house, everything else left to the file."""
    settings = {"timezone": ZONE, "currency": "DKK", "country": "DK"} | reading
    return ImportOptions(reading=Reading(**settings))  # type: ignore[arg-type]  # test settings
