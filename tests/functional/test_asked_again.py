"""Promise: a question that was answered is answered from its release, and charges nobody again.

On real processes: the operator is given the release, and nodes refuse a coordinator that
asks all the same.
"""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.support.network import PERIOD, Prepared, RealNetwork, copy_of

from foyer_coordinator.planning.drafting import Question
from foyer_coordinator.planning.setup import launch, propose
from foyer_node.adapters.round_files import RoundFiles
from foyer_protocol.messages.release import Release
from foyer_protocol.rounds.phases import Phase

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

FIRST = "asked-first"


@pytest.fixture(scope="module")
def network(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNetwork]:
    """A network with one released round."""
    folder = tmp_path_factory.mktemp("asked-again")
    with copy_of(prepared, folder, report_seconds=200, answer_seconds=200) as real:
        real.start_all()
        real.launch(FIRST)
        assert real.finish(FIRST)
        yield real


def ledgers(network: RealNetwork) -> dict[str, tuple[int, str]]:
    """How long each ledger is, without settlements, and what was spent."""
    return {
        slug: (len(network.charges(slug, FIRST)), str(network.ledger(slug).spent("2026")))
        for slug in network.slugs
    }


def run(module: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *words], capture_output=True, text=True, check=False
    )


def ask_again(network: RealNetwork, *words: str) -> subprocess.CompletedProcess[str]:
    days = (str(PERIOD.starts), str(PERIOD.ends))
    place = ("--dir", str(network.demo.home))
    return run("foyer_coordinator", "round", "propose", "asked-again", *days, *place, *words)


def test_the_operator_is_given_the_release_that_is_there(network):
    before = ledgers(network)
    done = ask_again(network, "--as", "json")
    assert done.returncode == 34
    assert Release.model_validate_json(done.stdout) == network.rounds.release(FIRST)
    assert f"round {FIRST} asked the same of the same members and was released" in done.stderr
    assert "[already-answered]" in done.stderr
    assert network.rounds.round("asked-again") is None
    assert ledgers(network) == before


def test_people_read_it_as_a_release(network):
    done = ask_again(network)
    assert done.returncode == 34
    assert done.stdout.startswith(f"round {FIRST}: released")


def test_a_coordinator_that_asks_all_the_same_is_refused_by_every_node(network):
    """Its book is made to hold the repeat, as an operator with an editor could."""
    before = ledgers(network)
    row = network.rounds.round(FIRST)
    repeat = row.plan.model_copy(update={"round_id": "all-the-same"})
    network.rounds.add_round(repeat, row.created_at + 1)
    network.rounds.move_round("all-the-same", Phase.REPORTING, row.created_at + 2)
    assert network.finish("all-the-same") is None
    asked = network.sums("all-the-same")[0]
    assert set(asked.refusals.values()) == {"already-answered"}
    assert asked.reports == {}
    assert ledgers(network) == before
    for slug in network.slugs:
        assert network.charges(slug, "all-the-same") == []


def test_the_doctor_finds_the_way_to_the_network_open_and_its_clock_the_same(network):
    slug = network.slugs[0]
    done = run("foyer_node", "doctor", "--dir", str(network.folder(slug)), "--json")
    codes = {one["name"]: one["code"] for one in json.loads(done.stdout)["findings"]}
    assert codes["control"] == codes["fleet"] == "answers"
    assert codes["clock"] == "clock-right"
    assert codes["certificate"] == "certificate-good"
    assert codes["listening"] in {"listening-here", "unchecked"}
    assert done.returncode < 2


def test_the_node_says_so_to_its_own_people(network):
    slug = network.slugs[0]
    place = ("--dir", str(network.folder(slug)))
    found = json.loads(run("foyer_node", "doctor", *place, "--as", "json").stdout)["findings"]
    (said,) = (one for one in found if one["code"] == "repeat-refused")
    assert f"all-the-same asked what {FIRST} had answered" in said["text"]
    plan = network.rounds.round(FIRST).plan.model_copy(update={"round_id": "looked-at-again"})
    RoundFiles(network.folder(slug)).keep_plan(plan.round_id, plan.to_json())
    seen = run("foyer_node", "preview", "looked-at-again", *place)
    assert seen.returncode == 34
    assert f"would refuse: round looked-at-again asks what this node answered in round {FIRST}" in (
        seen.stdout
    )


def test_another_question_is_still_answered(network):
    question = Question(
        round_id="another",
        starts=PERIOD.starts,
        ends=PERIOD.ends,
        statistics=("volume.bookers",),
    )
    propose(network.demo.home, question, by="analyst", accept_unreadable=True)
    launch(network.demo.home, "another", by="colleague")
    assert network.finish("another")
