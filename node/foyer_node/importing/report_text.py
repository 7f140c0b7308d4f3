"""An import report as a steward reads it on a terminal."""

from foyer_node.importing.report import WARNINGS, ImportReport


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
    lines += [f"  {use.field:16s} from column {use.column!r}" for use in report.columns]
    lines += [f"  note: {WARNINGS[name]}" for name in report.warnings]
    if report.refusal:
        lines.append(f"  would be refused: {report.refusal}")
    return "\n".join(lines)
