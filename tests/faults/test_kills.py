"""kill -9 of either side mid-round and a restart: the round ends, and nothing is paid twice."""

from collections.abc import Iterator

import pytest
from tests.support.ledgers import assert_ledgers_agree, assert_nothing_paid_twice
from tests.support.network import Prepared, RealNetwork, copy_of, until
from tests.support.postgres import MISSING, find_binaries, postgres_server

from foyer_protocol.rounds.phases import Phase

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running(prepared: Prepared, tmp_path_factory) -> Iterator[RealNetwork]:
    folder = tmp_path_factory.mktemp("coordinator")
    with copy_of(prepared, folder, report_seconds=200, answer_seconds=200) as network:
        yield network


@pytest.fixture
def network(running: RealNetwork) -> Iterator[RealNetwork]:
    running.start_all()
    yield running
    running.thaw_all()


def kill_and_start_coordinator(network: RealNetwork) -> None:
    network.kill_coordinator()
    network.demo.start_coordinator()


def assert_ended_well(network: RealNetwork, round_id: str) -> None:
    """Released once, with every node in it, each job paid once and reported once."""
    assert network.finish(round_id)
    (figures, veto) = network.sums(round_id)
    assert figures.chosen == veto.chosen == network.slugs
    for slug in network.slugs:
        assert network.charges(slug, round_id) == [figures.job.job_id, veto.job.job_id]
        sent = [one.kind for one in network.outbox(slug) if one.round_id == round_id]
        assert sorted(sent) == ["answer"] * 2 * (slug in network.helpers) + ["report"] * 2
    assert_ledgers_agree(network, round_id)
    assert_nothing_paid_twice(network)


def kill_while_reporting(network: RealNetwork, round_id: str) -> None:
    """With five reports in and the sixth outstanding."""
    slow = network.others[0]
    network.freeze(slow)
    network.launch(round_id)
    network.await_reports(round_id, tuple(s for s in network.slugs if s != slow))
    kill_and_start_coordinator(network)
    network.thaw(slow)


def kill_while_unmasking(network: RealNetwork, round_id: str) -> None:
    """With the answers of two helpers in and the third's outstanding."""
    silent, slow = network.helpers[0], network.others[0]
    network.freeze(slow)
    network.launch(round_id)
    network.await_reports(round_id, (silent,))
    network.freeze(silent)
    network.thaw(slow)
    until(lambda: len(network.sums(round_id)[0].answers) == 2, "two of three answers")
    assert network.phase(round_id) is Phase.UNMASKING
    kill_and_start_coordinator(network)
    network.thaw(silent)


def kill_while_reviewing(network: RealNetwork, round_id: str) -> None:
    """With the figures summed and one node's word on dominance outstanding."""
    silent, slow = network.others[1], network.others[0]
    network.freeze(slow)
    network.launch(round_id)
    network.await_reports(round_id, (silent,))
    network.freeze(silent)
    network.thaw(slow)
    network.await_reports(round_id, tuple(s for s in network.slugs if s != silent), job=1)
    assert network.phase(round_id) is Phase.REVIEWING
    kill_and_start_coordinator(network)
    network.thaw(silent)


POINTS = {
    "reporting": kill_while_reporting,
    "unmasking": kill_while_unmasking,
    "reviewing": kill_while_reviewing,
}


@pytest.mark.parametrize("point", POINTS)
def test_a_coordinator_killed_mid_round_finishes_it_after_its_restart(network, point):
    POINTS[point](network, f"killed-{point}")
    assert_ended_well(network, f"killed-{point}")


def test_a_coordinator_killed_just_after_the_release_says_it_again_to_every_node(network):
    network.freeze(network.others[0])
    network.launch("said-again")
    network.await_reports("said-again", network.helpers)
    network.thaw_all()
    release = network.finish("said-again")
    kill_and_start_coordinator(network)
    assert network.rounds.release("said-again") == release
    assert_ended_well(network, "said-again")


def test_a_node_killed_after_it_reported_that_comes_back_finishes_the_round(network):
    killed, slow = network.others[0], network.others[1]
    network.freeze(slow)
    network.launch("comes-back")
    network.await_reports("comes-back", (killed,))
    network.kill(killed)
    network.start(killed)
    network.thaw(slow)
    assert_ended_well(network, "comes-back")


@pytest.mark.postgres
def test_on_postgresql_too_a_killed_coordinator_finishes_the_round(network):
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(MISSING)
    with postgres_server(binaries) as server:
        network.move_book(server.url(server.create()))
        kill_while_unmasking(network, "on-postgres")
        assert_ended_well(network, "on-postgres")
        network.kill_coordinator()
