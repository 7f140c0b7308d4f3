"""What each file of a support bundle holds. Each works on a folder in whatever state."""

import platform
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import available_timezones

from foyer_node.adapters.machine_probe import is_being_written
from foyer_node.adapters.outbox_files import Outbox
from foyer_node.adapters.pull_files import PullFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.adapters.schema_steps import MIGRATIONS
from foyer_node.adapters.store_survey import survey
from foyer_node.app import now, reading_store
from foyer_node.config import NodeConfig
from foyer_node.doctoring.looking import DAMAGE
from foyer_node.faults import name_and_place
from foyer_node.holdings import STORE_NAME, VAULT_NAME
from foyer_node.support.scrubbing import band, known_words, scrub_log, spread
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.fingerprint import catalogue_fingerprint
from foyer_protocol.dp.ledger import EntryKind
from foyer_protocol.errors import FoyerError
from foyer_protocol.messages.codec import fraction_text
from foyer_protocol.version import PROTOCOL_VERSION
from foyer_web.sending import KINDS

LIBRARIES = ("foyer", "duckdb", "flwr", "grpcio", "httpx", "cryptography", "pydantic", "uvicorn")
FILES = (
    "node.toml", "network.json", "roster.bin", "ledger.jsonl", "questions.jsonl", "helper.jsonl",
    "history.jsonl", "pulls.json", "fleet.session", "pages.url",
    STORE_NAME, f"{STORE_NAME}.wal", VAULT_NAME, f"{VAULT_NAME}.wal",
    "keys/identity.key", "keys/helper.key", "keys/helper.next", "keys/transport.key",
    "keys/visitor.secret", "keys/store.secret", "keys/vault.key", "keys/client.pem",
    "keys/authority.pem",
)  # fmt: skip
FOLDERS = ("aborts", "jobs", "journal", "outbox", "plans", "releases", "rosters")
MOST_MESSAGES = 500
_YEAR = 4  # digits that a budget's period begins with


def guarded(look: Callable[[], object]) -> object:
    """What `look` gives, or by code or by name and place why it cannot."""
    try:
        return look()
    except FoyerError as refusal:
        return {"unreadable": refusal.code}
    except DAMAGE as failure:
        return {"unreadable": name_and_place(failure)}


def versions() -> object:
    """Of the program, the protocol, the catalogue, Python and the libraries that matter."""
    found: dict[str, str] = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return {
        "protocol": PROTOCOL_VERSION,
        "catalogue": catalogue_fingerprint(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "libraries": found,
    }


def settings(config: NodeConfig | None, *, with_places: bool) -> object:
    """`node.toml` by its known settings; of a free text only whether something stands there."""
    if config is None:
        return {"unreadable": "config"}
    house, data, zone = config.institution, config.data, config.institution.timezone
    told: dict[str, object] = {
        "institution": {
            "country": house.country,
            "currency": house.currency,
            "size_band": house.size_band,
            "timezone": zone if zone in available_timezones() else "unknown",
        },
        "policy": {
            "paused": config.policy.paused,
            "statistics": [key for key in config.policy.statistics if key in CATALOGUE],
            "minimum_cohort": config.policy.minimum_cohort,
            "period_rho_cap": config.policy.period_rho_cap,
            "keep_openings_days": config.policy.keep_openings_days,
        },
        "data": {
            name: value if isinstance(value, bool | int) else bool(value)
            for name, value in data
        },
        "link": {"poll_seconds": config.link.poll_seconds},
        "web": {"port": config.web.port},
        "sources": [
            {"kind": "folder" if one.folder else "shop", "every_minutes": one.every_minutes}
            for one in config.sources
        ],
    }  # fmt: skip
    if with_places:
        told["web"] = {"host": config.web.host, "port": config.web.port}
    return told


def store(config: NodeConfig | None) -> object:
    """Schema version, and the sizes of our own tables by their order of magnitude."""
    if config is None:  # opening it would write another house's facts into it
        return {"unreadable": "config"}
    if is_being_written(config.path(STORE_NAME)):
        return {"unreadable": "another process is writing"}
    with reading_store(config) as opened:
        seen = survey(opened)
    steps = " ".join(step for steps in MIGRATIONS for step in steps).split()
    ours = {word.strip('"(') for word in steps}
    return {
        "schema_version": seen.schema_version,
        "known_schema_version": len(MIGRATIONS),
        "data_until": f"{seen.until:%Y-%m}" if seen.until else "",
        "tables": {name: band(size) for name, size in seen.sizes if name in ours},
    }


def ledger(folder: Path) -> object:
    """What each period's budget had, after verifying the chain. No round is named."""
    entries = RoundFiles(folder).ledger()
    periods: dict[str, object] = {}
    for period in sorted({entry.period for entry in entries.entries}):
        kinds = Counter(entry.kind for entry in entries.entries if entry.period == period)
        periods[period if period[:_YEAR].isdigit() else "another"] = {
            "spent": fraction_text(entries.spent(period)),
            "refunded": fraction_text(entries.refunded(period)),
            "entries": {kind.value: kinds[kind] for kind in EntryKind},
        }
    return {"verified": True, "periods": periods}


def outbox(folder: Path) -> object:
    """The index by kind, size and time. No round, no digest and no content."""
    sent = Outbox(folder / "outbox", now).list()
    return {
        "messages": band(len(sent)),
        "last": [
            {
                "at": datetime.fromtimestamp(one.at, tz=UTC).isoformat(),
                "kind": f"{one.channel}: {one.kind}"
                if (one.channel, one.kind) in KINDS
                else "another",
                "bytes": int(one.size),
            }
            for one in sent[-MOST_MESSAGES:]
        ],
    }


def sources(folder: Path) -> object:
    """How often pulls failed. No source and no file is named."""
    known = known_words().refusals
    return [
        {
            "failures": int(state.failures),
            "refusal": state.refusal if state.refusal in known else "",
            "files_seen": band(len(state.seen)),
        }
        for state in PullFiles(folder).states().values()
    ]


def files(folder: Path) -> object:
    """Rights and order of size of the node's own files, by a list of their names."""
    found: dict[str, object] = {}
    for name in FILES:
        path = folder / name
        if path.exists():
            state = path.stat()
            found[name] = {"mode": f"{state.st_mode & 0o7777:o}", "bytes": band(state.st_size)}
    counts = {
        name: sum(1 for _ in (folder / name).iterdir())
        for name in FOLDERS
        if (folder / name).is_dir()
    }
    return {"files": found, "folders": spread(counts)}


def log(path: Path | None) -> object:
    """The last lines of a log, without what they say."""
    if path is None:
        return "no log was given: see --log\n"
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "".join(f"{line}\n" for line in scrub_log(lines, known_words()))
