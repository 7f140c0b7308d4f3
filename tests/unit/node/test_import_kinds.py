"""Memberships, gifts, touchpoints and counts go the way of sales, each to a table of its own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from tests.support.canonical_rows import ask, row, take_rows
from tests.support.exports import SECRET, House, usual

from foyer_node.adapters.leaving_store import LeavingStore
from foyer_node.connectors.records import (
    DonationKind,
    DonationRow,
    MembershipKind,
    MembershipRow,
    MembershipStatus,
    RecordKind,
    Stage,
    TouchpointRow,
)
from foyer_node.importing.erasure import erase, retain

EXPORTS = Path(__file__).parents[2] / "connectors"
ADA = "ada@example.org"
MEMBER = MembershipRow(
    row=1, membership_id="M1", email=ADA, customer_key="", card="C9",
    kind=MembershipKind.FRIENDS, scheme="Friends", level="", starts_on=date(2025, 3, 1),
    ends_on=None, price_minor=9000, renews=None, status=MembershipStatus.ACTIVE,
)  # fmt: skip
GIFT = DonationRow(
    row=1, donation_id="G1", email=ADA, customer_key="", at=datetime(2025, 5, 1),
    amount_minor=50_000, kind=DonationKind.ONE_OFF, campaign="", channel="WEB",
)  # fmt: skip
TOUCH = TouchpointRow(
    row=1, touch_id="T1", email=ADA, customer_key="", at=datetime(2025, 6, 1),
    stage=Stage.EMAIL_OPENED, event="", channel="UNKNOWN",
)  # fmt: skip
KINDS = {
    RecordKind.MEMBERSHIPS: (MEMBER, "membership"),
    RecordKind.DONATIONS: (GIFT, "donation"),
    RecordKind.TOUCHPOINTS: (TOUCH, "touchpoint"),
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    yield house
    house.close()


def take_all(house: House, batch: str = "b") -> None:
    for kind, (record, _) in KINDS.items():
        take_rows(house, record, kind=kind, batch=f"{batch}-{kind.value}")


def counts(house: House) -> list[int]:
    return [ask(house, f"SELECT count(*) FROM {table}")[0][0] for _, table in KINDS.values()]


@pytest.mark.parametrize(
    ("name", "table", "visitors"),
    [
        ("memberships", "membership", True),
        ("donations", "donation", True),
        ("touchpoints", "touchpoint", True),
        ("counters", "counter_reading", False),
    ],
)
def test_an_export_of_a_kind_fills_its_table_once(
    house: House, name: str, table: str, visitors: bool
) -> None:
    export = next(path for path in sorted((EXPORTS / name).iterdir()) if "export" in path.stem)
    options = replace(usual(), connector=name, most_rejected_share=0.9)
    report = house.take(export, options)
    assert report.applied
    assert report.kind == name
    (held,) = ask(house, f"SELECT count(*) FROM {table}")[0]
    assert 0 < held <= report.accepted
    before = house.contents()
    assert house.take(export, options).already_imported
    assert house.contents() == before
    if visitors:
        assert ask(house, f"SELECT count(visitor_id) > 0 FROM {table}") == [(True,)]
    assert "canary7f3a" not in repr(
        {name: rows for name, rows in before.items() if name.startswith("store.")}
    )
    assert house.store.facts().imports == ()


def test_who_is_a_member_and_buys_a_ticket_is_one_visitor(house: House) -> None:
    take_all(house)
    take_rows(house, row(card="C9"), batch="sales")
    tables = ("membership", "donation", "touchpoint", '"order"')
    found = {ask(house, f"SELECT visitor_id FROM {table}")[0] for table in tables}
    assert len(found) == 1


def test_a_later_row_of_the_same_id_supersedes(house: House) -> None:
    take_all(house)
    lapsed = replace(MEMBER, status=MembershipStatus.LAPSED)
    done = take_rows(house, lapsed, kind=RecordKind.MEMBERSHIPS, batch="later")
    assert done.superseded == 1
    assert ask(house, "SELECT status, level FROM membership") == [("LAPSED", "")]


def test_an_erasure_takes_every_kind_and_no_old_file_brings_it_back(house: House) -> None:
    take_all(house)
    found = erase(
        ADA, store=LeavingStore(house.store), vault=house.vault, secret=SECRET, country="DK",
        now=datetime(2026, 1, 1),
    )  # fmt: skip
    assert {"membership", "donation", "touchpoint"} < set(found.held_in)
    assert counts(house) == [0, 0, 0]
    take_all(house, "again")
    assert counts(house) == [0, 0, 0]


def test_age_takes_all_but_who_is_still_a_member(house: House) -> None:
    take_all(house)
    retain(3, date(2026, 1, 1), store=LeavingStore(house.store), vault=house.vault)
    assert counts(house) == [1, 0, 0]
    assert len(house.vault.visitors_of(sorted(house.vault.hashes_of(_members(house))))) == 1


def _members(house: House) -> list[str]:
    return [visitor.hex for (visitor,) in ask(house, "SELECT visitor_id FROM membership")]
