"""Promise: what fewer exports have is read where it is there, and costs no sale where it is odd."""

from dataclasses import dataclass, replace

import pytest
from tests.support.exports import usual

from foyer_node.connectors.codes import Channel, PriceClass, TicketStatus
from foyer_node.connectors.connector import CanonicalRow, Plan, Rejected
from foyer_node.connectors.headers import FIELDS, STRONG, match_columns
from foyer_node.connectors.person_codes import consent_of, gender_of, is_yes
from foyer_node.connectors.registry import CONNECTORS
from foyer_node.connectors.rows import read_table
from foyer_protocol.errors import ConnectorError

SIX = ("Order no", "Order date", "Event", "Event date", "Qty", "Amount")
SALE = ("A-1", "2026-01-14 09:30", "Hamlet", "2026-02-06 19:30", "2", "480.50")


@dataclass(frozen=True)
class Rows:
    header: tuple[str, ...]
    body: tuple[tuple[str, ...], ...]
    layout: str = "test"

    def rows(self):
        return iter(enumerate(self.body, 2))


def read(columns: dict[str, str], **plan: object) -> CanonicalRow | Rejected:
    table = Rows((*SIX, *columns), ((*SALE, *columns.values()),))
    generic = CONNECTORS["generic"]
    settled = replace(generic.plan(table, usual().reading), **plan)
    (row,) = read_table(table, settled)
    return row


def test_each_extra_column_fills_its_field():
    row = read(
        {
            "Mobiltelefon": "+45 1234", "Medlemsnummer": "M-7", "Køn": "kvinde", "Sal": "Store",
            "Kapacitet": "240", "Face value": "300.00", "Booking fee": "12.50",
            "Newsletter": "ja", "Samtykke statistik": "nej", "Rabatkode": "VIP",
        }
    )  # fmt: skip
    assert isinstance(row, CanonicalRow)
    assert (row.phone, row.card, row.gender) == ("+45 1234", "M-7", "WOMAN")
    assert (row.venue, row.capacity, row.promo) == ("Store", 240, "VIP")
    assert (row.face_minor, row.fee_minor, row.paid_minor) == (60_000, 1250, 48_050)
    assert row.consents == (
        ("CONSORTIUM_STATISTICS", "REFUSED"),
        ("MARKETING_EMAIL", "GIVEN"),
    )


@pytest.mark.parametrize(
    "column", ["Capacity", "Face value", "Booking fee", "Gender", "Newsletter"]
)
def test_an_odd_cell_in_an_extra_column_costs_no_sale(column):
    row = read({column: "see below"})
    assert isinstance(row, CanonicalRow)
    assert (row.capacity, row.face_minor, row.fee_minor, row.gender) == (0, None, 0, "")
    assert row.consents == ()


def test_two_columns_for_one_extra_field_are_both_left_alone():
    header = [*SIX, "Phone", "Mobile"]
    assert "phone" not in match_columns(header, {})
    with pytest.raises(ConnectorError):
        match_columns([*header, "E-mail", "Buyer email"], {})


def test_a_name_stands_for_one_field_only():
    seen: dict[str, str] = {}
    for field, names in STRONG.items():
        for name in names.split("|"):
            assert seen.setdefault(name, field) == field, name
    assert set(FIELDS) == set(STRONG)


def test_a_constant_stands_where_there_is_no_column_and_never_over_one():
    table = Rows(SIX[:2] + SIX[3:], (SALE[:2] + SALE[3:],))
    reading = replace(usual().reading, constants={"event": "Lear", "channel": "Door"})
    plan = Plan(
        columns={"order_id": 0, "ordered_at": 1, "event_at": 2, "quantity": 3, "amount": 4},
        reading=reading, day_first={}, decimal=".", constants={"event": "House", "venue": "Hall"},
    )  # fmt: skip
    (row,) = read_table(table, plan)
    assert isinstance(row, CanonicalRow)
    assert (row.event, row.channel, row.venue) == ("Lear", Channel.BOX_OFFICE, "Hall")
    (named,) = read_table(Rows(SIX, (SALE,)), replace(plan, columns={
        "order_id": 0, "ordered_at": 1, "event": 2, "event_at": 3, "quantity": 4, "amount": 5,
    }))  # fmt: skip
    assert isinstance(named, CanonicalRow)
    assert named.event == "Hamlet"


def test_a_system_s_own_words_go_before_the_shared_ones():
    words = {
        "status": {"Valid": "RESERVED"},
        "channel": {"web": "AGENT"},
        "price_type": {"adult": "CHILD"},
    }
    row = read({"Status": "valid", "Channel": "Web", "Price type": "Adult"}, words=words)
    assert isinstance(row, CanonicalRow)
    assert row.status is TicketStatus.RESERVED
    assert row.channel is Channel.AGENT
    assert row.price_class is PriceClass.CHILD
    assert (row.channel_label, row.price_label) == ("Web", "Adult")


@pytest.mark.parametrize(("word", "answer"), [("Kyllä", True), ("nej", False), ("måske", None)])
def test_yes_and_no_are_known_in_six_languages_and_nothing_else_is(word, answer):
    assert is_yes(word) is answer


def test_what_is_not_said_of_a_person_is_not_said():
    assert (gender_of(""), consent_of(""), consent_of("perhaps")) == ("", "", "")
    assert consent_of("withdrawn") == "WITHDRAWN"
