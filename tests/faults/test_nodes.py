"""A node that refuses, is away, hangs or dies: a round ends, and all ledgers agree with it."""

import time
from collections.abc import Iterator

import pytest
from tests.support.ledgers import (
    assert_all_given_back,
    assert_ledgers_agree,
    assert_nothing_paid_twice,
)
from tests.support.network import Prepared, RealNetwork, copy_of, until

from foyer_demo.processes import run_command
from foyer_protocol.rounds.phases import Phase

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running(prepared: Prepared, tmp_path_factory) -> Iterator[RealNetwork]:
    folder = tmp_path_factory.mktemp("nodes")
    with copy_of(prepared, folder, report_seconds=8, answer_seconds=8) as network:
        yield network


@pytest.fixture
def network(running: RealNetwork) -> Iterator[RealNetwork]:
    """Six nodes that run; a test may hurt them, for the next test they all run again."""
    running.start_all()
    yield running
    running.thaw_all()
    assert_nothing_paid_twice(running)


def set_policy(network: RealNetwork, slug: str, line: str) -> None:
    """Give a node a policy and start it again; an empty line takes the last one away."""
    network.end(slug)
    path = network.folder(slug) / "node.toml"
    kept = [x for x in path.read_text(encoding="utf-8").splitlines() if "# by the test" not in x]
    if line:
        kept.insert(kept.index("[policy]") + 1, f"{line} # by the test")
    path.write_text("\n".join(kept), encoding="utf-8")
    network.start(slug)


def test_nodes_whose_policy_says_no_pay_nothing_and_the_others_go_on(network):
    paused, choosy = network.others[:2]
    set_policy(network, paused, "paused = true")
    set_policy(network, choosy, 'statistics = ["volume.bookers"]')
    before = {slug: network.ledger(slug) for slug in (paused, choosy)}
    network.launch("two-refuse")
    release = network.finish("two-refuse")
    assert release
    assert release.participants == "3-4"
    (figures, veto) = network.sums("two-refuse")
    assert figures.refusals == dict.fromkeys((paused, choosy), "not-approved")
    assert set(veto.invited) == set(network.slugs) - {paused, choosy}
    assert {slug: network.ledger(slug) for slug in (paused, choosy)} == before
    assert_ledgers_agree(network, "two-refuse")
    set_policy(network, paused, "")
    set_policy(network, choosy, "")


def test_a_node_that_runs_tells_of_a_pause_and_of_its_end(network):
    slug, log = network.others[0], network.demo.folder / "coordinator.log"

    def times(state: str) -> int:
        return log.read_text(encoding="utf-8", errors="replace").count(f"{slug} is {state}\n")

    until(lambda: times("ready") > 0, "the node's first word")
    paused, ready = times("paused"), times("ready")
    run_command("foyer_node", "pause", "--dir", str(network.folder(slug)))
    until(lambda: times("paused") > paused, "the word of the pause")
    assert times("ready") == ready
    run_command("foyer_node", "resume", "--dir", str(network.folder(slug)))
    until(lambda: times("ready") > ready, "the word of its end")


def test_a_node_that_is_away_is_waited_for_until_the_deadline_and_pays_nothing(network):
    away = network.others[1]
    network.end(away)
    before = network.ledger(away)
    network.launch("one-away")
    release = network.finish("one-away")
    assert release
    assert release.participants == "5-9"
    assert network.ledger(away) == before
    assert_ledgers_agree(network, "one-away")


def test_with_too_many_away_nothing_is_released_and_the_charges_come_back(network):
    for slug in network.others:
        network.end(slug)
    network.launch("too-few")
    assert network.finish("too-few") is None
    assert network.reason("too-few") == "too-few-nodes"
    assert all(len(network.charges(slug, "too-few")) == 1 for slug in network.helpers)
    assert_ledgers_agree(network, "too-few")
    assert_all_given_back(network, "too-few")


def test_a_node_killed_before_it_reports_is_left_out(network):
    killed = network.others[0]
    network.freeze(killed)
    network.launch("dies-early")
    network.await_reports("dies-early", tuple(s for s in network.slugs if s != killed))
    network.kill(killed)
    assert network.finish("dies-early")
    assert network.charges(killed, "dies-early") == []
    assert_ledgers_agree(network, "dies-early")


def test_a_node_killed_after_it_reported_leaves_nothing_released(network):
    killed, slow = network.others[0], network.others[1]
    network.freeze(slow)  # keeps the reporting open
    network.launch("dies-late")
    network.await_reports("dies-late", (killed,))
    network.kill(killed)
    network.thaw(slow)
    assert network.finish("dies-late") is None
    assert network.reason("dies-late") == "too-few-nodes"
    (figures, veto) = network.sums("dies-late")
    assert killed in figures.chosen
    assert set(veto.reports) == set(network.slugs) - {killed}
    assert network.charges(killed, "dies-late") == [figures.job.job_id]
    assert_ledgers_agree(network, "dies-late")


def test_a_helper_killed_before_it_answers_aborts_the_round_and_the_next_one_succeeds(network):
    killed, slow = network.helpers[0], network.others[0]
    network.freeze(slow)
    network.launch("no-helper")
    network.await_reports("no-helper", (killed,))
    network.kill(killed)
    network.thaw(slow)
    until(lambda: network.phase("no-helper") is Phase.UNMASKING, "unmasking")
    assert network.finish("no-helper") is None
    assert network.reason("no-helper") == "deadline-passed"
    (figures,) = network.sums("no-helper")
    assert set(figures.answers) == set(network.helpers) - {killed}
    assert_ledgers_agree(network, "no-helper")
    network.start(killed)
    network.launch("after-that")
    assert network.finish("after-that")
    assert network.charges(killed, "no-helper") == [figures.job.job_id]
    assert_ledgers_agree(network, "no-helper")
    assert_ledgers_agree(network, "after-that")


def test_a_round_whose_time_passed_while_the_coordinator_was_away_aborts_cleanly(network):
    slow = network.others[0]
    network.freeze(slow)
    network.launch("too-long")
    network.await_reports("too-long", tuple(s for s in network.slugs if s != slow))
    network.kill_coordinator()
    (figures,) = network.sums("too-long")
    until(lambda: time.time() > figures.job.expires_at + 1, "the deadline passing")
    network.demo.start_coordinator()
    assert network.finish("too-long") is None
    network.thaw(slow)
    assert network.charges(slow, "too-long") == []
    assert_ledgers_agree(network, "too-long")
