"""The report says what a file covers, what looks odd in it and what has changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.support.exports import House, usual

from foyer_node.importing.report import ImportReport
from foyer_node.importing.report_text import CHANGES, describe

HEADER = "order no,order date,event,event date,qty,amount,email,zip,price type,channel,birth year\n"
ADULT = "Adult"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    yield house
    house.close()


def take(
    house: House, name: str, *, first: date = date(2026, 1, 1), days: int = 10, a_day: int = 4,
    price: str = "20.00", known: bool = True, label: str = ADULT, late: int = -20,
    born: str = "",
) -> ImportReport:  # fmt: skip
    """Import `a_day` orders on each of `days`; events are `late` days before the order."""
    rows = []
    for number in range(days * a_day):
        day = first + timedelta(days=number // a_day)
        who = f"p{number}@x.dk" if known else ""
        rows.append(
            f"{name}{number},{day} 10:00,Hamlet,{day - timedelta(days=late)} 20:00,1,{price},"
            f"{who},2100,{label},web,{born}"
        )
    path = house.folder / f"{name}.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return house.take(path, replace(usual(), most_rejected_share=0.5))


def test_coverage_is_the_share_of_rows_on_which_a_field_says_something(house: House) -> None:
    report = take(house, "a")
    shares = {one.field: one.share for one in report.coverage}
    assert shares["email"] == shares["postcode"] == shares["price_label"] == 1.0
    assert "phone" not in shares


def test_a_first_import_and_one_like_it_have_not_drifted(house: House) -> None:
    assert take(house, "a").drift == ()
    assert take(house, "b", first=date(2026, 2, 1)).drift == ()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("rows_per_day", {"a_day": 40}),
        ("price_minor", {"price": "2000.00"}),
        ("share_identified", {"known": False}),
        ("new_words", {"label": "Lauantailippu"}),
    ],
)
def test_a_file_that_differs_from_those_before_says_in_what(
    house: House, name: str, changes: dict[str, object]
) -> None:
    take(house, "a")
    report = take(house, "b", first=date(2026, 2, 1), **changes)
    assert [found.name for found in report.drift] == [name]
    assert "drift" in report.warnings
    assert CHANGES[name] in describe(report)
    assert "Lauantailippu" not in describe(report) + report.as_json()


@pytest.mark.parametrize(
    ("warning", "changes"),
    [
        ("orders-after-events", {"late": 30}),
        ("many-of-one-birth-year", {"born": "1985", "a_day": 20}),
    ],
)
def test_dates_that_look_misread_or_filled_in_are_pointed_out(
    house: House, warning: str, changes: dict[str, object]
) -> None:
    assert warning not in take(house, "a").warnings
    report = take(house, "b", **changes)
    if warning == "many-of-one-birth-year":
        path = house.folder / "b.csv"
        path.write_text(path.read_text().replace(",1985\n", ",1986\n", 3))
        report = house.take(path)
    assert warning in report.warnings


def test_most_orders_on_one_of_several_days_look_filled_in(house: House) -> None:
    take(house, "a", days=1, a_day=300)
    path = house.folder / "a.csv"
    other = "z9,2026-02-01 10:00,Hamlet,2026-03-01 20:00,1,20.00,,2100,Adult,web,\n"
    path.write_text(path.read_text() + other)
    assert "many-orders-on-one-day" in house.take(path).warnings
