"""What an import would do or did: for the steward, and never with a cell in it."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

from foyer_node.connectors.connector import Plan
from foyer_node.data_ports import Earlier
from foyer_node.importing.drift import Drift, drift_of
from foyer_node.importing.tally import FIELDS, Tally
from foyer_node.ports import Table

WARNINGS = {
    "no-customer-column": "No e-mail or customer number: loyalty figures are not possible.",
    "no-postcode-column": "No postcode: residence figures are not possible.",
    "no-country": "No country column and no home country set: residence stays unknown.",
    "amount-may-be-per-ticket": "The amount looks like a price per ticket; it is read per line.",
    "event-date-unknown": "The export gives no event dates: lead time is not possible.",
    "event-not-named": "The export does not name its event: say it with --value event='...'.",
    "one-line-per-order": "One line per order: import the positions export for more.",
    "repeated-rows": "Some rows are equal in all fields; each is counted as a ticket of its own.",
    "excluded-lines": "Parking, hires, vouchers or tests are kept but not counted.",
    "unknown-channels": "Some sales channels are not known and count as not online.",
    "orders-after-events": "Many orders are dated days after their event: a date is misread.",
    "many-orders-on-one-day": "Most orders are of one day: it may be a date filled in by default.",
    "many-of-one-birth-year": "Most birth years are the same: it may be filled in by default.",
    "sums-not-orders": "Sums per session: no lead time, no bookers; dated by the day of the event.",
    "drift": "The file differs from what this source sent before; see what has changed.",
}
"""Every warning in a report, in words."""


DERIVED = "…"
"""Stands for the column of a field that a connector makes of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnUse:
    """One column that was understood."""

    field: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """On what share of the order lines an optional field says something."""

    field: str
    share: float


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
    removed_orders: int = 0  # that a complete export no longer has
    kind: str = "sales"
    coverage: tuple[Covered, ...] = ()
    repeated: int = 0  # rows equal to the one before
    drift: tuple[Drift, ...] = ()
    set_apart: tuple[tuple[str, int], ...] = ()  # kind of `accounts.SET_APART`, how many accounts

    def as_json(self) -> str:
        """The report as one JSON object."""
        return json.dumps(asdict(self), default=str, ensure_ascii=False, sort_keys=True)


def report_of(
    tally: Tally,
    *,
    plan: Plan,
    table: Table,
    file_sha256: str,
    source_system: str,
    connector: str,
    kind: str,
    earlier: Earlier,
) -> ImportReport:
    """Put a tally into words and shares."""
    accepted, sales = tally.accepted, tally.sales
    drift = drift_of(tally.quality(), tally.words, earlier)
    return ImportReport(
        file_sha256=file_sha256,
        source_system=source_system,
        connector=connector,
        layout=table.layout,
        decimal=plan.decimal,
        columns=tuple(
            ColumnUse(field=name, column=(*table.header, DERIVED)[min(at, len(table.header))])
            for name, at in plan.columns.items()
        ),
        rows=tally.rows,
        accepted=accepted,
        rejected=tuple(sorted(tally.reasons.items())),
        tickets=tally.tickets,
        first_order=min(tally.days, default=None),
        last_order=max(tally.days, default=None),
        first_event=_day(tally.first_event),
        last_event=_day(tally.last_event),
        customer_share=tally.known / sales if sales else 0.0,
        postcode_share=tally.placed / sales if sales else 0.0,
        warnings=_warnings(tally, plan, drift),
        kind=kind,
        coverage=tuple(
            Covered(field=name, share=tally.covered[name] / sales)
            for name in FIELDS
            if tally.covered[name]
        ),
        repeated=tally.repeated,
        drift=drift,
    )


def _warnings(tally: Tally, plan: Plan, drift: tuple[Drift, ...]) -> tuple[str, ...]:
    """What to warn of, in a fixed order."""
    raised = set(plan.warnings) | tally.suspicious()
    if tally.repeated:
        raised.add("repeated-rows")
    if tally.excluded:
        raised.add("excluded-lines")
    if "channel" in plan.columns and tally.unknown_channels:
        raised.add("unknown-channels")
    if drift:
        raised.add("drift")
    return tuple(name for name in WARNINGS if name in raised)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
