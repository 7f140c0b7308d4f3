"""Every connector is asked the same questions, on its own golden export.

To add a connector, add a folder with an export and `expected.csv`, and a case below.
"""

import csv
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from tests.support.exports import House, usual

from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.codes import Channel, PriceClass, TicketStatus
from foyer_node.connectors.connector import CanonicalRow, Reading, Rejected
from foyer_node.connectors.registry import CONNECTORS, choose
from foyer_node.importing.pipeline import preview
from foyer_protocol.catalogue.schema import EligibleLine

HERE = Path(__file__).parent
ARCHIVES = tempfile.TemporaryDirectory(prefix="foyer-exports-")
LANGUAGES = ("en", "da", "nl", "fr", "sv", "fi")
CANARY = "canary7f3a"
READING = usual().reading
TOLERANT = replace(usual(), most_rejected_share=0.4)  # the golden exports hold bad rows on purpose


@dataclass(frozen=True)
class Case:
    connector: str
    export: str
    expected: str

    @property
    def path(self) -> Path:
        whole = HERE / self.connector / self.export
        return packed(self.connector, whole.with_suffix("")) if whole.suffix == ".zip" else whole


@cache
def packed(connector: str, folder: Path) -> Path:
    """A folder of tables as people send it: one archive. Stored, so that canaries can be seen."""
    path = Path(ARCHIVES.name) / f"{connector}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return path


CASES = [
    *(Case("pretix", f"positions_{lang}.csv", "positions_expected.csv") for lang in LANGUAGES),
    *(Case("pretix", f"orders_{lang}.csv", "orders_expected.csv") for lang in LANGUAGES),
    *(Case("pretix", f"{name}.json", f"{name}_expected.csv") for name in ("orderdata", "api")),
    *(
        Case("eventbrite", f"{report}.csv", f"{report}_expected.csv")
        for report in ("attendees", "attendees_repeated", "orders", "orders_classic")
    ),
    *(Case(name, "export.csv", "expected.csv") for name in ("billetweb", "mapado", "shotgun")),
    *(
        Case(name, "export.json", "expected_json.csv")
        for name in ("billetweb", "mapado", "shotgun")
    ),
    Case("spektrix", "export.csv", "expected.csv"),
    Case("pass-culture", "export.csv", "expected.csv"),
    Case("pass-culture", "export.xlsx", "expected_xlsx.csv"),
    Case("generic", "export.csv", "expected.csv"),
    Case("tessitura", "export.zip", "expected.csv"),
    Case("archtics", "blocks.csv", "blocks_expected.csv"),
    Case("audienceview", "export.csv", "expected.csv"),
    Case("agile", "reports.zip", "reports_expected.csv"),
    Case("agile", "sums.csv", "sums_expected.csv"),
    Case("gomus", "export.zip", "expected.csv"),
    Case("gomus", "tours.csv", "tours_expected.csv"),
    Case("aggregates", "sessions.json", "sessions_expected.csv"),
    Case("aggregates", "sessions.csv", "sessions_csv_expected.csv"),
    Case("aggregates", "museum.csv", "museum_expected.csv"),
]
SUMS = [
    case
    for case in CASES
    if case.connector == "aggregates" or case.export in {"sums.csv", "tours.csv"}
]
"""Their rows are sums over sales."""


ONE_OF_EACH = [
    case
    for case in CASES
    if case.export.endswith(("_en.csv", "export.csv", "export.zip", "attendees.csv", "orders.csv"))
]
"""The languages give the same rows, which is asked first; one of them stands for the rest."""


STATES_ITS_ZONE = {"mapado", "shotgun", "pass-culture"}
ON_ITS_OWN_CLOCK = {"billetweb"}
NUMBERS_NO_LINES = {"audienceview", "spektrix", "pass-culture"}


def name_of(case: Case) -> str:
    return f"{case.connector}-{case.export}"


@pytest.fixture(params=ONE_OF_EACH, ids=name_of)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    yield house
    house.close()


def read(path: Path, reading: Reading = READING) -> list[CanonicalRow | Rejected]:
    connector, table = choose(read_source(path))
    return list(connector.read(table, connector.plan(table, reading)))


