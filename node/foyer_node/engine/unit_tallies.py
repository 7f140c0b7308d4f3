"""Leaves of many slots: a tally of the units by one value each, spread over the slots.

A tally is a small table, one row per value that occurs, and the only thing that such a leaf
reads: how many slots it has, and how many leaves share the tally, costs next to nothing.
"""

from typing import assert_never

from foyer_node.engine.query import Query
from foyer_protocol.catalogue.measures import LeadTimes, Residence

Tally = Residence | LeadTimes

MICROSECONDS_PER_DAY = 86_400_000_000
BEYOND_EVERY_DAY = 2**62

HOME = {"home": """arg_max(territory, (ordered_at, "order", territory)) FILTER (booker)"""}
"""The column of `of_unit` that `by_home` counts; none for a unit that is no booker."""


def tally(leaf: Tally) -> tuple[str, Query]:
    """Return the name and text of the tally that `spread(leaf)` reads."""
    match leaf:
        case Residence():
            sql = """
                SELECT home, count(*) AS units FROM of_unit
                WHERE home IS NOT NULL GROUP BY home"""
            return "by_home", Query(sql=sql)
        case LeadTimes():
            # quantile_disc at one half is the lower median: entry (n - 1) // 2 from 0.
            sql = """
                SELECT days, count(*) AS units FROM (
                    SELECT quantile_disc(days, 0.5) AS days FROM (
                        SELECT unit, greatest(
                            epoch_us(min(event_at)) - epoch_us(min(ordered_at)), 0) // ?::BIGINT
                            AS days
                        FROM line WHERE person AND event_at IS NOT NULL
                        GROUP BY unit, "order")
                    GROUP BY unit)
                GROUP BY days"""
            return "by_days", Query(sql=sql, parameters=(MICROSECONDS_PER_DAY,))
        case _:
            assert_never(leaf)


def spread(leaf: Tally, number: int) -> Query:
    """Return the SELECT of rows `(number, slot, units)` of one leaf."""
    match leaf:
        case Residence():
            sql = """
                SELECT ?::BIGINT AS leaf,
                    coalesce(nullif(list_position(?::VARCHAR[], home), 0), ?) - 1 AS slot,
                    sum(units)::BIGINT AS total
                FROM by_home GROUP BY slot"""
            return Query(sql=sql, parameters=(number, list(leaf.codes), leaf.width))
        case LeadTimes():
            sql = """
                SELECT ?::BIGINT AS leaf, start + bin // bins_per_node AS slot,
                    sum(units)::BIGINT AS total
                FROM by_days
                JOIN (SELECT unnest(?::BIGINT[]) AS bin, unnest(?::BIGINT[]) AS first,
                        unnest(?::BIGINT[]) AS beyond)
                    ON days >= first AND days < beyond
                CROSS JOIN (SELECT unnest(?::BIGINT[]) AS start,
                        unnest(?::BIGINT[]) AS bins_per_node)
                GROUP BY slot"""
            return Query(sql=sql, parameters=(number, *_tree(leaf)))
        case _:
            assert_never(leaf)


def _tree(leaf: LeadTimes) -> tuple[list[int], ...]:
    """Bins with their first day and the one beyond them; levels with their first slot."""
    firsts = list(leaf.edges[:-1])
    beyonds = [*firsts[1:], BEYOND_EVERY_DAY]
    sizes = [leaf.branching**level for level in range(1, leaf.levels + 1)]
    starts = [sum(sizes[:level]) for level in range(leaf.levels)]
    return list(range(leaf.leaves)), firsts, beyonds, starts, [leaf.leaves // n for n in sizes]
