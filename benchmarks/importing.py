"""How fast an export becomes canonical lines, against reading its bytes with `csv` alone.

Timed: the whole of `foyer-node import FILE --apply` after Python has started, that is
reading, parsing, rules, keyed hashes, the sealed vault and the store's one transaction.
"""

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from benchmarks.box_office import LINES, write_box_office
from foyer_demo.exports import write_house
from foyer_demo.world import WorldConfig, generate
from foyer_node.config import read_config
from foyer_node.setup import FileHints, import_export, make_node

TARGET = 5_000
"""Rows a second: a year of a large house, 250,000 rows, in under a minute."""

FACTS = {"slug": "house", "name": "A house", "country": "DK", "timezone": "Europe/Copenhagen"}


def run() -> list[dict[str, object]]:
    """Return one row per kind of file. Takes about a minute."""
    with tempfile.TemporaryDirectory(prefix="foyer-bench-") as name:
        folder = Path(name)
        generic = write_box_office(folder / "box-office.csv")
        book = generate(WorldConfig(institutions=1, scale=2.0)).books[0]
        pretix = write_house(book, folder / "pretix").export
        return [
            _row(f"any CSV, {LINES:,} rows", generic, folder / "a"),
            _row("pretix order export", pretix, folder / "b"),
        ]


def _row(case: str, file: Path, node: Path) -> dict[str, object]:
    make_node(node, **FACTS)
    rows = 0

    def load() -> None:
        nonlocal rows
        rows = import_export(read_config(node), file, apply=True, hints=FileHints()).rows

    seconds = _elapsed(load)
    floor = min(_elapsed(lambda: _read(file)) for _ in range(3))
    return {
        "case": case if f"{rows:,}" in case else f"{case}, {rows:,} rows",
        "value": round(rows / seconds),
        "unit": "rows a second",
        "floor": round(rows / floor),
        "target": TARGET,
        "met": rows / seconds >= TARGET,
    }


def _read(file: Path) -> None:
    with file.open(newline="", encoding="utf-8") as opened:
        for _ in csv.reader(opened):
            pass


def _elapsed(action: Callable[[], None]) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start
