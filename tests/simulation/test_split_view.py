"""Promise: two members who are shown different histories know it once they compare.

The real service, database and node sessions; only the wires are missing. The hostile
coordinator keeps a second book and hands one of the two members plans from it.
"""

from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest
from tests.support.consortium import a_consortium, altered, signed
from tests.support.simulated_round import plan_of

from foyer_coordinator.adapters.database import Database, sqlite_url
from foyer_coordinator.adapters.database_closing import DatabaseClosings
from foyer_coordinator.adapters.database_history import DatabaseHistory
from foyer_coordinator.adapters.database_members import DatabaseMembers
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.adapters.migrations import upgrade
from foyer_coordinator.heralds import Herald
from foyer_coordinator.ports import Institution
from foyer_coordinator.service import Service
from foyer_coordinator.session import Deadlines
from foyer_node.adapters.history_files import HistoryFiles
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.config import Policy
from foyer_node.following import Network
from foyer_node.session import NodeSession
from foyer_node.stream_events import StreamEvents
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import NotApproved, RemoteProtocolError
from foyer_protocol.messages.history import HistoryKind
from foyer_protocol.simulate import NOON

ONE, TWO = "aros", "brandts"


@dataclass
class Wires:
    """Carries frames to the nodes' own events at once; what a node refuses is kept."""

    nodes: dict[str, StreamEvents] = field(default_factory=dict)
    frames: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, RemoteProtocolError]] = field(default_factory=list)

    def connected(self):
        return tuple(self.nodes)

    def nudge(self, institutions):
        return None

    def _carry(self, kind, institution, raw):
        self.frames.append((institution, kind))
        try:
            getattr(self.nodes[institution], f"on_{kind}")(raw)
        except RemoteProtocolError as refusal:
            self.refused.append((institution, refusal))

    def send_roster(self, institution, raw):
        self._carry("roster", institution, raw)

    def send_head(self, institution, raw):
        self._carry("head", institution, raw)

    def send_proposal(self, institution, raw):
        self._carry("proposal", institution, raw)

    def send_release(self, institution, raw):
        self._carry("release", institution, raw)

    def send_aborted(self, institution, raw):
        self._carry("aborted", institution, raw)


class Doors:
    def keep(self, stop):
        return None


@dataclass
class Side:
    """One book of the coordinator, and the service that reads from it."""

    service: Service
    members: DatabaseMembers
    rounds: DatabaseRounds


@dataclass
class Town:
    """Two real nodes, and a coordinator with as many books as it likes."""

    folder: object
    made: object
    coordinator: Identity
    roster: object
    wires: Wires = field(default_factory=Wires)
    databases: list[Database] = field(default_factory=list)

    def side(self, name):
        url = sqlite_url(self.folder / f"{name}.sqlite")
        upgrade(url)
        database = Database(url)
        self.databases.append(database)
        members, rounds = DatabaseMembers(database), DatabaseRounds(database)
        for member in self.roster.roster.members:
            members.add_institution(institution_of(member))
        members.add_roster(self.roster)
        book = DatabaseHistory(database)
        herald = Herald(network="simulated", book=book, identity=self.coordinator)
        service = Service(
            network="simulated",
            members=members,
            rounds=rounds,
            closings=DatabaseClosings(database),
            control=self.wires,
            doors=Doors(),
            herald=herald,
            open_exchange=nullcontext,
            identity=self.coordinator,
            clock=lambda: NOON - 60,
            deadlines=Deadlines(),
        )
        return Side(service=service, members=members, rounds=rounds)

    def join(self, name, service, governance):
        party = self.made.parties[name]
        session = NodeSession(
            network=Network(
                slug="simulated",
                institution=name,
                coordinator_key=self.coordinator.public,
                governance_keys=(governance.public,),
            ),
            policy=Policy(period_rho_cap="10/1"),
            identity=party.identity,
            helper_key=party.helper_key,
            store=RoundFiles(self.folder / name),
            history=HistoryFiles(self.folder / name),
            show=lambda content, **facts: None,
            compute=lambda plan: party.contribution,
            clock=lambda: NOON - 60,
        )
        self.wires.nodes[name] = StreamEvents(
            session=session,
            nudge=lambda: None,
            say=lambda witness: service.on_witness(name, witness),
        )

    def session(self, name):
        return self.wires.nodes[name].session


