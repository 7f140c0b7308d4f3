"""One recorded network: its coordinator in this process, its nodes in theirs, three rounds."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.support.network import Prepared, RealNetwork, Received, copy_of
from tests.support.prepared import prepared
from tests.support.serving import serving_here

from foyer_coordinator.serving import Serving

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
        yield Recorded(
            network=network, serving=serving, enrolled=prepared.received, received=received
        )
