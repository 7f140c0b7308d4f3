"""From a file to the store: look first, then take all of it or nothing.

    file -> table -> connector -> canonical rows -> keys and rules -> columns -> store
                                        \\-> rejections -> quarantine

`preview` and `apply` walk the same road; only `apply` has a vault and a store at its end.
"""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, time
from pathlib import Path

from foyer_node.connectors.connector import Connector, Plan, Reading, Record, Rejected
from foyer_node.connectors.records import RecordKind
from foyer_node.connectors.registry import choose
from foyer_node.data_ports import (
    BatchClosing,
    BatchKey,
    BulkLoad,
    Earlier,
    IdentityVault,
    LineColumns,
    RecordColumns,
    VisitorStore,
)
from foyer_node.importing.accounts import Accounts, in_order
from foyer_node.importing.bulk import LARGE_BYTES, Judge, WholeColumns, head_of
from foyer_node.importing.columns import HouseRules, Pseudonymiser
from foyer_node.importing.kept_plan import plan_as_json
from foyer_node.importing.keys import keyed_hash
from foyer_node.importing.provides import provided_by
from foyer_node.importing.record_columns import columns_of
from foyer_node.importing.report import ImportReport, report_of
from foyer_node.importing.tally import Tally
from foyer_node.importing.too_many import is_acceptable, too_many
from foyer_node.ports import Cells, ReadSource, Source, Table
from foyer_protocol.errors import QuarantineTooLarge

CHUNK_ROWS = 20_000
"""Rows held in memory at a time: some 20 MB."""

NOTHING_EARLIER = Earlier()

SeenBefore = Callable[[str, str], Earlier]
"""Asks the store for the last imports of a source system and kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the steward can say about a file."""

    reading: Reading
    connector: str | None = None  # None: whichever recognises the header best
    source_system: str | None = None  # None: the connector's name
    most_rejected_share: float = 0.2  # above it the whole file is refused
    group_size: int = 10  # an order of at least this many tickets is a group (R13)
    rules: HouseRules = field(default_factory=HouseRules)
    is_complete: bool = False  # the file has every order of its days: others are deleted


@dataclass(slots=True, kw_only=True)
class _Opened:
    source: Source
    connector: Connector
    table: Table
    plan: Plan
    source_system: str
    is_large: bool = False  # planned by its first rows
    left: Table | None = None  # of a file that was read in bulk


def preview(
    path: Path, options: ImportOptions, read: ReadSource, earlier: SeenBefore | None = None
) -> ImportReport:
    """What importing `path` would do. Writes nothing, and needs neither store nor vault.

    A file that `apply` would refuse for its rejected rows has `refusal` set. With `earlier`
    the report says what has changed since.

    Raises:
        ConnectorError: not a table, no connector for it, or a question is open.
    """
    opened, tally = _open(path, options, read), Tally()
    accounts = Accounts(options.rules.domains)
    for item in opened.connector.read(opened.table, opened.plan):
        tally.count(item)
        accounts.see(item)
    refusal = "" if is_acceptable(tally, options.most_rejected_share) else QuarantineTooLarge.code
    before = NOTHING_EARLIER
    if earlier is not None:
        before = earlier(opened.source_system, opened.connector.kind.value)
    report = _report(opened, tally, before)
    return replace(report, refusal=refusal, set_apart=accounts.set_apart())


def apply(
    path: Path,
    options: ImportOptions,
    store: VisitorStore,
    vault: IdentityVault,
    secret: bytes,
    read: ReadSource,
) -> ImportReport:
    """Import `path`, all of it in one transaction; the same file again changes nothing.

    Raw identifiers and refused rows go to the vault and no further. Orders that an
    earlier batch of the same source system holds are superseded (R24).

    Raises:
        ConnectorError: as for `preview`; nothing is changed.
        QuarantineTooLarge: too many rows were refused; nothing is changed.
        StorageError: the store or the vault failed; nothing is changed.
    """
    opened, tally = _open(path, options, read, in_bulk=True), Tally()
    key = _batch_key(opened, options)
    if store.has_batch(key.batch_id):
        return replace(preview(path, options, read), already_imported=True)
    earlier = store.earlier(key.source_system, key.kind)
    keys = Pseudonymiser(secret, opened.source_system, house_rules_of(options), vault)

    def closing() -> BatchClosing:
        if not is_acceptable(tally, options.most_rejected_share):
            raise too_many(tally, options.most_rejected_share)
        report = replace(_report(opened, tally, earlier), applied=True)
        refused = _cells(opened.left or opened.table, tally.rejected)
        vault.keep_refused(key.batch_id, keys.unless_erased(refused))
        # The vault first: ids that no order uses do no harm, orders whose ids the vault
        # has forgotten would turn each of their visitors into two.
        held.close()
        return BatchClosing(
            rows=tally.rows,
            rejected=tuple(tally.rejected),
            report=report.as_json(),
            provides=provided_by(opened.plan.columns) if _is_sales(opened) else frozenset(),
            header=opened.table.header,
            reading=plan_as_json(opened.plan),
            quality=tally.quality(),
            venues=keys.venues(),
        )

    with ExitStack() as held:
        held.enter_context(vault.transaction())
        read_in = _all_chunks(opened, options, tally, keys, vault, secret)
        done = store.apply_batch(key, read_in, closing)
    return replace(
        _report(opened, tally, earlier),
        applied=True,
        superseded_orders=done.superseded,
        removed_orders=done.removed,
        set_apart=in_order(done.kinds),
    )


