"""Everything a house learns of itself for its pages, read from its store in one go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from foyer_node.engine.facts import ImportFacts
from foyer_node.engine.ports import LineStore
from foyer_node.importing.provides import FIELDS
from foyer_node.insight.adviser import Advice, advise
from foyer_node.insight.dayparts import Daypart, count_dayparts
from foyer_node.insight.lifecycle import (
    LifecycleStage,
    StageLimits,
    count_stages,
    limits_of,
)
from foyer_node.insight.maturity import Axis, Maturity, measure_maturity
from foyer_node.insight.monday import WEEKS_BEFORE, MondayView, monday_view
from foyer_node.insight.segment_list import count_contactable
from foyer_node.insight.weeks import WEEK, last_weeks, tickets_ahead
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.schema import Period, months_before

AHEAD_DAYS = 28
QUARTER_MONTHS = 3
LEAST_WEEKS = 2
"""Whole weeks of sales below which there is no last week to read against an earlier one."""

_FIRST_SALE = """
    SELECT count(*)::BIGINT,
           coalesce(min(date_diff('day', DATE '1970-01-01', ordered_at::DATE)), 0)::BIGINT
    FROM eligible_line"""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One house's own insight on one day. Exact, and for home only."""

    year: Period
    monday: MondayView | None = field(repr=False)  # None before two whole weeks of sales
    stages: Mapping[LifecycleStage, int] = field(repr=False)
    stages_before: Mapping[LifecycleStage, int] = field(repr=False)  # a quarter ago
    limits: StageLimits
    maturity: Maturity = field(repr=False)
    advice: tuple[Advice, ...]
    dayparts: Mapping[Daypart, int] = field(repr=False)

    @property
    def knows_nobody(self) -> bool:
        """Whether every sale is anonymous: a till and nothing else."""
        return not any(self.stages.values())

    @property
    def next_step(self) -> Axis:
        """The lowest ladder that can be climbed here: this version takes no survey answers."""
        ladders = [one for one in self.maturity.standings if one.axis is not Axis.SURVEY]
        return min(ladders, key=lambda one: one.score).axis


def look_at_house(
    store: LineStore,
    facts: ImportFacts,
    *,
    today: date,
    year: Period,
    institution_type: str,
    zone: ZoneInfo,
) -> House:
    """Read what the pages show, by the house's own lines (`DuckDBStore.own`).

    `year` is the last twelve full months of the data; see `comparison.last_full_year`.
    """
    limits = limits_of(institution_type)
    stages = count_stages(store, today, limits)
    maturity = measure_maturity(
        store,
        year,
        contactable=count_contactable(store, year),
        survey_months=0,  # this version takes no survey answers
    )
    columns = {name for one in facts.imports for need in one.provides for name in FIELDS[need]}
    return House(
        year=year,
        monday=_monday(store, today, stages, maturity),
        stages=stages,
        stages_before=count_stages(store, months_before(today, QUARTER_MONTHS), limits),
        limits=limits,
        maturity=maturity,
        advice=advise(columns, tuple(CATALOGUE.values())),
        dayparts=count_dayparts(store, year, zone),
    )


def _monday(
    store: LineStore, today: date, stages: Mapping[LifecycleStage, int], maturity: Maturity
) -> MondayView | None:
    this_monday = today - timedelta(days=today.weekday())
    ((lines, days),) = store.execute_measure(_FIRST_SALE, ())
    first = date(1970, 1, 1) + timedelta(days=days)
    whole = (this_monday - first) // WEEK
    if not lines or whole < LEAST_WEEKS:
        return None
    return monday_view(
        last_weeks(store, today, min(whole, WEEKS_BEFORE + 1)),
        ahead=tickets_ahead(store, today, AHEAD_DAYS),
        stages=stages,
        maturity=maturity,
    )
