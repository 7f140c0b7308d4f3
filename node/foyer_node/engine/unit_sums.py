"""Leaves of one slot: a column of the table `of_unit`, and the clipped sum over its rows.

A column is named by what it holds, so two leaves that differ in their caps only, or in how
windows are combined, ask for the same one and it is computed once.
"""

from typing import assert_never

from foyer_node.engine.query import Query
from foyer_protocol.catalogue.measures import Spend, Tickets, Visitors, Window

UnitSum = Tickets | Spend | Visitors
Columns = dict[str, str]
"""Name and text of columns of `of_unit`, each an aggregate over the `line`s of one unit."""

IN = {Window.PERIOD: "in_period", Window.PREVIOUS: "in_previous", Window.HISTORY: "in_history"}
"""The columns of `line` and of `of_unit` that say whether an order lies in a window."""


def unit_columns(leaf: UnitSum) -> Columns:
    """Return the columns of `of_unit` that `unit_sum(leaf)` reads."""
    match leaf:
        case Tickets():
            name, passes = _tickets(leaf)
            return {name: f"coalesce(sum(quantity){passes}, 0)"}
        case Spend():
            return {"paid": "coalesce(sum(paid_minor) FILTER (paid_minor > 0), 0)::HUGEINT"}
        case Visitors():
            windows = (*leaf.booked, *leaf.not_booked)
            return {
                IN[window]: f"coalesce(bool_or({IN[window]}) FILTER (booker), false)"
                for window in windows
            }
        case _:
            assert_never(leaf)


def unit_sum(leaf: UnitSum) -> Query:
    """Return the sum over `of_unit`, each unit clipped first; 0 where there is no unit."""
    match leaf:
        case Tickets():
            name, _ = _tickets(leaf)
            clipped = Query(sql=f"greatest(least({name}, ?), 0)", parameters=(leaf.cap,))
        case Spend():
            clipped = _clipped_steps(leaf)
        case Visitors():
            conditions = [IN[window] for window in leaf.booked]
            conditions += [f"NOT {IN[window]}" for window in leaf.not_booked]
            return Query(sql=f"count(*) FILTER ({' AND '.join(conditions)})")
        case _:
            assert_never(leaf)
    return Query(sql=f"coalesce(sum({clipped.sql}), 0)::BIGINT", parameters=clipped.parameters)


def _tickets(leaf: Tickets) -> tuple[str, str]:
    """The column's name, and the filter of the lines that it adds up."""
    filters = {
        "online": leaf.online and "online",
        "known": leaf.identified and "known",
        "paid": leaf.paid and "paid_minor > 0",
    }
    asked = {word: condition for word, condition in filters.items() if condition}
    passes = f" FILTER ({' AND '.join(asked.values())})" if asked else ""
    return "_".join(("tickets", *asked)), passes


def _clipped_steps(leaf: Spend) -> Query:
    # Half to even without a float: a remainder above half rounds up, and at exactly half
    # the odd step does. `paid` is not negative, so `//` and `%` round down as Python's do.
    steps, twice_left = "paid // ?::HUGEINT", "2 * (paid % ?::HUGEINT)"
    step = leaf.step_minor
    return Query(
        sql=f"""least({steps} + CASE
            WHEN {twice_left} > ? THEN 1
            WHEN {twice_left} = ? THEN {steps} % 2
            ELSE 0 END, ?)""",
        parameters=(step, step, step, step, step, step, leaf.cap),
    )
