"""Promise: a recurring round is due once each month that it names, whatever clocks do that day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from foyer_coordinator.schedule import (
    STRIDES,
    Every,
    Occurrence,
    Rule,
    due_at,
    occurrences,
    period_of,
    round_id_of,
)
from foyer_protocol.catalogue.measures import Family

COPENHAGEN, NEW_YORK = "Europe/Copenhagen", "America/New_York"
ZONES = (COPENHAGEN, NEW_YORK, "Pacific/Chatham", "Australia/Lord_Howe", "UTC", "Asia/Kolkata")


def a_rule(**changes):
    words = {
        "name": "season", "every": Every.MONTH, "month": 1, "day": 5, "hour": 6, "minute": 0,
        "zone": COPENHAGEN, "covers_months": 1, "lag_months": 1, "quorum": 0, "wait_minutes": 60,
    }  # fmt: skip
    return Rule(**(words | changes))


def utc(*moment):
    return int(datetime(*moment, tzinfo=UTC).timestamp())


def test_a_rule_is_in_local_time_in_summer_and_in_winter():
    rule = a_rule()
    assert due_at(rule, 2026, 1) == utc(2026, 1, 5, 5)
    assert due_at(rule, 2026, 7) == utc(2026, 7, 5, 4)


def test_a_time_that_clocks_jump_over_comes_as_much_later():
    rule = a_rule(day=29, hour=2, minute=30)  # 29 March 2026: 02:00 becomes 03:00
    assert due_at(rule, 2026, 3) == utc(2026, 3, 29, 1, 30)
    local = datetime.fromtimestamp(due_at(rule, 2026, 3), tz=ZoneInfo(COPENHAGEN))
    assert (local.hour, local.minute) == (3, 30)
    half = a_rule(day=4, hour=2, minute=10, zone="Australia/Lord_Howe")  # a jump of 30 minutes
    local = datetime.fromtimestamp(due_at(half, 2026, 10), tz=ZoneInfo("Australia/Lord_Howe"))
    assert (local.hour, local.minute) == (2, 40)


def test_a_time_that_comes_twice_is_due_once_the_first_time():
    rule = a_rule(day=25, hour=2, minute=30)  # 25 October 2026: 03:00 becomes 02:00
    assert due_at(rule, 2026, 10) == utc(2026, 10, 25, 0, 30)
    day = (utc(2026, 10, 24, 12), utc(2026, 10, 25, 12))
    assert [one.due_at for one in occurrences(rule, *day)] == [utc(2026, 10, 25, 0, 30)]


def test_a_day_that_a_month_lacks_is_its_last():
    rule = a_rule(day=31, zone="UTC")
    days = [datetime.fromtimestamp(due_at(rule, 2028, month), tz=UTC).day for month in (1, 2, 4)]
    assert days == [31, 29, 30]


@pytest.mark.parametrize(
    "every, month, months",
    [
        (Every.YEAR, 9, (9,)),
        (Every.QUARTER, 2, (2, 5, 8, 11)),
        (Every.QUARTER, 11, (2, 5, 8, 11)),
        (Every.MONTH, 7, tuple(range(1, 13))),
    ],
)
def test_a_rule_names_its_months(every, month, months):
    assert a_rule(every=every, month=month).months == months


def test_the_period_is_whole_months_before_the_round():
    now = Occurrence(due_at=0, year=2026, month=2)
    assert period_of(a_rule(), now) == (date(2025, 12, 1), date(2026, 1, 1))
    year = a_rule(every=Every.YEAR, covers_months=12, lag_months=0)
    assert period_of(year, now) == (date(2025, 2, 1), date(2026, 2, 1))
    assert period_of(a_rule(lag_months=2), now) == (date(2025, 11, 1), date(2025, 12, 1))
    assert round_id_of(year, now) == "season-2026-02"


@given(
    st.sampled_from(Every),
    st.integers(1, 12),
    st.integers(1, 31),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(ZONES),
)
def test_a_decade_has_each_of_its_times_once_and_in_order(every, month, day, hour, minute, zone):
    rule = a_rule(every=every, month=month, day=day, hour=hour, minute=minute, zone=zone)
    begin, end = utc(2020, 1, 15), utc(2030, 1, 15)
    found = list(occurrences(rule, begin, end))
    moments = [one.due_at for one in found]
    assert moments == sorted(set(moments))
    assert abs(len(found) - 120 // STRIDES[every]) <= 1
    assert len({(one.year, one.month) for one in found}) == len(found)
    half = utc(2024, 10, 27)
    split = [*occurrences(rule, begin, half), *occurrences(rule, half, end)]
    assert split == found


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Europe/Atlantis"}, {"zone": "../etc"}, {"zone": ""}, {"day": 0}, {"day": 32},
        {"hour": 24}, {"month": 13}, {"covers_months": 0}, {"wait_minutes": 0}, {"name": "No Name"},
        {"name": "a" * 51}, {"statistics": ("nonsense",)}, {"groups": 0},
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_one_is_refused(wrong):
    with pytest.raises(ValidationError):
        a_rule(**wrong)


def test_a_rule_is_read_as_it_was_written():
    rule = a_rule(prices={Family.VISITS: "3/100"}, statistics=("volume.bookers",))
    assert Rule.from_json(rule.to_json()) == rule
