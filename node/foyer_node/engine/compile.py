"""From the leaves of a plan to a few statements over `eligible_line`: the plan of passes.

What costs is reading the eligible lines: each reading joins tickets, orders, events,
visitors and their consent. So no leaf reads them for itself. Leaves are gathered by the
lines that they look at, and each such *pass* is one statement that reads its lines once:

    pass     its lines                        its leaves
    period   of orders in the period          every leaf that looks at nothing else
    windows  of bookers, in all the windows   `Visitors` who booked, or had not, before
             that some leaf looks at

    line ──┬─ by unit ───────────► of_unit ──┬─ clipped sums ──► a row for each leaf of one slot
           │                                 └─ by one value ──► by_home ──┐
           └─ by unit and order ─► median ───── by one value ──► by_days ──┴► a row for each slot

Within a pass the lines are kept, if more than one grouping reads them, with the few columns
that these name: beyond the memory limit in the encrypted spill of the store. `of_unit` has
one row per unit and a column for each thing that any leaf asks of it, and a tally one row
per value that occurs. So one more leaf costs one more column of a table that is made anyway
(`unit_sums`) or a look at a small one (`unit_tallies`); a new grouping one more pass over
kept lines; only lines of other days or persons one more reading of the store.

Every statement returns rows `(leaf, slot, total)`: the position of the leaf among those
that were asked, the position within the leaf's slots and the sum there over all units, each
unit clipped first. Slots that are absent hold 0. The text of a statement depends on the
kinds of its leaves only; dates, caps, codes and edges are bound. The definition of each leaf
is its docstring in `foyer_protocol.catalogue.measures`; that a statement means the same is
held by `tests/property/test_engine_agreement.py`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from foyer_node.engine.query import Query, join
from foyer_node.engine.unit_sums import IN, Columns, UnitSum, unit_columns, unit_sum
from foyer_node.engine.unit_tallies import HOME, Tally, spread, tally
from foyer_protocol.catalogue.measures import Leaf, Residence, Spend, Tickets, Visitors, Window
from foyer_protocol.catalogue.schema import Period

IN_WINDOW = "(ordered_at >= ? AND ordered_at < ?)"
IS_BOOKER = "visitor IS NOT NULL AND person"

_OF_PERIOD = f"""
    SELECT unit, "order", ordered_at, event_at, quantity, paid_minor, online, territory, person,
        visitor IS NOT NULL AS known, {IS_BOOKER} AS booker, true AS in_period
    FROM eligible_line WHERE {IN_WINDOW}"""


def compile_leaves(leaves: Sequence[Leaf], period: Period) -> tuple[Query, ...]:
    """Return the statements that sum `leaves` over the units of one institution."""
    of_period: list[tuple[int, Leaf]] = []
    of_windows: list[tuple[int, Visitors]] = []
    for number, leaf in enumerate(leaves):
        if isinstance(leaf, Visitors) and {*leaf.booked, *leaf.not_booked} != {Window.PERIOD}:
            of_windows.append((number, leaf))
        else:
            of_period.append((number, leaf))
    passes = []
    if of_period:
        passes.append(_read_period(of_period, period))
    if of_windows:
        passes.append(_read_windows(of_windows, period))
    return tuple(passes)


def _read_period(leaves: Sequence[tuple[int, Leaf]], period: Period) -> Query:
    sums: list[tuple[int, UnitSum]] = []
    tallied: list[tuple[int, Tally]] = []
    columns: Columns = {}
    for number, leaf in leaves:
        if isinstance(leaf, Tickets | Spend | Visitors):
            sums.append((number, leaf))
            columns |= unit_columns(leaf)
        else:
            tallied.append((number, leaf))
            columns |= HOME if isinstance(leaf, Residence) else {}
    tallies = dict(tally(leaf) for _, leaf in tallied)
    groupings = bool(columns) + ("by_days" in tallies)
    line = Query(sql=_OF_PERIOD, parameters=_within(period))
    tables = [_table("line", line, kept=groupings > 1)]
    if columns:
        tables.append(_of_unit(columns))
    tables += [_table(name, made, kept=True) for name, made in tallies.items()]
    answers = [_sum_up(sums)] if sums else []
    return _statement(tables, [*answers, *(spread(leaf, number) for number, leaf in tallied)])


def _read_windows(leaves: Sequence[tuple[int, Visitors]], period: Period) -> Query:
    columns: Columns = {}
    for _, leaf in leaves:
        columns |= unit_columns(leaf)
    days = {
        Window.PERIOD: _within(period),
        Window.PREVIOUS: _within(period.previous()),
        Window.HISTORY: _within(period.history()),
    }
    asked = {window: bounds for window, bounds in days.items() if IN[window] in columns}
    flags = [
        Query(sql=f"{IN_WINDOW} AS {IN[window]}", parameters=bounds)
        for window, bounds in asked.items()
    ]
    whole = (min(starts for starts, _ in asked.values()), max(ends for _, ends in asked.values()))
    line = join(
        " ",
        [
            Query(sql="SELECT unit, true AS booker,"),
            join(", ", flags),
            Query(sql=f"FROM eligible_line WHERE {IS_BOOKER} AND {IN_WINDOW}", parameters=whole),
        ],
    )
    return _statement([_table("line", line, kept=False), _of_unit(columns)], [_sum_up(leaves)])


def _of_unit(columns: Columns) -> Query:
    listed = ", ".join(f"{made} AS {name}" for name, made in columns.items())
    made = Query(sql=f"SELECT unit, {listed} FROM line GROUP BY unit")
    return _table("of_unit", made, kept=True)


def _sum_up(leaves: Iterable[tuple[int, UnitSum]]) -> Query:
    """All sums in one reading of `of_unit`, then a row for each."""
    numbers = [number for number, _ in leaves]
    sums = join(", ", [unit_sum(leaf) for _, leaf in leaves])
    return Query(
        sql=f"""
            SELECT unnest(?::BIGINT[]) AS leaf, 0 AS slot, unnest([{sums.sql}]) AS total
            FROM of_unit""",
        parameters=(numbers, *sums.parameters),
    )


def _table(name: str, made: Query, *, kept: bool) -> Query:
    how = "MATERIALIZED" if kept else "NOT MATERIALIZED"
    return Query(sql=f"{name} AS {how} ({made.sql})", parameters=made.parameters)


def _statement(tables: Sequence[Query], answers: Sequence[Query]) -> Query:
    """The tables that the answers read, then the answers, all in one SELECT."""
    parts = [Query(sql="WITH"), join(",\n", tables), join("\nUNION ALL", answers)]
    return join(" ", parts)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)


def _within(period: Period) -> tuple[datetime, datetime]:
    return _midnight(period.starts), _midnight(period.ends)
