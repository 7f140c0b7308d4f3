"""What loading a draft's file would do, with the numbers of the rows that it would refuse."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from foyer_node.data_ports import Earlier
from foyer_node.importing.accounts import Accounts
from foyer_node.importing.pipeline import ImportOptions
from foyer_node.importing.report import ImportReport, report_of
from foyer_node.importing.tally import Tally
from foyer_node.wizard.looking import Opened
from foyer_protocol.errors import QuarantineTooLarge

MOST_ROW_NUMBERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRows:
    """Rows refused for one reason; the first of their numbers, and never what they say."""

    reason: str
    field: str  # the canonical field that could not be read, "" for none
    rows: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A report before anything is loaded."""

    report: ImportReport
    refused: tuple[RefusedRows, ...]


def preview_of(
    opened: Opened, options: ImportOptions, earlier: Callable[[str, str], Earlier]
) -> Preview:
    """Read every row of a file once. Writes nothing.

    `earlier` says what a source sent before, so that what has drifted is seen before loading.

    Raises:
        ConnectorError: a question is open.
    """
    connector, table = opened.connector, opened.table
    plan, tally = connector.plan(table, options.reading), Tally()
    accounts = Accounts(options.rules.domains)
    for item in connector.read(table, plan):
        tally.count(item)
        accounts.see(item)
    source = options.source_system or connector.name
    report = report_of(
        tally,
        plan=plan,
        table=table,
        file_sha256=opened.source.sha256,
        source_system=source,
        connector=connector.name,
        kind=connector.kind.value,
        earlier=earlier(source, connector.kind.value),
    )
    taken = tally.accepted > 0
    few = len(tally.rejected) <= options.most_rejected_share * tally.rows
    refusal = "" if taken and few else QuarantineTooLarge.code
    report = replace(report, refusal=refusal, set_apart=accounts.set_apart())
    return Preview(report=report, refused=_by_reason(tally))


def _by_reason(tally: Tally) -> tuple[RefusedRows, ...]:
    numbers: dict[tuple[str, str], list[int]] = {}
    for row, reason, name in tally.rejected:
        numbers.setdefault((reason, name), []).append(row)
    return tuple(
        RefusedRows(
            reason=reason, field=name, rows=len(rows), numbers=tuple(rows[:MOST_ROW_NUMBERS])
        )
        for (reason, name), rows in sorted(numbers.items(), key=lambda item: -len(item[1]))
    )
