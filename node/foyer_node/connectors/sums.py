"""Rows that are sums over sales: so many tickets of one price for one session.

Who bought and when is not told. Such a row is an anonymous line of an order that is made
up, dated by the day of the event; no lead time is computed from it. Sums of sessions
still to come change until they are held, and are left out until then.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from foyer_node.connectors.connector import CanonicalRow, Plan, Reason, Rejected
from foyer_node.connectors.row_reader import DAYS_AHEAD
from foyer_node.connectors.rows import read_table
from foyer_node.ports import Table

_SOON = timedelta(days=DAYS_AHEAD["ordered_at"])
_FAR = timedelta(days=DAYS_AHEAD["event_at"])


def read_sums(table: Table, plan: Plan) -> Iterator[CanonicalRow | Rejected]:
    """Rows as planned, without anyone's name on them."""
    today = plan.reading.today
    for row in read_table(table, replace(plan, reading=replace(plan.reading, today=None))):
        if isinstance(row, Rejected):
            yield row
        elif today is not None and row.ordered_at.date() > today + _FAR:
            yield Rejected(row=row.row, reason=Reason.IMPOSSIBLE_DATE, column="event_at")
        elif today is None or row.ordered_at.date() <= today + _SOON:
            yield replace(
                row, is_aggregate=True, email="", customer_key="", phone="", card="", birth_year=0
            )
