"""Is this node well? Looks at everything at once, and never longer than ten seconds.

What is found is judged in `doctoring`, what is seen comes from the probes of `adapters`; here
they meet. A look that fails is a finding too, and hides no other.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from foyer_node.adapters import machine_probe as machine
from foyer_node.adapters.file_heads import is_plain
from foyer_node.adapters.helper_key_files import HelperKeyFiles
from foyer_node.adapters.history_files import HistoryFiles
from foyer_node.adapters.key_files import ENVIRONMENT, SECRET_BYTES, STORE_KEY, VAULT_KEY
from foyer_node.adapters.outbox_files import Outbox
from foyer_node.adapters.pull_files import PullFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.app import now, reading_store
from foyer_node.calling import look_at_network
from foyer_node.config import CONFIG_NAME, Institution, NodeConfig, read_config
from foyer_node.doctoring import data, rounds
from foyer_node.doctoring import machine as on_machine
from foyer_node.doctoring.findings import Finding, Findings, Mark, describe, finding
from foyer_node.doctoring.looking import Look, look_at_all
from foyer_node.doctoring.rounds import HELPER_KEY_DAYS, WAITING_DAYS
from foyer_node.faults import name_and_place
from foyer_node.histories import ADVICE
from foyer_node.holdings import STORE_NAME, VAULT_NAME
from foyer_node.importing.schedule import SourceState
from foyer_node.stewardship import period_cap
from foyer_protocol.catalogue.fingerprint import catalogue_fingerprint
from foyer_protocol.errors import ConfigError, NotApproved
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import SignedRoster, helper_key_of

__all__ = [
    "HELPER_KEY_DAYS",
    "URL_FILE",
    "WAITING_DAYS",
    "Finding",
    "Findings",
    "Mark",
    "describe",
    "examine",
    "examine_folder",
]

URL_FILE = "pages.url"
"""Holds the address of the local pages while they are served."""

_URL = re.compile(r"http://[A-Za-z0-9.:\[\]-]+:[0-9]{1,5}/?")

At = Callable[[NodeConfig], Iterator[Finding]]

KEY_SIZES = {"identity.key": 32, "visitor.secret": SECRET_BYTES, "transport.key": 0}
"""Every node's own key files, and their size in bytes where it is fixed."""

DATA_KEYS = {STORE_KEY: STORE_NAME, VAULT_KEY: VAULT_NAME}
"""Keys that may lie in a variable instead, and the file that each opens."""


def examine(config: NodeConfig) -> Findings:
    """Look at all that a round needs. Dials the coordinator and asks it for the time."""
    return Findings(all=_all(config, LOOKS))


def examine_folder(folder: Path) -> Findings:
    """The same, and without a `node.toml` that can be read at all that does not need one."""
    if not (folder / CONFIG_NAME).is_file():
        return _without_settings(folder, finding("settings", Mark.BROKEN, "settings-missing"))
    try:
        return examine(read_config(folder))
    except ConfigError as refusal:
        reason = refusal.message
    except OSError as failure:
        reason = name_and_place(failure)
    wrong = finding("settings", Mark.BROKEN, "settings-wrong", reason=reason)
    return _without_settings(folder, wrong)


def _without_settings(folder: Path, why: Finding) -> Findings:
    nobody = Institution(slug="unknown", name="unknown", country="XX")
    alone = {name: at for name, at in LOOKS.items() if name not in NEED_SETTINGS}
    return Findings(all=(why, *_all(NodeConfig(institution=nobody, folder=folder), alone)))


def _all(config: NodeConfig, looks: Mapping[str, At]) -> tuple[Finding, ...]:
    return look_at_all([Look(name=name, at=partial(at, config)) for name, at in looks.items()])


def _version(config: NodeConfig) -> Iterator[Finding]:
    plans = sorted(config.path("plans").glob("*.json"), key=lambda path: path.stat().st_mtime)
    theirs = Plan.from_json(plans[-1].read_bytes()).catalogue if plans else ""
    yield data.judge_version(version("foyer"), catalogue_fingerprint(), theirs)


def _disk(config: NodeConfig) -> Iterator[Finding]:
    yield on_machine.judge_disk(machine.free_bytes(config.folder))


def _memory(config: NodeConfig) -> Iterator[Finding]:
    yield on_machine.judge_memory(machine.read_memory())


def _keys(config: NodeConfig) -> Iterator[Finding]:
    """Missing or damaged files of `keys`, and private files that others can read."""
    folder = config.path("keys")
    missing = [name for name, size in KEY_SIZES.items() if not _is_whole(folder / name, size)]
    for name, opens in DATA_KEYS.items():
        needed = config.path(opens).exists() and not is_plain(config.path(opens))
        if needed and not os.environ.get(ENVIRONMENT[name]):
            missing += [name] * (not _is_whole(folder / name, SECRET_BYTES))
    private = [folder / name for name in (*KEY_SIZES, *DATA_KEYS, "helper.key", "helper.next")]
    private += [config.path(name) for name in (STORE_NAME, VAULT_NAME, "ledger.jsonl")]
    yield on_machine.judge_keys(missing, machine.readable_by_others(private))


def _is_whole(path: Path, size: int) -> bool:
    return path.is_file() and (path.stat().st_size == size if size else path.stat().st_size > 0)


