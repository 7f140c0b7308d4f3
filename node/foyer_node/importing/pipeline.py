"""From a file to the store: look first, then take all of it or nothing.

    file -> table -> connector -> canonical rows -> keys and rules -> columns -> store
                                        \\-> rejections -> quarantine

`preview` and `apply` walk the same road; only `apply` has a vault and a store at its end.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from foyer_node.connectors.connector import (
    CanonicalRow,
    Connector,
    Plan,
    Reading,
    Record,
    Rejected,
)
from foyer_node.connectors.registry import choose
from foyer_node.importing.columns import Pseudonymiser
from foyer_node.importing.keys import keyed_hash
from foyer_node.importing.provides import provided_by
from foyer_node.importing.report import ImportReport, Tally, report_of
from foyer_node.ports import (
    BatchClosing,
    BatchKey,
    IdentityVault,
    LineColumns,
    ReadSource,
    Source,
    Table,
    VisitorStore,
)
from foyer_protocol.errors import ConnectorError, QuarantineTooLarge

CHUNK_ROWS = 20_000
"""Rows held in memory at a time: some 20 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the steward can say about a file."""

    reading: Reading
    connector: str | None = None  # None: whichever recognises the header best
    source_system: str | None = None  # None: the connector's name
    most_rejected_share: float = 0.2  # above it the whole file is refused
    group_size: int = 10  # an order of at least this many tickets is a group (R13)
    staff_domains: frozenset[str] = field(default=frozenset())  # the house's own (R25)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    source: Source
    connector: Connector
    table: Table
    plan: Plan
    source_system: str


def preview(path: Path, options: ImportOptions, read: ReadSource) -> ImportReport:
    """What importing `path` would do. Writes nothing, and needs neither store nor vault.

    A file that `apply` would refuse for its rejected rows has `refusal` set.

    Raises:
        ConnectorError: not a table, no connector for it, or a question is open.
    """
    opened, tally = _open(path, options, read), Tally()
    for item in opened.connector.read(opened.table, opened.plan):
        _count(tally, item)
    refusal = "" if _acceptable(tally, options) else QuarantineTooLarge.code
    return replace(_report(opened, tally), refusal=refusal)


def apply(
    path: Path,
    options: ImportOptions,
    store: VisitorStore,
    vault: IdentityVault,
    secret: bytes,
    read: ReadSource,
) -> ImportReport:
    """Import `path`, all of it in one transaction; the same file again changes nothing.

    Raw identifiers go to the vault and no further. Orders that an earlier batch of the
    same source system holds are superseded (R24).

    Raises:
        ConnectorError: as for `preview`; nothing is changed.
        QuarantineTooLarge: too many rows were refused; nothing is changed.
        StorageError: the store or the vault failed; nothing is changed.
    """
    opened, tally = _open(path, options, read), Tally()
    key = _batch_key(opened, options)
    if store.has_batch(key.batch_id):
        return replace(preview(path, options, read), already_imported=True)
    keys = Pseudonymiser(secret, opened.source_system, options.staff_domains, vault)

    def closing() -> BatchClosing:
        if not _acceptable(tally, options):
            raise _too_many(tally, options)
        report = replace(_report(opened, tally), applied=True)
        # The vault first: ids that no order uses do no harm, orders whose ids the vault
        # has forgotten would turn each of their visitors into two.
        held.close()
        return BatchClosing(
            rows=tally.rows,
            rejected=tuple(tally.rejected),
            report=report.as_json(),
            provides=provided_by(opened.plan.columns),
        )

    with ExitStack() as held:
        held.enter_context(vault.transaction())
        superseded = store.apply_batch(key, _chunks(opened, tally, keys), closing)
    return replace(_report(opened, tally), applied=True, superseded_orders=superseded)


def _open(path: Path, options: ImportOptions, read: ReadSource) -> _Opened:
    source = read(path)
    connector, table = choose(source, options.connector)
    return _Opened(
        source=source,
        connector=connector,
        table=table,
        plan=connector.plan(table, options.reading),
        source_system=options.source_system or connector.name,
    )


def _chunks(opened: _Opened, tally: Tally, keys: Pseudonymiser) -> Iterator[LineColumns]:
    rows: list[CanonicalRow] = []
    for item in opened.connector.read(opened.table, opened.plan):
        _count(tally, item)
        if isinstance(item, CanonicalRow):
            rows.append(item)
            if len(rows) >= CHUNK_ROWS:
                yield keys.columns(rows)
                rows = []
    if rows:
        yield keys.columns(rows)


def _count(tally: Tally, item: Record | Rejected) -> None:
    if isinstance(item, Rejected):
        tally.refuse(item)
    elif isinstance(item, CanonicalRow):
        tally.take(item)


def _acceptable(tally: Tally, options: ImportOptions) -> bool:
    refused = len(tally.rejected)
    return tally.accepted > 0 and refused <= options.most_rejected_share * tally.rows


def _too_many(tally: Tally, options: ImportOptions) -> QuarantineTooLarge | ConnectorError:
    if tally.rows == 0:
        return ConnectorError(
            "The table has a header and no rows; nothing was imported.", hint="Export it again."
        )
    share = 100 * len(tally.rejected) / tally.rows
    commonest = ", ".join(reason for reason, _ in tally.reasons.most_common(3))
    return QuarantineTooLarge(
        f"{share:.0f} % of the rows were refused ({commonest}), and at most"
        f" {100 * options.most_rejected_share:.0f} % may be. Nothing was imported.",
        hint="See the reasons with --preview; a setting or a column is probably read wrongly.",
    )


def _batch_key(opened: _Opened, options: ImportOptions) -> BatchKey:
    """The same file read with the same settings is the same batch, on whatever day."""
    settings = json.dumps(
        {
            "columns": dict(opened.plan.columns),
            "reading": asdict(replace(options.reading, today=None)),
            "group_size": options.group_size,
            "staff_domains": sorted(options.staff_domains),
        },
        sort_keys=True,
    )
    parts = (opened.source.sha256, opened.source_system, opened.connector.name, settings)
    return BatchKey(
        batch_id=keyed_hash(b"foyer import batch", *parts)[:32],
        file_sha256=opened.source.sha256,
        source_system=opened.source_system,
        connector=opened.connector.name,
        currency=options.reading.currency,
        detail=opened.plan.detail,
        group_size=options.group_size,
    )


def _report(opened: _Opened, tally: Tally) -> ImportReport:
    return report_of(
        tally,
        plan=opened.plan,
        table=opened.table,
        file_sha256=opened.source.sha256,
        source_system=opened.source_system,
        connector=opened.connector.name,
    )
