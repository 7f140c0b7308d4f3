"""Promise: of eight nodes three drop out and two helpers fall silent, and the round is released.

Six of the eight help, two of whom may be silent and one corrupt: governance named them with
`--helper` and `--silent 2`. Every silence here is a kill -9.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2
from tests.support.ledgers import TELLING_SECONDS, assert_ledgers_agree, assert_nothing_paid_twice
from tests.support.network import RealNetwork, copy_of, prepare, until
from typer.testing import CliRunner

from foyer_coordinator.app import open_secrets
from foyer_coordinator.config import read_config as read_coordinator_config
from foyer_coordinator.exporting import export_round
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.app import contribution_of
from foyer_node.config import read_config
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.release import Release
from foyer_protocol.rounds.coordinator import finished
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.phases import Phase
from foyer_verify.cli import app

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

ROUND = "eight-nodes"
STATISTICS = tuple(key for key in CATALOGUE if not key.startswith("money."))
"""Noise for money needs the shares of three honest nodes; a cohort of three counts on two."""
FALSE_ALARM = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Survived:
    """A round that was released, and who of its network was hurt."""

    network: RealNetwork
    release: Release
    dropped: tuple[str, ...]
    silent: tuple[str, ...]

    @property
    def reporters(self) -> tuple[str, ...]:
        """Those whose figures are in the sum."""
        return tuple(slug for slug in self.network.slugs if slug not in self.dropped)


@pytest.fixture(scope="module")
def survived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Survived]:
    """Three are killed before their reports leave, two helpers before they answer.

    Of the three one helps: its machine comes up again once the reports are closed. All
    others are still down when the release is there, and come back after it.
    """
    made = prepare(
        tmp_path_factory.mktemp("eight"), institutions=8, helpers=6, silent=2, minimum_cohort=3
    )
    folder = tmp_path_factory.mktemp("hurt")
    with copy_of(made, folder, report_seconds=8, answer_seconds=16) as network:
        network.start_all()
        late, *silent = network.helpers[:3]
        dropped = (*network.others, late)
        for slug in dropped:
            network.freeze(slug)
        network.launch(ROUND, STATISTICS)
        network.await_reports(ROUND, network.helpers[1:])
        for slug in (*dropped, *silent):
            network.kill(slug)
        until(lambda: network.phase(ROUND) is Phase.UNMASKING, "the reports being closed")
        network.start(late)
        release = network.finish(ROUND)
        assert release is not None, network.reason(ROUND)
        assert not any(network.is_alive(slug) for slug in (*network.others, *silent))
        network.start_all()
        yield Survived(
            network=network, release=release, dropped=dropped, silent=tuple(sorted(silent))
        )


def test_it_is_of_the_five_who_reported_and_was_opened_without_the_silent(survived):
    assert (len(survived.reporters), len(survived.dropped), len(survived.silent)) == (5, 3, 2)
    (figures, veto) = survived.network.sums(ROUND)
    assert figures.chosen == veto.invited == survived.reporters
    assert set(veto.chosen) == set(survived.reporters) - set(survived.silent)
    for one in (figures, veto):
        assert one.missing == survived.silent
        assert len(one.escrows) == one.roster.threshold == 4


def test_its_sum_is_that_of_the_five_and_the_planned_noise(survived):
    figures = survived.network.sums(ROUND)[0]
    plan = figures.job.plan
    exact = sum(
        exact_vector(plan, contribution_of(read_config(survived.network.folder(slug)), plan))
        for slug in survived.reporters
    )
    noise = finished(figures).aggregate - exact
    layout = plan.layout()
    assert not noise[: layout.flags.stop].any()
    parts = []
    for block in layout.blocks:
        variance = len(survived.reporters) * read_fraction(plan.scale(block.family).share_variance)
        slots = noise[block.start : block.start + block.width].astype(float)
        parts.append(slots**2 / float(variance))
    squares = np.concatenate(parts)
    assert squares.size > 400
    tail = chi2.cdf(squares.sum(), squares.size)
    assert FALSE_ALARM / 2 < tail < 1 - FALSE_ALARM / 2


def test_anyone_can_verify_it(survived, tmp_path: Path):
    home, file = survived.network.demo.home, tmp_path / "round.foyer"
    export_round(home, ROUND, file, is_open=True)
    keys = open_secrets(read_coordinator_config(home)).governance
    words = [part for key in keys for part in ("--governance", key)]
    done = CliRunner().invoke(app, ["verify", str(file), *words, "--whole"])
    assert done.exit_code == 0, done.stdout


def test_whoever_was_down_comes_back_and_learns_how_it_ended(survived):
    network = survived.network
    for slug in (*survived.dropped, *survived.silent):
        kept = RoundFiles(network.folder(slug))
        until(kept.releases, f"{slug} hearing of it", TELLING_SECONDS)
        assert [Release.from_json(raw) for raw in kept.releases()] == [survived.release]
    assert all(network.charges(slug, ROUND) == [] for slug in survived.dropped)
    assert_ledgers_agree(network, ROUND)
    assert_nothing_paid_twice(network)
