"""Counts of real museums, where the data folder is beside the checkout."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from tests.connectors.test_connectors import READING

from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.connector import Record, Rejected
from foyer_node.connectors.records import CounterRow
from foyer_node.connectors.registry import choose

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "attendance"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no ../shared/data beside the checkout"),
]


def read(path: Path, timezone: str) -> list[Record | Rejected]:
    connector, table = choose(read_source(path))
    assert connector.name == "counters"
    return list(connector.read(table, connector.plan(table, replace(READING, timezone=timezone))))


def unpacked(name: str, folder: Path) -> Path:
    path = folder / name
    path.write_bytes(gzip.decompress((FOLDER / f"{name}.gz").read_bytes()))
    return path


def counted(rows: list[Record | Rejected]) -> list[CounterRow]:
    return [row for row in rows if isinstance(row, CounterRow)]


def reasons(rows: list[Record | Rejected]) -> set[str]:
    return {row.reason.value for row in rows if isinstance(row, Rejected)}


def test_daily_counts_of_seven_sites_are_days_and_repeated_days_are_refused(tmp_path: Path) -> None:
    rows = read(unpacked("bristol_visitors.csv", tmp_path), "Europe/London")
    readings = counted(rows)
    assert len(readings) == 6766
    assert len(rows) - len(readings) == 79
    assert reasons(rows) == {"duplicate"}
    assert len({row.place for row in readings}) == 7
    assert {(row.ends_at - row.starts_at).total_seconds() / 3600 for row in readings} <= {
        23,
        24,
        25,
    }
    first = readings[0]
    assert (first.place, str(first.starts_at), first.count_in) == (
        "M Shed", "2019-02-14 00:00:00", 1240,
    )  # fmt: skip


def test_yearly_counts_of_french_museums_leave_out_the_closed_and_the_silent(
    tmp_path: Path,
) -> None:
    """13,151 of 15,355 lines state a total, 11 more paid and free apart; no museum twice."""
    rows = read(unpacked("france_museums_2001_2013.csv", tmp_path), "Europe/Paris")
    readings = counted(rows)
    assert (len(readings), len(rows)) == (13_162, 13_162)
    assert {(row.ends_at - row.starts_at).days for row in readings} == {365, 366}
    assert sum(row.count_in for row in readings) == 670_914_715


def test_monthly_visits_in_a_wide_sheet_become_readings_and_totals_none() -> None:
    rows = read(FOLDER / "dcms_monthly_visits.ods", "Europe/London")
    readings = counted(rows)
    assert reasons(rows) == {"total-row"}
    assert {28, 29, 30, 31} >= {
        round((r.ends_at - r.starts_at).total_seconds() / 86400) for r in readings
    }
    museum = {str(row.starts_at): row.count_in for row in readings if row.place == "British Museum"}
    assert museum["2019-01-01 00:00:00"] == 447_863
    assert museum["2019-05-31 23:00:00"] == 577_624
    assert not any("total" in row.place.lower() for row in readings)
