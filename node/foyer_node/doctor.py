"""Is this node well? Each finding says what to do about it."""

import shutil
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from foyer_node.adapters.helper_key_files import HelperKeyFiles
from foyer_node.adapters.history_files import HistoryFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.app import Membership, read_membership, reading_store
from foyer_node.config import NodeConfig
from foyer_node.histories import ADVICE
from foyer_node.stewardship import period_cap
from foyer_protocol.errors import (
    ConfigError,
    FoyerError,
    NotApproved,
    NothingImported,
    StorageError,
)
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.roster import SignedRoster, helper_key_of
from foyer_web.checks import Value, say_check
from foyer_web.words import words

URL_FILE = "pages.url"
"""Holds the address of the local pages while they are served."""

LEAST_FREE_BYTES = 500 * 2**20
DIAL_SECONDS = 5.0
LATE_DAYS = 45
HELPER_KEY_DAYS = 183
"""Half a year: who steals a helper key opens at most the seeds of as long, and it takes one
signing of governance, which meets for a new roster about as often."""

WAITING_DAYS = 30
"""How long a new helper key may wait for governance before somebody should ask."""


class Mark(StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    `text` and `advice` are English. `code` is stable, and with `values` says the same in
    another language: one of `foyer_web.checks`, or that of an error.
    """

    name: str
    mark: Mark
    text: str
    advice: str = ""
    code: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All of them."""

    all: tuple[Finding, ...]

    @property
    def exit_status(self) -> int:
        """0 well, 1 look at something, 2 rounds cannot work."""
        marks = {finding.mark for finding in self.all}
        return 2 if Mark.BROKEN in marks else int(Mark.LOOK in marks)

    def as_dict(self) -> dict[str, object]:
        """For machines."""
        return {"status": self.exit_status, "findings": [describe(one) for one in self.all]}

    def as_text(self) -> str:
        """For people."""
        lines = []
        for finding in self.all:
            lines.append(f"{finding.mark:6s}  {finding.name}: {finding.text}")
            if finding.advice:
                lines.append(f"        {finding.advice}")
        return "\n".join(lines)


def examine(config: NodeConfig) -> Findings:
    """Look at everything that a round needs. Dials the coordinator and says nothing there."""
    looks: tuple[Callable[[NodeConfig], Iterator[Finding]], ...] = (
        _disk,
        _data,
        _ledger,
        _repeats,
        _helper_key,
        _history,
        _network,
        _pages,
    )
    found: list[Finding] = []
    for look in looks:
        try:
            found += look(config)
        except FoyerError as refusal:
            mark = Mark.BROKEN if isinstance(refusal, StorageError) else Mark.LOOK
            name = look.__name__.strip("_")
            found.append(
                Finding(
                    name=name,
                    mark=mark,
                    text=refusal.message,
                    advice=refusal.hint,
                    code=refusal.code,
                )
            )
    return Findings(all=tuple(found))


def describe(finding: Finding) -> dict[str, object]:
    """One finding for machines; days as ISO 8601."""
    values = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in finding.values.items()
    }
    return asdict(finding) | {"values": values}


def _finding(name: str, mark: Mark, code: str, **values: Value) -> Finding:
    text, advice = say_check(code, values, words("en"))
    return Finding(name=name, mark=mark, text=text, advice=advice, code=code, values=values)


