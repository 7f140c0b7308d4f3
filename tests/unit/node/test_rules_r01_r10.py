"""Mapping rules R1 to R10 of the data model, each by its number."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from tests.support.canonical_rows import ask, lines, row, take_rows
from tests.support.exports import SECRET, House

from foyer_node.connectors.codes import Channel, PriceClass, TicketStatus
from foyer_node.importing.columns import HouseRules
from foyer_node.importing.keys import Domains, keyed_hash, normalise_email
from foyer_node.importing.rules import settled_status


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    yield house
    house.close()


def test_r01_a_visitor_key_is_a_keyed_hash_of_the_normalised_address() -> None:
    assert normalise_email(" Ada <ADA@Example.org>") == "ada@example.org"
    assert normalise_email("a.d.a+x@example.org") == "a.d.a+x@example.org"
    one, other = (keyed_hash(s, "EMAIL_HMAC", "ada@example.org") for s in (SECRET, b"x" * 32))
    assert one != other


def test_r02_number_card_and_phone_name_a_visitor_where_no_address_does(house: House) -> None:
    take_rows(
        house,
        row(order_id="A", email="ada@example.org", customer_key="7", card="C1", phone="20304050"),
        row(order_id="B", customer_key="7"),
        row(order_id="C", card="C1"),
        row(order_id="D", phone="+45 20 30 40 50"),
        row(order_id="E", postcode="2100"),
        rules=HouseRules(country="DK"),
    )
    found = {line.visitor for line in lines(house)}
    assert None in found
    assert len(found) == 2


def test_r03_shared_addresses_and_resellers_are_no_persons(house: House) -> None:
    rules = HouseRules(domains=Domains(reseller=frozenset({"agent.example"})))
    take_rows(
        house,
        row(order_id="A", email="info@museum.dk"),
        row(order_id="B", email="ada@agent.example"),
        row(order_id="C", email="ada@example.org"),
        rules=rules,
    )
    assert sorted(line.person for line in lines(house)) == [False, False, True]
    kinds = ask(house, "SELECT visitor_kind FROM visitor ORDER BY 1")
    assert kinds == [("ORGANISATION",), ("PERSON",), ("RESELLER",)]


def test_r04_one_booker_of_many_tickets_is_one_person(house: House) -> None:
    take_rows(house, row(email="ada@example.org", quantity=4))
    assert ask(house, "SELECT count(*) FROM visitor") == [(1,)]
    assert [(line.quantity, line.person) for line in lines(house)] == [(4, True)]


def test_r05_an_anonymous_ticket_counts_without_a_visitor(house: House) -> None:
    take_rows(house, row())
    (line,) = lines(house)
    assert line.visitor is None
    assert (line.quantity, line.paid_minor, line.event_at is None) == (1, 2000, False)


def test_r06_walk_ups_of_one_till_are_not_one_visitor(house: House) -> None:
    till = {"customer_key": "0", "channel": Channel.BOX_OFFICE}
    take_rows(house, row(order_id="A", **till), row(order_id="B", **till))
    assert len({line.unit for line in lines(house)}) == 2
    assert ask(house, "SELECT count(*) FROM visitor") == [(0,)]


def test_r07_refunded_tickets_are_no_attendances_and_stay_for_their_rate(house: House) -> None:
    take_rows(
        house,
        row(order_id="A"),
        row(order_id="B", status=TicketStatus.REFUNDED),
        row(order_id="C", status=TicketStatus.CANCELLED),
    )
    assert len(lines(house)) == 1
    assert ask(house, "SELECT sold, refunded, revenue_minor FROM own.event_figures") == [
        (1, 1, 2000)
    ]


def test_r08_an_exchanged_ticket_counts_once_from_its_first_order_on(house: House) -> None:
    first = row(order_id="A", line_id="1", ordered_at=datetime(2025, 11, 1))
    second = row(
        order_id="B", line_id="2", replaces_line="1", ordered_at=datetime(2026, 1, 5),
        event="Faust",
    )  # fmt: skip
    third = row(
        order_id="C", line_id="3", replaces_line="2", ordered_at=datetime(2026, 2, 1),
        event="Lear",
    )  # fmt: skip
    take_rows(house, first, second)
    take_rows(house, third, batch="b2")
    (line,) = lines(house)
    assert line.ordered_at == datetime(2025, 11, 1)
    names = ask(
        house,
        """SELECT name, ticket_status FROM ticket JOIN event USING (event_id) ORDER BY 1""",
    )
    assert names == [("Faust", "EXCHANGED_OUT"), ("Hamlet", "EXCHANGED_OUT"), ("Lear", "SOLD")]


def test_r08_a_chain_that_bites_its_tail_ends(house: House) -> None:
    take_rows(
        house,
        row(order_id="A", line_id="1", replaces_line="2"),
        row(order_id="B", line_id="2", replaces_line="1"),
    )
    assert lines(house) == []


@pytest.mark.parametrize(
    ("paid", "due", "today", "status"),
    [
        (900, 2000, datetime(2026, 1, 20), TicketStatus.RESERVED),
        (1000, 2000, datetime(2026, 1, 20), TicketStatus.SOLD),
        (900, 2000, datetime(2026, 3, 1), TicketStatus.SOLD),
        (0, None, datetime(2026, 1, 20), TicketStatus.SOLD),
        (2000, 2000, datetime(2026, 1, 20), TicketStatus.SOLD),
    ],
)
def test_r09_a_ticket_paid_in_parts_is_sold_at_half_or_once_its_event_is_over(
    paid: int, due: int | None, today: datetime, status: TicketStatus
) -> None:
    assert settled_status(row(paid_minor=paid, due_minor=due), today) is status


def test_r09_what_is_only_reserved_is_no_attendance(house: House) -> None:
    rules = HouseRules(today=datetime(2026, 1, 20))
    take_rows(house, row(paid_minor=100, due_minor=2000), rules=rules)
    assert lines(house) == []


@pytest.mark.parametrize(
    ("changes", "is_comp"),
    [
        ({"price_class": PriceClass.COMP_MARKETING, "paid_minor": 0}, True),
        ({"face_minor": 2000, "paid_minor": 0}, True),
        ({"face_minor": 2000, "paid_minor": 0, "promo": "JUBILEE"}, False),
        ({"face_minor": 2000, "paid_minor": 2000}, False),
        ({"price_class": PriceClass.FREE_ADMISSION, "face_minor": 2000, "paid_minor": 0}, False),
        ({"mode_of_sale": "PASS", "face_minor": 2000, "paid_minor": 0}, False),
        ({"paid_minor": 0}, False),
    ],
)
def test_r10_a_comp_is_free_where_nothing_else_explains_it(
    house: House, changes: dict[str, object], is_comp: bool
) -> None:
    take_rows(house, row(**changes))
    assert ask(house, "SELECT is_comp FROM ticket") == [(is_comp,)]


def test_r10_staff_tickets_are_no_audience(house: House) -> None:
    take_rows(house, row(price_class=PriceClass.COMP_STAFF, paid_minor=0))
    assert lines(house) == []
