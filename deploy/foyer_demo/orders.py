"""Orders of one house: who places them, when, by which channel, and for which event."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foyer_demo.book import ANONYMOUS, Channel
from foyer_demo.patronage import GROWTH, YEARS, Loyalty
from foyer_demo.profiles import Profile
from foyer_demo.schedule import Events, weigh_days

Index = NDArray[np.int64]

GROUP_SHARE, ROLE_SHARE, TILL_GROUP_SHARE = 0.012, 0.008, 0.003
TILL_SAME_DAY = 0.4
LEAD_SPREAD, LONGEST_LEAD = 1.15, 330.0  # sigma of the log-normal; days
AFTER_DAYS = 3  # the export is made a few days after the period ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyers:
    """Per order: who (index of the customer), in which year, and whether it is a group."""

    customer: Index
    year: Index
    group: NDArray[np.bool_]


def count_organisations(profile: Profile, bookers: int) -> int:
    """How many organisations a house knows: schools, clubs, companies."""
    return max(4, bookers // 20) if profile.knows_visitors else 0


def assemble_buyers(
    rng: np.random.Generator, profile: Profile, loyalty: Loyalty, organisations: int, till: int
) -> Buyers:
    """Add to the orders of people those of organisations and of the till.

    Even-numbered organisations write from a shared address and order any number of
    tickets; odd ones only ever come as a group. A file without addresses cannot show the
    first kind, so that there all come as groups. `till` is the last year's anonymous orders.
    """
    columns = [(loyalty.visitor, loyalty.year, np.zeros(len(loyalty.visitor), dtype=bool))]
    for year in range(YEARS):
        known = int((loyalty.year == year).sum())
        counter = round(till * GROWTH ** (year - YEARS + 1))
        for share, shared_address in ((GROUP_SHARE, False), (ROLE_SHARE, True)):
            count = round(known * share)
            if not count or (shared_address and profile.export == "workbook"):
                continue
            who = np.resize(rng.permutation(organisations), count)  # in turn: few come twice a year
            who = who - who % 2 if shared_address else who
            group = np.full(count, not shared_address)
            columns.append((loyalty.patrons + who, np.full(count, year), group))
        group = rng.random(counter) < TILL_GROUP_SHARE
        columns.append((np.full(counter, ANONYMOUS), np.full(counter, year), group))
    customer, years, groups = (np.concatenate(column) for column in zip(*columns, strict=True))
    return Buyers(customer=customer, year=years, group=groups)


def draw_channels(rng: np.random.Generator, profile: Profile, customer: Index) -> Index:
    """Draw how each order was placed; an anonymous one is always at the box office."""
    count = len(customer)
    online = rng.random(count) < profile.online_share
    has_app = profile.export != "pretix"  # pretix names neither app nor telephone
    app = has_app & (rng.random(count) < 0.2)
    phone = has_app & (rng.random(count) < 0.4)
    away = np.where(phone, Channel.PHONE, Channel.BOX_OFFICE)
    channel = np.where(online, np.where(app, Channel.APP, Channel.WEB), away)
    return np.where(customer == ANONYMOUS, Channel.BOX_OFFICE, channel).astype(np.int64)


def draw_times(
    rng: np.random.Generator,
    profile: Profile,
    events: Events,
    buyers: Buyers,
    channel: Index,
    first: np.datetime64,
) -> tuple[NDArray[np.datetime64], Index]:
    """Draw when each order is placed (local, to the minute) and the event it is for.

    `first` is the first day of the four years. A same-day buyer comes on the day of the
    next event; the others book for the next event after their lead time is over.
    """
    count = len(buyers.year)
    placed = np.empty(count, dtype="datetime64[m]")
    for year in range(YEARS):
        begins = _years_later(first, year)
        ends = _years_later(first, year + 1) + (AFTER_DAYS if year == YEARS - 1 else 0)
        days = np.arange(begins, ends)
        here = buyers.year == year
        placed[here] = rng.choice(days, int(here.sum()), p=weigh_days(profile.schedule, days))
    anonymous = buyers.customer == ANONYMOUS
    same_day = rng.random(count) < np.where(anonymous, TILL_SAME_DAY, profile.same_day_share)
    same_day &= ~buyers.group
    lead = np.exp(rng.normal(np.log(profile.lead_days), LEAD_SPREAD, count))
    lead_minutes = (lead.clip(0.5, LONGEST_LEAD) * 1440).astype("timedelta64[m]")
    minute = _draw_minutes(rng, channel)
    any_time = rng.integers(0, 1440, count).astype("timedelta64[m]")
    wanted = placed + np.where(same_day, any_time, minute + lead_minutes)
    event = np.searchsorted(events.starts, wanted).clip(max=len(events) - 1)
    walk_in = events.starts[event] + _draw_walk_ins(rng, profile, channel)
    return np.where(same_day, walk_in, placed + minute), event


def _years_later(day: np.datetime64, years: int) -> np.datetime64:
    """The same day of the month, `years` years on."""
    text = str(day)
    return np.datetime64(f"{int(text[:4]) + years:04d}{text[4:]}", "D")


def _draw_minutes(rng: np.random.Generator, channel: Index) -> NDArray[np.timedelta64]:
    """Minute of the day. The web sells until one at night; clocks never change in between."""
    count = len(channel)
    web = (rng.triangular(7 * 60, 20 * 60, 25 * 60, count).astype(int)) % 1440
    counter = rng.integers(10 * 60, 19 * 60, count)
    return np.where(channel <= Channel.APP, web, counter).astype("timedelta64[m]")


def _draw_walk_ins(
    rng: np.random.Generator, profile: Profile, channel: Index
) -> NDArray[np.timedelta64]:
    """Minutes from the event's start to a same-day order: negative, but for museums.

    A museum's event is its opening day: people buy after it has begun.
    """
    count = len(channel)
    if profile.schedule == "museum":
        return rng.integers(0, 400, count).astype("timedelta64[m]")
    web, counter = rng.integers(-600, -15, count), rng.integers(-90, 5, count)
    return np.where(channel <= Channel.APP, web, counter).astype("timedelta64[m]")
