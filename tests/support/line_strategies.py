"""Hypothesis strategies for eligible lines that crowd around every edge of a definition."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from foyer_protocol.catalogue.entries import CATALOGUE, SPEND_STEP_MINOR
from foyer_protocol.catalogue.layout import Layout, lay_out
from foyer_protocol.catalogue.measures import (
    LeadTimes,
    Median,
    Ratio,
    Spend,
    Tickets,
    Total,
    Visitors,
    Window,
)
from foyer_protocol.catalogue.schema import EligibleLine, Period
from foyer_protocol.catalogue.statistic import PrivacyUnit, Statistic, Unit

MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)

PERIODS = [
    Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1)),
    Period(starts=date(2026, 4, 1), ends=date(2026, 7, 1)),
    Period(starts=date(2024, 2, 29), ends=date(2024, 3, 1)),
]


def _beside_the_catalogue() -> tuple[Statistic, ...]:
    """Leaves the algebra allows and no entry uses yet."""
    narrow = Tickets(cap=3, online=True, identified=True, paid=True)
    lapsed = Visitors(booked=(Window.HISTORY,), not_booked=(Window.PREVIOUS, Window.PERIOD))
    binary = LeadTimes(edges=(0, 1, 2, 5, 30), branching=2)
    measures = [
        Ratio(part=Spend(cap=7, step_minor=3), whole=narrow),
        Total(of=lapsed),
        Median(of=binary),
    ]
    return tuple(
        Statistic(
            key=f"volume.test_{number}",
            title="Test",
            question="Is it?",
            unit=Unit.TICKETS,
            measure=measure,
            privacy_unit=PrivacyUnit.VISITOR_OR_ORDER,
        )
        for number, measure in enumerate(measures)
    )


EVERYTHING: Layout = lay_out((*CATALOGUE.values(), *_beside_the_catalogue()))


def _edges(period: Period) -> list[datetime]:
    days = {
        period.starts,
        period.ends,
        period.previous().starts,
        period.history().starts,
        period.starts + (period.ends - period.starts) / 2,
    }
    midnights = [datetime.combine(day, time.min) for day in sorted(days)]
    return [moment + shift for moment in midnights for shift in (-MOMENT, 0 * MOMENT, MOMENT)]


WAITS = [
    -2 * DAY, -MOMENT, 0 * DAY, DAY - MOMENT, DAY, DAY + MOMENT, 4 * DAY, 5 * DAY,
    30 * DAY, 239 * DAY, 240 * DAY - MOMENT, 248 * DAY, 367 * DAY, 368 * DAY, 900 * DAY,
]  # fmt: skip
STEP = SPEND_STEP_MINOR
SUMS = [0, 1, STEP // 2, STEP // 2 + 1, STEP, 3 * STEP // 2, 5 * STEP // 2, 1200 * STEP, 10**12]


@st.composite
def eligible_lines(draw: st.DrawFn, period: Period) -> EligibleLine:
    """One line of one of a few visitors, or of an anonymous order."""
    visitor = draw(st.sampled_from(["ada", "bo", "cy", "dée", None]))
    order = draw(st.sampled_from(["10", "9", "Z", "a", "é", "\U0001f39f"]))
    ordered_at = draw(
        st.sampled_from(_edges(period)) | st.datetimes(datetime(2020, 1, 1), datetime(2028, 1, 1))
    )
    wait = draw(st.sampled_from(WAITS) | st.timedeltas(timedelta(0), timedelta(days=400)))
    return EligibleLine(
        unit=visitor or f"o:{order}",
        visitor=visitor,
        person=draw(st.sampled_from([True, True, False])),
        order=order,
        ordered_at=ordered_at,
        event_at=draw(st.sampled_from([ordered_at + wait, None])),
        quantity=draw(st.sampled_from([1, 2, 3, 39, 40, 41]) | st.integers(1, 100)),
        paid_minor=draw(st.sampled_from(SUMS) | st.integers(0, 100_000)),
        online=draw(st.booleans()),
        territory=draw(st.sampled_from(["DK-1", "GB-S", "ELSEWHERE", "UNKNOWN", "DK", "'; --"])),
    )


@st.composite
def periods_with_lines(draw: st.DrawFn) -> tuple[Period, list[EligibleLine]]:
    """A period, and up to a few dozen lines around it."""
    period = draw(st.sampled_from(PERIODS))
    return period, draw(st.lists(eligible_lines(period), max_size=25))
