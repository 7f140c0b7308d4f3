"""A node put together: the one place that knows every adapter."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from foyer_node.adapters.decision_file import NAME as DECISIONS_NAME
from foyer_node.adapters.decision_file import DecisionFile
from foyer_node.adapters.durable import write_durably
from foyer_node.adapters.helper_key_files import HelperKeyFiles
from foyer_node.adapters.history_files import HistoryFiles
from foyer_node.adapters.key_files import NodeKeys, read_keys
from foyer_node.adapters.opening_files import OpeningFiles
from foyer_node.adapters.outbox_files import Outbox
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.config import NodeConfig
from foyer_node.engine.extract import Extractor
from foyer_node.following import Network
from foyer_node.holdings import STORE_NAME, open_store
from foyer_node.openings import Audit, Openings
from foyer_node.rotation import Rotation
from foyer_node.session import NodeSession
from foyer_node.standing import Standing
from foyer_node.stream_events import StreamEvents
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.fingerprint import catalogue_fingerprint
from foyer_protocol.errors import ConfigError, NothingImported
from foyer_protocol.messages.plan import Plan

if TYPE_CHECKING:
    from foyer_node.adapters.duckdb_store import DuckDBStore


def now() -> int:
    """Seconds since 1970, UTC: the node's clock."""
    return int(time.time())


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What enrolment left in `network.json`; the addresses are where the node dials."""

    network: Network
    control_address: str
    fleet_address: str


def keep_membership(config: NodeConfig, membership: Membership) -> None:
    """Write `network.json`."""
    network = membership.network
    facts = {
        "network": network.slug,
        "institution": network.institution,
        "coordinator_key": network.coordinator_key,
        "governance_keys": list(network.governance_keys),
        "governance_quorum": network.governance_quorum,
        "control_address": membership.control_address,
        "fleet_address": membership.fleet_address,
    }
    write_durably(config.path("network.json"), json.dumps(facts, indent=1).encode())


def read_membership(config: NodeConfig) -> Membership:
    """Read `network.json`.

    Raises:
        ConfigError: the node is not enrolled yet.
    """
    try:
        facts = json.loads(config.path("network.json").read_bytes())
    except FileNotFoundError:
        raise ConfigError(
            f"{config.institution.slug} is not enrolled in a network yet",
            hint="Ask the network's operator for an invitation, then `foyer-node enrol CODE`.",
        ) from None
    return Membership(
        network=Network(
            slug=facts["network"],
            institution=facts["institution"],
            coordinator_key=facts["coordinator_key"],
            governance_keys=tuple(facts["governance_keys"]),
            governance_quorum=facts.get("governance_quorum", 1),
        ),
        control_address=facts["control_address"],
        fleet_address=facts["fleet_address"],
    )


@contextmanager
def reading_store(config: NodeConfig) -> "Iterator[DuckDBStore]":
    """The imported data, for reading only and no longer than needed.

    Raises:
        NothingImported: no file was imported yet.
    """
    path = config.path(STORE_NAME)
    if not path.exists():
        raise NothingImported(
            "no ticket export has been imported yet; nothing was computed",
            hint="`foyer-node import FILE --preview` shows what a file would give.",
        )
    store = open_store(config, read_only=True)
    try:
        yield store
    finally:
        store.close()


def contribution_of(config: NodeConfig, plan: Plan) -> Contribution:
    """What this institution's data give to a plan, exact and not yet noised."""
    with reading_store(config) as store:
        return Extractor(store).extract(plan.layout(), plan.period)


def open_openings(config: NodeConfig, keys: NodeKeys, clock: Callable[[], int] = now) -> Openings:
    """What opens this node's reports, for as long as its policy keeps it."""
    files = OpeningFiles(config.path("openings"), keys.vault_key)
    return Openings(store=files, days=config.policy.keep_openings_days, clock=clock)


@dataclass(slots=True, kw_only=True)
class Node:
    """The parts of one node. `session` is None until it is enrolled."""

    config: NodeConfig
    keys: NodeKeys = field(repr=False)
    files: RoundFiles
    outbox: Outbox
    membership: Membership
    session: NodeSession


