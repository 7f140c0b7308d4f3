"""Promise: once a helper key was renewed, who takes the node opens nothing that was sealed before.

The thief has every byte on the node's disk and every byte that the coordinator recorded.
"""

from dataclasses import dataclass, field

import pytest
from tests.support.consortium import Consortium, a_consortium, altered, signed
from tests.support.lost_keys import all_bytes, holds, opens
from tests.support.session_party import SessionParty

from foyer_node.adapters.helper_key_files import HelperKeyFiles
from foyer_node.adapters.history_files import HistoryFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.config import Policy
from foyer_node.following import Network
from foyer_node.session import NodeSession
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.messages.roster import Roster, sign_helper_key
from foyer_protocol.rounds.coordinator import SumState, helper_requests
from foyer_protocol.rounds.events import RefusalArrived, Summed
from foyer_protocol.rounds.masking import context, seal_info
from foyer_protocol.simulate import NOON, run_sum

OURS, OTHER = "aros", "brandts"


@dataclass
class House:
    """A real node that helps, over real files, and all that its coordinator ever had."""

    folder: object
    made: Consortium = field(default_factory=lambda: a_consortium("volume.bookers"))
    coordinator: Identity = field(default_factory=Identity.generate)
    governance: Identity = field(default_factory=Identity.generate)

    def __post_init__(self):
        self.keys = HelperKeyFiles(self.folder / "keys")
        self.keys.create()
        self.party = self.made.parties[OURS]
        self.start()
        self.follow(self.named(1))

    def start(self):
        session = NodeSession(
            network=Network(
                slug="simulated",
                institution=OURS,
                coordinator_key=self.coordinator.public,
                governance_keys=(self.governance.public,),
            ),
            policy=Policy(period_rho_cap="10/1"),
            identity=self.party.identity,
            helper_key=self.keys.current().key,
            store=RoundFiles(self.folder),
            history=HistoryFiles(self.folder),
            show=lambda content, **facts: None,
            compute=lambda plan: self.party.contribution,
            keyring=self.keys,
            clock=lambda: NOON - 60,
        )
        self.node = SessionParty(session=session, coordinator=self.coordinator, signed=None)

    def named(self, epoch) -> Roster:
        """The roster of an epoch, with the newest helper key that this node has made."""
        key = (self.keys.pending() or self.keys.current()).key.public
        mine = altered(
            self.made.roster.member(OURS),
            helper_key=key.hex(),
            helper_signature=sign_helper_key(key, self.party.identity).hex(),
        )
        members = (mine, *(one for one in self.made.roster.members if one.institution != OURS))
        return altered(
            self.made.roster,
            epoch=epoch,
            members=members,
            coordinator_key=self.coordinator.public,
        )

    def follow(self, roster):
        self.made.roster = roster
        self.node.signed = signed(roster, self.governance)
        self.node.session.follow_roster(self.node.signed.to_bytes())

    def rotate(self):
        self.keys.make_next()
        self.follow(self.named(self.made.roster.epoch + 1))

    def sum(self, **plan) -> tuple[SumState, Summed]:
        job = self.made.job()
        job = altered(job, plan=altered(job.plan, **plan))
        parties = {**self.made.parties, OURS: self.node}
        asked = SumState(job=job, roster=self.made.roster, invited=tuple(parties))
        return run_sum(asked, parties)


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


def sealed_to_us(state):
    """What another institution sealed to this helper in a sum, and what it is bound to."""
    report = state.reports[OTHER]
    bound = context(state.job, OTHER, bytes.fromhex(report.signed.header.nonce))
    position = state.roster.committee.index(OURS)
    return report.sealed[position], seal_info(bound, OURS)


def recorded(house, state):
    """All that the coordinator has had: reports, answers, jobs, rosters and our replies."""
    yield from house.node.replies
    yield house.node.signed.to_bytes()
    yield state.job.to_json()
    for report in state.reports.values():
        yield report.to_bytes()
    for answer in state.answers.values():
        yield answer.to_bytes()


def test_a_stolen_disk_opens_a_seed_while_its_key_is_in_use(house, tmp_path):
    """Without this, the test below could pass for want of looking."""
    state, end = house.sum()
    assert isinstance(end, Summed)
    heap = [*all_bytes(tmp_path), *recorded(house, state)]
    assert opens(heap, *sealed_to_us(state))
    assert holds(heap, house.keys.current().key.to_bytes())


def test_after_a_rotation_disk_and_recordings_together_open_no_old_seed(house, tmp_path):
    state, _ = house.sum()
    secret = house.keys.current().key.to_bytes()
    house.rotate()
    later, end = house.sum(currency="DKK")
    assert isinstance(end, Summed)
    heap = [*all_bytes(tmp_path), *recorded(house, state), *recorded(house, later)]
    assert not opens(heap, *sealed_to_us(state))
    assert not holds(heap, secret)
    assert opens(heap, *sealed_to_us(later))


def test_a_key_that_waits_is_not_used_and_the_old_one_still_serves(house):
    house.keys.make_next()
    _, end = house.sum()
    assert isinstance(end, Summed)


def test_a_node_that_died_between_roster_and_key_serves_with_the_new_key_after_its_restart(
    house, tmp_path
):
    house.keys.make_next()
    roster = house.named(2)
    carried = signed(roster, house.governance)
    RoundFiles(tmp_path).keep_roster(2, carried.to_bytes())
    house.start()
    house.node.session.resume()
    house.made.roster, house.node.signed = roster, carried
    assert house.keys.pending() is None
    _, end = house.sum()
    assert isinstance(end, Summed)


def test_no_job_of_the_old_roster_is_answered_any_more_so_that_none_needs_the_old_key(house):
    """So nothing keeps the old key: it can go at once."""
    state, _ = house.sum()
    request = helper_requests(state)[OURS]
    journal = house.folder / "journal"
    for path in journal.iterdir():
        path.unlink()
    house.rotate()
    assert house.node.unmask(request, house.made.roster) == RefusalArrived(
        sender=OURS, code="protocol-violation"
    )


def test_the_key_of_an_institution_that_does_not_help_is_renewed_too(house):
    """Tomorrow's committee may name it."""
    house.keys.make_next()
    roster = house.named(2)
    house.follow(altered(roster, committee=("brandts", "ccb"), threshold=2, corrupt=1))
    assert house.keys.pending() is None
