"""A network of real processes: a coordinator and its nodes, driven by their own commands."""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from foyer_demo.processes import Family, Running, free_ports, run_command, wait_until
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.errors import ConfigError

COORDINATOR = "foyer_coordinator"
NODE = "foyer_node"
FIRST, SECOND = "the demo's analyst", "the demo's steward"
"""Who proposes rounds, and who launches them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One institution to be: its public facts and the exports it has."""

    facts: dict[str, str]
    exports: tuple[Path, ...]

    @property
    def slug(self) -> str:
        """Its short name."""
        return self.facts["slug"]


@dataclass(slots=True, kw_only=True)
class DemoNetwork:
    """A coordinator folder, a folder a node, and the processes over them."""

    folder: Path
    slug: str = "demo"
    title: str = "Foyer demo"
    report_seconds: int = 60
    answer_seconds: int = 60
    family: Family = field(init=False)
    coordinator: Running | None = None
    nodes: dict[str, Running] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.family = Family(folder=self.folder)

    @property
    def home(self) -> Path:
        """The coordinator's folder."""
        return self.folder / "coordinator"

    def node_folder(self, slug: str) -> Path:
        """A node's folder."""
        return self.folder / slug

    def command(self, *arguments: str) -> str:
        """Run a command of the operator's."""
        return run_command(COORDINATOR, *arguments, "--dir", str(self.home))

    def node_command(self, slug: str, *arguments: str) -> str:
        """Run a command of one institution's."""
        return run_command(NODE, *arguments, "--dir", str(self.node_folder(slug)))

    def make_coordinator(self) -> None:
        """Make the coordinator, on free ports of the loopback address."""
        self.command(
            "init", self.slug, "--governance-key", str(self.governance_key), "--title", self.title
        )
        portal, enrolment, control, fleet = free_ports(4)
        path = self.home / "coordinator.toml"
        settings = path.read_text(encoding="utf-8")
        for section, lines in {
            "listen": (
                'host = "127.0.0.1"',
                'public_host = "127.0.0.1"',
                f"enrolment_port = {enrolment}",
                f"control_port = {control}",
                f"fleet_port = {fleet}",
            ),
            "portal": (f"port = {portal}", "link_seconds = 86400"),
            "rounds": (
                f"report_seconds = {self.report_seconds}",
                f"answer_seconds = {self.answer_seconds}",
            ),
        }.items():
            head = next(line for line in settings.splitlines() if line.startswith(f"[{section}]"))
            settings = settings.replace(head, "\n".join((head, *lines)), 1)
        tomllib.loads(settings)
        path.write_text(settings, encoding="utf-8")

    @property
    def governance_key(self) -> Path:
        """Outside the coordinator's folder, as it would be on another machine."""
        return self.folder / "governance" / "governance.key"

    def start_coordinator(self) -> None:
        """Start it and wait until its ports are open."""
        log = self.folder / "coordinator.log"
        before = log.read_text(encoding="utf-8").count("ready\n") if log.exists() else 0
        self.coordinator = self.family.start(
            "coordinator", COORDINATOR, "serve", "--dir", str(self.home)
        )
        wait_until(
            lambda: log.read_text(encoding="utf-8").count("ready\n") > before,
            "the coordinator opening its ports",
            [self.coordinator],
        )

    def make_nodes(self, houses: Iterable[House], *, run: bool = True) -> None:
        """Make, enrol and fill a node for each house, side by side, and start it if `run`.

        Returns once all are enrolled and, unless they run on, all are filled.
        """
        houses = list(houses)
        lines = self.command("invite", *(house.slug for house in houses)).split()
        for house, line in zip(houses, lines, strict=True):
            spec = self.folder / f"{house.slug}.json"
            words = {
                "folder": str(self.node_folder(house.slug)),
                "facts": house.facts,
                "invitation": line,
                "exports": [str(export) for export in house.exports],
                "run": run,
            }
            spec.write_text(json.dumps(words), encoding="utf-8")
            self.nodes[house.slug] = self.family.start(house.slug, "foyer_demo.house", str(spec))
        started = list(self.nodes.values())
        if run:
            enrolled = [self.node_folder(house.slug) / "network.json" for house in houses]
            wait_until(
                lambda: all(path.exists() for path in enrolled), "every house enrolling", started
            )
            return
        wait_until(lambda: not any(one.is_alive for one in started), "every house importing")
        for one in started:
            if one.process.returncode:
                said = one.log.read_text(encoding="utf-8", errors="replace")
                raise ConfigError(f"{one.name} could not be set up: {said[-1000:]}")

    def start_node(self, slug: str) -> None:
        """Start one node."""
        self.nodes[slug] = self.family.start(
            slug, NODE, "run", "--dir", str(self.node_folder(slug))
        )

    def sign_roster(self, *, minimum_cohort: int, period: str = "2026", cap: str = "1/2") -> str:
        """Governance admits everybody who is enrolled."""
        return self.command(
            *("roster", "sign", "--governance-key", str(self.governance_key)),
            *("--period", period, "--minimum-cohort", str(minimum_cohort), "--cap", cap),
        )

    def propose(self, round_id: str, period: Period, *more: str) -> str:
        """Propose a round over every statistic."""
        return self.command(
            *("round", "propose", round_id, str(period.starts), str(period.ends)),
            *("--accept-unreadable", "--by", FIRST),  # invented houses may be few and small
            *more,
        )

    def launch(self, round_id: str) -> None:
        """Hand it to the coordinator."""
        self.command("round", "launch", round_id, "--by", SECOND)

    def watch(self, round_id: str, seconds: int = 180) -> dict[str, object]:
        """Wait for its release."""
        shown = self.command("round", "watch", round_id, "--seconds", str(seconds), "--as", "json")
        release: dict[str, object] = json.loads(shown)
        return release

    def sign_in_link(self, reader: str) -> str:
        """A one-time link to the portal."""
        return self.command("sign-in-link", reader).strip()

    def wait_for_nodes(self) -> None:
        """Until every node follows the newest roster, which comes over its control stream."""
        wait_until(
            lambda: all((self.node_folder(slug) / "roster.bin").exists() for slug in self.nodes),
            "every node following the roster",
            list(self.nodes.values()),
        )

    def stop(self) -> None:
        """End every process."""
        self.family.stop()
