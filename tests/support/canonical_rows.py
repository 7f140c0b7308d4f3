"""Canonical rows straight into a store, for rules that no plain file can say."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tests.support.exports import SECRET, House

from foyer_node.connectors.codes import Channel, PriceClass, TicketStatus
from foyer_node.connectors.connector import CanonicalRow, Record
from foyer_node.connectors.records import RecordKind
from foyer_node.data_ports import Applied, BatchClosing, BatchKey
from foyer_node.importing.columns import HouseRules, Pseudonymiser
from foyer_node.importing.record_columns import columns_of
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.catalogue.schema import EligibleLine

PLAIN = CanonicalRow(
    row=1, order_id="A1", line_id="", ordered_at=datetime(2026, 1, 14, 9), event="Hamlet",
    event_at=datetime(2026, 2, 20, 19), quantity=1, paid_minor=2000, status=TicketStatus.SOLD,
    channel=Channel.WEB, price_class=PriceClass.FULL, excluded=None, email="", customer_key="",
    postcode="", country="DK", birth_year=0, scanned_at=None,
)  # fmt: skip
"""One ticket sold on the web to nobody known."""


def row(**changes: Any) -> CanonicalRow:
    """`PLAIN` with some of it changed."""
    return replace(PLAIN, **changes)


def take_rows(
    house: House, *rows: Record, batch: str = "b1", rules: HouseRules | None = None,
    kind: RecordKind = RecordKind.SALES, source: str = "till", is_complete: bool = False,
) -> Applied:  # fmt: skip
    """Take rows as one import, numbered as they come."""
    key = BatchKey(
        batch_id=batch, file_sha256=batch, source_system=source, connector="generic",
        currency="DKK", detail=2, group_size=10, kind=kind.value, is_complete=is_complete,
    )  # fmt: skip
    keys = Pseudonymiser(SECRET, source, rules or HouseRules(), house.vault)
    numbered = [replace(one, row=number) for number, one in enumerate(rows, 2)]

    def closing() -> BatchClosing:
        return BatchClosing(
            rows=len(rows), rejected=(), report="{}", provides=frozenset(Need),
            venues=keys.venues(),
        )  # fmt: skip

    with house.vault.transaction():
        chunk = columns_of(kind, numbered, keys)
        return house.store.apply_batch(key, [chunk], closing)


def lines(house: House) -> list[EligibleLine]:
    """Every line that a round may use."""
    return list(house.store.lines(date(2000, 1, 1), date(2100, 1, 1)))


def ask(house: House, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query of the store."""
    return house.store._connection.execute(sql).fetchall()