def _disk(config: NodeConfig) -> Iterator[Finding]:
    free = shutil.disk_usage(config.folder).free
    low = free < LEAST_FREE_BYTES
    mark, code = (Mark.LOOK, "disk-low") if low else (Mark.GOOD, "disk-free")
    yield _finding("disk", mark, code, free=free // 2**20)


def _data(config: NodeConfig) -> Iterator[Finding]:
    with reading_store(config) as store:
        until = store.data_until()
    if until is None:
        text = "nothing is imported yet"
        yield Finding(name="data", mark=Mark.LOOK, text=text, code=NothingImported.code)
        return
    age = (datetime.now(tz=UTC).date() - until).days
    mark, code = (Mark.LOOK, "data-old") if age > LATE_DAYS else (Mark.GOOD, "data-fresh")
    yield _finding("data", mark, code, until=until)


def _ledger(config: NodeConfig) -> Iterator[Finding]:
    files = RoundFiles(config.folder)
    ledger, kept = files.ledger(), files.roster()
    periods = {entry.period for entry in ledger.entries}
    if kept:
        roster = SignedRoster.from_bytes(kept[1]).roster
        period, limit = roster.period, float(period_cap(config.policy, roster))
    else:
        period = max(periods, default="")
        limit = float(read_fraction(config.policy.period_rho_cap))
    if period not in periods:
        yield _finding("ledger", Mark.GOOD, "ledger-unspent", cap=limit)
        return
    spent, back = float(ledger.spent(period)), float(ledger.refunded(period))
    if back:
        yield _finding(
            "ledger", Mark.GOOD, "ledger-refunded", spent=spent, cap=limit, period=period, back=back
        )
        return
    yield _finding("ledger", Mark.GOOD, "ledger-spent", spent=spent, cap=limit, period=period)


def _repeats(config: NodeConfig) -> Iterator[Finding]:
    """The newest repeat that was refused; nothing where there was none."""
    refused = RoundFiles(config.folder).repeats()
    if refused:
        before, by = refused[-1]
        names = {"round": by, "before": before.round_id}
        yield _finding("repeats", Mark.GOOD, "repeat-refused", **names)


def _helper_key(config: NodeConfig) -> Iterator[Finding]:
    """How old the key is that opens seeds, and what becomes of it."""
    keys, kept = HelperKeyFiles(config.path("keys")), RoundFiles(config.folder).roster()
    current, pending = keys.current(), keys.pending()
    today = datetime.now(tz=UTC).date()
    roster = SignedRoster.from_bytes(kept[1]).roster if kept else None
    named = helper_key_of(roster, config.institution.slug) if roster else ""
    held = {one.key.public.hex() for one in (current, pending) if one}
    if named and named not in held:
        yield _finding("helper-key", Mark.BROKEN, "helper-key-strange")
    elif pending:
        waits = (today - pending.made).days > WAITING_DAYS
        mark = Mark.LOOK if waits else Mark.GOOD
        yield _finding("helper-key", mark, "helper-key-pending", made=pending.made)
    else:
        due = current.made + timedelta(days=HELPER_KEY_DAYS)
        mark, code = Mark.GOOD, "helper-key-fresh"
        if today >= due:
            mark, code = Mark.LOOK, "helper-key-due"
        yield _finding("helper-key", mark, code, made=current.made, due=due)


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
    yield _finding("history", Mark.GOOD, "history-kept", length=length, head=head, agreed=agreed)


def _network(config: NodeConfig) -> Iterator[Finding]:
    try:
        membership = read_membership(config)
    except ConfigError:
        yield _finding("network", Mark.LOOK, "not-enrolled")
        return
    yield _dial(config, membership, "control", membership.control_address)
    yield _dial(config, membership, "fleet", membership.fleet_address)


def _dial(config: NodeConfig, membership: Membership, name: str, address: str) -> Finding:
    """Open TLS with our certificate, as a round would, and hang up."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    try:
        context = ssl.create_default_context(cafile=config.path("keys", "authority.pem"))
        context.load_cert_chain(
            config.path("keys", "client.pem"), config.path("keys", "transport.key")
        )
        with (
            socket.create_connection((host, int(port)), timeout=DIAL_SECONDS) as raw,
            context.wrap_socket(raw, server_hostname=host),
        ):
            network = membership.network.slug
            return _finding(name, Mark.GOOD, "answers", network=network, address=address)
    except ssl.SSLCertVerificationError as failure:
        why = failure.verify_message
        return _finding(name, Mark.BROKEN, "stranger", address=address, reason=why)
    except OSError as failure:
        why = failure.strerror or str(failure)
        return _finding(name, Mark.BROKEN, "unreachable", address=address, reason=why)


def _pages(config: NodeConfig) -> Iterator[Finding]:
    local = config.web.host in ("127.0.0.1", "::1", "localhost")
    try:
        address = config.path(URL_FILE).read_text().strip()
    except FileNotFoundError:
        yield _finding("pages", Mark.GOOD, "pages-off")
        return
    mark, code = (Mark.GOOD, "pages-here") if local else (Mark.LOOK, "pages-open")
    yield _finding("pages", mark, code, address=address)
