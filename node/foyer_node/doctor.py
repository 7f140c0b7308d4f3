"""Is this node well? Each finding says what to do about it."""

import shutil
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum

from foyer_node.app import Membership, read_membership, reading_store
from foyer_node.config import NodeConfig
from foyer_protocol.errors import FoyerError, StorageError

LEAST_FREE_BYTES = 500 * 2**20
DIAL_SECONDS = 5.0
LATE_DAYS = 45


class Mark(StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    mark: Mark
    text: str
    advice: str = ""


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
        return {"status": self.exit_status, "findings": [asdict(one) for one in self.all]}

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
            found.append(Finding(name=name, mark=mark, text=refusal.message, advice=refusal.hint))
    return Findings(all=tuple(found))


def _disk(config: NodeConfig) -> Iterator[Finding]:
    free = shutil.disk_usage(config.folder).free
    low = free < LEAST_FREE_BYTES
    yield Finding(
        name="disk",
        mark=Mark.LOOK if low else Mark.GOOD,
        text=f"{free // 2**20} MiB free",
        advice="Make room: a ledger that cannot be written stops every round." if low else "",
    )


def _data(config: NodeConfig) -> Iterator[Finding]:
    with reading_store(config) as store:
        until = store.data_until()
    if until is None:
        yield Finding(name="data", mark=Mark.LOOK, text="nothing is imported yet")
        return
    age = (datetime.now(tz=UTC).date() - until).days
    late = age > LATE_DAYS
    yield Finding(
        name="data",
        mark=Mark.LOOK if late else Mark.GOOD,
        text=f"orders up to {until}, {age} days ago",
        advice="Import a newer export." if late else "",
    )


def _ledger(config: NodeConfig) -> Iterator[Finding]:
    from foyer_node.preview import ledger_listing

    record, _ = ledger_listing(config)
    yield Finding(
        name="ledger", mark=Mark.GOOD, text=f"chain verified, spent {record['spent'] or 'nothing'}"
    )


def _network(config: NodeConfig) -> Iterator[Finding]:
    membership = read_membership(config)
    for name, address in (
        ("control", membership.control_address),
        ("fleet", membership.fleet_address),
    ):
        yield _dial(config, membership, name, address)


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
            return Finding(
                name=name, mark=Mark.GOOD, text=f"{membership.network.slug} answers at {address}"
            )
    except ssl.SSLCertVerificationError as failure:
        return Finding(
            name=name,
            mark=Mark.BROKEN,
            text=f"{address} shows a certificate of somebody else: {failure.verify_message}",
            advice="A proxy may be inspecting encrypted traffic: have this address exempted.",
        )
    except OSError as failure:
        return Finding(
            name=name,
            mark=Mark.BROKEN,
            text=f"{address} cannot be reached: {failure.strerror or failure}",
            advice="Allow this machine to dial out to that address; nothing needs to come in.",
        )


def _pages(config: NodeConfig) -> Iterator[Finding]:
    local = config.web.host in ("127.0.0.1", "::1", "localhost")
    yield Finding(
        name="pages",
        mark=Mark.GOOD if local else Mark.LOOK,
        text=f"local pages on {config.web.host}:{config.web.port}",
        advice="" if local else "Anyone on this network can read this institution's own figures.",
    )
