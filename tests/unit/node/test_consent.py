"""Consent is asked before every computation, per purpose (decision 0020)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from tests.support.canonical_rows import ask, lines, row, take_rows
from tests.support.exports import STORE_KEY, House

from foyer_node.adapters.duckdb_store import DuckDBStore
from foyer_node.data_ports import HouseFacts

ROUNDS, OWN, MAIL = "CONSORTIUM_STATISTICS", "ANALYTICS_LOCAL", "MARKETING_EMAIL"
FACTS = HouseFacts(
    slug="kanal", name="Kanal", institution_type="THEATRE", size_band="S", country="DK",
    timezone="Europe/Copenhagen", currency="DKK", consent_needed=True,
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    yield house
    house.close()


def own(house: House) -> int:
    return house.store.own().execute_measure("SELECT count(*) FROM eligible_line", ())[0][0]


def said(*consents: tuple[str, str], day: int = 14, order: str = "A", **more: object):
    moment = datetime(2026, 1, day)
    return row(order_id=order, email="ada@x.dk", consents=consents, ordered_at=moment, **more)


@pytest.mark.parametrize(
    ("consents", "in_rounds", "in_own"),
    [
        ((), 1, 1),
        (((ROUNDS, "GIVEN"), (OWN, "GIVEN")), 1, 1),
        (((ROUNDS, "NOT_ASKED"),), 1, 1),
        (((ROUNDS, "REFUSED"),), 0, 1),
        (((ROUNDS, "WITHDRAWN"),), 0, 1),
        (((OWN, "REFUSED"),), 1, 0),
        (((MAIL, "REFUSED"),), 1, 1),
    ],
)
def test_a_refusal_takes_a_visitor_out_of_what_it_is_about(
    house: House, consents: tuple[tuple[str, str], ...], in_rounds: int, in_own: int
) -> None:
    take_rows(house, said(*consents))
    assert (len(lines(house)), own(house)) == (in_rounds, in_own)
    figures = ask(house, "SELECT count(*) FROM own.event_figures")
    assert figures == [(in_own,)]


def test_a_refusal_covers_all_that_the_visitor_ever_bought(house: House) -> None:
    take_rows(house, said(), said((ROUNDS, "REFUSED"), order="B", day=20))
    assert lines(house) == []


def test_the_newest_word_counts_whichever_file_comes_first(house: House) -> None:
    take_rows(house, said((ROUNDS, "GIVEN"), day=20))
    take_rows(house, said((ROUNDS, "REFUSED"), order="B", day=10), batch="b2")
    assert len(lines(house)) == 2
    take_rows(house, said((ROUNDS, "WITHDRAWN"), order="C", day=21), batch="b3")
    assert lines(house) == []


def test_of_two_words_of_one_moment_the_refusal_counts(house: House) -> None:
    take_rows(house, said((ROUNDS, "REFUSED")), said((ROUNDS, "GIVEN"), order="B"))
    assert lines(house) == []


def test_a_house_on_consent_counts_only_who_gave_it_and_nobody_unknown_is_lost(
    house: House,
) -> None:
    take_rows(house, said(), row(order_id="till"), row(
        order_id="C", email="bo@x.dk", consents=((ROUNDS, "GIVEN"),)
    ))  # fmt: skip
    assert len(lines(house)) == 3
    house.store.close()
    house.store = DuckDBStore.open(house.folder / "store.duckdb", STORE_KEY, house=FACTS)
    assert len(lines(house)) == 2
    assert own(house) == 1
    assert ask(house, "SELECT count(*) FROM own.counted_ticket") == [(1,)]


def test_a_setting_changed_since_the_last_import_holds_for_the_next_reader(house: House) -> None:
    path = house.folder / "store.duckdb"
    take_rows(house, said())
    house.store.close()
    for needed, count in ((True, 0), (False, 1)):
        facts = replace(FACTS, consent_needed=needed)
        with DuckDBStore.open(path, STORE_KEY, read_only=True, house=facts) as store:
            sql = "SELECT count(*) FROM eligible_line"
            assert store.execute_measure(sql, ()) == [(count,)]
    house.store = DuckDBStore.open(path, STORE_KEY)