def open_node(config: NodeConfig, clock: Callable[[], int] = now) -> Node:
    """Put an enrolled node together; nothing is started and nothing is sent."""
    membership = read_membership(config)
    keys = read_keys(config.path("keys"))
    files = RoundFiles(config.folder)
    outbox = Outbox(config.path("outbox"), clock)
    openings = open_openings(config, keys, clock)
    openings.forget()
    session = NodeSession(
        network=membership.network,
        policy=config.policy,
        identity=keys.identity,
        helper_key=keys.helper_key,
        store=files,
        history=HistoryFiles(config.folder),
        show=outbox.record,
        compute=lambda plan: contribution_of(config, plan),
        openings=openings,
        decisions=DecisionFile(config.folder, clock).read,
        keyring=HelperKeyFiles(config.path("keys")),
        clock=clock,
    )
    return Node(
        config=config,
        keys=keys,
        files=files,
        outbox=outbox,
        membership=membership,
        session=session,
    )


def audit_report_of(config: NodeConfig, job_id: str) -> Audit:
    """What holds of one of this node's reports, for its own auditor.

    Raises:
        as `Openings.audit`, and NothingImported: there are no data to compare with.
    """
    keys = read_keys(config.path("keys"))
    openings = open_openings(config, keys)
    return openings.audit(job_id, keys.identity.public, lambda plan: contribution_of(config, plan))


def run_node(
    config: NodeConfig,
    stop: threading.Event,
    serve_pages: Callable[[Node, threading.Event], None],
    status_of: Callable[[NodeConfig], tuple[str, date | None]],
    pull: Callable[[NodeConfig, threading.Event, Callable[[], int]], None] | None = None,
) -> None:
    """Run until `stop` is set: fleet, control stream, local pages and the sources' pulls.

    `status_of` says what the coordinator is told; see `data_status`.

    Raises:
        ConfigError: not enrolled, a key is missing or a port is taken.
    """
    from foyer_node.adapters.control_client import ControlClient, ControlTls
    from foyer_node.adapters.flower_client import FlowerCourier, Pace

    node = open_node(config)
    node.session.resume()
    keys = config.path("keys")
    courier = FlowerCourier(
        address=node.membership.fleet_address,
        certificate=keys / "client.pem",
        key=keys / "transport.key",
        ca=keys / "authority.pem",
        session_file=config.path("fleet.session"),
        pace=Pace(idle_seconds=config.link.poll_seconds),
    )
    events = StreamEvents(session=node.session, nudge=courier.nudge)
    control = ControlClient(
        address=node.membership.control_address,
        tls=ControlTls(
            authority_pem=(keys / "authority.pem").read_bytes(),
            certificate_pem=(keys / "client.pem").read_bytes(),
            key_pem=(keys / "transport.key").read_bytes(),
        ),
        events=events,
        software_version=version("foyer"),
        catalogue_fingerprint=catalogue_fingerprint(),
        on_sent=lambda kind, raw: node.outbox.record(raw, channel="control", kind=kind),
    )
    events.say = control.witness
    events.acknowledge = control.refunded
    standing = Standing(
        files=(config.path(DECISIONS_NAME), config.path(STORE_NAME)),
        read=lambda: status_of(config),
        tell=control.status,
    )
    standing.look()
    rotation = Rotation(
        keys=HelperKeyFiles(keys), identity=node.keys.identity, announce=control.helper_key
    )
    threads = [
        threading.Thread(target=rotation.keep, args=(stop,), name="rotation", daemon=True),
        threading.Thread(target=standing.keep, args=(stop,), name="standing", daemon=True),
        threading.Thread(target=control.run, args=(stop,), name="control", daemon=True),
        threading.Thread(target=serve_pages, args=(node, stop), name="pages", daemon=True),
    ]
    if config.sources and pull is not None:
        work = (config, stop, now)
        threads.append(threading.Thread(target=pull, args=work, name="pulls", daemon=True))
    for thread in threads:
        thread.start()
    try:
        courier.run(node.session.handle, stop)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=5)


def utc_now() -> datetime:
    """The same clock as an aware datetime."""
    return datetime.now(tz=UTC)
