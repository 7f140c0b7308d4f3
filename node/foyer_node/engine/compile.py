"""From a leaf measure to one query over `eligible_line`.

Every query returns rows `(slot, total)`: the position within the leaf's slots and the
sum there over all units, each unit clipped first. Slots that are absent hold 0. The text
of a query depends on the kind of leaf only; dates, caps, codes and edges are bound. The
definition of each leaf is its docstring in `foyer_protocol.catalogue.measures`; that a
query means the same is held by `tests/property/test_engine_agreement.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import assert_never

from foyer_protocol.catalogue.measures import (
    LeadTimes,
    Leaf,
    Residence,
    Spend,
    Tickets,
    Visitors,
    Window,
)
from foyer_protocol.catalogue.schema import Period

MICROSECONDS_PER_DAY = 86_400_000_000
BEYOND_EVERY_DAY = 2**62
IN_WINDOW = "(ordered_at >= ? AND ordered_at < ?)"
IS_BOOKER = "visitor IS NOT NULL AND person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A statement and the values for its `?`, in order."""

    sql: str
    parameters: tuple[object, ...]


def compile_leaf(leaf: Leaf, period: Period) -> Query:
    """Return the query that sums `leaf` over the units of one institution."""
    match leaf:
        case Tickets():
            return _compile_tickets(leaf, period)
        case Spend():
            return _compile_spend(leaf, period)
        case Visitors():
            return _compile_visitors(leaf, period)
        case Residence():
            return _compile_residence(leaf, period)
        case LeadTimes():
            return _compile_lead_times(leaf, period)
        case _:
            assert_never(leaf)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)


def _within(period: Period) -> tuple[datetime, datetime]:
    return _midnight(period.starts), _midnight(period.ends)


def _compile_tickets(leaf: Tickets, period: Period) -> Query:
    filters = [IN_WINDOW]
    if leaf.online:
        filters.append("online")
    if leaf.identified:
        filters.append("visitor IS NOT NULL")
    if leaf.paid:
        filters.append("paid_minor > 0")
    sql = f"""
        SELECT 0 AS slot, coalesce(sum(tickets), 0)::BIGINT AS total
        FROM (
            SELECT greatest(least(sum(quantity), ?), 0) AS tickets
            FROM eligible_line
            WHERE {" AND ".join(filters)}
            GROUP BY unit
        )"""
    return Query(sql=sql, parameters=(leaf.cap, *_within(period)))


def _compile_spend(leaf: Spend, period: Period) -> Query:
    # Half to even without a float: a remainder above half rounds up, and at exactly half
    # the odd step does. `paid` is positive, so `//` and `%` round down as Python's do.
    sql = f"""
        WITH per_unit AS (
            SELECT sum(paid_minor)::HUGEINT AS paid
            FROM eligible_line
            WHERE {IN_WINDOW} AND paid_minor > 0
            GROUP BY unit
        ), split AS (
            SELECT paid // ?::HUGEINT AS steps, 2 * (paid % ?::HUGEINT) AS twice_left
            FROM per_unit
        )
        SELECT 0 AS slot, coalesce(sum(least(steps + CASE
            WHEN twice_left > ? THEN 1
            WHEN twice_left = ? THEN steps % 2
            ELSE 0 END, ?)), 0)::BIGINT AS total
        FROM split"""
    step = leaf.step_minor
    return Query(sql=sql, parameters=(*_within(period), step, step, step, step, leaf.cap))


def _compile_visitors(leaf: Visitors, period: Period) -> Query:
    windows = {
        Window.PERIOD: _within(period),
        Window.PREVIOUS: _within(period.previous()),
        Window.HISTORY: _within(period.history()),
    }
    conditions = [f"bool_or{IN_WINDOW}" for _ in leaf.booked]
    conditions += [f"NOT bool_or{IN_WINDOW}" for _ in leaf.not_booked]
    sql = f"""
        SELECT 0 AS slot, count(*)::BIGINT AS total
        FROM (
            SELECT unit
            FROM eligible_line
            WHERE {IS_BOOKER}
            GROUP BY unit
            HAVING {" AND ".join(conditions)}
        )"""
    bounds = (bound for window in (*leaf.booked, *leaf.not_booked) for bound in windows[window])
    return Query(sql=sql, parameters=tuple(bounds))


def _compile_residence(leaf: Residence, period: Period) -> Query:
    sql = f"""
        SELECT coalesce(nullif(list_position(?::VARCHAR[], home), 0), ?) - 1 AS slot,
               count(*)::BIGINT AS total
        FROM (
            SELECT arg_max(territory, (ordered_at, "order", territory)) AS home
            FROM eligible_line
            WHERE {IN_WINDOW} AND {IS_BOOKER}
            GROUP BY unit
        )
        GROUP BY slot"""
    return Query(sql=sql, parameters=(list(leaf.codes), leaf.width, *_within(period)))


def _compile_lead_times(leaf: LeadTimes, period: Period) -> Query:
    # quantile_disc at one half is the lower median: entry (n - 1) // 2 counted from 0.
    sql = f"""
        WITH per_order AS (
            SELECT unit, greatest(
                epoch_us(min(event_at)) - epoch_us(min(ordered_at)), 0) // ?::BIGINT AS days
            FROM eligible_line
            WHERE {IN_WINDOW} AND person AND event_at IS NOT NULL
            GROUP BY unit, "order"
        ), per_unit AS (
            SELECT quantile_disc(days, 0.5) AS days FROM per_order GROUP BY unit
        ), per_day AS (
            SELECT days, count(*) AS units FROM per_unit GROUP BY days
        ), leaf AS (
            SELECT unnest(?::BIGINT[]) AS leaf, unnest(?::BIGINT[]) AS first,
                   unnest(?::BIGINT[]) AS beyond
        ), level AS (
            SELECT unnest(?::BIGINT[]) AS start, unnest(?::BIGINT[]) AS leaves_per_node
        )
        SELECT start + leaf // leaves_per_node AS slot, sum(units)::BIGINT AS total
        FROM per_day JOIN leaf ON days >= first AND days < beyond CROSS JOIN level
        GROUP BY slot"""
    firsts = list(leaf.edges[:-1])
    beyonds = [*firsts[1:], BEYOND_EVERY_DAY]
    sizes = [leaf.branching**level for level in range(1, leaf.levels + 1)]
    starts = [sum(sizes[:level]) for level in range(leaf.levels)]
    per_node = [leaf.leaves // size for size in sizes]
    tree: tuple[object, ...] = (list(range(leaf.leaves)), firsts, beyonds, starts, per_node)
    return Query(sql=sql, parameters=(MICROSECONDS_PER_DAY, *_within(period), *tree))
