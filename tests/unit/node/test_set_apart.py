"""The report counts what is nobody's visit: test, staff and shared accounts (R3, R25)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.exports import House, usual
from tests.support.local_node import CANARY
from tests.support.wizard_house import House as WizardHouse
from tests.support.wizard_house import (
    danish_export,
    make_house,
    press_on,
    text_of,
    until_over,
    upload,
)

from foyer_node.adapters.table_files import read_source
from foyer_node.importing.columns import HouseRules
from foyer_node.importing.keys import Domains
from foyer_node.importing.pipeline import ImportOptions, preview
from foyer_node.importing.report_text import describe

HEADER = "order no,order date,event,event date,qty,amount,email\n"
PEOPLE = ("ada@mail.dk", "bob@mail.dk", "cid@mail.dk", "", "")
ODD = (
    "qa@shop.test", "QA@shop.test ", "x@a.example.com",  # two test accounts, one twice
    "till@house.dk", "boss@house.dk", "boss@house.dk",  # two of staff
    "info@club.dk", "booking@hotel.dk", "info@school.dk",  # three shared, one on a listed domain
    "all@resale.dk",
)  # fmt: skip
RULES = HouseRules(
    domains=Domains(
        staff=frozenset({"house.dk"}),
        reseller=frozenset({"resale.dk"}),
        school=frozenset({"school.dk"}),
    )
)
FOUND = (("TEST", 2), ("STAFF", 2), ("ORGANISATION", 2), ("RESELLER", 1), ("SCHOOL", 1))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    yield house
    house.close()


def write(folder: Path, emails: tuple[str, ...]) -> Path:
    path = folder / "sales.csv"
    rows = [
        f"{number},2026-01-0{1 + number % 9} 10:00,Hamlet,2026-03-01 20:00,1,20.00,{email}\n"
        for number, email in enumerate(emails)
    ]
    path.write_text(HEADER + "".join(rows))
    return path


def options() -> ImportOptions:
    return replace(usual(), rules=RULES)


def test_a_preview_and_an_import_count_each_account_once_by_its_kind(house: House) -> None:
    path = write(house.folder, PEOPLE + ODD)
    assert preview(path, options(), read_source).set_apart == FOUND
    assert house.take(path, options()).set_apart == FOUND
    assert house.take(path, options()).set_apart == FOUND  # as it was imported already


def test_where_everybody_is_a_person_nothing_is_said(house: House) -> None:
    path = write(house.folder, PEOPLE)
    assert preview(path, options(), read_source).set_apart == ()
    report = house.take(path, options())
    assert report.set_apart == ()
    assert "set apart" not in describe(report)


def test_the_terminal_says_how_many_and_what_becomes_of_them(house: House) -> None:
    text = describe(house.take(write(house.folder, PEOPLE + ODD), options()))
    assert "set apart 2: test accounts, left out\n" in text
    assert "set apart 2: accounts of your own staff, left out\n" in text
    assert "set apart 2: shared addresses, whose tickets count" in text
    assert "@" not in text


def test_the_pages_say_so_before_and_after_loading(tmp_path: Path) -> None:
    export = danish_export(tmp_path / "export.csv")
    text = export.read_bytes().replace(f"{CANARY}-7@example.org".encode(), b"info@club.dk")
    export.write_bytes(text)
    browser = WizardHouse(make_house(tmp_path)).steward()
    page = upload(browser, export).headers["location"]
    while not page.endswith("/report"):
        page = press_on(browser, page).headers["location"]
    words = "Accounts that are not one visitor's Shared addresses, whose tickets count"
    assert words in text_of(until_over(browser, page))
    done = press_on(browser, page, "load").headers["location"]
    assert words in text_of(until_over(browser, done))
