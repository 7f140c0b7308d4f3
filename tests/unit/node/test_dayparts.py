"""Promise: the part of the day is told by the venue's clock, for anonymous sales too."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.support.eligible_lines import DuckLines, imported

from foyer_node.insight.dayparts import Daypart, count_dayparts, daypart_of
from foyer_protocol.catalogue.schema import EligibleLine, Period

YEAR = Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1))
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
ORDERED = datetime(2026, 3, 1, 12)


def a_line(event_at, ordered=ORDERED, quantity=2):
    return EligibleLine(
        unit="o:1", visitor=None, person=True, order="1", ordered_at=ordered, event_at=event_at,
        quantity=quantity, paid_minor=1000, online=False, territory="UNKNOWN",
    )  # fmt: skip


def counted(*lines, zone=COPENHAGEN):
    found = count_dayparts(DuckLines(lines, imported()), YEAR, zone)
    return {part.value: tickets for part, tickets in found.items() if tickets}


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "morning"), (11, "morning"), (12, "afternoon"), (16, "afternoon"), (17, "evening"),
     (21, "evening"), (22, "late"), (23, "late")],
)  # fmt: skip
def test_each_part_begins_on_its_hour(hour, part):
    assert daypart_of(hour) is Daypart(part)


def test_the_venue_s_own_clock_decides_in_summer_and_in_winter():
    winter, summer = datetime(2026, 1, 5, 16), datetime(2026, 7, 5, 15)  # both 17 at the venue
    assert counted(a_line(winter), a_line(summer)) == {"evening": 4}


def test_a_zone_of_half_hours_is_told_to_the_minute():
    assert counted(
        a_line(datetime(2026, 1, 5, 6, 29)),  # 11:59 in Kolkata
        a_line(datetime(2026, 1, 5, 6, 30)),
        zone=ZoneInfo("Asia/Kolkata"),
    ) == {"morning": 2, "afternoon": 2}


def test_what_has_no_time_is_in_no_part_and_what_was_ordered_outside_is_left_out():
    before = datetime(2025, 12, 31, 23)
    assert counted(a_line(None), a_line(datetime(2026, 1, 5, 9), ordered=before)) == {}
