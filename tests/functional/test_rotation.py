"""Promise: a helper key is renewed by one command and one roster, and opens nothing afterwards.

On real processes: the thief has every file of the node, every file of the coordinator with its
database, and every byte that the coordinator ever received.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.support.lost_keys import all_bytes, holds, opens
from tests.support.network import LARGE_BUDGET, Prepared, RealNetwork, Received, copy_of, until
from tests.support.serving import serving_here

from foyer_coordinator.governing.setup import sign_next_roster
from foyer_coordinator.serving import Serving
from foyer_node.adapters.helper_key_files import HelperKeyFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.masking import context, seal_info

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

BEFORE, AFTER = "before-rotation", "after-rotation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A network whose first helper renews its key, and everything that was recorded."""

    network: RealNetwork
    serving: Serving
    received: Received = field(repr=False)

    @property
    def helper(self) -> str:
        """Whose key it is."""
        return self.network.helpers[0]

    @property
    def keys(self) -> HelperKeyFiles:
        """Its keys, looked at from outside."""
        return HelperKeyFiles(self.network.folder(self.helper) / "keys")

    def heap(self) -> list[bytes]:
        """All that a thief of node and coordinator has."""
        return [
            *all_bytes(self.network.folder(self.helper)),
            *all_bytes(self.network.demo.home),
            *(content for _, content in self.received),
        ]

    def sealed(self, state: SumState) -> tuple[bytes, bytes]:
        """What another institution sealed to our helper in a sum, and what it is bound to."""
        other = self.network.others[0]
        report = state.reports[other]
        bound = context(state.job, other, bytes.fromhex(report.signed.header.nonce))
        position = state.roster.committee.index(self.helper)
        return report.sealed[position], seal_info(bound, self.helper)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of the helper's own."""
        place = ("--dir", str(self.network.folder(self.helper)))
        return subprocess.run(
            [sys.executable, "-m", "foyer_node", *words, *place],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def known_key(self) -> str:
        """The helper key that the next roster will name."""
        return self.serving.books.members.institution(self.helper).helper_key


@pytest.fixture(scope="module")
def town(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One released round under the first roster; nothing was renewed yet."""
    received: Received = []
    folder = tmp_path_factory.mktemp("rotation")
    with (
        copy_of(prepared, folder, report_seconds=200, answer_seconds=200) as network,
        serving_here(network.demo.home, lambda *seen: received.append(seen)) as serving,
    ):
        network.start(*network.slugs)
        network.launch(BEFORE)
        assert network.finish(BEFORE)
        yield Town(network=network, serving=serving, received=received)


def test_what_was_sealed_before_stays_shut_whatever_is_taken(town):
    network, keys = town.network, town.keys
    old, sealed = keys.current().key, town.sealed(network.sums(BEFORE)[0])
    assert opens(town.heap(), *sealed)  # the search does find a key that is there
    said = town.command("rotate-helper-key")
    assert (said.returncode, "was made" in said.stdout) == (0, True)
    coming = keys.pending().key.public
    assert "waits since" in town.command("rotate-helper-key").stdout
    until(lambda: town.known_key() == coming.hex(), "the coordinator hearing of it")
    assert "waits for a roster that names it" in town.command("doctor").stdout
    sign_next_roster(
        network.demo.home, network.demo.governance_key,
        period="2026", minimum_cohort=4, cap=LARGE_BUDGET, helpers=network.helpers,
    )  # fmt: skip
    until(lambda: keys.pending() is None, "the node following the roster")
    for slug in network.slugs:
        files = RoundFiles(network.folder(slug))
        until(lambda: files.roster()[0] == 2, f"{slug} following the roster")  # noqa: B023
    network.launch(AFTER)
    assert network.finish(AFTER)
    heap = town.heap()
    assert not opens(heap, *sealed)
    assert not holds(heap, old.to_bytes())
    assert keys.current().key.public == coming
    assert opens(heap, *town.sealed(network.sums(AFTER)[0]))
    assert "a new one is due on" in town.command("doctor").stdout
    assert "helper_key" in [sent.kind for sent in network.outbox(town.helper)]
