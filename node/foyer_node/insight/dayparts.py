"""At what time of day the house is visited, by the venue's own clock.

Anonymous sales count like any other (R5): a house with a till and nothing else has these.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from foyer_node.engine.ports import LineStore
from foyer_node.insight.days import midnight
from foyer_protocol.catalogue.schema import Period


class Daypart(StrEnum):
    """The data model's four, in the order of the day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    LATE = "late"


STARTS = ((22, Daypart.LATE), (17, Daypart.EVENING), (12, Daypart.AFTERNOON))
"""The hour from which each is, latest first; before the last of them it is morning."""

# In quarters of an hour: every zone's clock is a whole number of them away from UTC.
_BY_QUARTER = """
    SELECT (epoch(event_at)::BIGINT // 900) * 900, sum(quantity)::BIGINT FROM eligible_line
    WHERE event_at IS NOT NULL AND ordered_at >= ? AND ordered_at < ? GROUP BY ALL"""


def daypart_of(hour: int) -> Daypart:
    """The part of the day in which something that starts at `hour` lies, 0 to 23.

    >>> daypart_of(11).value, daypart_of(12).value, daypart_of(22).value, daypart_of(3).value
    ('morning', 'afternoon', 'late', 'morning')
    """
    return next((part for starts, part in STARTS if hour >= starts), Daypart.MORNING)


def count_dayparts(store: LineStore, period: Period, zone: ZoneInfo) -> Mapping[Daypart, int]:
    """Tickets ordered in `period` by the part of the day for which they are. Exact, for home.

    Tickets whose time is not known are in none.
    """
    counts = dict.fromkeys(Daypart, 0)
    window = (midnight(period.starts), midnight(period.ends))
    for moment, tickets in store.execute_measure(_BY_QUARTER, window):
        hour = datetime.fromtimestamp(moment, tz=UTC).astimezone(zone).hour
        counts[daypart_of(hour)] += tickets
    return counts
