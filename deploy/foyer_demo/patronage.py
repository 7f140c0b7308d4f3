"""Who books in which year, and who goes to more than one house.

Four years in a row, so that the last one has the 36 months before it. Each year's
bookers are those who come back (31 % of the year before), those who return after a
pause, and the new (55 %); orders per booker follow a log-series, so that 24 % book
twice or more (KPI catalogue D.4).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foyer_demo.profiles import Profile

YEARS = 4
GROWTH = 1.10  # bookers of a year over those of the year before
NEW_SHARE = 0.555
RETURN_NEW, RETURN_KEEN = 0.2, 0.48  # next-year return of the new and of the others
SERIES_NEW, SERIES_KEEN = 0.34, 0.60  # log-series parameters: 82 % and 65 % book once
BORROWED_SHARE = 0.125  # of a house's visitors live near, and know, another house
MOST_ORDERS = 12

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loyalty:
    """The known visitors of one house, numbered from 0, and the orders they place."""

    patrons: int
    visitor: Index  # per order
    year: Index  # per order, 0 to YEARS - 1


def draw_loyalty(rng: np.random.Generator, bookers: int) -> Loyalty:
    """Draw four years of orders that end with about `bookers` bookers in the last year."""
    known, before = 0, np.zeros(0, dtype=np.int64)
    seen, keen = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    visitors, years = [], []
    for year in range(YEARS):
        target = round(bookers * GROWTH ** (year - YEARS + 1))
        chance = np.where(keen[before], RETURN_KEEN, RETURN_NEW)
        again = before[rng.random(len(before)) < chance]
        keen[again] = True
        paused = np.setdiff1d(seen, before)
        wanted = max(round(target * (1 - NEW_SHARE)) - len(again), 0)
        back = rng.choice(paused, min(wanted, len(paused)), replace=False)
        keen[back] = True
        fresh = np.arange(known, known + max(target - len(again) - len(back), 0))
        # Before the books begin we cannot see who is old: some of the "new" are regulars.
        old = round(target * (1 - NEW_SHARE)) - len(again) - len(back)
        keen = np.concatenate([keen, np.arange(len(fresh)) < old])
        known += len(fresh)
        before = np.concatenate([again, back, fresh])
        seen = np.union1d(seen, before)
        series = np.where(keen[before], SERIES_KEEN, SERIES_NEW)
        orders = np.minimum(rng.logseries(series), MOST_ORDERS) if len(before) else before
        visitors.append(np.repeat(before, orders))
        years.append(np.full(int(orders.sum()), year))
    return Loyalty(patrons=known, visitor=np.concatenate(visitors), year=np.concatenate(years))


def count_residents(patrons: list[int]) -> list[int]:
    """How many people to invent around each house: its visitors less the borrowed ones."""
    if sum(count > 0 for count in patrons) < 2:
        return list(patrons)
    return [count - int(count * BORROWED_SHARE) for count in patrons]


def share_people(
    rng: np.random.Generator, profiles: tuple[Profile, ...], patrons: list[int], home: Index
) -> list[Index]:
    """Give each house's visitors their person, some borrowed from other houses.

    Houses of the same country lend each other five times as readily. Nobody stands
    twice among one house's visitors.
    """
    shared: list[Index] = []
    for here, profile in enumerate(profiles):
        own = np.flatnonzero(home == here)
        wanted = patrons[here] - len(own)
        others = np.flatnonzero(home != here)
        near = np.array([5.0 if other.country == profile.country else 1.0 for other in profiles])
        weights = near[home[others]]
        borrowed = (
            rng.choice(others, wanted, replace=False, p=weights / weights.sum())
            if wanted
            else own[:0]
        )
        shared.append(rng.permutation(np.concatenate([own, borrowed])))
    return shared
