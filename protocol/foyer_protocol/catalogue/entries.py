"""The statistics themselves. To publish a new number, add one entry and one spec.

Bounds come from the public constants of the sector and were fixed before any data was
seen: 40 tickets and 600 units of the network's currency per visitor and year, and a
lead time of a year. Numbers in comments are those of the KPI catalogue.
"""

from typing import TypedDict

from foyer_protocol.catalogue.measures import (
    Distribution,
    LeadTimes,
    Median,
    Ratio,
    Residence,
    Spend,
    Tickets,
    Total,
    Visitors,
    Window,
)
from foyer_protocol.catalogue.statistic import PrivacyUnit, Statistic, Unit
from foyer_protocol.catalogue.territories import TERRITORIES

TICKET_CAP = 40
SPEND_STEP_MINOR = 50
SPEND_CAP_STEPS = 1200  # 600 units of currency in steps of a half
LEAD_TIME_EDGES = (*range(240), *range(240, 369, 8))
"""240 leaves of a day, then 16 of eight days: 256 = 4⁴ leaves, to a year and three days."""


class _Gate(TypedDict):
    least_others: int
    dominance_cap: int
    lag_months: int
    least_months: int


PRICES = _Gate(least_others=5, dominance_cap=25, lag_months=3, least_months=3)
"""The stricter gate of prices, revenue and occupancy [governance G.2]: of a quarter or more,
three months later, and of nobody who makes up more than a quarter."""

TICKETS = Tickets(cap=TICKET_CAP)
BOOKERS = Visitors(booked=(Window.PERIOD,))
BOOKERS_WITH_HISTORY = Visitors(booked=(Window.PERIOD,), needs_history=True)
NEW_BOOKERS = Visitors(booked=(Window.PERIOD,), not_booked=(Window.HISTORY,), needs_history=True)
PREVIOUS_BOOKERS = Visitors(booked=(Window.PREVIOUS,), needs_history=True)
RETAINED_BOOKERS = Visitors(booked=(Window.PREVIOUS, Window.PERIOD), needs_history=True)

ATTENDANCES = Statistic(  # 1
    key="volume.attendances",
    title="Attendances",
    question="How many tickets were sold or used?",
    unit=Unit.TICKETS,
    measure=Total(of=TICKETS),
    privacy_unit=PrivacyUnit.VISITOR_OR_ORDER,
)

BOOKERS_TOTAL = Statistic(  # 2
    key="volume.bookers",
    title="Bookers",
    question="How many known visitors placed at least one order?",
    unit=Unit.VISITORS,
    measure=Total(of=BOOKERS),
    privacy_unit=PrivacyUnit.VISITOR,
)

AVERAGE_TICKET_PRICE = Statistic(  # 12
    key="money.average_ticket_price",
    title="Average ticket price",
    question="What did a paid ticket cost on average, including VAT and without booking fees?",
    unit=Unit.MONEY,
    measure=Ratio(
        part=Spend(cap=SPEND_CAP_STEPS, step_minor=SPEND_STEP_MINOR),
        whole=Tickets(cap=TICKET_CAP, paid=True),
        scale_numerator=SPEND_STEP_MINOR,
        scale_denominator=100,
    ),
    privacy_unit=PrivacyUnit.VISITOR_OR_ORDER,
    **PRICES,
)

LEAD_TIME = Statistic(  # 21
    key="booking.lead_time",
    title="Lead time",
    question="How many days before the event does the middle booker book?",
    unit=Unit.DAYS,
    measure=Median(of=LeadTimes(edges=LEAD_TIME_EDGES)),
    privacy_unit=PrivacyUnit.VISITOR_OR_ORDER,
)

ONLINE_SHARE = Statistic(  # 24
    key="booking.online_share",
    title="Sold online",
    question="Of all tickets, how many were sold on the web or in an app?",
    unit=Unit.SHARE,
    measure=Ratio(part=Tickets(cap=TICKET_CAP, online=True), whole=TICKETS),
    privacy_unit=PrivacyUnit.VISITOR_OR_ORDER,
)

FIRST_TIME_SHARE = Statistic(  # 30
    key="loyalty.first_time_share",
    title="First-time bookers",
    question="Of everyone who booked, how many had not booked in the 36 months before?",
    unit=Unit.SHARE,
    measure=Ratio(part=NEW_BOOKERS, whole=BOOKERS_WITH_HISTORY),
    privacy_unit=PrivacyUnit.VISITOR,
)

RETENTION = Statistic(  # 31
    key="loyalty.retention_1y",
    title="Came back within a year",
    question="Of everyone who booked in the period before, how many booked again in this one?",
    unit=Unit.SHARE,
    measure=Ratio(part=RETAINED_BOOKERS, whole=PREVIOUS_BOOKERS),
    privacy_unit=PrivacyUnit.VISITOR,
)

RESIDENCE = Statistic(  # 50
    key="geography.residence",
    title="Where bookers live",
    question="How many bookers live in each postal region?",
    unit=Unit.VISITORS,
    measure=Distribution(of=Residence(codes=TERRITORIES)),
    privacy_unit=PrivacyUnit.VISITOR,
)

CAPTURE_RATE = Statistic(  # 61
    key="maturity.capture_rate",
    title="Tickets with a known visitor",
    question="Of all tickets, how many belong to a visitor the institution can recognise?",
    unit=Unit.SHARE,
    measure=Ratio(part=Tickets(cap=TICKET_CAP, identified=True), whole=TICKETS),
    privacy_unit=PrivacyUnit.VISITOR_OR_ORDER,
)

CATALOGUE: dict[str, Statistic] = {
    entry.key: entry
    for entry in (
        ATTENDANCES,
        BOOKERS_TOTAL,
        FIRST_TIME_SHARE,
        RETENTION,
        AVERAGE_TICKET_PRICE,
        ONLINE_SHARE,
        LEAD_TIME,
        RESIDENCE,
        CAPTURE_RATE,
    )
}
"""Every statistic this version can compute, by key, in the order people read them."""
