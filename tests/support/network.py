"""Real networks of processes for the tests: prepared once, copied, run, hurt and looked at.

A network is enrolled and filled once a session, with every byte that reached its
coordinator kept. Each test module then runs a copy of those folders on ports of its own.
Every wait has a bound, and `stop` ends every process by its id.
"""

import json
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.support.serving import serving_here

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.adapters.database_tables import METADATA
from foyer_coordinator.adapters.migrations import upgrade
from foyer_coordinator.config import read_config
from foyer_coordinator.governing.setup import sign_next_roster
from foyer_coordinator.planning.drafting import Question
from foyer_coordinator.planning.setup import launch, propose
from foyer_demo.exports import write_exports
from foyer_demo.network import DemoNetwork
from foyer_demo.processes import free_ports
from foyer_demo.run import house_of
from foyer_demo.world import DEFAULT_PERIOD, WorldConfig, generate
from foyer_node.adapters.outbox_files import Outbox, Sent
from foyer_node.adapters.round_files import RoundFiles
from foyer_protocol.dp.ledger import EntryKind, Ledger
from foyer_protocol.messages.release import Release
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.phases import Phase

SCALE = 0.02
PERIOD = DEFAULT_PERIOD
LARGE_BUDGET = "50"
"""zCDP a period, so that a module's rounds never end for want of budget."""

ONLINE = "connected to the coordinator"
"""What a node's log says once it has a session at the fleet port."""

WAIT_SECONDS = 100.0
Received = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Stopped folders of an enrolled and filled network, and what its coordinator received."""

    folder: Path
    slugs: tuple[str, ...]
    helpers: tuple[str, ...]
    received: Received = field(repr=False)


def prepare(
    folder: Path,
    *,
    institutions: int = 6,
    helpers: int = 3,
    silent: int = 0,
    minimum_cohort: int = 4,
) -> Prepared:
    """Invent houses, enrol them with a coordinator in this process, import their files.

    The first three help and all are needed, so that it shows when one is not there.
    """
    received: Received = []
    network = DemoNetwork(folder=folder)
    world = generate(WorldConfig(institutions=institutions, scale=SCALE))
    files = write_exports(world, folder / "exports")
    network.make_coordinator()
    try:
        with serving_here(network.home, lambda *seen: received.append(seen)):
            network.make_nodes((house_of(one) for one in files), run=False)
    finally:
        network.stop()
    for one in files:
        settings = network.node_folder(one.slug) / "node.toml"
        text = settings.read_text(encoding="utf-8")
        policy = (
            f'[policy]\nperiod_rho_cap = "{LARGE_BUDGET}/1"\nminimum_cohort = {minimum_cohort}\n'
        )
        settings.write_text(text.replace("[policy]\n", policy, 1), encoding="utf-8")
    slugs = tuple(sorted(one.slug for one in files))
    sign_next_roster(
        network.home,
        network.governance_key,
        period="2026",
        minimum_cohort=minimum_cohort,
        cap=LARGE_BUDGET,
        helpers=slugs[:helpers],
        silent=silent,
    )
    return Prepared(folder=folder, slugs=slugs, helpers=slugs[:helpers], received=received)


@dataclass(slots=True, kw_only=True)
class RealNetwork:
    """A copy of a prepared network, looked at from outside through its own database."""

    demo: DemoNetwork
    slugs: tuple[str, ...]
    helpers: tuple[str, ...]
    """Institutions on the committee."""
    database: Database
    _frozen: set[str] = field(default_factory=set)

    @property
    def rounds(self) -> DatabaseRounds:
        """The coordinator's book of rounds, looked at from outside."""
        return DatabaseRounds(self.database)

    @property
    def others(self) -> tuple[str, ...]:
        """Institutions that only report."""
        return tuple(slug for slug in self.slugs if slug not in self.helpers)

    def folder(self, slug: str) -> Path:
        """A node's folder."""
        return self.demo.node_folder(slug)

    def start(self, *slugs: str) -> None:
        """Start the named nodes, and wait until each is online on the fleet port."""
        said = {slug: self.log(slug).count(ONLINE) for slug in slugs}
        for slug in slugs:
            self.demo.start_node(slug)
        for slug in slugs:
            until(lambda: self.log(slug).count(ONLINE) > said[slug], f"{slug} online")  # noqa: B023

    def start_all(self) -> None:
        """Whatever does not run is started; whatever is frozen goes on."""
        self.thaw_all()
        if self.demo.coordinator is None or not self.demo.coordinator.is_alive:
            self.demo.start_coordinator()
        away = [slug for slug in self.slugs if not self.is_alive(slug)]
        if away:
            self.start(*away)

    def is_alive(self, slug: str) -> bool:
        """Whether the node's process runs."""
        return slug in self.demo.nodes and self.demo.nodes[slug].is_alive

    def end(self, slug: str) -> None:
        """Ask a node to end, and wait."""
        self.demo.nodes[slug].process.terminate()
        self.demo.nodes[slug].process.wait(WAIT_SECONDS)

    def kill(self, slug: str) -> None:
        """kill -9 a node."""
        self.demo.nodes[slug].process.kill()
        self.demo.nodes[slug].process.wait(WAIT_SECONDS)
        self._frozen.discard(slug)

    def kill_coordinator(self) -> None:
        """kill -9 the coordinator."""
        assert self.demo.coordinator is not None
        self.demo.coordinator.process.kill()
        self.demo.coordinator.process.wait(WAIT_SECONDS)

    def freeze(self, slug: str) -> None:
        """Stop a node where it stands, as a machine that hangs."""
        os.kill(self.demo.nodes[slug].process.pid, signal.SIGSTOP)
        self._frozen.add(slug)

    def thaw(self, slug: str) -> None:
        """Let it go on."""
        os.kill(self.demo.nodes[slug].process.pid, signal.SIGCONT)
        self._frozen.discard(slug)

    def thaw_all(self) -> None:
        """Let every frozen node go on."""
        for slug in tuple(self._frozen):
            self.thaw(slug)

    def propose(self, round_id: str, statistics: tuple[str, ...] = ()) -> None:
        """Propose a round, over every statistic if none is named, of 40 days before the last.

        The same question twice would be answered from the release that is there, and about
        nearly the same days no helper opens a sum of one institution more or less.
        """
        earlier = timedelta(days=40 * len(self.rounds.rounds()))
        question = Question(
            round_id=round_id,
            starts=PERIOD.starts - earlier,
            ends=PERIOD.ends - earlier,
            statistics=statistics,
        )
        # These houses are tiny.
        propose(self.demo.home, question, by="analyst", accept_unreadable=True)

    def launch(self, round_id: str, statistics: tuple[str, ...] = ()) -> None:
        """Propose and launch a round."""
        self.propose(round_id, statistics)
        launch(self.demo.home, round_id, by="colleague")

    def finish(self, round_id: str, seconds: float = WAIT_SECONDS) -> Release | None:
        """Wait for the end of a round; its release, or None where it was aborted."""
        until(
            lambda: self.phase(round_id) in (Phase.RELEASED, Phase.ABORTED),
            f"the end of {round_id}",
            seconds,
        )
        return self.rounds.release(round_id)

    def phase(self, round_id: str) -> Phase:
        """Where a round stands."""
        row = self.rounds.round(round_id)
        assert row is not None
        return row.phase

    def reason(self, round_id: str) -> str:
        """Why a round was aborted."""
        row = self.rounds.round(round_id)
        assert row is not None
        return row.reason

    def sums(self, round_id: str) -> tuple[SumState, ...]:
        """The round's sums, as the coordinator keeps them."""
        return tuple(self.rounds.sums_of(round_id))

    def await_reports(self, round_id: str, slugs: tuple[str, ...], job: int = 0) -> None:
        """Until the coordinator holds the reports of `slugs` to a round's sum number `job`."""

        def have() -> bool:
            sums = self.sums(round_id)
            return len(sums) > job and set(slugs) <= set(sums[job].reports)

        until(have, f"reports of {', '.join(slugs)} to {round_id}")

    def ledger(self, slug: str) -> Ledger:
        """A node's ledger, its chain verified."""
        return RoundFiles(self.folder(slug)).ledger()

    def charges(self, slug: str, round_id: str) -> list[str]:
        """The jobs of a round that a node was charged for, in order."""
        return [
            entry.job_id
            for entry in self.ledger(slug).entries
            if entry.round_id == round_id and entry.kind is EntryKind.CHARGE
        ]

    def outbox(self, slug: str) -> list[Sent]:
        """What left a node."""
        return Outbox(self.folder(slug) / "outbox", lambda: 0).list()

    def sent_bytes(self, slug: str) -> list[bytes]:
        """The very bytes that left a node."""
        box = Outbox(self.folder(slug) / "outbox", lambda: 0)
        return [box.content(sent.number) for sent in box.list()]

    def log(self, slug: str) -> str:
        """What a node's process said."""
        path = self.demo.folder / f"{slug}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def move_book(self, url: str) -> None:
        """Kill the coordinator and start it over a copy of its book at `url`."""
        self.kill_coordinator()
        config = read_config(self.demo.home)
        upgrade(url)
        before, after = self.database, Database(url)
        with before.reading() as source, after.writing() as target:
            for table in METADATA.sorted_tables:
                rows = [dict(row._mapping) for row in source.execute(table.select())]
                if rows:
                    target.execute(table.insert(), rows)
        before.close()
        path = config.path("coordinator.toml")
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("[database]\n", f'[database]\nurl = "{url}"\n', 1))
        self.database = after
        self.demo.start_coordinator()

    def stop(self) -> None:
        """End every process."""
        self.thaw_all()
        self.demo.stop()


