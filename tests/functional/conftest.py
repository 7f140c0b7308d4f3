"""One recorded network: its coordinator in this process, its nodes in theirs, three rounds."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.support.network import Prepared, RealNetwork, Received, copy_of, until
from tests.support.prepared import prepared
from tests.support.serving import serving_here

from foyer_coordinator.serving import Serving
from foyer_protocol.dp.ledger import EntryKind

__all__ = ["prepared", "recorded"]

ROUNDS = ("round-1", "round-2", "round-3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A running network and every byte that its coordinator received, ever."""

    network: RealNetwork
    serving: Serving
    enrolled: Received = field(repr=False)
    received: Received = field(repr=False)

    @property
    def everything(self) -> bytes:
        """All of it, from the first application on."""
        return b"\n".join(content for _, content in self.enrolled + self.received)


@pytest.fixture(scope="session")
def recorded(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """Three released rounds over every statistic; the nodes still run."""
    received: Received = []
    folder = tmp_path_factory.mktemp("recorded")
    with (
        copy_of(prepared, folder, report_seconds=300, answer_seconds=300) as network,
        serving_here(network.demo.home, lambda *seen: received.append(seen)) as serving,
    ):
        network.start(*network.slugs)
        for name in ROUNDS:
            network.launch(name)
            assert network.finish(name)
        # Nodes hear of a release a moment after it is there; until then their ledgers still grow.
        until(lambda: all(_has_settled(network, slug) for slug in network.slugs), "settling")
        yield Recorded(
            network=network, serving=serving, enrolled=prepared.received, received=received
        )


def _has_settled(network: RealNetwork, slug: str) -> bool:
    """Whether nothing that a node was charged for is open any more."""
    entries = network.ledger(slug).entries
    charged = {entry.job_id for entry in entries if entry.kind is EntryKind.CHARGE}
    return charged == {entry.job_id for entry in entries if entry.kind is EntryKind.SETTLE}
