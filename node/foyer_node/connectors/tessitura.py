"""Tessitura: seats of several tables, returns and exchanges folded in, comps told apart."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from foyer_node.connectors.codes import PriceClass, TicketStatus
from foyer_node.connectors.connector import CanonicalRow, Plan, Reading, Rejected
from foyer_node.connectors.headers import chosen_columns
from foyer_node.connectors.records import RecordKind
from foyer_node.connectors.rows import read_table
from foyer_node.connectors.survey import Survey
from foyer_node.connectors.tessitura_tables import CORE, Delivery
from foyer_node.ports import Source, Table
from foyer_protocol.errors import ConnectorError

_STATUSES = {
    "1": "RESERVED", "2": "RESERVED", "3": "SOLD", "6": "SOLD", "12": "SOLD",
    "unseated, unpaid": "RESERVED", "seated, unpaid": "RESERVED", "reserved, unpaid": "RESERVED",
    "seated, paid": "SOLD", "unseated, paid": "SOLD", "reserved, paid": "SOLD",
    "ticketed, paid": "SOLD", "ticketed": "SOLD",
}  # fmt: skip
"""By number and by description; a house's own codes are named with --status."""
_NOT_COMPS = frozenset({PriceClass.FREE_ADMISSION, PriceClass.PASS, PriceClass.MEMBER}) | {
    PriceClass.COMP_ARTIST_PRESS, PriceClass.COMP_STAFF, PriceClass.COMP_MARKETING,
}  # fmt: skip


class TessituraConnector:
    """Joins T_SUB_LINEITEM, T_ORDER, T_PERF and T_CUSTOMER of an archive or a workbook."""

    name = "tessitura"
    kind = RecordKind.SALES

    def tables(self, source: Source) -> tuple[Table, ...]:
        """One joined table, if lines, orders and performances are there."""
        delivery = Delivery(source.tables)
        return (delivery.table(),) if delivery.is_whole else ()

    def recognises(self, header: Sequence[str]) -> float:
        """1 for its own joined table."""
        return 1.0 if tuple(header[: len(CORE)]) == CORE and "status" in header else 0.0

    def plan(self, table: Table, reading: Reading) -> Plan:
        """The fields are where they were put; the styles are decided by the values."""
        columns = {name: position for position, name in enumerate(table.header)}
        if not set(CORE) <= set(columns):
            raise ConnectorError(
                "Sub-line items, orders and performances are needed, and not all were found."
                " Nothing was imported.",
                hint="Put T_SUB_LINEITEM, T_ORDER, T_PERF and T_CUSTOMER into one zip archive.",
            )
        columns |= chosen_columns(table.header, reading.columns)
        survey = Survey(table, columns)
        known = "customer_key" in columns
        return Plan(
            columns=columns,
            reading=reading,
            day_first=survey.day_first(reading.day_first),
            decimal=survey.decimal(reading.decimal),
            unique_lines=True,
            words={"status": _STATUSES},
            warnings=() if known else ("no-customer-column",),
        )

    def read(self, table: Table, plan: Plan) -> Iterator[CanonicalRow | Rejected]:
        """Rows as planned; a seat that stands and for which nothing is due is a comp (R10)."""
        for row in read_table(table, plan):
            yield _with_comp(row) if isinstance(row, CanonicalRow) else row


def _with_comp(row: CanonicalRow) -> CanonicalRow:
    stands = row.status in {TicketStatus.SOLD, TicketStatus.CHECKED_IN}
    free = row.due_minor == 0 == row.paid_minor
    if stands and free and row.price_class not in _NOT_COMPS:
        return replace(row, price_class=PriceClass.COMP_MARKETING)
    return row
