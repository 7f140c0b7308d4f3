"""Dates, amounts and counts: what is read, and what is refused rather than guessed."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foyer_node.connectors import dates, money
from foyer_node.ports import Cell

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def read(cell: Cell, clock: Cell = None, *, day_first: bool = True) -> datetime | None:
    return dates.date_reader(COPENHAGEN, day_first=day_first, today=None, days_ahead=0)(cell, clock)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026-02-06 19:30:00", datetime(2026, 2, 6, 19, 30)),
        ("2026-02-06T19:30", datetime(2026, 2, 6, 19, 30)),
        ("2026-2-6 9:05", datetime(2026, 2, 6, 9, 5)),
        ("06.02.2026 kl. 19.30", datetime(2026, 2, 6, 19, 30)),
        ("6.2.2026 klo 19.30", datetime(2026, 2, 6, 19, 30)),
        ("06/02/2026 19h30", datetime(2026, 2, 6, 19, 30)),
        ("06-02-2026 19:30:15", datetime(2026, 2, 6, 19, 30, 15)),
        ("6/2/26 7:30 PM", datetime(2026, 2, 6, 19, 30)),
        ("06/02/2026 12:05 a.m.", datetime(2026, 2, 6, 0, 5)),
        ("2026/02/06 19:30", datetime(2026, 2, 6, 19, 30)),
        ("fre. 6. februar 2026 kl. 19.30", datetime(2026, 2, 6, 19, 30)),
        ("vendredi 6 février 2026 à 19h30", datetime(2026, 2, 6, 19, 30)),
        ("6. helmikuuta 2026 klo 19.30", datetime(2026, 2, 6, 19, 30)),
        ("Feb 6, 2026 7:30 PM", datetime(2026, 2, 6, 19, 30)),
        ("February 6th, 2026 at 19:30", datetime(2026, 2, 6, 19, 30)),
        ("06-feb-2026 19:30", datetime(2026, 2, 6, 19, 30)),
        (datetime(2026, 2, 6, 19, 30), datetime(2026, 2, 6, 19, 30)),
        (46059.8125, datetime(2026, 2, 6, 19, 30)),
        ("46059.8125", datetime(2026, 2, 6, 19, 30)),
        ("46059,8125", datetime(2026, 2, 6, 19, 30)),
        ("1782-05-04 17:00", datetime(1782, 5, 4, 17, 0)),
    ],
)
def test_a_date_is_read_as_local_time_of_the_venue(text: Cell, local: datetime) -> None:
    expected = local.replace(tzinfo=COPENHAGEN).astimezone(UTC).replace(tzinfo=None)
    assert read(text) == expected


@pytest.mark.parametrize("text", ["2026-02-06", "06.02.2026", "20260206", 46059, "6 Feb 2026"])
def test_a_day_without_a_time_is_taken_at_noon_so_that_it_stays_that_day(text: Cell) -> None:
    assert read(text) == datetime(2026, 2, 6, 11, 0)


def test_a_time_from_its_own_column_is_put_on_the_day() -> None:
    assert read("2026-02-06", "19.30") == datetime(2026, 2, 6, 18, 30)
    assert read("2026-02-06 00:00:00", 0.8125) == datetime(2026, 2, 6, 18, 30)


@pytest.mark.parametrize("text", ["2026-02-06 19:30Z", "2026-02-06T20:30:00+01:00"])
def test_a_time_with_an_offset_is_what_it_says(text: str) -> None:
    assert read(text) == datetime(2026, 2, 6, 19, 30)


def test_a_local_time_that_occurs_twice_is_the_earlier_one() -> None:
    """25 October 2026, 2:30 occurs at 0:30 and at 1:30 UTC (R22)."""
    assert read("2026-10-25 02:30") == datetime(2026, 10, 25, 0, 30)


@pytest.mark.parametrize("text", [None, "", " ", "-", "0000-00-00", "0000-00-00 00:00:00", "N/A"])
def test_nothing_is_nothing(text: Cell) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    ["soon", "31.02.2026", "2026-13-01", "06.02.2026 25:00", "0.5", "-3", "13 Brumaire 2026"],
)
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


def test_a_date_outside_the_plausible_years_is_refused_as_such() -> None:
    for text in ("4500-01-01", "01.01.0026", "1066-10-14"):
        with pytest.raises(dates.ImpossibleDate):
            read(text)


def test_a_date_too_far_after_today_is_refused_where_today_is_known() -> None:
    reader = dates.date_reader(COPENHAGEN, day_first=True, today=date(2026, 1, 1), days_ahead=1)
    assert reader("2026-01-02", None) is not None
    with pytest.raises(dates.ImpossibleDate):
        reader("2026-01-03", None)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)), st.integers(-12, 12))
def test_an_instant_is_the_same_in_whatever_offset_it_is_written(
    moment: datetime, hours: int
) -> None:
    zone = timezone(timedelta(hours=hours))
    written = moment.replace(tzinfo=UTC, microsecond=0).astimezone(zone).isoformat()
    assert read(written) == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    ("text", "mark", "minor"),
    [
        ("17.50", ".", 1750), ("17,50", ",", 1750), ("1.234,50", ",", 123450),
        ("1,234.50", ".", 123450), ("1 234,50", ",", 123450), ("1\u202f234,50 €", ",", 123450),
        ("1'234.50", ".", 123450), ("$60.00", ".", 6000), ("kr. 60", ",", 6000),
        ("60,-", ",", 6000), ("(15.00)", ".", -1500), ("-15,00", ",", -1500),
        ("15.00-", ".", -1500), ("−15.00", ".", -1500),
        ("DKK 1.200,00", ",", 120000), ("12", ",", 1200), (".5", ".", 50),
        ("16.36000000000000", ".", 1636), ("0.125", ".", 12), (17.5, ",", 1750), (3, ".", 300),
    ],
)  # fmt: skip
def test_an_amount_is_read_to_the_minor_unit(text: Cell, mark: str, minor: int) -> None:
    assert money.amount_reader(mark, in_minor=False)(text) == minor


def test_amounts_in_minor_units_are_taken_as_they_are() -> None:
    assert money.amount_reader(".", in_minor=True)("1750") == 1750


@pytest.mark.parametrize("text", ["", None, "free", "1,2,3", "1.2.3", "12,3456", "1e9", "9" * 14])
def test_what_is_not_an_amount_is_refused(text: Cell) -> None:
    with pytest.raises(ValueError):
        money.amount_reader(".", in_minor=False)(text)


@given(st.integers(-(10**9), 10**9), st.sampled_from([",", "."]), st.booleans())
def test_an_amount_written_with_any_marks_comes_back(minor: int, mark: str, grouped: bool) -> None:
    whole = f"{abs(minor) // 100:,}".replace(",", {",": ".", ".": ","}[mark] if grouped else "")
    text = f"{'-' if minor < 0 else ''}{whole}{mark}{abs(minor) % 100:02d}"
    assert money.decimal_evidence(text) == mark
    assert money.amount_reader(mark, in_minor=False)(text) == minor


@pytest.mark.parametrize(
    ("text", "count"), [("2", 2), ("2,0", 2), ("(3)", -3), ("-4", -4), (5.0, 5)]
)
def test_a_whole_number_of_tickets_is_read(text: Cell, count: int) -> None:
    assert money.count_of(text) == count
