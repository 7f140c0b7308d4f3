"""An import report as a steward reads it on a terminal."""

from foyer_node.importing.accounts import SET_APART
from foyer_node.importing.drift import Drift
from foyer_node.importing.report import WARNINGS, ImportReport

CHANGES = {
    "rows_per_day": "rows a day",
    "price_minor": "price of a ticket in minor units",
    "share_identified": "share of known visitors",
    "share_placed": "share with a postcode",
    "share_online": "share sold online",
    "new_words": "words for prices and channels not seen before",
}
"""Every figure that drifts, in words."""


def describe(report: ImportReport) -> str:
    """The report in lines; counts and column names only."""
    state = (
        "already imported; nothing has changed"
        if report.already_imported
        else "imported"
        if report.applied
        else "preview; nothing was imported"
    )
    rejected = sum(count for _, count in report.rejected)
    lines = [
        f"{report.connector} export ({report.layout}): {state}",
        f"  {report.rows} rows, {report.accepted} taken, {rejected} refused,"
        f" {report.tickets} tickets that count",
        f"  orders {report.first_order or '-'} to {report.last_order or '-'},"
        f" events {report.first_event or '-'} to {report.last_event or '-'}",
        f"  known visitor on {report.customer_share:.0%} of rows,"
        f" postcode on {report.postcode_share:.0%}",
    ]
    lines += [f"  refused {count}: {reason}" for reason, count in report.rejected]
    lines += [f"  set apart {count}: {SET_APART[kind]}" for kind, count in report.set_apart]
    lines += [f"  {use.field:16s} from column {use.column!r}" for use in report.columns]
    lines += [f"  {one.field:16s} on {one.share:.0%} of rows" for one in report.coverage]
    lines += [_changed(found) for found in report.drift]
    if report.superseded_orders or report.removed_orders:
        lines.append(
            f"  {report.superseded_orders} orders replaced, {report.removed_orders} removed"
        )
    lines += [f"  note: {WARNINGS[name]}" for name in report.warnings]
    if report.refusal:
        lines.append(f"  would be refused: {report.refusal}")
    return "\n".join(lines)


def _changed(found: Drift) -> str:
    return f"  changed: {CHANGES[found.name]}, {found.before:.4g} before, {found.now:.4g} now"
