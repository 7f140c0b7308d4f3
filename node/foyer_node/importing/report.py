"""What an import would do or did: for the steward, and never with a cell in it."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from foyer_node.connectors.codes import TicketStatus
from foyer_node.connectors.connector import CanonicalRow, Plan, Rejected
from foyer_node.ports import Table

WARNINGS = {
    "no-customer-column": "No e-mail or customer number: loyalty figures are not possible.",
    "no-postcode-column": "No postcode: residence figures are not possible.",
    "no-country": "No country column and no home country set: residence stays unknown.",
    "amount-may-be-per-ticket": "The amount looks like a price per ticket; it is read per line.",
    "event-date-unknown": "The export gives no event dates: lead time is not possible.",
    "one-line-per-order": "One line per order: import the positions export for more.",
    "repeated-rows": "Some rows are equal in all fields; each is counted as a ticket of its own.",
    "excluded-lines": "Parking, hires, vouchers or tests are kept but not counted.",
    "unknown-channels": "Some sales channels are not known and count as not online.",
}
"""Every warning in a report, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnUse:
    """One column that was understood."""

    field: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """Counts and settings of one import. Shares are from 0 to 1."""

    file_sha256: str
    source_system: str
    connector: str
    layout: str
    decimal: str
    columns: tuple[ColumnUse, ...]
    rows: int
    accepted: int
    rejected: tuple[tuple[str, int], ...]  # reason, rows
    tickets: int  # tickets that count as attendances
    first_order: date | None
    last_order: date | None
    first_event: date | None
    last_event: date | None
    customer_share: float  # of accepted rows
    postcode_share: float  # of accepted rows
    warnings: tuple[str, ...]
    refusal: str = ""  # what applying it would be, or was, refused for
    applied: bool = False
    already_imported: bool = False
    superseded_orders: int = 0

    def as_json(self) -> str:
        """The report as one JSON object."""
        return json.dumps(asdict(self), default=str, ensure_ascii=False, sort_keys=True)


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts rows as they pass."""

    rows: int = 0
    tickets: int = 0
    known: int = 0
    placed: int = 0
    excluded: int = 0
    unknown_channels: int = 0
    repeated: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    rejected: list[tuple[int, str, str]] = field(default_factory=list)
    first_order: datetime | None = None
    last_order: datetime | None = None
    first_event: datetime | None = None
    last_event: datetime | None = None
    _last: tuple[object, ...] = field(default=(), repr=False)

    @property
    def accepted(self) -> int:
        """Rows that were taken."""
        return self.rows - len(self.rejected)

    def refuse(self, rejected: Rejected) -> None:
        """Count a refused row."""
        self.rows += 1
        self.reasons[rejected.reason.value] += 1
        self.rejected.append((rejected.row, rejected.reason.value, rejected.column))

    def take(self, row: CanonicalRow) -> None:
        """Count an accepted row."""
        self.rows += 1
        self.known += bool(row.email or row.customer_key)
        self.placed += bool(row.postcode)
        self.excluded += row.excluded is not None
        self.unknown_channels += row.channel.value == "UNKNOWN"
        if row.excluded is None and row.status in (TicketStatus.SOLD, TicketStatus.CHECKED_IN):
            self.tickets += row.quantity
        if self.first_order is None or row.ordered_at < self.first_order:
            self.first_order = row.ordered_at
        if self.last_order is None or row.ordered_at > self.last_order:
            self.last_order = row.ordered_at
        if row.event_at is not None:
            if self.first_event is None or row.event_at < self.first_event:
                self.first_event = row.event_at
            if self.last_event is None or row.event_at > self.last_event:
                self.last_event = row.event_at
        same = (row.order_id, row.line_id, row.event, row.event_at, row.quantity, row.paid_minor)
        self.repeated += same == self._last
        self._last = same

    def warnings(self, planned: tuple[str, ...], *, has_channel: bool) -> tuple[str, ...]:
        """What to warn of, in a fixed order."""
        raised = set(planned)
        if self.repeated:
            raised.add("repeated-rows")
        if self.excluded:
            raised.add("excluded-lines")
        if has_channel and self.unknown_channels:
            raised.add("unknown-channels")
        return tuple(name for name in WARNINGS if name in raised)


def report_of(
    tally: Tally, *, plan: Plan, table: Table, file_sha256: str, source_system: str, connector: str
) -> ImportReport:
    """Put a tally into words and shares."""
    accepted = tally.accepted
    return ImportReport(
        file_sha256=file_sha256,
        source_system=source_system,
        connector=connector,
        layout=table.layout,
        decimal=plan.decimal,
        columns=tuple(
            ColumnUse(field=name, column=table.header[at]) for name, at in plan.columns.items()
        ),
        rows=tally.rows,
        accepted=accepted,
        rejected=tuple(sorted(tally.reasons.items())),
        tickets=tally.tickets,
        first_order=_day(tally.first_order),
        last_order=_day(tally.last_order),
        first_event=_day(tally.first_event),
        last_event=_day(tally.last_event),
        customer_share=tally.known / accepted if accepted else 0.0,
        postcode_share=tally.placed / accepted if accepted else 0.0,
        warnings=tally.warnings(plan.warnings, has_channel="channel" in plan.columns),
    )


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
