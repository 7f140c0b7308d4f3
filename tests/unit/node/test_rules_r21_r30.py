"""Mapping rules R21 to R30 of the data model, each by its number."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.support.canonical_rows import ask, lines, row, take_rows
from tests.support.exports import STORE_KEY, House, usual

from foyer_node.adapters.duckdb_store import DuckDBStore
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.connectors.codes import TicketStatus
from foyer_node.connectors.dates import date_reader
from foyer_node.connectors.money import amount_reader
from foyer_node.data_ports import HouseFacts
from foyer_node.importing.columns import HouseRules
from foyer_node.importing.keys import Domains
from foyer_node.importing.places import Places
from foyer_node.territories.lookup import locate
from foyer_protocol.catalogue.schema import LEAST_HISTORY_MONTHS, Period
from foyer_protocol.errors import ConnectorError

HEADER = "order no,order date,event,event date,qty,amount,email,birth year\n"
FACTS = HouseFacts(
    slug="kanal", name="Kanal", institution_type="THEATRE", size_band="S", country="DK",
    timezone="Europe/Copenhagen", currency="DKK",
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    yield house
    house.close()


def reopen(house: House, facts: HouseFacts) -> None:
    house.store.close()
    house.store = DuckDBStore.open(house.folder / "store.duckdb", STORE_KEY, house=facts)


@pytest.mark.parametrize(("lag", "is_mature"), [(0, True), (36_500, False)])
def test_r21_an_event_is_final_once_its_lag_has_passed(
    house: House, lag: int, is_mature: bool
) -> None:
    take_rows(house, row(event_at=datetime(2020, 2, 20, 19)))
    reopen(house, replace(FACTS, mature_lag_days=lag))
    assert ask(house, "SELECT is_mature FROM own.event_figures") == [(is_mature,)]
    assert len(lines(house)) == 1


def test_r22_the_earlier_of_two_equal_clock_times_is_meant() -> None:
    read = date_reader(
        ZoneInfo("Europe/Copenhagen"), day_first=True, today=date(2026, 12, 1), days_ahead=1
    )
    assert read("25.10.2026 02:30") == datetime(2026, 10, 25, 0, 30)
    assert read("0000-00-00 00:00:00") is None


def test_r23_money_is_whole_minor_units_however_it_is_written() -> None:
    comma = amount_reader(",", in_minor=False)
    assert [comma(text) for text in ("1.240,50", "12,5", "95")] == [124_050, 1250, 9500]
    assert amount_reader(".", in_minor=True)("9550") == 9550
    assert abs(amount_reader(".", in_minor=False)("(15.00)")) == 1500


def test_r24_a_later_batch_supersedes_and_a_complete_one_deletes(house: House) -> None:
    whole = [
        row(order_id=name, ordered_at=datetime(2026, 1, day))
        for name, day in (("A", 3), ("B", 4), ("C", 5), ("D", 20))
    ]
    take_rows(house, *whole)
    done = take_rows(house, replace(whole[0], quantity=3), whole[2], batch="b2")
    assert (done.superseded, done.removed) == (2, 0)
    assert sorted(line.quantity for line in lines(house)) == [1, 1, 1, 3]
    more = [row(order_id=f"M{n}", ordered_at=datetime(2026, 1, 4)) for n in range(9)]
    take_rows(house, *more, batch="b3")
    done = take_rows(house, whole[0], *more, whole[2], batch="b4", is_complete=True)
    assert done.removed == 1
    assert {line.ordered_at.day for line in lines(house)} == {3, 4, 5, 20}
    assert len(lines(house)) == 12


def test_r24_a_file_that_lacks_too_much_of_its_days_is_not_complete(house: House) -> None:
    days = [row(order_id=str(day), ordered_at=datetime(2026, 1, day)) for day in range(1, 9)]
    take_rows(house, *days)
    before = house.contents()
    with pytest.raises(ConnectorError, match="lacks 50% of the orders"):
        take_rows(house, days[0], days[2], days[4], days[7], batch="b2", is_complete=True)
    assert house.contents() == before


def test_r24_a_complete_export_of_one_source_leaves_other_sources_alone(house: House) -> None:
    take_rows(house, row(order_id="A"), source="web")
    take_rows(house, row(order_id="B"), batch="b2", is_complete=True)
    assert len(lines(house)) == 2


def test_r25_staff_and_test_accounts_are_flagged_and_left_out(house: House) -> None:
    rules = HouseRules(domains=Domains(staff=frozenset({"kanal.dk"})))
    take_rows(
        house,
        row(order_id="A", email="x@kanal.dk"),
        row(order_id="B", email="x@example.com"),
        row(order_id="C", email="x@mail.dk"),
        rules=rules,
    )
    assert len(lines(house)) == 1
    flags = ask(house, "SELECT is_staff, is_test FROM visitor ORDER BY ALL")
    assert flags == [(False, False), (False, True), (True, False)]


def test_r26_a_home_is_placed_by_its_table_and_never_guessed(house: House) -> None:
    places = Places(house=("DK", "8000"), locate=locate)
    at = {"venue": "Musikhuset"}
    take_rows(
        house,
        row(order_id="A", email="a@x.dk", postcode="2100", **at),
        row(order_id="B", email="b@x.dk", postcode="0001", **at),
        row(order_id="C", email="c@x.dk", postcode="11455", country="SE", **at),
        row(order_id="D", email="d@x.dk", postcode="2100", country="", **at),
        rules=HouseRules(places=places),
    )
    found = ask(
        house,
        """SELECT territory, residence_country, residence_municipality, residence_nuts3,
           round(distance_km) FROM visitor JOIN "order" USING (visitor_id) ORDER BY ALL""",
    )
    assert found == [
        ("DK-0", "DK", None, None, None),
        ("DK-2", "DK", "101", "DK011", 156),
        ("SE-1", "SE", None, None, None),
        ("UNKNOWN", None, None, None, None),
    ]
    assert ask(house, "SELECT name, country, municipality, nuts3 FROM venue") == [
        ("Musikhuset", "DK", "751", "DK042")
    ]


def test_r26_no_postcode_is_kept(house: House) -> None:
    rules = HouseRules(places=Places(house=("DK", "8000"), locate=locate))
    take_rows(house, row(email="a@x.dk", postcode="2100"), rules=rules)
    assert "'2100'" not in repr(house.contents())


def test_r27_birth_years_that_nobody_has_are_not_known(house: House) -> None:
    path = house.folder / "x.csv"
    rows = [
        f"A{year},2026-01-14 10:00,Hamlet,2026-02-20 20:00,1,20.00,p{year}@x.dk,{year}"
        for year in (1899, 1980)
    ]
    path.write_text(HEADER + "\n".join(rows) + "\n")
    house.take(path, replace(usual(), most_rejected_share=0.9))
    years = {year for (year,) in ask(house, "SELECT birth_year FROM visitor")}
    assert 1980 in years
    assert 1899 not in years


def test_r28_who_is_new_is_only_said_with_two_years_of_history() -> None:
    period = Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1))
    assert period.history() == Period(starts=date(2023, 1, 1), ends=date(2026, 1, 1))
    assert LEAST_HISTORY_MONTHS == 24
    assert period.history_needed_from == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("scanned", "attended_by", "attended"), [(8, "SCANS", 8), (7, "SALES", 10)]
)
def test_r29_who_attended_is_who_was_scanned_where_the_house_scans(
    house: House, scanned: int, attended_by: str, attended: int
) -> None:
    past = {"event_at": datetime(2026, 2, 20, 19)}
    rows = [
        row(order_id=f"A{n}", scanned_at=past["event_at"] if n < scanned else None, **past)
        for n in range(10)
    ]
    take_rows(house, *rows)
    assert ask(house, "SELECT attended, attended_by FROM own.event_figures") == [
        (attended, attended_by)
    ]


def test_r29_checked_in_is_scanned(house: House) -> None:
    take_rows(house, row(status=TicketStatus.CHECKED_IN, event_at=datetime(2026, 2, 20)))
    assert ask(house, "SELECT scanned, attended_by FROM own.event_figures") == [(1, "SCANS")]


def test_r30_what_was_released_or_answered_is_not_computed_again_after_an_import(
    tmp_path: Path,
) -> None:
    files, house = RoundFiles(tmp_path), House.open(tmp_path)
    take_rows(house, row())
    files.keep_release("spring", b"as released")
    files.journal(b"asked", b"as answered")
    take_rows(house, row(order_id="B"), batch="b2")
    house.close()
    again = RoundFiles(tmp_path)
    assert again.releases() == [b"as released"]
    assert again.answer_to(b"asked") == b"as answered"
