"""What a plan costs a node at 100,000 lines, against one scan of the same lines.

Timed: opening the store, every query of a plan over the whole catalogue, closing it, as a
node does in each round. The floor reads every column of the eligible lines once, in the
same engine over the same open store.
"""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.box_office import LINES, write_box_office
from foyer_node.app import reading_store
from foyer_node.config import NodeConfig, read_config
from foyer_node.engine.extract import Extractor
from foyer_node.setup import FileHints, import_export, make_node
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.schema import Period

TARGET = 2.0
"""Seconds: a round with five exchanges stays a matter of seconds."""

SAMPLES = 7
SEASON = Period(starts=date(2025, 7, 1), ends=date(2026, 7, 1))
FACTS = {"slug": "house", "name": "A house", "country": "DK", "timezone": "Europe/Copenhagen"}
SCAN = """
    SELECT min(unit), count(visitor), sum(person::INT), min(ordered_at),
        min(event_at), sum(quantity), sum(paid_minor), sum(online::INT), min(territory)
    FROM eligible_line"""


def run() -> list[dict[str, object]]:
    """Return one row for the whole catalogue. Takes about half a minute."""
    with tempfile.TemporaryDirectory(prefix="foyer-bench-") as name:
        folder = Path(name)
        make_node(folder / "node", **FACTS)
        config = read_config(folder / "node")
        file = write_box_office(folder / "box-office.csv")
        import_export(config, file, apply=True, hints=FileHints())
        value = _median(lambda: _answer(config))
        with reading_store(config) as store:
            floor = _median(lambda: store.execute_measure(SCAN, ()))
    return [
        {
            "case": f"all {len(CATALOGUE)} statistics over {LINES:,} lines",
            "value": round(value, 3),
            "unit": "s a plan",
            "floor": round(floor, 3),
            "target": TARGET,
            "met": value <= TARGET,
        }
    ]


def _answer(config: NodeConfig) -> None:
    layout = lay_out(tuple(CATALOGUE.values()))
    with reading_store(config) as store:
        Extractor(store).extract(layout, SEASON)


def _median(action: Callable[[], object]) -> float:
    times = []
    for _ in range(SAMPLES):
        start = perf_counter()
        action()
        times.append(perf_counter() - start)
    return median(times)
