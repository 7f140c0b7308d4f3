"""Any table with at least the six columns of data model C.3, whatever it calls them."""

from collections.abc import Iterator, Mapping, Sequence

from foyer_node.connectors.connector import CanonicalRow, Plan, Reading, Rejected
from foyer_node.connectors.headers import (
    PER_TICKET,
    REQUIRED,
    chosen_columns,
    fold,
    match_columns,
)
from foyer_node.connectors.json_tables import tables_of
from foyer_node.connectors.records import RecordKind
from foyer_node.connectors.rows import read_table
from foyer_node.connectors.survey import Survey
from foyer_node.ports import Source, Table
from foyer_protocol.errors import ConnectorError

_PRINTED = {"ordered_at": "order_datetime", "event_at": "event_datetime"}


class GenericConnector:
    """Finds its columns by header synonyms and its number styles by the values."""

    name = "generic"
    kind = RecordKind.SALES

    def tables(self, source: Source) -> tuple[Table, ...]:
        """Every table of the file, as it is; of JSON, the table of its records."""
        return source.tables if source.document is None else tables_of(source.document)

    def recognises(self, header: Sequence[str]) -> float:
        """Half certain when the six columns are there; a system's own connector goes first."""
        try:
            found = match_columns(header, {})
        except ConnectorError:
            return 0.1
        return 0.5 if all(name in found for name in REQUIRED) else 0.1

    def plan(self, table: Table, reading: Reading) -> Plan:
        """Find the columns and styles, or say which are missing or open."""
        find = chosen_columns if reading.only_columns else match_columns
        columns = find(table.header, reading.columns)
        if missing := [name for name in REQUIRED if name not in columns]:
            printed = ", ".join(_PRINTED.get(name, name) for name in missing)
            raise ConnectorError(
                f"Every file needs six columns, and these were not found: {printed}."
                " Nothing was imported.",
                hint=f"Say which column it is, as in --column {missing[0]}='the column name';"
                " `foyer-node columns` lists them all.",
            )
        survey = Survey(table, columns)
        return Plan(
            columns=columns,
            reading=reading,
            day_first=survey.day_first(reading.day_first),
            decimal=survey.decimal(reading.decimal),
            refunded=frozenset(survey.refunded),
            unique_lines="line_id" in columns,
            rows_alone=True,
            warnings=tuple(_warnings(table, columns, reading, survey)),
        )

    def read(self, table: Table, plan: Plan) -> Iterator[CanonicalRow | Rejected]:
        """Rows as planned."""
        return read_table(table, plan)


def _warnings(
    table: Table, columns: Mapping[str, int], reading: Reading, survey: Survey
) -> Iterator[str]:
    if "customer_key" not in columns and "email" not in columns:
        yield "no-customer-column"
    if "postcode" not in columns:
        yield "no-postcode-column"
    elif not reading.country and "country" not in columns:
        yield "no-country"
    unit_price = fold(table.header[columns["amount"]]) in PER_TICKET
    if unit_price and survey.several_tickets and not reading.amount_per_ticket:
        yield "amount-may-be-per-ticket"