@contextmanager
def copy_of(
    prepared: Prepared,
    folder: Path,
    *,
    report_seconds: int,
    answer_seconds: int,
) -> Iterator[RealNetwork]:
    """A copy of a prepared network on free ports, nothing started; all ended at the end."""
    network = DemoNetwork(folder=folder)
    for name in ("coordinator", "governance", *prepared.slugs):
        shutil.copytree(prepared.folder / name, folder / name, dirs_exist_ok=True)
    portal, enrolment, control, fleet = free_ports(4)
    path = network.home / "coordinator.toml"
    text = path.read_text(encoding="utf-8")
    for name, value in {
        "enrolment_port": enrolment,
        "control_port": control,
        "fleet_port": fleet,
        "port": portal,
        "report_seconds": report_seconds,
        "answer_seconds": answer_seconds,
    }.items():
        text, found = re.subn(rf"(?m)^{name} = \d+$", f"{name} = {value}", text)
        assert found == 1
    path.write_text(text, encoding="utf-8")
    for slug in prepared.slugs:
        facts = json.loads(network.node_folder(slug).joinpath("network.json").read_bytes())
        facts |= {
            "control_address": f"127.0.0.1:{control}",
            "fleet_address": f"127.0.0.1:{fleet}",
        }
        network.node_folder(slug).joinpath("network.json").write_text(json.dumps(facts))
    database = Database(read_config(network.home).database_url)
    real = RealNetwork(
        demo=network, slugs=prepared.slugs, helpers=prepared.helpers, database=database
    )
    try:
        yield real
    finally:
        real.stop()
        real.database.close()


def until(fact: Callable[[], object], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Look until `fact` holds, or fail the test."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(0.03)
