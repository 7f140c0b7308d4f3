"""When the doors open: the events of a house, in its local time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foyer_demo.profiles import Profile, Schedule

Days = NDArray[np.datetime64]
Minutes = NDArray[np.datetime64]

WEEKS: dict[Schedule, dict[int, tuple[str, ...]]] = {
    "evenings": {2: ("19:30",), 3: ("19:30",), 4: ("19:30",), 5: ("14:00", "19:30"), 6: ("15:00",)},
    "weekends": {3: ("20:00",), 4: ("20:00",), 5: ("20:00",), 6: ("14:30", "20:00")},
    "museum": dict.fromkeys(range(1, 7), ("10:00",)),
    "cinema": dict.fromkeys(range(7), ("15:15", "18:00", "20:45")),
    "festival": {5: ("16:00", "20:30")},
}
"""Start times by weekday, Monday 0. The festival's week is its small all-year programme."""

FESTIVAL_DAYS = (10, 21)  # of June, both included
FESTIVAL_TIMES = ("15:00", "18:30", "21:00")
RUN_DAYS = 17  # a title stays on for so long

MONTHS: dict[Schedule, tuple[int, ...]] = {  # weight of orders, January to December
    "evenings": (9, 9, 10, 9, 8, 6, 3, 6, 10, 11, 11, 9),
    "weekends": (9, 8, 9, 9, 8, 6, 4, 7, 11, 11, 10, 9),
    "museum": (7, 8, 8, 8, 8, 8, 11, 10, 8, 8, 8, 8),
    "cinema": (9, 8, 8, 7, 7, 7, 8, 8, 8, 9, 10, 11),
    "festival": (3, 4, 7, 14, 24, 30, 2, 2, 3, 4, 4, 3),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Columns of equal length, ordered by start."""

    starts: Minutes  # local time of the house, datetime64[m]
    title: list[str]

    def __len__(self) -> int:
        return len(self.title)


def plan_events(profile: Profile, first: np.datetime64, last: np.datetime64) -> Events:
    """List the events from day `first` to day `last`, both included."""
    starts: list[np.datetime64] = []
    for day in np.arange(first, last + 1):
        starts += [np.datetime64(f"{day}T{clock}", "m") for clock in _clocks(profile.schedule, day)]
    column = np.array(sorted(starts), dtype="datetime64[m]")
    weeks = (column.astype("datetime64[D]").astype(int) // RUN_DAYS) % len(profile.titles)
    turn = (weeks + np.arange(len(column)) % 3) if profile.schedule == "cinema" else weeks
    titles = [profile.titles[i % len(profile.titles)] for i in turn.tolist()]
    return Events(starts=column, title=titles)


def _clocks(schedule: Schedule, day: np.datetime64) -> tuple[str, ...]:
    """Start times on `day`."""
    number, date = int(day.astype(int)), str(day)
    weekday = (number + 3) % 7  # 1970-01-01 was a Thursday
    if schedule == "festival":
        if date[5:7] == "06" and FESTIVAL_DAYS[0] <= int(date[8:]) <= FESTIVAL_DAYS[1]:
            return FESTIVAL_TIMES
        if int(date[8:]) > 14:
            return ()
    return WEEKS[schedule].get(weekday, ())


def weigh_days(schedule: Schedule, days: Days) -> NDArray[np.float64]:
    """Chance of each day to be the day of an order; sums to 1."""
    months = days.astype("datetime64[M]").astype(int) % 12
    weights = np.array(MONTHS[schedule], dtype=float)[months]
    return np.asarray(weights / weights.sum(), dtype=np.float64)
