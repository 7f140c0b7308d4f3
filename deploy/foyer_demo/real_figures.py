"""What each real house can compute about itself, and what all of them come to together."""

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

from foyer_demo.real_source import PERIOD
from foyer_node.app import reading_store
from foyer_node.config import read_config
from foyer_node.engine.extract import Extractor
from foyer_node.engine.reference import pooled
from foyer_node.engine.totals import ExactTotals
from foyer_node.insight.own_figures import OwnFigure, own_figures
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.evaluate import Totals, evaluate
from foyer_protocol.catalogue.layout import Layout, lay_out
from foyer_protocol.catalogue.measures import Leaf

Sums = Mapping[Leaf, tuple[Fraction, ...]]


def whole_layout() -> Layout:
    """Every statistic of the catalogue."""
    return lay_out(tuple(CATALOGUE.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseFigures:
    """One house, from its own node's store."""

    slug: str
    rows: int
    rejected: dict[str, int]  # by reason
    warnings: tuple[str, ...]
    figures: tuple[OwnFigure, ...] = field(repr=False)
    exact: ExactTotals = field(repr=False)
    clipped: Contribution = field(repr=False)  # what it gave to the round, before noise


def read_house(folder: Path, slug: str) -> HouseFigures:
    """Open the store of a node, read-only, and compute as the node does."""
    layout = whole_layout()
    with reading_store(read_config(folder)) as store:
        extractor = Extractor(store)
        exact = extractor.extract_exact(layout, PERIOD)
        reports = [json.loads(batch.report) for batch in store.batches()]
        facts = store.facts()
        clipped = extractor.extract(layout, PERIOD)
    return HouseFigures(
        slug=slug,
        rows=sum(report["rows"] for report in reports),
        rejected={reason: count for report in reports for reason, count in report["rejected"]},
        warnings=tuple(name for report in reports for name in report["warnings"]),
        figures=own_figures(layout, exact, PERIOD, facts),
        exact=exact,
        clipped=clipped,
    )


def add(sums: Iterable[Sums]) -> dict[Leaf, tuple[Fraction, ...]]:
    """Slot by slot."""
    total: dict[Leaf, tuple[Fraction, ...]] = {}
    for one in sums:
        for leaf, slots in one.items():
            so_far = total.get(leaf, (Fraction(0),) * leaf.width)
            total[leaf] = tuple(a + b for a, b in zip(so_far, slots, strict=True))
    return total


def bounded_sums(house: HouseFigures) -> Sums:
    """What a house gave to the round, as fractions."""
    return {leaf: tuple(map(Fraction, slots)) for leaf, slots in house.clipped.values.items()}


def slow_sums(folder: Path) -> dict[Leaf, tuple[Fraction, ...]]:
    """One house's unclipped totals by the slow reference engine, from its eligible lines."""
    with reading_store(read_config(folder)) as store:
        facts, lines = store.facts(), list(store.lines(date.min, PERIOD.ends))
    return pooled({"": lines}, whole_layout(), PERIOD, {"": facts})


def pool(folders: Iterable[Path], workers: int = 2) -> dict[Leaf, tuple[Fraction, ...]]:
    """The pooled truth: every house by the slow engine, side by side, then added.

    Each process is new: one forked from a running demo would inherit its sockets.
    """
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes:
        return add(processes.map(slow_sums, folders))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """Pooled numbers as people read them. `values` leaves out what has none."""

    values: dict[str, Fraction]
    residence: dict[str, int]


def read_off(totals: Totals) -> Pooled:
    """Evaluate every statistic on pooled totals."""
    values, residence = {}, {}
    for entry in CATALOGUE.values():
        found = evaluate(entry, totals)
        if found.cells is not None:
            codes = getattr(entry.weight, "codes", ())
            residence = {c: int(n) for c, n in zip(codes, found.cells, strict=True) if n}
        elif found.value is not None:
            values[entry.key] = Fraction(found.value)
    return Pooled(values=values, residence=residence)
