"""Promise: whatever system it is of, an export read at once leaves what reading its rows leaves."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.connectors.test_connectors import CASES, TOLERANT, Case, name_of
from tests.support.both_ways import ALWAYS, NEVER, assert_same, imported

from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.connector import CanonicalRow
from foyer_node.connectors.registry import CONNECTORS, choose
from foyer_node.importing import pipeline

SALES = [case for case in CASES if CONNECTORS[case.connector].kind == "sales"]
AT_ONCE = {
    "pretix", "generic", "spektrix", "eventbrite-orders.csv",
}  # fmt: skip
"""Every row says all by itself: no field is made of others, and no row waits for another."""
FILES = [
    case
    for case in SALES
    if case.export.endswith(".csv") and {case.connector, name_of(case)} & AT_ONCE
]
LONG = [case for case in FILES if not case.export[:-4].endswith(("_fr", "_nl", "_sv", "_fi"))]
"""One or two languages of each layout, since growing them all takes minutes."""
OPTIONS = replace(TOLERANT, reading=replace(TOLERANT.reading, today=date(2026, 11, 24)))
COPIES = 12


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows were staged at once."""
    taken: list[int] = []
    add = pipeline.Tally.add

    def noted(tally, counts):
        taken.append(counts.numbers["sales"])
        add(tally, counts)

    monkeypatch.setattr(pipeline.Tally, "add", noted)
    return taken


@pytest.mark.parametrize("case", SALES, ids=name_of)
def test_a_golden_export_leaves_the_same_either_way(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: list[int]
) -> None:
    alone = imported(tmp_path / "alone", case.path, monkeypatch, NEVER, OPTIONS)
    at_once = imported(tmp_path / "at-once", case.path, monkeypatch, ALWAYS, OPTIONS)
    assert_same(at_once, alone)
    if case not in FILES:
        assert counted == [], "a system whose rows wait for others steps aside"


def _is_minus(cell: object) -> bool:
    return any(mark in str(cell) for mark in "-−(")


def grown(case: Case, path: Path) -> Path:
    """The export with its sound rows many times over, each copy with numbers of its own."""
    source = read_source(case.path)
    connector, table = choose(source)
    plan = connector.plan(table, OPTIONS.reading)
    sound = {
        row.row
        for row in connector.read(table, plan)
        if isinstance(row, CanonicalRow) and row.order_id not in plan.refunded
    }
    own = [plan.columns[name] for name in ("order_id", "line_id") if name in plan.columns]
    own = [at for at in own if at < len(table.header)]
    rows = [(number, list(cells)) for number, cells in table.rows()]
    order = plan.columns["order_id"]
    at = {plan.columns["amount"], plan.columns.get("quantity", plan.columns["amount"])}
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=table.delimiter, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows(
        cells
        for number, cells in rows
        if number not in sound
        # A derived order number stands in no column of the file.
        and not (order < len(cells) and str(cells[order]).strip() in plan.refunded)
        and not any(_is_minus(cells[one]) for one in at if one < len(cells))
    )
    for copy in range(COPIES):
        for number, cells in rows:
            if number in sound:
                for at in own:
                    cells[at] = f"{cells[at]}{copy:03d}" if cells[at] else ""
                writer.writerow(cells)
                for at in own:
                    cells[at] = cells[at][:-3]
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("case", LONG, ids=name_of)
def test_a_long_export_leaves_the_same_either_way(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: list[int]
) -> None:
    path = grown(case, tmp_path / "long.csv")
    alone = imported(tmp_path / "alone", path, monkeypatch, NEVER, OPTIONS)
    assert counted == []
    at_once = imported(tmp_path / "at-once", path, monkeypatch, ALWAYS, OPTIONS)
    assert_same(at_once, alone)
    assert counted