def _encryption(config: NodeConfig) -> Iterator[Finding]:
    files = [config.path(name) for name in (STORE_NAME, VAULT_NAME)]
    if any(path.exists() for path in files):
        apart = all(os.environ.get(variable) for variable in ENVIRONMENT.values())
        yield data.judge_encryption(any(is_plain(path) for path in files), apart)


def _data(config: NodeConfig) -> Iterator[Finding]:
    if machine.is_being_written(config.path(STORE_NAME)):
        yield finding("data", Mark.GOOD, "data-busy")
        return
    from foyer_node.adapters.store_survey import survey  # with the store's engine

    with reading_store(config) as store:
        seen = survey(store)
    yield data.judge_freshness(seen.until, datetime.now(tz=UTC).date())
    yield data.judge_quarantine(seen.rows, seen.refused)


def _sources(config: NodeConfig) -> Iterator[Finding]:
    if config.sources:
        states = PullFiles(config.folder).states()
        names = [source.name for source in config.sources]
        yield data.judge_sources({name: states.get(name, SourceState()).failures for name in names})


def _policy(config: NodeConfig) -> Iterator[Finding]:
    yield data.judge_policy(config.policy.paused)


def _ledger(config: NodeConfig) -> Iterator[Finding]:
    files = RoundFiles(config.folder)
    ledger, kept = files.ledger(), files.roster()
    periods = {entry.period for entry in ledger.entries}
    if kept:
        roster = SignedRoster.from_bytes(kept[1]).roster
        period, cap = roster.period, float(period_cap(config.policy, roster))
    else:
        period = max(periods, default="")
        cap = float(read_fraction(config.policy.period_rho_cap))
    spent = float(ledger.spent(period)) if period in periods else None
    back = float(ledger.refunded(period)) if period in periods else 0.0
    yield rounds.judge_ledger(period, spent=spent, back=back, cap=cap)


def _repeats(config: NodeConfig) -> Iterator[Finding]:
    """The newest repeat that was refused; nothing where there was none."""
    refused = RoundFiles(config.folder).repeats()
    if refused:
        before, by = refused[-1]
        names = {"round": by, "before": before.round_id}
        yield finding("repeats", Mark.GOOD, "repeat-refused", **names)


def _helper_key(config: NodeConfig) -> Iterator[Finding]:
    """How old the key is that opens seeds, and what becomes of it."""
    keys, kept = HelperKeyFiles(config.path("keys")), RoundFiles(config.folder).roster()
    current, pending = keys.current(), keys.pending()
    roster = SignedRoster.from_bytes(kept[1]).roster if kept else None
    yield rounds.judge_helper_key(
        named=helper_key_of(roster, config.institution.slug) if roster else "",
        held=[one.key.public.hex() for one in (current, pending) if one],
        made=current.made,
        pending=pending.made if pending else None,
        today=datetime.now(tz=UTC).date(),
    )


def _history(config: NodeConfig) -> Iterator[Finding]:
    files = HistoryFiles(config.folder)
    found = files.alarm()
    if found:
        code = NotApproved.code
        yield Finding(name="history", mark=Mark.BROKEN, text=found, advice=ADVICE, code=code)
        return
    history = files.history()
    length, agreed = len(history.entries), len(files.witnesses())
    head = history.head[:16]
    yield finding("history", Mark.GOOD, "history-kept", length=length, head=head, agreed=agreed)


def _network(config: NodeConfig) -> Iterator[Finding]:
    """The way to the coordinator, and by its clock whether ours is right."""
    found, skew = look_at_network(config)
    yield from found
    sent = Outbox(config.path("outbox"), now).list()
    yield on_machine.judge_clock(skew, now(), max((one.at for one in sent), default=0))


def _listening(config: NodeConfig) -> Iterator[Finding]:
    meant = 0
    if not _is_local_host(config.web.host):
        address = _url(config)
        meant = int(address.rstrip("/").rpartition(":")[2]) if address else config.web.port
    yield on_machine.judge_listening(machine.listeners(), meant)


def _pages(config: NodeConfig) -> Iterator[Finding]:
    address = _url(config)
    if not address:
        yield finding("pages", Mark.GOOD, "pages-off")
        return
    local = _is_local_host(config.web.host)
    mark, code = (Mark.GOOD, "pages-here") if local else (Mark.LOOK, "pages-open")
    yield finding("pages", mark, code, address=address)


def _url(config: NodeConfig) -> str:
    path = config.path(URL_FILE)
    if not path.exists():
        return ""
    address = path.read_text(encoding="ascii").strip()
    if not _URL.fullmatch(address):
        raise ValueError("this is no address of pages")
    return address


def _is_local_host(host: str) -> bool:
    return host in {"127.0.0.1", "::1", "localhost"}


LOOKS: Mapping[str, At] = {
    "version": _version,
    "disk": _disk,
    "memory": _memory,
    "keys": _keys,
    "encryption": _encryption,
    "data": _data,
    "sources": _sources,
    "policy": _policy,
    "ledger": _ledger,
    "repeats": _repeats,
    "helper-key": _helper_key,
    "history": _history,
    "network": _network,
    "listening": _listening,
    "pages": _pages,
}
NEED_SETTINGS = frozenset({"data", "sources", "policy", "ledger", "helper-key"})
"""Looks that would go by a setting, or open the store, which follows the settings."""
