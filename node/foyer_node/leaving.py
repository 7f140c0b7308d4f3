"""Erasure, age, refused rows and undecided words, put together for the command line."""

import csv
import io
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from foyer_node.adapters.duckdb_store import DuckDBStore
from foyer_node.adapters.durable import write_durably
from foyer_node.adapters.leaving_store import LeavingStore
from foyer_node.adapters.ruling_store import RulingTable
from foyer_node.adapters.vault_store import VaultStore
from foyer_node.config import NodeConfig
from foyer_node.connectors.connector import Reading
from foyer_node.holdings import house_rules, open_for_writing, open_store
from foyer_node.importing import erasure
from foyer_node.importing.pipeline import ImportOptions
from foyer_node.importing.replay import Correction, Replayed, replay
from foyer_node.importing.rulings import Ruling, Undecided, decide
from foyer_node.ports import Cells
from foyer_protocol.errors import ConfigError, ConnectorError

RECEIPTS = "erasures"
_ROW, _REASON = "row", "refused for"


def erase_visitor(config: NodeConfig, asked: str) -> tuple[erasure.Erasure, str]:
    """Take a visitor out and leave a receipt that names nobody; its file name is returned.

    Raises:
        ConfigError: nothing was asked for.
        StorageError: the disk refused; run it again.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    with open_for_writing(config) as (store, vault, secret):
        found = erasure.erase(
            asked,
            store=LeavingStore(store),
            vault=vault,
            secret=secret,
            country=config.institution.country,
            now=now,
        )
    if not found.was_known and not found.was_erased_before:
        return found, ""
    name = f"{found.erased_at:%Y-%m-%d}-{secrets.token_hex(8)}.json"
    receipt = asdict(found) | {
        "institution": config.institution.slug,
        "from_now_on": "in no figure of this house and in no round",
        "kept": "sales to nobody, of a day; keyed hashes that keep old files from undoing this",
    }
    write_durably(config.path(RECEIPTS, name), json.dumps(receipt, default=str, indent=1).encode())
    return found, name


def object_visitor(config: NodeConfig, asked: str) -> bool:
    """Leave a visitor out of every figure from now on; whether they are known."""
    with open_for_writing(config) as (store, vault, secret):
        return erasure.object_to(
            asked,
            store=LeavingStore(store),
            vault=vault,
            secret=secret,
            country=config.institution.country,
        )


def retain(config: NodeConfig) -> str:
    """Delete what is past the age in `node.toml`; the first day that is kept, "" for all.

    Raises:
        StorageError: the disk refused; run it again.
    """
    if not config.data.retention_months:
        return ""
    with open_for_writing(config) as (store, vault, _):
        return delete_by_age(config, store, vault)


def delete_by_age(config: NodeConfig, store: DuckDBStore, vault: VaultStore) -> str:
    """The same of a store and a vault that are open."""
    months = config.data.retention_months
    if not months:
        return ""
    today = datetime.now(UTC).date()
    return erasure.retain(months, today, store=LeavingStore(store), vault=vault).isoformat()


def forget_removed(store: DuckDBStore, vault: VaultStore) -> None:
    """Forget visitors whose last order a complete export no longer had."""
    erasure.forget_unused(store=LeavingStore(store), vault=vault)


def refused_batches(config: NodeConfig) -> list[tuple[str, str, int]]:
    """Imports with rows that wait: batch id, source system, how many."""
    with open_store(config, read_only=True) as store:
        return [
            (batch.batch_id, batch.source_system, batch.rejected)
            for batch in store.batches()
            if batch.rejected
        ]


def write_refused(config: NodeConfig, batch_id: str, to: Path) -> int:
    """Write a batch's refused rows as CSV for correction, for the owner's eyes only.

    Raises:
        ConnectorError: there are none.
    """
    with open_for_writing(config) as (store, vault, _):
        kept, rows = store.kept_batch(batch_id), vault.refused(batch_id)
    if kept is None or not rows:
        raise ConnectorError(
            "There are no refused rows of that import; nothing was written.",
            hint="`foyer-node refused` lists what waits.",
        )
    reasons = {number: f"{reason}: {column}" for number, reason, column in kept.refused}
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_ROW, _REASON, *kept.header])
    for number, cells in rows:
        writer.writerow([number, reasons.get(number, ""), *cells])
    write_durably(to, text.getvalue().encode("utf-8-sig"))
    return len(rows)


def replay_refused(
    config: NodeConfig, batch_id: str, corrected: Path | None, settings: Mapping[str, str],
    *, day_first: bool | None, decimal: str | None,
) -> Replayed:  # fmt: skip
    """Take refused rows after all, with corrected cells, settings or both.

    Raises:
        ConfigError: the file of corrected rows is not as `write_refused` wrote it.
        ConnectorError: there are no refused rows of that import.
    """
    facts = config.institution
    options = ImportOptions(
        reading=Reading(
            timezone=facts.timezone,
            currency=facts.currency,
            country=facts.country,
            today=datetime.now(UTC).date(),
        ),
        group_size=config.data.group_size,
        rules=house_rules(config),
    )
    correction = Correction(
        cells={} if corrected is None else _read_corrected(corrected),
        statuses=settings,
        day_first=day_first,
        decimal=decimal,
    )
    with open_for_writing(config) as (store, vault, secret):
        return replay(batch_id, correction, options, store, vault, secret)


def undecided_words(config: NodeConfig) -> list[Undecided]:
    """Words of imported sales that no code list knows."""
    with open_store(config, read_only=True) as store:
        return RulingTable(store).undecided()


def decide_word(config: NodeConfig, ruling: Ruling) -> None:
    """Keep what people decided about a word, and apply it to what is there.

    Raises:
        ConfigError: there is no such code.
    """
    with open_store(config, read_only=False) as store:
        decide(ruling, RulingTable(store, config.data.group_size))


def _read_corrected(path: Path) -> dict[int, Cells]:
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        if not rows or rows[0][:2] != [_ROW, _REASON]:
            raise ValueError
        return {int(row[0]): tuple(row[2:]) for row in rows[1:] if row}
    except (OSError, ValueError, csv.Error):
        raise ConfigError(
            f"{path.name} is not a file of refused rows; nothing was changed",
            hint="Make one with `foyer-node refused BATCH --write FILE`; keep its first columns.",
        ) from None
