"""A visitor who asks to be forgotten is, and no later import of an old file brings them back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from tests.support.exports import SECRET, STORE_KEY, VAULT_KEY, House, usual

from foyer_node.adapters.duckdb_store import DuckDBStore
from foyer_node.adapters.leaving_store import LeavingStore
from foyer_node.adapters.vault_store import VaultStore
from foyer_node.engine.extract import Extractor
from foyer_node.importing.erasure import Erasure, erase, object_to, retain
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.schema import EligibleLine, Period
from foyer_protocol.errors import ConfigError

HEADER = "order no,order date,event,event date,qty,amount,email,customer no,zip,price type\n"
ADA, BO = "ada.lovelace@example.org", "bo@example.org"
NOW = datetime(2026, 3, 1, 12)
ROWS = (
    f"A1,2026-01-14 10:17,Hamlet,2026-02-20 20:00,2,40.00,{ADA},7001,2100,Adult",
    "A2,2026-01-15 11:00,Faust,2026-02-21 20:00,1,20.00,,7001,2100,Adult",
    f"B1,2026-01-16 12:00,Hamlet,2026-02-20 20:00,1,20.00,{BO},7002,2100,Adult",
    f"C1,not a date,Hamlet,2026-02-20 20:00,1,20.00,{ADA.upper()},7001,2100,Adult",
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    take(house, *ROWS)
    yield house
    house.close()


def take(house: House, *rows: str, name: str = "x.csv", **options: object) -> list[EligibleLine]:
    path = house.folder / name
    path.write_text(HEADER + "\n".join(rows) + "\n")
    house.take(path, replace(usual(), most_rejected_share=0.5, **options))
    return lines(house)


def lines(house: House) -> list[EligibleLine]:
    return list(house.store.lines(date(2020, 1, 1), date(2030, 1, 1)))


def forget(house: House, asked: str = ADA, now: datetime = NOW) -> Erasure:
    return erase(
        asked, store=LeavingStore(house.store), vault=house.vault, secret=SECRET, country="DK",
        now=now,
    )  # fmt: skip


def holds(house: House, *words: str) -> bool:
    text = repr(house.contents()).lower()
    return any(word.lower() in text for word in words)


@pytest.mark.parametrize("asked", [ADA, f" <{ADA.upper()}>", "7001"])
def test_an_erased_visitor_is_in_no_table_of_either_file(house: House, asked: str) -> None:
    assert holds(house, ADA)
    found = forget(house, asked)
    assert found.was_known
    assert set(found.held_in) == {"order", "visitor", "vault", "refused rows"}
    assert not holds(house, ADA, "7001")
    assert holds(house, BO)


def test_what_was_sold_to_an_erased_visitor_stays_as_sales_to_nobody(house: House) -> None:
    before = {line.order for line in lines(house)}
    forget(house)
    after = lines(house)
    assert sorted((line.quantity, line.paid_minor) for line in after) == [
        (1, 2000), (1, 2000), (2, 4000),
    ]  # fmt: skip
    anonymous = [line for line in after if line.visitor is None]
    assert {line.territory for line in anonymous} == {"UNKNOWN"}
    assert {line.ordered_at for line in anonymous} == {
        datetime(2026, 1, 14), datetime(2026, 1, 15),
    }  # fmt: skip
    assert not {line.order for line in anonymous} & before


def test_the_same_sales_imported_again_do_not_bring_an_erased_visitor_back(house: House) -> None:
    forget(house)
    sales = lines(house)
    again = take(house, *ROWS, name="again.csv")
    assert take(house, *ROWS, name="other.csv", source_system="second-till") is not None
    assert again == sales
    assert not house.vault.visitors_of([])
    assert not any(ADA in repr(house.vault.reveal(v)) for v in _visitors(house))


def test_an_old_order_that_was_never_imported_before_is_nobodys_after_an_erasure(
    house: House,
) -> None:
    forget(house)
    row = f"Z9,2026-02-27 10:00,Hamlet,2026-04-20 20:00,3,60.00,{ADA},7001,2100,Adult"
    late = [line for line in take(house, row, name="late.csv") if line.quantity == 3]
    assert [line.visitor for line in late] == [None]
    assert not holds(house, ADA)


def test_who_books_again_after_an_erasure_is_a_new_visitor(house: House) -> None:
    old = {line.visitor for line in lines(house)}
    forget(house)
    row = f"Z9,2026-03-27 10:00,Hamlet,2026-04-20 20:00,3,60.00,{ADA},7001,2100,Adult"
    (fresh,) = [line for line in take(house, row, name="new.csv") if line.quantity == 3]
    assert fresh.visitor is not None
    assert fresh.visitor not in old


def test_a_complete_export_does_not_take_the_anonymous_sales_away(house: House) -> None:
    forget(house)
    sales = lines(house)
    assert take(house, *ROWS, name="all.csv", is_complete=True) == sales


def test_erasing_twice_says_that_it_was_done_and_when(house: House) -> None:
    forget(house)
    again = forget(house, now=datetime(2026, 5, 1))
    assert (again.was_known, again.was_erased_before) == (False, True)
    assert again.erased_at == NOW


def test_erasing_a_stranger_changes_nothing(house: House) -> None:
    before = house.contents()
    assert not forget(house, "nobody@example.org").was_known
    with pytest.raises(ConfigError):
        forget(house, "  ")
    assert house.contents() == before


def test_the_next_round_is_computed_without_an_erased_visitor(house: House) -> None:
    layout = lay_out((CATALOGUE["volume.bookers"],))
    period = Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1))

    def bookers() -> list[int]:
        (leaf,) = layout.leaves
        return list(Extractor(house.store).extract(layout, period).values[leaf])

    assert bookers() == [2]
    forget(house)
    assert bookers() == [1]


class Dies(Exception):
    """The process ends here."""


class DyingStore(LeavingStore):
    """A store that is gone before it has done anything."""

    def erase(self, visitors):
        raise Dies


class DyingVault(VaultStore):
    """A vault that is gone before it forgets."""

    def forget(self, visitors):
        raise Dies


@pytest.mark.parametrize("where", ["store", "vault"])
def test_an_erasure_that_was_cut_off_is_finished_by_running_it_again(
    house: House, where: str
) -> None:
    store = (DyingStore if where == "store" else LeavingStore)(house.store)
    vault = DyingVault(house.vault._database) if where == "vault" else house.vault
    with pytest.raises(Dies):
        erase(ADA, store=store, vault=vault, secret=SECRET, country="DK", now=NOW)
    assert take(house, *ROWS, name="meanwhile.csv")
    assert forget(house).was_known
    assert not holds(house, ADA, "7001")
    assert len(lines(house)) == 3


def test_a_visitor_who_objects_is_in_no_figure_and_stays_so(house: House) -> None:
    known = object_to(
        BO, store=LeavingStore(house.store), vault=house.vault, secret=SECRET, country="DK"
    )
    assert known
    assert len(lines(house)) == 2
    row = f"B7,2026-03-27 10:00,Hamlet,2026-04-20 20:00,5,60.00,{BO},7002,2100,Adult"
    assert 5 not in {line.quantity for line in take(house, row, name="new.csv")}
    count = house.store.own().execute_measure("SELECT count(*) FROM eligible_line", ())
    assert count == [(2,)]


def test_sales_past_their_age_are_gone_with_who_bought_nothing_since(house: House) -> None:
    take(house, f"D1,2026-05-02 10:00,Lear,2026-06-01 20:00,1,20.00,{BO},,2100,Adult", name="d.csv")
    cutoff = retain(2, date(2026, 6, 15), store=LeavingStore(house.store), vault=house.vault)
    assert cutoff == date(2026, 4, 1)
    assert [line.ordered_at.date() for line in lines(house)] == [date(2026, 5, 2)]
    words = house.vault._connection.execute("SELECT value FROM identifier").fetchall()
    assert sorted(words) == [("7002",), (BO,)]
    assert house.store.history_starts() == date(2026, 4, 1)
    assert {one.starts for one in house.store.facts().imports} == {date(2026, 5, 1)}


def test_refused_rows_go_with_imports_past_their_age(house: House) -> None:
    assert holds(house, ADA.upper())
    retain(1, date(2200, 1, 1), store=LeavingStore(house.store), vault=house.vault)
    assert not holds(house, ADA, BO, "7001")


def test_an_objection_outlives_the_age_of_its_sales(house: House) -> None:
    leaving = LeavingStore(house.store)
    object_to(BO, store=leaving, vault=house.vault, secret=SECRET, country="DK")
    retain(1, date(2027, 1, 1), store=leaving, vault=house.vault)
    row = f"B7,2027-01-27 10:00,Hamlet,2027-04-20 20:00,5,60.00,{BO},,2100,Adult"
    assert take(house, row, name="new.csv") == []


def test_an_erasure_is_on_the_disk_when_it_returns(house: House) -> None:
    forget(house)
    house.close()
    house.store = DuckDBStore.open(house.folder / "store.duckdb", STORE_KEY)
    house.vault = VaultStore.open(house.folder / "vault.duckdb", VAULT_KEY)
    assert not holds(house, ADA, "7001")


def _visitors(house: House) -> list[str]:
    return LeavingStore(house.store).known_visitors()
