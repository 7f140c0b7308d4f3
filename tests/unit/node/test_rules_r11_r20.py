"""Mapping rules R11 to R20 of the data model, each by its number."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from tests.support.canonical_rows import ask, lines, row, take_rows
from tests.support.exports import STORE_KEY, House

from foyer_node.adapters.duckdb_store import DuckDBStore
from foyer_node.connectors.codes import PriceClass
from foyer_node.connectors.records import CounterRow, CountMethod, RecordKind
from foyer_node.data_ports import HouseFacts
from foyer_node.importing.columns import HouseRules
from foyer_node.importing.keys import Domains
from foyer_node.importing.rules import admissions_of

DANISH = HouseFacts(
    slug="kanal", name="Kanal", institution_type="MUSEUM_ART", size_band="S", country="DK",
    timezone="Europe/Copenhagen", currency="DKK",
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    yield house
    house.close()


def reading(place: str, hour: int, count: int, *, estimate: bool = False) -> CounterRow:
    return CounterRow(
        row=1, place=place, starts_at=datetime(2026, 5, 3, hour),
        ends_at=datetime(2026, 5, 3, hour + 1), count_in=count, count_out=0,
        method=CountMethod.IR_BEAM, is_estimate=estimate,
    )  # fmt: skip


def test_r11_a_packages_price_is_shared_by_face_value_to_the_last_cent(house: House) -> None:
    package = {"package_id": "P", "order_id": "A", "mode_of_sale": "SUB_FLEX"}
    take_rows(
        house,
        row(**package, event="Hamlet", paid_minor=10_000, face_minor=3000),
        row(**package, event="Faust", paid_minor=0, face_minor=3000),
        row(**package, event="Lear", paid_minor=0, face_minor=6001),
        row(order_id="B", event="Medea", paid_minor=777),
    )
    paid = sorted(line.paid_minor for line in lines(house))
    assert paid == [777, 2499, 2500, 5001]


def test_r11_without_face_values_the_tickets_share_alike(house: House) -> None:
    package = {"package_id": "P", "order_id": "A", "mode_of_sale": "SUB_FIXED"}
    take_rows(
        house,
        row(**package, event="Hamlet", paid_minor=9000),
        row(**package, event="Faust", paid_minor=0, quantity=2),
    )
    assert sorted((line.quantity, line.paid_minor) for line in lines(house)) == [
        (1, 3000), (2, 6000),
    ]  # fmt: skip


def test_r11_fixed_subscriptions_are_out_of_lead_times(house: House) -> None:
    take_rows(
        house,
        row(order_id="A", mode_of_sale="SUB_FIXED"),
        row(order_id="B", mode_of_sale="SUB_FLEX"),
    )
    assert sorted(line.event_at is None for line in lines(house)) == [False, True]


def test_r12_a_pass_scan_is_an_admission_that_its_scheme_pays_for(house: House) -> None:
    scan = {
        "paid_minor": 0, "settlement_minor": 850, "price_class": PriceClass.PASS,
        "mode_of_sale": "PASS", "scanned_at": datetime(2026, 2, 20, 18), "card": "NL-123",
    }  # fmt: skip
    take_rows(house, row(order_id="A", **scan), row(order_id="B", **scan))
    assert len({line.visitor for line in lines(house)}) == 1
    assert ask(house, "SELECT DISTINCT settlement_minor, is_comp FROM ticket") == [(850, False)]


def test_r12_where_a_card_may_not_tell_its_holder_scans_are_anonymous(house: House) -> None:
    rules = HouseRules(identify_by_card=False)
    take_rows(house, row(card="NL-123", mode_of_sale="PASS"), rules=rules)
    assert [line.visitor for line in lines(house)] == [None]
    assert ask(house, "SELECT count(*) FROM visitor") == [(0,)]


def test_r13_ten_tickets_or_a_group_price_are_no_person(house: House) -> None:
    take_rows(
        house,
        row(order_id="A", quantity=10, email="ada@example.org"),
        row(order_id="B", price_class=PriceClass.GROUP),
        row(order_id="C", quantity=9),
    )
    assert sorted((line.quantity, line.person) for line in lines(house)) == [
        (1, False), (9, True), (10, False),
    ]  # fmt: skip


def test_r14_of_pupils_only_counts_are_kept(house: House) -> None:
    rules = HouseRules(domains=Domains(school=frozenset({"skole.dk"})))
    take_rows(
        house,
        row(order_id="A", email="a@skole.dk", price_class=PriceClass.SCHOOL, birth_year=2016,
            gender="WOMAN", quantity=25),
        rules=rules,
    )  # fmt: skip
    assert [line.person for line in lines(house)] == [False]
    assert ask(house, "SELECT visitor_kind, birth_year, gender FROM visitor") == [
        ("SCHOOL", None, None)
    ]


def test_r15_a_festival_pass_is_one_booker_on_some_of_its_days() -> None:
    festival = row(valid_days=5, quantity=2)
    assert admissions_of(festival, 70) == (8, True)
    assert admissions_of(row(valid_days=5, scanned_at=datetime(2026, 7, 1)), 70) == (1, False)
    assert admissions_of(row(), 70) == (1, False)


def test_r15_admissions_by_assumption_are_marked(house: House) -> None:
    take_rows(house, row(valid_days=5, email="ada@example.org"))
    assert [line.quantity for line in lines(house)] == [1]
    assert ask(house, "SELECT sold, is_estimate FROM own.event_figures") == [(4, True)]


def test_r16_a_screening_is_the_event_and_its_film_the_production(house: House) -> None:
    late = {"event_at": datetime(2026, 2, 20, 21)}
    take_rows(
        house,
        row(order_id="A", event="Vampyr, sal 2", production="Vampyr"),
        row(order_id="B", event="Vampyr, sal 2", production="Vampyr", **late),
    )
    assert ask(house, "SELECT count(*) FROM event") == [(2,)]
    assert ask(house, "SELECT title FROM production") == [("Vampyr",)]


def test_r17_each_admission_product_and_opening_day_is_an_event(house: House) -> None:
    take_rows(
        house,
        row(order_id="A", event="Adult admission"),
        row(order_id="B", event="Adult admission", event_at=datetime(2026, 2, 21, 19)),
        row(order_id="C", event="Special exhibition"),
    )
    assert ask(house, "SELECT count(*) FROM event") == [(3,)]


def test_r18_counted_and_ticketed_visits_are_never_added_or_subtracted(house: House) -> None:
    take_rows(
        house, reading("Main hall", 10, 40), reading("Main hall", 11, 25, estimate=True),
        reading("Garden", 10, 7), kind=RecordKind.COUNTERS, batch="c1",
    )  # fmt: skip
    at = {"venue": "Main Hall", "event_at": datetime(2026, 5, 3, 9)}
    take_rows(house, row(order_id="A", quantity=50, **at), row(order_id="B", quantity=30, **at))
    visits = ask(
        house,
        """SELECT name, day, counted, ticketed, visits, visits_by, v.is_estimate
           FROM own.daily_visits v JOIN venue USING (venue_id) ORDER BY name""",
    )
    day = date(2026, 5, 3)
    assert visits == [
        ("Garden", day, 7, 0, 7, "COUNTER", False),
        ("Main hall", day, 65, 80, 80, "TICKETS", True),
    ]
    assert ask(house, "SELECT count(*) FROM visitor") == [(0,)]


def test_r18_a_day_is_the_houses_own_and_a_month_is_no_day(house: House) -> None:
    house.store.close()
    house.store = DuckDBStore.open(house.folder / "store.duckdb", STORE_KEY, house=DANISH)
    day = replace(reading("Garden", 0, 7), starts_at=datetime(2026, 5, 2, 22),
                  ends_at=datetime(2026, 5, 3, 22))  # fmt: skip
    month = replace(day, count_in=900, ends_at=datetime(2026, 6, 1, 22))
    take_rows(house, day, month, kind=RecordKind.COUNTERS)
    assert ask(house, "SELECT day, visits FROM own.daily_visits") == [(date(2026, 5, 3), 7)]
    assert ask(house, "SELECT sum(count_in) FROM counter_reading") == [(907,)]


def test_r18_a_corrected_reading_replaces_the_one_it_corrects(house: House) -> None:
    take_rows(house, reading("Garden", 10, 7), kind=RecordKind.COUNTERS, batch="c1")
    done = take_rows(house, reading("Garden", 10, 9), kind=RecordKind.COUNTERS, batch="c2")
    assert done.superseded == 1
    assert ask(house, "SELECT count_in, batch_id FROM counter_reading") == [(9, "c2")]


def test_r19_a_ticket_for_several_days_is_one_visit_a_venue_and_day(house: House) -> None:
    ticket = {"line_id": "T", "order_id": "A"}
    take_rows(
        house,
        *(
            row(**ticket, venue=venue, scanned_at=moment, event=venue)
            for venue, moment in (
                ("North", datetime(2026, 5, 3, 10)),
                ("North", datetime(2026, 5, 3, 15)),
                ("North", datetime(2026, 5, 4, 10)),
                ("South", datetime(2026, 5, 3, 12)),
            )
        ),
    )
    assert ask(house, "SELECT sum(visits) FROM own.daily_visits") == [(3,)]


def test_r20_hires_and_cancelled_events_are_kept_and_not_counted(house: House) -> None:
    take_rows(
        house,
        row(order_id="A", excluded="HIRE"),
        row(order_id="B", event="Gala"),
        row(order_id="C", event="Concert"),
    )
    ask(house, "UPDATE event SET event_status = 'EventCancelled' WHERE name = 'Gala'")
    ask(house, "UPDATE event SET exclude_reason = 'PARKING' WHERE name = 'Concert'")
    assert lines(house) == []
    assert ask(house, "SELECT count(*) FROM own.event_figures") == [(0,)]
    assert ask(house, "SELECT count(*) FROM ticket") == [(3,)]
