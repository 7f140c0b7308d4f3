"""The last weeks in numbers, from Monday to Sunday, for the Monday view."""

from dataclasses import dataclass, fields
from datetime import date, timedelta

from foyer_node.engine.ports import LineStore
from foyer_node.insight.days import midnight

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What was sold from `starts` to the Sunday after. Exact, and for home only."""

    starts: date
    tickets: int
    paid_minor: int
    orders: int
    identified_tickets: int
    online_tickets: int
    new_visitors: int  # known persons without any earlier order


_BY_WEEK = """
    WITH first_order AS (
        SELECT unit, min(ordered_at) AS first_at
        FROM eligible_line WHERE visitor IS NOT NULL AND person AND ordered_at < ? GROUP BY unit
    ), sold AS (
        SELECT date_diff('day', ?::DATE, ordered_at::DATE) // 7 AS week,
               coalesce(sum(quantity), 0)::BIGINT AS tickets,
               coalesce(sum(paid_minor), 0)::BIGINT AS paid,
               count(DISTINCT "order")::BIGINT AS orders,
               coalesce(sum(quantity) FILTER (visitor IS NOT NULL), 0)::BIGINT AS identified,
               coalesce(sum(quantity) FILTER (online), 0)::BIGINT AS online
        FROM eligible_line WHERE ordered_at >= ? AND ordered_at < ? GROUP BY week
    ), met AS (
        SELECT date_diff('day', ?::DATE, first_at::DATE) // 7 AS week, count(*)::BIGINT AS visitors
        FROM first_order WHERE first_at >= ? GROUP BY week
    )
    SELECT week, tickets, paid, orders, identified, online, coalesce(visitors, 0)::BIGINT
    FROM sold LEFT JOIN met USING (week)"""


def last_weeks(store: LineStore, today: date, weeks: int) -> tuple[Week, ...]:
    """The last `weeks` whole weeks before `today`, oldest first; a week without sales is zeros.

    Days are UTC days of the order, as everywhere.
    """
    ends = today - timedelta(days=today.weekday())
    starts = ends - weeks * WEEK
    first, last = midnight(starts), midnight(ends)
    asked = (last, first, first, last, first, first)
    found = {row[0]: row[1:] for row in store.execute_measure(_BY_WEEK, asked)}
    names = [field.name for field in fields(Week)][1:]
    nothing = (0,) * len(names)
    return tuple(
        Week(
            starts=starts + number * WEEK,
            **dict(zip(names, found.get(number, nothing), strict=True)),
        )
        for number in range(weeks)
    )


def tickets_ahead(store: LineStore, today: date, days: int) -> int:
    """Tickets already sold for what takes place in the next `days` days."""
    sql = """SELECT 0, coalesce(sum(quantity), 0)::BIGINT FROM eligible_line
             WHERE event_at >= ? AND event_at < ?"""
    ((_, tickets),) = store.execute_measure(
        sql, (midnight(today), midnight(today + timedelta(days=days)))
    )
    return tickets
