"""What an ordinary institution's year looks like: public constants, each with its source.

They stand in for a network's own figures until its first release, so that a plan can be
weighed before anybody is asked. They decide nothing about a visitor and nothing about noise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from foyer_protocol.catalogue.measures import LeadTimes, Leaf, Residence, Spend, Tickets, Visitors
from foyer_protocol.catalogue.measures import Window as W
from foyer_protocol.messages.plan import Plan

SOURCE = "sector constants"
DAYS_A_YEAR = Fraction(1461, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A published number, or an assumption that says that it is one."""

    value: Fraction
    means: str
    source: str


TICKETS = Constant(
    value=Fraction(24_000),
    means="tickets of one institution in a year",
    source="DIP, the Dutch performing arts' platform: 6 million visits at 250 members (NAPK)",
)
PAID = Constant(
    value=Fraction(853, 1000),
    means="paid tickets of all",
    source="Québec dance, 2009: 14.7 % did not pay",
)
ONLINE = Constant(
    value=Fraction(60, 100),
    means="tickets sold online of all",
    source="Spektrix, United Kingdom and Ireland: 60 % by 2019",
)
KNOWN = Constant(
    value=Fraction(60, 100),
    means="tickets of a known visitor of all",
    source="assumed: the middle of 20 to 95 %",
)
PRICE = Constant(
    value=Fraction(20),
    means="price of a paid ticket, in the network's currency",
    source="assumed: low among 5 to 80",
)
TICKETS_AN_ORDER = Constant(
    value=Fraction(24, 10), means="tickets of an order", source="assumed: the middle of 1.6 to 3.2"
)
ORDERS_A_BOOKER = Constant(
    value=Fraction(144, 100),
    means="orders of a booker in a year",
    source="a log-series with 68 to 77 % who book once: Audience Agency, London; Spektrix 2017",
)
NEW = Constant(
    value=Fraction(56, 100),
    means="first-time bookers of all",
    source="Spektrix Insights Report 2019, 2018",
)
RETAINED = Constant(
    value=Fraction(31, 100),
    means="of a year's bookers, those of the next",
    source="Spektrix Insights Report 2019, 2017 to 2018",
)
SAME_DAY = Constant(
    value=Fraction(20, 100),
    means="booked on the day",
    source="Broadway ticket survey 2008 (Variety)",
)
MONTH_AHEAD = Constant(
    value=Fraction(39, 100),
    means="booked over a month ahead",
    source="Broadway ticket survey 2008 (Variety)",
)
MONTH_DAYS = 31

CONSTANTS = (
    TICKETS, PAID, ONLINE, KNOWN, PRICE, TICKETS_AN_ORDER, ORDERS_A_BOOKER, NEW, RETAINED,
    SAME_DAY, MONTH_AHEAD,
)  # fmt: skip
"""All of them, for the page that shows what a forecast rests on."""


def sector_totals(
    plan: Plan, institutions: int, visits: int | None = None
) -> Mapping[Leaf, tuple[Fraction, ...]]:
    """Totals in raw units that `institutions` ordinary ones would have in the plan's period.

    `visits`, where it is known, replaces the tickets of all together; everything else keeps
    its proportion to them. A leaf that no constant describes is not in the answer.
    """
    days = (plan.ends - plan.starts).days
    usual = TICKETS.value * institutions * days / DAYS_A_YEAR
    tickets = usual if visits is None else Fraction(visits)
    found = {leaf: _totals(leaf, tickets) for leaf in plan.layout().leaves}
    return {leaf: values for leaf, values in found.items() if values}


def _totals(leaf: Leaf, tickets: Fraction) -> tuple[Fraction, ...]:
    bookers = tickets * KNOWN.value / (TICKETS_AN_ORDER.value * ORDERS_A_BOOKER.value)
    match leaf:
        case Tickets():
            return (tickets * _part_of_tickets(leaf),)
        case Spend(step_minor=step):
            return (tickets * PAID.value * PRICE.value * 100 / step,)
        case Visitors():
            return (bookers * _part_of_bookers(leaf),)
        case Residence(codes=codes):
            return _by_rank(bookers, len(codes))
        case LeadTimes():
            return _tree(leaf, bookers / KNOWN.value)
        case _:
            return ()


def _part_of_tickets(leaf: Tickets) -> Fraction:
    part = Fraction(1)
    for is_asked, constant in ((leaf.online, ONLINE), (leaf.identified, KNOWN), (leaf.paid, PAID)):
        part *= constant.value if is_asked else 1
    return part


def _part_of_bookers(leaf: Visitors) -> Fraction:
    part = RETAINED.value if {W.PREVIOUS, W.PERIOD} <= set(leaf.booked) else Fraction(1)
    return part * (NEW.value if W.HISTORY in leaf.not_booked else 1)


def _by_rank(units: Fraction, cells: int) -> tuple[Fraction, ...]:
    """Most come from few places: the r-th cell has 1/r of the first (assumed)."""
    whole = sum((Fraction(1, rank) for rank in range(1, cells + 1)), Fraction(0))
    return tuple(units / rank / whole for rank in range(1, cells + 1))


def _tree(leaf: LeadTimes, units: Fraction) -> tuple[Fraction, ...]:
    """A tree of counts, coarsest level first: even within a month, and within the rest."""
    level = [units * _booked_within(low, high) for low, high in _spans(leaf)]
    levels = [level]
    while len(levels[0]) > leaf.branching:
        below = levels[0]
        levels.insert(
            0,
            [
                sum(below[first : first + leaf.branching], Fraction(0))
                for first in range(0, len(below), leaf.branching)
            ],
        )
    return tuple(count for counts in levels for count in counts)


def _spans(leaf: LeadTimes) -> list[tuple[int, int]]:
    return list(zip(leaf.edges, leaf.edges[1:], strict=False))


def _booked_within(low: int, high: int) -> Fraction:
    """The part of bookings between two days ahead, the first of them included."""
    soon = 1 - SAME_DAY.value - MONTH_AHEAD.value
    last = 365
    on_the_day = SAME_DAY.value if low == 0 else Fraction(0)
    in_month = Fraction(max(0, min(high, MONTH_DAYS) - max(low, 1)), MONTH_DAYS - 1)
    later = Fraction(max(0, min(high, last) - max(low, MONTH_DAYS)), last - MONTH_DAYS)
    return on_the_day + soon * in_month + MONTH_AHEAD.value * later
