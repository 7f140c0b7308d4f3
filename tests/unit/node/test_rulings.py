"""What people decide about a word holds for sales that are there and for those to come."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.canonical_rows import ask, lines, row, take_rows
from tests.support.exports import House

from foyer_node.adapters.ruling_store import RulingTable
from foyer_node.connectors.codes import Channel, PriceClass
from foyer_node.importing.rulings import Ruling, decide
from foyer_node.ruling_kinds import RulingKind
from foyer_protocol.errors import ConfigError

ODD = {
    "channel": Channel.UNKNOWN, "channel_label": "Ny webshop", "price_class": PriceClass.OTHER,
    "price_label": "Klassesæt", "quantity": 3, "production": "Hamlet",
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    take_rows(house, row(order_id="A", **ODD))
    yield house
    house.close()


def say(house: House, kind: RulingKind, label: str, code: str) -> None:
    ruling = Ruling(source_system="till", kind=kind, label=label, meaning=code)
    decide(ruling, RulingTable(house.store))


def test_words_without_a_code_are_listed_with_the_tickets_that_wait(house: House) -> None:
    found = [(one.kind, one.label, one.tickets) for one in RulingTable(house.store).undecided()]
    assert found == [
        (RulingKind.CHANNEL, "Ny webshop", 3),
        (RulingKind.DISCIPLINE, "Hamlet", 3),
        (RulingKind.PRICE_CLASS, "Klassesæt", 3),
    ]


def test_a_channel_is_decided_for_what_is_there_and_what_comes(house: House) -> None:
    say(house, RulingKind.CHANNEL, "Ny webshop", "WEB")
    assert [line.online for line in lines(house)] == [True]
    take_rows(house, row(order_id="B", **ODD), batch="b2")
    assert [line.online for line in lines(house)] == [True, True]


def test_a_price_for_schools_makes_its_orders_groups_and_back(house: House) -> None:
    say(house, RulingKind.PRICE_CLASS, "Klassesæt", "SCHOOL")
    assert [line.person for line in lines(house)] == [False]
    say(house, RulingKind.PRICE_CLASS, "Klassesæt", "FULL")
    take_rows(house, row(order_id="B", **ODD), batch="b2")
    assert [line.person for line in lines(house)] == [True, True]
    assert ask(house, "SELECT DISTINCT price_class FROM ticket") == [("FULL",)]


def test_a_price_decided_to_be_free_makes_its_tickets_comps(house: House) -> None:
    say(house, RulingKind.PRICE_CLASS, "Klassesæt", "COMP_MARKETING")
    assert ask(house, "SELECT is_comp FROM ticket") == [(True,)]


def test_an_excluded_event_does_not_count_until_it_is_taken_back(house: House) -> None:
    say(house, RulingKind.EXCLUSION, "Hamlet", "HIRE")
    take_rows(house, row(order_id="B"), batch="b2")
    assert lines(house) == []
    say(house, RulingKind.EXCLUSION, "Hamlet", "NONE")
    assert len(lines(house)) == 2


def test_a_cancelled_event_does_not_count(house: House) -> None:
    say(house, RulingKind.EVENT_STATUS, "Hamlet", "EventCancelled")
    assert lines(house) == []


def test_a_discipline_is_that_of_the_production(house: House) -> None:
    say(house, RulingKind.DISCIPLINE, "Hamlet", "THEATRE")
    assert ask(house, "SELECT discipline FROM production") == [("THEATRE",)]
    assert len(RulingTable(house.store).undecided()) == 2


def test_a_ruling_of_one_source_is_not_anothers(house: House) -> None:
    take_rows(house, row(order_id="B", **ODD), batch="b2", source="web")
    say(house, RulingKind.CHANNEL, "Ny webshop", "WEB")
    assert sorted(line.online for line in lines(house)) == [False, True]


def test_a_code_that_is_none_is_refused(house: House) -> None:
    with pytest.raises(ConfigError, match="'INTERNET' is no code for CHANNEL"):
        say(house, RulingKind.CHANNEL, "Ny webshop", "INTERNET")
