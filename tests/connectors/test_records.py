"""Files that hold no sales: members, gifts, contacts and counts, each on its golden exports.

To add one, add an export and its expected rows, and a case below.
"""

import csv
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.connectors.test_connectors import CANARY, HERE, LANGUAGES, READING

from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.connector import CanonicalRow, Reading, Record, Rejected
from foyer_node.connectors.records import CounterRow, DonationRow, MembershipRow, TouchpointRow
from foyer_node.connectors.registry import CONNECTORS, choose

KINDS = {
    "memberships": MembershipRow,
    "donations": DonationRow,
    "touchpoints": TouchpointRow,
    "counters": CounterRow,
}


@dataclass(frozen=True)
class Case:
    connector: str
    export: str
    expected: str

    @property
    def path(self) -> Path:
        return HERE / self.connector / self.export


CASES = [
    *(Case("memberships", f"export_{lang}.csv", "expected.csv") for lang in LANGUAGES),
    Case("donations", "export.csv", "expected.csv"),
    Case("donations", "export_sv.csv", "expected_sv.csv"),
    Case("touchpoints", "export.csv", "expected.csv"),
    Case("counters", "export.csv", "expected.csv"),
    *(
        Case("counters", f"{layout}.csv", f"{layout}_expected.csv")
        for layout in ("daily", "wide", "places", "yearly", "entries_gomus")
    ),
]


@pytest.fixture(params=CASES, ids=lambda case: f"{case.connector}-{case.export}")
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


def read(path: Path, reading: Reading = READING) -> list[Record | Rejected]:
    connector, table = choose(read_source(path))
    return list(connector.read(table, connector.plan(table, reading)))


def written(row: Record | Rejected) -> dict[str, str]:
    """A row as the golden file writes it: every field, and no cell for what is not said."""
    if isinstance(row, Rejected):
        return {"row": str(row.row), "rejected": f"{row.reason}:{row.column}"}
    cells = {field.name: getattr(row, field.name) for field in fields(row)}
    return {name: str(value) for name, value in cells.items() if value not in {None, ""}}


def test_the_export_gives_the_expected_rows(case: Case) -> None:
    with (HERE / case.connector / case.expected).open(encoding="utf-8", newline="") as file:
        expected = [{k: v for k, v in row.items() if v} for row in csv.DictReader(file)]
    assert [written(row) for row in read(case.path)] == expected


def test_the_export_is_recognised_without_being_told_what_it_holds(case: Case) -> None:
    connector, _ = choose(read_source(case.path))
    assert connector is CONNECTORS[case.connector]


def test_every_row_is_of_the_kind_that_the_connector_names(case: Case) -> None:
    kind = KINDS[CONNECTORS[case.connector].kind.value]
    rows = [row for row in read(case.path) if not isinstance(row, Rejected)]
    assert rows
    assert {type(row) for row in rows} == {kind}


def test_a_row_shows_nothing_of_a_visitor_when_printed(case: Case) -> None:
    assert CANARY not in repr(read(case.path)).lower()


def test_no_free_text_reaches_a_record(case: Case) -> None:
    """Names, subjects and remarks are canaries too; only an address may be one in a record."""
    for row in read(case.path):
        cells = written(row)
        cells.pop("email", None)
        assert CANARY not in repr(cells).lower()


def test_a_sales_file_is_no_file_of_records() -> None:
    for name in ("generic/export.csv", "pretix/positions_en.csv", "pretix/orders_da.csv"):
        assert all(isinstance(row, CanonicalRow | Rejected) for row in read(HERE / name))


@pytest.mark.parametrize(
    "text",
    [
        "date\tsold\traw_section\tprice\n1770-04-23\t3\tLoges\t48.0\n",
        "customer_id,date,number_of_cds,dollar_value\n00001,1997-01-01,1,11.77\n",
        "date;Entrance A;Entrance B;revenue\n2024-05-01;12;7;95,50\n",
    ],
)
def test_a_file_with_prices_or_customers_is_no_table_of_entrances(
    text: str, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(text)
    assert choose(read_source(path))[0].name != "counters"


def test_a_weekday_and_a_sum_beside_entrances_are_no_places(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(
        "Date;Weekday;Entrance A;Entrance B;Total\n2024-05-01;Wed;1 012;7;1 019\n"
        "2024-05-02;Thu;980;x;980\n"
    )
    rows = [row for row in read(path) if isinstance(row, CounterRow)]
    assert [(row.place, row.count_in) for row in rows] == [
        ("Entrance A", 1012),
        ("Entrance B", 7),
        ("Entrance A", 980),
    ]


def test_counts_follow_the_time_zone_of_the_venue() -> None:
    path, hour = HERE / "counters" / "daily.csv", timedelta(hours=1)
    east = replace(READING, timezone="Europe/Helsinki")
    here, there = (
        [row for row in read(path, reading) if isinstance(row, CounterRow)]
        for reading in (READING, east)
    )
    assert [row.starts_at - hour for row in here] == [row.starts_at for row in there]


def test_the_day_on_which_clocks_go_back_has_twenty_five_hours(tmp_path: Path) -> None:
    path = tmp_path / "autumn.csv"
    path.write_text("Site,Date,Visitors\nTower,2026-10-25,120\nTower,2026-10-26,90\n")
    long, usual_day = (row for row in read(path) if isinstance(row, CounterRow))
    assert long.ends_at - long.starts_at == timedelta(hours=25)
    assert usual_day.ends_at - usual_day.starts_at == timedelta(hours=24)


def test_a_step_of_a_quarter_is_found_in_the_times_themselves(tmp_path: Path) -> None:
    path = tmp_path / "quarters.csv"
    starts = [datetime(2026, 3, 2, 10) + timedelta(minutes=15 * i) for i in range(12)]
    path.write_text("Counter,Timestamp,Entries\n" + "".join(f"A,{at},{3}\n" for at in starts))
    rows = [row for row in read(path) if isinstance(row, CounterRow)]
    assert {row.ends_at - row.starts_at for row in rows} == {timedelta(minutes=15)}
    assert sum(row.count_in for row in rows) == 36
