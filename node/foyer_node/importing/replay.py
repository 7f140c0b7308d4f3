"""Refused rows, corrected and taken after all: under the batch that they came with.

The steward corrects the cells, or the setting that read them wrongly; what is still
refused stays in the vault with its corrected cells. Orders that a later import has taken
since are left to that import.
"""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Protocol

from foyer_node.connectors.connector import Plan
from foyer_node.connectors.registry import CONNECTORS
from foyer_node.data_ports import BatchClosing, IdentityVault, KeptBatch, VisitorStore
from foyer_node.importing.columns import Pseudonymiser
from foyer_node.importing.kept_plan import KeptTable, plan_from_json
from foyer_node.importing.pipeline import ImportOptions, chunks, house_rules_of
from foyer_node.importing.tally import Tally
from foyer_node.ports import Cells
from foyer_protocol.errors import ConnectorError


class ReplayingStore(VisitorStore, Protocol):
    """A store that knows its batches."""

    def kept_batch(self, batch_id: str) -> KeptBatch | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What the steward says of refused rows. Cells are by row number, whole rows."""

    cells: Mapping[int, Cells]
    statuses: Mapping[str, str]  # the file's word to a code
    day_first: bool | None = None
    decimal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How a replay went."""

    taken: int
    still_refused: int


def replay(
    batch_id: str, correction: Correction, options: ImportOptions, store: ReplayingStore,
    vault: IdentityVault, secret: bytes,
) -> Replayed:  # fmt: skip
    """Read a batch's refused rows again, all of them in one transaction.

    Raises:
        ConnectorError: there is no such batch, or it has no refused rows.
        StorageError: the store or the vault failed; nothing was changed.
    """
    kept = store.kept_batch(batch_id)
    rows = vault.refused(batch_id)
    if kept is None or not rows or kept.key.connector not in CONNECTORS:
        raise ConnectorError(
            "There are no refused rows of that import; nothing was changed.",
            hint="`foyer-node refused` lists what waits.",
        )
    body = tuple((number, correction.cells.get(number, cells)) for number, cells in rows)
    table = KeptTable(header=kept.header, body=body)
    plan = _corrected(plan_from_json(kept.reading), correction)
    key = replace(kept.key, adds_rows=True, group_size=options.group_size)
    tally = Tally()
    keys = Pseudonymiser(secret, key.source_system, house_rules_of(options), vault)

    def closing() -> BatchClosing:
        held.close()  # the vault first, as in an import
        return BatchClosing(
            rows=tally.rows,
            rejected=tuple(tally.rejected),
            report=_amended(kept.report, tally),
            provides=frozenset(),
        )

    with ExitStack() as held:
        held.enter_context(vault.transaction())
        read_in = chunks(CONNECTORS[key.connector], table, plan, tally, keys)
        store.apply_batch(key, read_in, closing)
    # Only now, since the store has what became of them. After a crash just before this, the
    # next replay finds their lines there and adds none.
    still = {number for number, _, _ in tally.rejected}
    with vault.transaction():
        vault.keep_refused(batch_id, [row for row in body if row[0] in still])
    return Replayed(taken=tally.accepted, still_refused=len(tally.rejected))


def _corrected(plan: Plan, correction: Correction) -> Plan:
    reading = replace(plan.reading, statuses={**plan.reading.statuses, **correction.statuses})
    days = plan.day_first
    if correction.day_first is not None:
        days = dict.fromkeys((*days, "ordered_at", "event_at"), correction.day_first)
    return replace(
        plan, reading=reading, day_first=days, decimal=correction.decimal or plan.decimal
    )


def _amended(report: str, tally: Tally) -> str:
    """The report of the batch, with what is still refused of it."""
    told = json.loads(report)
    told["accepted"] = told.get("accepted", 0) + tally.accepted
    told["rejected"] = sorted(tally.reasons.items())
    return json.dumps(told, ensure_ascii=False, sort_keys=True)
