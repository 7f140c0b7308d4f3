"""Promise: a node gives escrow shares once it remembers that it does, and says the same twice."""

import json
from dataclasses import replace

import pytest
from tests.support.committees import a_committee, house
from tests.support.consortium import Consortium, altered, signed
from tests.support.session_party import SessionParty

from foyer_node.adapters.history_files import HistoryFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.config import Policy
from foyer_node.following import Network
from foyer_node.session import NodeSession
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.messages.escrow import SignedAck
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.unmask import ACK_PURPOSE
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.events import EscrowArrived, RefusalArrived, Summed
from foyer_protocol.rounds.helper import HelperState
from foyer_protocol.rounds.profiles import FIVE
from foyer_protocol.simulate import NOON, run_round, run_sum

OURS, GONE = house(0), house(4)


@pytest.fixture
def shown():
    return []


@pytest.fixture
def here(tmp_path, shown):
    """Five helpers; the first is a real node over real files, the last will be silent."""
    made = a_committee(FIVE)
    coordinator, governance = Identity.generate(), Identity.generate()
    roster = altered(made.roster, coordinator_key=coordinator.public)
    party = made.parties[OURS]
    session = NodeSession(
        network=Network(
            slug="simulated",
            institution=OURS,
            coordinator_key=coordinator.public,
            governance_keys=(governance.public,),
        ),
        policy=Policy(period_rho_cap="10/1"),
        identity=party.identity,
        helper_key=party.helper_key,
        store=RoundFiles(tmp_path),
        history=HistoryFiles(tmp_path),
        show=lambda content, **facts: shown.append((content, facts["kind"])),
        compute=lambda plan: party.contribution,
        clock=lambda: NOON - 60,
    )
    ours = SessionParty(session=session, coordinator=coordinator, signed=signed(roster, governance))
    session.follow_roster(ours.signed.to_bytes())
    return Consortium(plan=made.plan, roster=roster, parties={**made.parties, OURS: ours})


@pytest.fixture
def ours(here):
    return here.parties[OURS]


class Watched:
    """Stands before a party and keeps the escrow requests that it is asked."""

    def __init__(self, party):
        self.party, self.asked = party, []

    def __getattr__(self, name):
        return getattr(self.party, name)

    def give_shares(self, request, roster):
        self.asked.append(request)
        return self.party.give_shares(request, roster)


@pytest.fixture
def summed(here, ours):
    """A sum that was opened with shares of our node; returns it with the request."""
    watched = Watched(ours)
    parties = {**here.parties, OURS: watched}
    state = SumState(job=here.job(), roster=here.roster, invited=tuple(parties))
    _, end = run_sum(state, parties, offline=frozenset({GONE}))
    assert isinstance(end, Summed)
    return watched.asked[0]


def notes(tmp_path):
    return [json.loads(line) for line in (tmp_path / "helper.jsonl").read_text().splitlines()]


def test_what_was_given_is_kept_in_the_helpers_file(summed, tmp_path):
    first, second = notes(tmp_path)
    assert (first["escrowed"], second["escrowed"]) == ([], [GONE])
    assert {**first, "escrowed": [GONE]} == second
    memory = RoundFiles(tmp_path).helper_state().answered[summed.unmask.job.job_id]
    assert memory.escrowed == (GONE,)


def test_the_node_shows_the_steward_what_left(summed, shown, ours):
    assert [kind for _, kind in shown] == ["report", "answer", "shares"]
    assert [content for content, _ in shown] == ours.replies


def test_a_resent_request_is_answered_from_the_journal_with_the_same_bytes(
    summed, here, ours, tmp_path
):
    first = ours.replies[-1]
    journal = sorted((tmp_path / "journal").iterdir())
    ours.give_shares(summed, here.roster)
    assert ours.replies[-1] == first
    assert sorted((tmp_path / "journal").iterdir()) == journal
    assert len(notes(tmp_path)) == 2


def test_killed_between_memory_and_journal_it_gives_the_same_shares_again(
    summed, here, ours, tmp_path
):
    first = ours.replies[-1]
    newest = max((tmp_path / "journal").iterdir(), key=lambda path: path.read_bytes() == first)
    newest.unlink()
    assert isinstance(ours.give_shares(summed, here.roster), EscrowArrived)
    assert ours.replies[-1] == first


def test_a_second_dead_set_is_refused_after_a_restart_too(summed, here, ours, tmp_path):
    """The same sum, with house-03 called silent where house-04 was; every ack holds."""
    late = here.parties[GONE]
    ack = altered(summed.acks[0].ack, helper=GONE)
    extra = SignedAck(ack=ack, signature=late.identity.sign(ACK_PURPOSE, ack.to_json()))
    acks = (*(one for one in summed.acks if one.ack.helper != house(3)), extra)
    ours.session.store = RoundFiles(tmp_path)
    before = notes(tmp_path)
    other = replace(summed, acks=acks, silent=(house(3),))
    assert isinstance(ours.give_shares(other, here.roster), RefusalArrived)
    assert notes(tmp_path) == before


def test_a_node_that_lost_its_memory_gives_nothing(summed, here, ours, tmp_path):
    (tmp_path / "helper.jsonl").unlink()
    for path in (tmp_path / "journal").iterdir():
        path.unlink()
    assert ours.session.store.helper_state() == HelperState()
    assert isinstance(ours.give_shares(summed, here.roster), RefusalArrived)
    assert not (tmp_path / "helper.jsonl").exists()


def test_a_whole_round_is_released_with_a_silent_helper_and_a_real_node(here):
    release = run_round(here.plan, here.roster, here.parties, offline=frozenset({GONE}))
    assert isinstance(release, Release)
