"""A list of addresses, put together for the command line and the page. Kept nowhere."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from foyer_node.adapters.key_files import read_keys
from foyer_node.adapters.list_log import ListLog, MadeList
from foyer_node.app import now, reading_store
from foyer_node.config import NodeConfig, read_config
from foyer_node.holdings import VAULT_NAME
from foyer_node.insight.lifecycle import LifecycleStage, limits_of
from foyer_node.insight.segment_list import (
    Addressee,
    find_members,
    reveal_addresses,
    write_list,
)
from foyer_protocol.errors import ConfigError


def stage_named(name: str) -> LifecycleStage:
    """The stage of this name.

    Raises:
        ConfigError: there is none; nothing was read.
    """
    try:
        return LifecycleStage(name)
    except ValueError:
        known = ", ".join(LifecycleStage)
        raise ConfigError(
            f"{name!r} is no lifecycle stage; nothing was read", hint=f"The stages: {known}."
        ) from None


def list_addresses(
    config: NodeConfig, stage: LifecycleStage, today: date, *, by: str
) -> tuple[Addressee, ...]:
    """Those at `stage` who may be written to; that the list was made is noted first.

    Raises:
        NothingImported: there are no data.
        StorageError: an import is running, or the note could not be written; nothing is
            given out.
    """
    from foyer_node.adapters.vault_store import VaultStore  # noqa: PLC0415 - a large library

    limits = limits_of(config.institution.type)
    with reading_store(config) as store:
        members = find_members(store.own(), stage, today, limits)
    keys = read_keys(config.path("keys"))
    with VaultStore.open(config.path(VAULT_NAME), keys.vault_key) as vault:
        addressees = reveal_addresses(members, vault)
    made = MadeList(at=now(), stage=stage.value, addresses=len(addressees), by=by)
    ListLog(config.folder).note(made)
    return addressees


def list_here(folder: Path, stage: LifecycleStage, *, by: str, bom: bool) -> Iterator[bytes]:
    """The list of the node in `folder` as of today, a line at a time.

    Raises:
        as `list_addresses`, before the first line.
    """
    config = read_config(folder)
    today = datetime.now(tz=ZoneInfo(config.institution.timezone)).date()
    return write_list(list_addresses(config, stage, today, by=by), bom=bom)