def accepted(path: Path, reading: Reading = READING) -> list[CanonicalRow]:
    return [row for row in read(path, reading) if isinstance(row, CanonicalRow)]


LABELS = frozenset({"channel_label", "price_label"})
"""The export's own words: in its own language, so a golden file may leave them out."""


def written(row: CanonicalRow | Rejected, *, labels: bool = False) -> dict[str, str]:
    """A row as the golden file writes it."""
    if isinstance(row, Rejected):
        return {"row": str(row.row), "rejected": f"{row.reason}:{row.column}"}
    cells = {field.name: getattr(row, field.name) for field in fields(row)}
    usual_words = {field.name: field.default for field in fields(row)}
    return {
        name: str(value)
        for name, value in cells.items()
        if value not in {None, "", 0, usual_words[name]} and (labels or name not in LABELS)
    }


def golden(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: v for k, v in row.items() if v} for row in csv.DictReader(file)]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_export_gives_the_expected_rows(case: Case) -> None:
    expected = golden(HERE / case.connector / case.expected)
    labels = any("price_label" in row or "channel_label" in row for row in expected)
    assert [written(row, labels=labels) for row in read(case.path)] == expected


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_export_is_recognised_without_being_told_whose_it_is(case: Case) -> None:
    connector, _ = choose(read_source(case.path))
    assert connector is CONNECTORS[case.connector]


@pytest.mark.parametrize("case", SUMS, ids=name_of)
def test_a_sum_over_sales_is_nobodys_order(case: Case) -> None:
    rows = accepted(case.path)
    assert rows
    assert all(row.is_aggregate for row in rows)
    assert not any(row.email or row.customer_key or row.phone or row.card for row in rows)


@pytest.mark.parametrize("case", SUMS, ids=name_of)
def test_sums_of_sessions_to_come_wait_until_they_are_held(case: Case) -> None:
    held = accepted(case.path, replace(READING, today=date(2026, 3, 1)))
    assert {row.row for row in held} == {
        row.row for row in accepted(case.path) if row.ordered_at.date() <= date(2026, 3, 2)
    }


def test_every_field_has_its_type_and_range(case: Case) -> None:
    for row in accepted(case.path):
        assert row.ordered_at.tzinfo is None
        assert row.event_at is None or row.event_at.tzinfo is None
        assert type(row.quantity) is int
        assert row.quantity >= 1
        assert type(row.paid_minor) is int
        assert row.paid_minor >= 0
        assert isinstance(row.status, TicketStatus)
        assert isinstance(row.channel, Channel)
        assert isinstance(row.price_class, PriceClass)


def test_local_times_follow_the_time_zone_of_the_venue(case: Case) -> None:
    if case.connector in ON_ITS_OWN_CLOCK:
        pytest.skip("its times are of its own city, whatever clock the venue lives by")
    here = accepted(case.path)
    east = accepted(case.path, replace(READING, timezone="Europe/Helsinki"))
    hour = timedelta(hours=1)
    moved = hour if case.connector not in STATES_ITS_ZONE else timedelta()
    assert [row.ordered_at - moved for row in here] == [row.ordered_at for row in east]


def test_winter_and_summer_time_are_told_apart(case: Case) -> None:
    """14 January 9:30 in Copenhagen is 8:30 UTC; in pretix's, 29 March 20:00 is 18:00 UTC."""
    times = {row.ordered_at for row in accepted(case.path)}
    assert datetime(2026, 1, 14, 8, 30) in times


def test_money_of_the_house_is_kept_in_its_own_currency(case: Case, house: House) -> None:
    house.take(case.path, TOLERANT)
    currencies = house.store.execute_measure('SELECT DISTINCT currency FROM "order"', ())
    assert currencies == [("DKK",)]


def test_only_tickets_that_stand_are_attendances(case: Case, house: House) -> None:
    """Refunded, cancelled, expired and pending tickets are kept, and none is counted (R7, R9)."""
    report = house.take(case.path, TOLERANT)
    standing = {TicketStatus.SOLD, TicketStatus.CHECKED_IN}
    rows = accepted(case.path)
    counted = sum(r.quantity for r in rows if r.status in standing and r.excluded is None)
    lines = list(house.store.lines(datetime(2025, 1, 1), datetime(2027, 1, 1)))
    assert sum(line.quantity for line in lines) == counted == report.tickets
    assert house.store.execute_measure("SELECT count(*) FROM ticket", ()) == [(len(rows),)]
    assert counted < sum(r.quantity for r in rows)