def _cells(table: Table, rejected: Collection[tuple[int, str, str]]) -> list[tuple[int, Cells]]:
    """The cells of refused rows, read once more: none is held while a file is read."""
    wanted = {number for number, _, _ in rejected}
    found: dict[int, Cells] = {}
    if wanted:
        for number, cells in table.rows():
            if number in wanted:
                found.setdefault(number, tuple(cells))
                if len(found) == len(wanted):
                    break
    return sorted(found.items())


def _is_sales(opened: "_Opened") -> bool:
    return opened.connector.kind is RecordKind.SALES


def house_rules_of(options: ImportOptions) -> HouseRules:
    """The house's rules with what is said of the file."""
    today = options.reading.today
    return replace(
        options.rules,
        country=options.reading.country,
        today=datetime.max if today is None else datetime.combine(today, time.min),
    )


def _open(
    path: Path, options: ImportOptions, read: ReadSource, *, in_bulk: bool = False
) -> _Opened:
    source = read(path)
    connector, table = choose(source, options.connector)
    head = head_of(source, connector, table, options.reading, LARGE_BYTES) if in_bulk else None
    return _Opened(
        source=source,
        connector=connector,
        table=table,
        plan=head or connector.plan(table, options.reading),
        source_system=options.source_system or connector.name,
        is_large=head is not None,
    )


def _all_chunks(
    opened: _Opened,
    options: ImportOptions,
    tally: Tally,
    keys: Pseudonymiser,
    vault: IdentityVault,
    secret: bytes,
) -> Iterator[LineColumns | RecordColumns | BulkLoad]:
    """A large file at once and what that leaves over row by row; any other row by row."""
    table, read_in, plan = opened.table, opened.connector, opened.plan
    if opened.is_large:
        judge = Judge(connector=read_in, table=table, reading=options.reading, plan=plan)
        load = BulkLoad(
            table=table,
            plan=plan,
            keys=WholeColumns(
                secret, opened.source_system, house_rules_of(options), vault, plan, keys
            ),
            judge=judge.ask,
            chunk_rows=CHUNK_ROWS,
        )
        if not vault.suppressed():
            yield load
        if load.left is not None and load.counts is not None:
            tally.add(load.counts)
            opened.plan, opened.left = judge.plan, load.left
            yield from chunks(read_in, load.left, judge.plan, tally, keys)
            tally.repeated = load.repeats() if load.repeats else 0
            return
        opened.plan = read_in.plan(table, options.reading)
    yield from chunks(read_in, table, opened.plan, tally, keys)


def chunks(
    connector: Connector, table: Table, plan: Plan, tally: Tally, keys: Pseudonymiser
) -> Iterator[LineColumns | RecordColumns]:
    """Read a table in chunks of `CHUNK_ROWS`, counting every row."""
    rows: list[Record] = []
    for item in connector.read(table, plan):
        tally.count(item)
        if not isinstance(item, Rejected):
            rows.append(item)
            if len(rows) >= CHUNK_ROWS:
                yield columns_of(connector.kind, rows, keys)
                rows = []
    if rows:
        yield columns_of(connector.kind, rows, keys)


def _batch_key(opened: _Opened, options: ImportOptions) -> BatchKey:
    """The same file read with the same settings is the same batch, on whatever day."""
    settings = json.dumps(
        {
            "columns": dict(opened.plan.columns),
            "reading": asdict(replace(options.reading, today=None)),
            "group_size": options.group_size,
            "rules": {
                "staff": sorted(options.rules.domains.staff),
                "reseller": sorted(options.rules.domains.reseller),
                "school": sorted(options.rules.domains.school),
                "identify_by_card": options.rules.identify_by_card,
                "show_percent": options.rules.show_percent,
            },
            "is_complete": options.is_complete,
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
        kind=opened.connector.kind.value,
        is_complete=options.is_complete,
    )


def _report(opened: _Opened, tally: Tally, earlier: Earlier = NOTHING_EARLIER) -> ImportReport:
    return report_of(
        tally,
        plan=opened.plan,
        table=opened.table,
        file_sha256=opened.source.sha256,
        source_system=opened.source_system,
        connector=opened.connector.name,
        kind=opened.connector.kind.value,
        earlier=earlier,
    )
