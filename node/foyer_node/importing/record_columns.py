"""Where readings, memberships, donations and touchpoints lose what could name a visitor."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from typing import TypeVar

from foyer_node.connectors.connector import CanonicalRow, Record
from foyer_node.connectors.records import (
    CounterRow,
    DonationRow,
    MembershipRow,
    RecordKind,
    TouchpointRow,
)
from foyer_node.data_ports import LineColumns, RecordColumns
from foyer_node.importing.columns import Pseudonymiser

_Columns = dict[str, list[object]]
_Row = TypeVar("_Row", MembershipRow, DonationRow, TouchpointRow)


def columns_of(
    kind: RecordKind, rows: Sequence[Record], keys: Pseudonymiser
) -> LineColumns | RecordColumns:
    """One chunk of one kind. Rows of erased visitors are left out, order lines excepted."""
    if kind is RecordKind.SALES:
        return keys.columns([row for row in rows if isinstance(row, CanonicalRow)])
    return RecordColumns(columns=_MAKERS[kind](rows, keys))


def _counters(rows: Sequence[Record], keys: Pseudonymiser) -> _Columns:
    readings = [row for row in rows if isinstance(row, CounterRow)]
    keys.see_venues(row.place for row in readings)
    return {
        "venue": [row.place for row in readings],
        "starts_at": [row.starts_at for row in readings],
        "ends_at": [row.ends_at for row in readings],
        "count_in": [row.count_in for row in readings],
        "count_out": [row.count_out for row in readings],
        "method": [row.method.value for row in readings],
        "is_estimate": [row.is_estimate for row in readings],
    }


def _memberships(rows: Sequence[Record], keys: Pseudonymiser) -> _Columns:
    kept = _named([row for row in rows if isinstance(row, MembershipRow)], keys)
    return {
        "membership_id": [keys.key("membership", row.membership_id) for row, _ in kept],
        "visitor_id": [visitor for _, visitor in kept],
        "kind": [row.kind.value for row, _ in kept],
        "scheme": [row.scheme for row, _ in kept],
        "level": [row.level for row, _ in kept],
        "starts_on": [row.starts_on for row, _ in kept],
        "ends_on": [row.ends_on for row, _ in kept],
        "price_minor": [row.price_minor for row, _ in kept],
        "renews": ["" if row.renews is None else str(row.renews).lower() for row, _ in kept],
        "status": [row.status.value for row, _ in kept],
    }


def _donations(rows: Sequence[Record], keys: Pseudonymiser) -> _Columns:
    kept = _named([row for row in rows if isinstance(row, DonationRow)], keys)
    return {
        "donation_id": [keys.key("donation", row.donation_id) for row, _ in kept],
        "visitor_id": [visitor for _, visitor in kept],
        "given_at": [row.at for row, _ in kept],
        "amount_minor": [row.amount_minor for row, _ in kept],
        "kind": [row.kind.value for row, _ in kept],
        "campaign": [row.campaign for row, _ in kept],
        "channel": [str(row.channel) for row, _ in kept],
    }


def _touchpoints(rows: Sequence[Record], keys: Pseudonymiser) -> _Columns:
    kept = _named([row for row in rows if isinstance(row, TouchpointRow)], keys)
    return {
        "touch_id": [keys.key("touch", row.touch_id) for row, _ in kept],
        "visitor_id": [visitor for _, visitor in kept],
        "touched_at": [row.at for row, _ in kept],
        "stage": [row.stage.value for row, _ in kept],
        "event_name": [row.event for row, _ in kept],
        "channel": [str(row.channel) for row, _ in kept],
    }


def _named(rows: Sequence[_Row], keys: Pseudonymiser) -> list[tuple[_Row, str]]:
    """Each row with its visitor, "" for nobody; without those of erased visitors."""
    asked = []
    for row in rows:
        card = row.card if isinstance(row, MembershipRow) else ""
        contact = keys.contact(email=row.email, customer_key=row.customer_key, card=card)
        asked.append((contact, _moment(row)))
    visitors = keys.visitors(asked)
    return [
        (row, visitor)
        for row, visitor, one in zip(rows, visitors, asked, strict=True)
        if not keys.is_erased(*one)
    ]


def _moment(row: MembershipRow | DonationRow | TouchpointRow) -> datetime:
    return datetime.combine(row.starts_on, time.min) if isinstance(row, MembershipRow) else row.at


_MAKERS: Mapping[RecordKind, Callable[[Sequence[Record], Pseudonymiser], _Columns]] = {
    RecordKind.COUNTERS: _counters,
    RecordKind.MEMBERSHIPS: _memberships,
    RecordKind.DONATIONS: _donations,
    RecordKind.TOUCHPOINTS: _touchpoints,
}
