"""Where each known visitor stands: seven stages by one published rule, the same everywhere.

The rule is Purple Seven's of 2022 (segmentation document E.1), with the two limits of time
set by the type of house. A visit is a day on which the visitor had a ticket for something.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from foyer_node.engine.compile import IS_BOOKER
from foyer_node.engine.ports import LineStore
from foyer_node.insight.days import midnight
from foyer_protocol.catalogue.schema import months_before


class LifecycleStage(StrEnum):
    """In the order in which a visitor may pass through them."""

    NEW = "new"
    ONCE_BEFORE = "once-before"
    CONVERTEE = "convertee"
    ACTIVE = "active"
    SUPER_ACTIVE = "super-active"
    STALE = "stale"
    LAPSED = "lapsed"


MOST_ACTIVE = 10
"""Visits above which a visitor is super active."""

_BY_VISITS = {1: LifecycleStage.NEW, 2: LifecycleStage.ONCE_BEFORE, 3: LifecycleStage.CONVERTEE}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLimits:
    """After how many months without an order a visitor is stale, and lapsed."""

    stale_months: int = 18
    lapsed_months: int = 36


USUAL_LIMITS = StageLimits()
LIMITS: Mapping[str, StageLimits] = {
    "CINEMA": StageLimits(stale_months=6, lapsed_months=12),
    "FILM_THEATRE": StageLimits(stale_months=6, lapsed_months=12),
    "FESTIVAL": StageLimits(stale_months=18, lapsed_months=42),
}
"""By institution type; every other type has `USUAL_LIMITS`."""


def stage_of(visits: int, last_order: date, today: date, limits: StageLimits) -> LifecycleStage:
    """The stage of a visitor with at least one visit.

    >>> stage_of(4, date(2026, 1, 1), date(2026, 11, 24), USUAL_LIMITS).value
    'active'
    >>> stage_of(4, date(2025, 1, 1), date(2026, 11, 24), USUAL_LIMITS).value
    'stale'
    """
    if last_order < months_before(today, limits.lapsed_months):
        return LifecycleStage.LAPSED
    if last_order < months_before(today, limits.stale_months):
        return LifecycleStage.STALE
    if visits > MOST_ACTIVE:
        return LifecycleStage.SUPER_ACTIVE
    return _BY_VISITS.get(visits, LifecycleStage.ACTIVE)


RECENCIES = (None, LifecycleStage.STALE, LifecycleStage.LAPSED)
"""What the time since the last order makes of a visitor; None leaves it to the visits."""

STANDING = f"""
    SELECT unit, least(count(DISTINCT coalesce(event_at, ordered_at)::DATE), ?) AS visits,
           CASE WHEN max(ordered_at) >= ? THEN 0 WHEN max(ordered_at) >= ? THEN 1 ELSE 2 END
               AS recency
    FROM eligible_line
    WHERE {IS_BOOKER} AND ordered_at < ?
    GROUP BY unit"""
"""One row a visitor: visits, and the place in `RECENCIES`; asked with `limits_asked`."""

_COUNT = f"SELECT visits, recency, count(*)::BIGINT FROM ({STANDING}) GROUP BY visits, recency"


def limits_asked(today: date, limits: StageLimits) -> tuple[object, ...]:
    """The values for the four places of `STANDING`, in order."""
    active_from = months_before(today, limits.stale_months)
    kept_from = months_before(today, limits.lapsed_months)
    return (MOST_ACTIVE + 1, midnight(active_from), midnight(kept_from), midnight(today))


def stage_at(visits: int, recency: int, today: date) -> LifecycleStage:
    """The stage of a row of `STANDING`."""
    return RECENCIES[recency] or stage_of(visits, today, today, USUAL_LIMITS)


def limits_of(institution_type: str) -> StageLimits:
    """The two limits of a type of house."""
    return LIMITS.get(institution_type, USUAL_LIMITS)


def count_stages(
    store: LineStore, today: date, limits: StageLimits
) -> Mapping[LifecycleStage, int]:
    """How many known visitors stand at each stage, by orders before `today`. Exact, for home."""
    counts = dict.fromkeys(LifecycleStage, 0)
    for visits, recency, visitors in store.execute_measure(_COUNT, limits_asked(today, limits)):
        counts[stage_at(visits, recency, today)] += visitors
    return counts
