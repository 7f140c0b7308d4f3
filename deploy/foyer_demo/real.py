"""`python -m foyer_demo.real`: what `make real` runs.

The demo's network, with real files as its institutions: a box office, two order books and
an export of pretix take part in a round, and museum counts show what cannot be shared yet.
Exits 40, having started nothing, where the files are absent.
"""

import argparse
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from foyer_demo.network import DemoNetwork
from foyer_demo.outcome import compare, covered, last_line
from foyer_demo.processes import wait_until
from foyer_demo.real_figures import HouseFigures, add, bounded_sums, pool, read_house, read_off
from foyer_demo.real_houses import count_locally, make_sources, try_as_published
from foyer_demo.real_source import PERIOD, Source, need_data
from foyer_demo.real_words import (
    describe_counts,
    describe_sources,
    describe_verdicts,
    table_of_houses,
    table_of_loss,
    territories,
)
from foyer_protocol.errors import FoyerError

ROUND = "real-files"
READER = "real"
IMPORT_SECONDS = 600.0
"""The theatre brings half a million tickets, which two cores read in some 30 seconds."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RealOptions:
    """What can be chosen on the command line."""

    data: Path
    once: bool = False
    folder: Path | None = None
    minimum_cohort: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A release and when it came."""

    release: dict[str, object]
    seconds: float


def run_real(options: RealOptions, say: Say) -> int:
    """Run to the end; the exit status."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        need_data(options.data)
        if options.folder is not None:
            return _run_in(options.folder, options, stop, say)
        with tempfile.TemporaryDirectory(prefix="foyer-real-") as folder:
            return _run_in(Path(folder), options, stop, say)
    except FoyerError as refusal:
        say(f"foyer-demo: {refusal.message}  [{refusal.code}]")
        if refusal.hint:
            say(f"  Next: {refusal.hint}")
        return refusal.exit_status


def _run_in(folder: Path, options: RealOptions, stop: threading.Event, say: Say) -> int:
    network = DemoNetwork(folder=folder, slug="real", title="Foyer on real files")
    try:
        final = _play(network, options, say)
        if not options.once:
            say("  Ctrl-C ends it.")
            while not stop.wait(0.5):
                pass
        say(final)
        return 0
    finally:
        network.stop()


def _play(network: DemoNetwork, options: RealOptions, say: Say) -> str:
    """Prepare, run one round, compare, and return the last line."""
    begun = time.monotonic()
    sources = _prepare(network, options, say)
    outcome = _release(network, sources, options, begun, say)
    houses = [
        read_house(network.node_folder(house.slug), house.slug)
        for source in sources
        for house in source.houses
    ]
    say("\nwhat each house computes about itself, from its own node (exact; never sent):")
    say(table_of_houses(houses))
    say("\n" + describe_counts(count_locally(options.data)))
    return _judge(network, houses, outcome, say)


def _prepare(network: DemoNetwork, options: RealOptions, say: Say) -> list[Source]:
    say(f"preparing houses from the files in {options.data}; every order is moved into")
    say(f"{PERIOD.starts} to {PERIOD.ends} by whole weeks; amounts are stand-ins without a unit\n")
    with ThreadPoolExecutor(1) as aside:
        opening = aside.submit(_open_coordinator, network)
        sources = make_sources(options.data, network.folder / "exports")
        verdicts = try_as_published(options.data, network.folder / "published")
        opening.result()
    say(describe_sources(sources))
    say("\nthe published files as they are, offered to the importer:")
    say(describe_verdicts(verdicts))
    return sources


def _open_coordinator(network: DemoNetwork) -> None:
    network.make_coordinator()
    network.start_coordinator()


def _release(
    network: DemoNetwork, sources: list[Source], options: RealOptions, begun: float, say: Say
) -> Outcome:
    houses = [house for source in sources for house in source.houses]
    say(f"\nenrolling {len(houses)} houses, importing their files, starting their nodes")
    network.make_nodes(houses)
    say("  " + network.sign_roster(minimum_cohort=options.minimum_cohort).strip())
    say("  " + network.propose(ROUND, PERIOD).splitlines()[0])
    wait_until(
        lambda: all((network.node_folder(house.slug) / "roster.bin").exists() for house in houses),
        "every house having imported its file and followed the roster",
        list(network.nodes.values()),
        IMPORT_SECONDS,
    )
    launched = time.monotonic()
    network.launch(ROUND)
    release = network.watch(ROUND)
    done = time.monotonic()
    say(f"released {done - launched:.1f} s after launch, {done - begun:.1f} s after the start")
    return Outcome(release=release, seconds=done - begun)


def _judge(network: DemoNetwork, houses: list[HouseFigures], outcome: Outcome, say: Say) -> str:
    """Lay the release beside the truth."""
    begun = time.monotonic()
    sums = pool(network.node_folder(house.slug) for house in houses)
    by_nodes = add(house.exact.values for house in houses)
    agreed = sum(sums[leaf] == by_nodes[leaf] for leaf in sums)
    truth = read_off(sums)
    bounded = read_off(add(bounded_sums(house) for house in houses))
    records = compare(outcome.release, truth.values, truth.residence)
    say("\nthe federated result beside the pooled truth, which only we can see:")
    say(table_of_loss(records, truth, bounded))
    say(territories(records))
    held, shown = covered(records)
    kept, _ = covered(compare(outcome.release, bounded.values, bounded.residence))
    say(
        f"  {held} of {shown} intervals hold the pooled truth; {kept} of {shown} hold what the"
        " bounds of 40 tickets and 600 units a visitor leave of it"
    )
    say(
        f"  the slow reference engine and the nodes' SQL agree on {agreed} of {len(sums)} pooled"
        f" sums ({time.monotonic() - begun:.0f} s to check)"
    )
    say(f"  portal: {network.sign_in_link(READER)}")
    return last_line(records, institutions=len(houses), seconds=outcome.seconds)


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="foyer-demo real", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the release")
    parser.add_argument("--keep", type=Path, default=None, help="keep everything in this folder")
    parser.add_argument(
        "--data", type=Path, default=Path("..", "shared", "data"), help="where the real files are"
    )
    parser.add_argument("--minimum-cohort", type=int, default=5)
    chosen = parser.parse_args()
    return run_real(
        RealOptions(
            data=chosen.data,
            once=chosen.once,
            folder=chosen.keep,
            minimum_cohort=chosen.minimum_cohort,
        ),
        say=lambda text: print(text, flush=True),
    )


if __name__ == "__main__":
    sys.exit(main())
