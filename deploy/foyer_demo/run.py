"""The demo: six institutions bring the exports they have, and one round is run for real.

Everything is what an institution would install: separate processes, real files, real
ports on the loopback address, real keys. Only the visitors are invented.
"""

import json
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from foyer_demo.exports import InstitutionFiles, write_exports
from foyer_demo.network import DemoNetwork, House
from foyer_demo.outcome import compare, covered, last_line, table
from foyer_demo.truth import Truth, pooled_truth
from foyer_demo.world import World, WorldConfig, generate
from foyer_protocol.errors import FoyerError

ROUND = "first-round"
READER = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What can be chosen on the command line."""

    institutions: int = 6
    scale: float = 1.0
    once: bool = False
    folder: Path | None = None
    minimum_cohort: int = 5


def house_of(files: InstitutionFiles) -> House:
    """The institution behind a folder of the generator."""
    facts = json.loads(files.facts.read_text(encoding="utf-8"))
    return House(facts=facts, exports=(files.export,))


def run_demo(options: DemoOptions, say: Callable[[str], None] = print) -> int:
    """Run the demo to its end; the exit status."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if options.folder is not None:
        return _run_in(options.folder, options, stop, say)
    with tempfile.TemporaryDirectory(prefix="foyer-demo-") as folder:
        return _run_in(Path(folder), options, stop, say)


def _run_in(
    folder: Path, options: DemoOptions, stop: threading.Event, say: Callable[[str], None]
) -> int:
    begun = time.monotonic()
    network = DemoNetwork(folder=folder)
    try:
        final = _play(network, options, begun, say)
        if not options.once:
            say("  Ctrl-C ends it.")
            while not stop.wait(0.5):
                pass
        say(final)
        return 0
    except FoyerError as refusal:
        say(f"foyer-demo: {refusal.message}  [{refusal.code}]")
        return refusal.exit_status
    finally:
        network.stop()


def _play(
    network: DemoNetwork, options: DemoOptions, begun: float, say: Callable[[str], None]
) -> str:
    """Set up, run one round, and return the last line."""
    say(f"inventing {options.institutions} institutions and their exports")
    with ThreadPoolExecutor(1) as aside:
        opening = aside.submit(_open_coordinator, network)
        world = generate(WorldConfig(institutions=options.institutions, scale=options.scale))
        files = write_exports(world, network.folder / "exports")
        opening.result()
    say("enrolling them, importing their files, starting their nodes")
    network.make_nodes(house_of(one) for one in files)
    slugs = {one.slug for one in files}
    say("  " + network.sign_roster(minimum_cohort=options.minimum_cohort).strip())
    say("  " + network.propose(ROUND, world.config.period).splitlines()[0])
    network.wait_for_nodes()
    launched = time.monotonic()
    network.launch(ROUND)
    release = network.watch(ROUND)
    done = time.monotonic()
    truth = _truth_of(world)
    records = compare(release, truth.values, truth.residence)
    held, shown = covered(records)
    say(f"released {done - launched:.1f} s after launch, {done - begun:.1f} s after the start")
    say(table(records))
    say(f"  {held} of {shown} intervals hold the pooled truth, territories included")
    say(f"  portal: {network.sign_in_link(READER)}")
    for slug in sorted(slugs):
        page = network.node_folder(slug) / "pages.url"
        if page.exists():
            say(f"  {slug}: {page.read_text(encoding='utf-8').strip()}  (mine against peers)")
    return last_line(records, institutions=len(slugs), seconds=done - begun)


def _open_coordinator(network: DemoNetwork) -> None:
    network.make_coordinator()
    network.start_coordinator()


def _truth_of(world: World) -> Truth:
    return pooled_truth(world, world.config.period)
