"""From launch to release on real processes, for 2, 6 and 20 nodes of one machine.

Timed: from `round launch` being written to the database until the release is in it, with
every node and the coordinator running and idle, as they are between rounds. Both commands
run in this process, so that starting Python is not timed. Of three rounds the median.

The floor is the same round in this process's memory: every node's queries over its own
store and the whole protocol (`simulate.run_round`), divided by the cores, since nodes can
work side by side. It has no network, no disk, no other process and no waiting.

Twenty nodes are the demo's twelve houses and eight of them again under other names. Two
nodes are below the gate's five contributors: every figure is withheld, and the release
that says so is what is timed. They are also too few for the noise of prices, which is
left out there: a share of it would pass the sampler's range. The last row starts from
nothing: `foyer_demo --once`.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median

from foyer_coordinator import setup
from foyer_coordinator.planning.drafting import Question
from foyer_coordinator.planning.setup import launch, propose
from foyer_demo.exports import write_exports
from foyer_demo.network import DemoNetwork, House
from foyer_demo.profiles import PROFILES
from foyer_demo.run import house_of
from foyer_demo.world import DEFAULT_PERIOD, WorldConfig, generate
from foyer_node.app import contribution_of
from foyer_node.config import read_config
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.rounds.planning import Wish, make_plan
from foyer_protocol.simulate import make_network, run_round

TARGETS = {2: 5.0, 6: 5.0, 20: 15.0}
"""Seconds by nodes. Twenty processes share this machine's cores; in life each has its own."""

DEMO_TARGET = 40.0
ROUNDS = 3
SCALE = 0.1
MOST_SECONDS = 180
AT_ONCE = 4
"""Houses that enrol side by side; the enrolment port turns a crowd away."""

SETTLING_SECONDS = 5.0
"""Until processes that have just started are idle, as they are between rounds."""


def run() -> list[dict[str, object]]:
    """Return a row per size and one for the demo. Takes about five minutes on two cores."""
    return [*(_launched(nodes) for nodes in TARGETS), _demo()]


def _statistics(nodes: int) -> tuple[str, ...]:
    return tuple(key for key in CATALOGUE if nodes > 2 or key != "money.average_ticket_price")


def _launched(nodes: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="foyer-bench-") as name:
        network = DemoNetwork(folder=Path(name))
        try:
            cohort = _start(network, nodes)
            asked = _statistics(nodes)
            seconds = median(_round(network, at, asked) for at in range(ROUNDS))
        finally:
            network.stop()
        floor = _floor(network, cohort, asked)
    case = f"launch to release, {nodes} nodes, {len(asked)} statistics"
    return _row(case, seconds, floor, TARGETS[nodes])


def _houses(folder: Path, nodes: int) -> Iterator[House]:
    world = generate(WorldConfig(institutions=min(nodes, len(PROFILES)), scale=SCALE))
    known = [house_of(one) for one in write_exports(world, folder)]
    for at in range(nodes):
        house = known[at % len(known)]
        again = f"{house.slug}-again" if at >= len(known) else house.slug
        yield replace(house, facts={**house.facts, "slug": again})


def _start(network: DemoNetwork, nodes: int) -> int:
    """Everything enrolled, filled, admitted and idle; the minimum cohort."""
    cohort = min(nodes, 5)
    network.make_coordinator()
    network.start_coordinator()
    houses = list(_houses(network.folder / "exports", nodes))
    for at in range(0, nodes, AT_ONCE):
        network.make_nodes(houses[at : at + AT_ONCE], run=False)
    slugs = tuple(network.nodes)
    for slug in slugs:
        settings = network.node_folder(slug) / "node.toml"
        text = settings.read_text(encoding="utf-8")
        wanted = text.replace("[policy]\n", f"[policy]\nminimum_cohort = {cohort}\n", 1)
        settings.write_text(wanted, encoding="utf-8")
        network.start_node(slug)
    network.sign_roster(minimum_cohort=cohort)
    network.wait_for_nodes()
    time.sleep(SETTLING_SECONDS)
    return cohort


def _round(network: DemoNetwork, number: int, statistics: tuple[str, ...]) -> float:
    round_id = f"round-{number}"
    question = Question(
        round_id=round_id,
        starts=DEFAULT_PERIOD.starts,
        # the same question twice is answered from the release that is there
        ends=DEFAULT_PERIOD.ends - timedelta(days=number),
        statistics=statistics,
    )
    propose(network.home, question, by="analyst", accept_unreadable=True)
    time.sleep(1.0)  # the proposal reaches the nodes before it is launched, as in life
    start = time.monotonic()
    launch(network.home, round_id, by="colleague")
    setup.watch(network.home, round_id, MOST_SECONDS)
    return time.monotonic() - start


def _floor(network: DemoNetwork, cohort: int, statistics: tuple[str, ...]) -> float:
    plan = make_plan(
        Wish(
            round_id="in-memory",
            network="simulated",
            statistics=statistics,
            period=DEFAULT_PERIOD,
            currency="EUR",
            minimum_cohort=cohort,
            colluding=1,
        )
    )
    configs = {slug: read_config(network.node_folder(slug)) for slug in network.nodes}
    start = time.monotonic()
    parts = {slug: contribution_of(config, plan) for slug, config in configs.items()}
    computing = time.monotonic() - start
    return (computing + _in_memory(plan, parts, cohort)) / min(len(configs), _cores())


def _in_memory(plan: Plan, parts: dict[str, Contribution], cohort: int) -> float:
    helpers = min(3, len(parts))
    roster, parties = make_network(parts, helpers=helpers, minimum_cohort=cohort)
    start = time.monotonic()
    release = run_round(plan, roster, parties)
    if not isinstance(release, Release):
        raise RuntimeError(f"a round in memory gave up: {release.reason}")
    return time.monotonic() - start


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _demo() -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "foyer_demo", "--once"], check=True, capture_output=True, text=True
    )
    seconds = json.loads(done.stdout.splitlines()[-1])["seconds_to_release"]
    return _row("demo, start to release, installed", seconds, None, DEMO_TARGET)


def _row(case: str, value: float, floor: float | None, target: float) -> dict[str, object]:
    return {
        "case": case,
        "value": round(value, 1),
        "unit": "s",
        "floor": None if floor is None else round(floor, 2),
        "target": target,
        "met": value < target,
    }