def test_anonymous_sales_are_kept_as_units_of_their_own(case: Case, house: House) -> None:
    house.take(case.path, TOLERANT)
    lines = house.store.lines(datetime(2025, 1, 1), datetime(2027, 1, 1))
    anonymous = [line for line in lines if line.visitor is None]
    assert anonymous
    assert all(line.unit == f"o:{line.order}" and line.person for line in anonymous)


def test_the_same_file_twice_changes_nothing(case: Case, house: House) -> None:
    first = house.take(case.path, TOLERANT)
    before = house.contents()
    again = house.take(case.path, TOLERANT)
    assert (first.already_imported, again.already_imported) == (False, True)
    assert house.contents() == before


def test_a_later_export_of_the_same_orders_supersedes_them(
    case: Case, house: House, tmp_path: Path
) -> None:
    house.take(case.path, TOLERANT)
    before = list(house.store.lines(datetime(2025, 1, 1), datetime(2027, 1, 1)))
    later = tmp_path / "later.csv"
    later.write_bytes(case.path.read_bytes() + b"\r\n\r\n")
    report = house.take(later, TOLERANT)
    after = list(house.store.lines(datetime(2025, 1, 1), datetime(2027, 1, 1)))
    assert report.superseded_orders > 0
    assert after == before
    assert len(house.store.batches()) == 2


def test_a_row_that_comes_twice_is_refused_where_lines_are_numbered(
    case: Case, tmp_path: Path
) -> None:
    if "orders" in case.export or case.connector in NUMBERS_NO_LINES:
        pytest.skip("the export has one line per order, or may number lines twice")
    if case.path.suffix == ".zip":
        pytest.skip("a line cannot be put at the end of an archive")
    text = case.path.read_bytes()
    doubled = tmp_path / "doubled.csv"
    doubled.write_bytes(text + b"".join(text.splitlines(keepends=True)[-1:]))
    rejected = [row for row in read(doubled) if isinstance(row, Rejected)]
    assert rejected[-1].reason == "duplicate"


def test_no_identifier_and_no_free_text_reaches_the_store(case: Case, house: House) -> None:
    """Names, addresses, e-mails, telephones, comments and answers of the export are canaries."""
    report = house.take(case.path, TOLERANT)
    rejections = house.store.quarantined(house.store.batches()[0].batch_id)
    contents = {k: v for k, v in house.contents().items() if k.startswith("store")}
    seen = repr((report, report.as_json(), rejections))
    house.close()
    assert CANARY in case.path.read_bytes().decode("latin-1").lower()
    assert CANARY not in repr(contents).lower()
    assert CANARY not in seen.lower()
    assert not any(order in repr(contents) for order in ("KLMN1", "'1001'"))
    for file in house.folder.iterdir():
        assert CANARY.encode() not in file.read_bytes().lower(), file.name


def test_a_row_shows_nothing_of_a_visitor_when_printed(case: Case) -> None:
    assert CANARY not in repr(read(case.path)).lower()


def test_the_raw_identifier_can_be_read_back_from_the_vault_only(case: Case, house: House) -> None:
    house.take(case.path, TOLERANT)
    lines = house.store.lines(datetime(2025, 1, 1), datetime(2027, 1, 1))
    visitors = {line.visitor for line in lines if line.visitor}
    revealed = {value for v in visitors for _, value in house.vault.reveal(v)}
    assert "canary7f3a.ada@example.org" in revealed


def test_the_preview_says_what_the_import_then_does(case: Case, house: House) -> None:
    seen = preview(case.path, TOLERANT, read_source)
    done = house.take(case.path, TOLERANT)
    assert replace(seen, applied=True) == done


def test_the_view_has_exactly_the_columns_of_the_contract(house: House) -> None:
    columns = house.store.execute_measure(
        """SELECT column_name FROM duckdb_columns()
           WHERE table_name = 'eligible_line' AND schema_name = 'main'""",
        (),
    )
    assert [name for (name,) in columns] == [field.name for field in fields(EligibleLine)]