def institution_of(member):
    return Institution(
        slug=member.institution, name="", country="DK", type="museum", size_band="m",
        signing_key=member.signing_key, transport_key="", helper_key=member.helper_key,
        helper_signature=member.helper_signature, enrolled_at=1,
    )  # fmt: skip


@pytest.fixture
def town(tmp_path):
    made = a_consortium("volume.bookers")
    coordinator, governance = Identity.generate(), Identity.generate()
    roster = signed(altered(made.roster, coordinator_key=coordinator.public), governance)
    town = Town(folder=tmp_path, made=made, coordinator=coordinator, roster=roster)
    town.governance = governance
    yield town
    for database in town.databases:
        database.close()


def test_members_of_an_honest_coordinator_agree_and_say_so(town):
    side = town.side("book")
    for name in (ONE, TWO):
        town.join(name, side.service, town.governance)
        side.service.on_hello(name)
    side.rounds.add_round(plan_of("season-2026"), 1)
    side.service.tell_all()
    side.service.tell_all()  # what the first telling made them say
    assert town.wires.refused == []
    for name, other in ((ONE, TWO), (TWO, ONE)):
        history = town.session(name).history
        assert [entry.kind for entry in history.history().entries] == [
            HistoryKind.ROSTER, HistoryKind.PLAN,
        ]  # fmt: skip
        assert history.witnesses() == {other: 2}
        assert town.session(name).store.plan("season-2026")


def test_nothing_is_said_twice_on_one_stream_and_everything_on_the_next(town):
    side = town.side("book")
    town.join(ONE, side.service, town.governance)
    side.service.on_hello(ONE)
    said = list(town.wires.frames)
    side.service.tell_all()
    assert town.wires.frames == said
    side.service.on_hello(ONE)
    assert town.wires.frames == said * 2


def test_members_shown_different_plans_find_out_as_soon_as_witnesses_are_exchanged(town):
    honest, second = town.side("book"), town.side("second-book")
    honest.rounds.add_round(plan_of("season-2026"), 1)
    second.rounds.add_round(plan_of("season-2026", ("volume.bookers",)), 1)
    town.join(ONE, honest.service, town.governance)
    town.join(TWO, second.service, town.governance)
    honest.service.on_hello(ONE)
    second.service.on_hello(TWO)
    assert town.wires.refused == [], "each history holds for itself"
    for side, institution, other in ((honest, ONE, second), (second, TWO, honest)):
        witness = side.service.herald._witnesses[institution]
        other.service.on_witness(institution, witness.to_json())
    honest.service.tell(ONE)
    second.service.tell(TWO)
    assert [name for name, _ in town.wires.refused] == [ONE, TWO]
    assert "'brandts' was shown another history" in town.wires.refused[0][1].message
    for name in (ONE, TWO):
        with pytest.raises(NotApproved, match="rounds of 'simulated' are stopped here"):
            town.session(name)._chronicle.refuse_if_split()


def test_a_plan_slipped_to_one_member_outside_the_history_is_refused(town):
    honest, second = town.side("book"), town.side("second-book")
    town.join(ONE, honest.service, town.governance)
    honest.service.on_hello(ONE)
    second.rounds.add_round(plan_of("for-one-only"), 1)
    second.service.herald = honest.service.herald  # the head of the others, the plan of its own
    second.service.tell(ONE)
    assert "not in the network's history" in town.wires.refused[0][1].message
    assert town.session(ONE).store.plan("for-one-only") is None


def test_a_witness_in_anothers_name_is_refused(town):
    side = town.side("book")
    for name in (ONE, TWO):
        town.join(name, side.service, town.governance)
        side.service.on_hello(name)
    witness = side.service.herald._witnesses[ONE].to_json()
    with pytest.raises(RemoteProtocolError, match="in another name"):
        side.service.on_witness(TWO, witness)
    with pytest.raises(RemoteProtocolError):
        side.service.on_witness(ONE, witness.replace(b'"length":1', b'"length":0'))
