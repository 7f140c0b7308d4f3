"""A coordinator over a real book and real nodes over real files, any of whom may be killed.

Only the wire and the clock are the test's own: a payload is answered at once by whoever is at
home, and a second passes whenever the coordinator waits for nothing.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from tests.support.committees import a_committee
from tests.support.consortium import Consortium, altered, signed

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
from foyer_protocol.errors import FoyerError
from foyer_protocol.messages.codec import fraction_text, read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import SignedRoster
from foyer_protocol.rounds.phases import Phase
from foyer_protocol.rounds.profiles import FIVE, Profile
from foyer_protocol.simulate import NOON

DEADLINES = Deadlines(reports=20, answers=20)
NODE_EFFECTS = (
    *("append", "journal", "remember_answer", "remember_promise"),
    *("keep_job", "keep_abort", "keep_roster", "keep_release", "note_question"),
)
BOOK_EFFECTS = ("save_sum", "move_round", "keep_promise", "keep_certificate", "note_receipt")


class Killed(BaseException):
    """kill -9: nothing catches it, nothing is tidied up."""


@dataclass
class Fuse:
    """Kills its process just before effect number `at`, counted from 0."""

    at: int | None = None
    burnt: int = 0

    def burn(self, what):
        if self.burnt == self.at:
            raise Killed(what)
        self.burnt += 1


class Fused:
    """`real`, whose named methods are effects that a fuse may come before."""

    def __init__(self, real, fuse, names):
        self._real, self._fuse, self._names = real, fuse, names

    def __getattr__(self, name):
        found = getattr(self._real, name)
        if name not in self._names:
            return found

        def effect(*args, **more):
            self._fuse.burn(name)
            return found(*args, **more)

        return effect


@dataclass(frozen=True)
class Reply:
    """A payload's answer."""

    institution: str
    payload: bytes | None
    instruction_sha256: str


class Turns(threading.Event):
    """Is set after so many looks."""

    def __init__(self, count):
        super().__init__()
        self.count = count

    def wait(self, timeout=None):
        self.count -= 1
        return self.count < 0


@dataclass
class Town:
    """Five helpers who are also the five nodes, unless another profile is asked for."""

    folder: Path
    profile: Profile = FIVE
    others: int = 0
    rounds_paid: int = 1
    paused: set[str] = field(default_factory=set)
    away: set[str] = field(default_factory=set)
    deaf: set[str] = field(default_factory=set)
    now: int = NOON - 600
    frames: list[tuple[str, str]] = field(default_factory=list)
    made: Consortium = field(init=False)
    signed: SignedRoster = field(init=False)
    database: Database = field(init=False)
    nodes: dict[str, StreamEvents] = field(default_factory=dict)
    coordinator: Identity = field(default_factory=Identity.generate)
    governance: Identity = field(default_factory=Identity.generate)
    service: Service | None = None
    fuse: Fuse = field(default_factory=Fuse)
    reported: dict = field(default_factory=dict)

    def __post_init__(self):
        self.made = a_committee(self.profile, others=self.others)
        roster = altered(self.made.roster, coordinator_key=self.coordinator.public)
        self.signed = signed(roster, self.governance)
        self.folder.mkdir(parents=True, exist_ok=True)
        url = sqlite_url(self.folder / "book.sqlite")
        upgrade(url)
        self.database = Database(url)
        members = DatabaseMembers(self.database)
        for member in roster.members:
            members.add_institution(_institution_of(member))
        members.add_roster(self.signed)
        for name in self.made.parties:
            self.join(name)

    @property
    def rounds(self):
        return DatabaseRounds(self.database)

    @property
    def closings(self):
        return DatabaseClosings(self.database)

    @property
    def price(self):
        """What one round costs a node: figures and gate."""
        plan = self.made.plan
        return read_fraction(plan.gate_rho) + sum(read_fraction(one.rho) for one in plan.scales)

    def plan(self, round_id="season-2026") -> Plan:
        return altered(self.made.plan, round_id=round_id)

    def files(self, name) -> RoundFiles:
        return RoundFiles(self.folder / name)

    def ledger(self, name):
        return self.files(name).ledger()

    def spent(self, name):
        return self.ledger(name).spent(self.signed.roster.period)

    def session(self, name) -> NodeSession:
        return self.nodes[name].session

    def join(self, name, fuse=None):
        """Start a node, or start it again: whatever it remembers is in its folder."""
        party = self.made.parties[name]
        fuse = fuse or Fuse()
        cap = fraction_text(self.price * self.rounds_paid)
        session = NodeSession(
            network=Network(
                slug="simulated",
                institution=name,
                coordinator_key=self.coordinator.public,
                governance_keys=(self.governance.public,),
            ),
            policy=Policy(period_rho_cap=cap, paused=name in self.paused),
            identity=party.identity,
            helper_key=party.helper_key,
            store=Fused(self.files(name), fuse, NODE_EFFECTS),
            history=HistoryFiles(self.folder / name),
            show=lambda content, **facts: fuse.burn("show"),
            compute=lambda plan: party.contribution,
            clock=lambda: self.now,
        )
        self.nodes[name] = StreamEvents(
            session=session,
            nudge=lambda: None,
            acknowledge=lambda job_id: self._acknowledge(name, job_id),
        )
        return session

    def _acknowledge(self, name, job_id):
        if name not in self.deaf and self.service is not None:
            self.service.on_refunded(name, job_id)

    def launch(self, round_id="season-2026"):
        """Plan a round and bring it as far as `round launch` does."""
        self.rounds.add_round(self.plan(round_id), self.now)
        self.rounds.move_round(round_id, Phase.REPORTING, self.now)

    def phase(self, round_id="season-2026"):
        return self.rounds.round(round_id).phase

    def job(self, round_id="season-2026", number=0):
        return self.rounds.sums_of(round_id)[number].job

    def serve(self, fuse=None, turns=2):
        """Start the coordinator: every node at home says hello, then it takes its turns."""
        self.fuse = fuse or Fuse()
        self.service = Service(
            network="simulated",
            members=DatabaseMembers(self.database),
            rounds=Fused(self.rounds, self.fuse, BOOK_EFFECTS),
            closings=Fused(self.closings, self.fuse, BOOK_EFFECTS),
            control=self,
            doors=SimpleNamespace(keep=lambda stop: None),
            herald=Herald(
                network="simulated",
                book=DatabaseHistory(self.database),
                identity=self.coordinator,
            ),
            open_exchange=self._open,
            identity=self.coordinator,
            clock=lambda: self.now,
            deadlines=DEADLINES,
        )
        for name in self.connected():
            self.service.on_hello(name)
        self.service.run(Turns(turns))

    @contextmanager
    def _open(self) -> Iterator["Town"]:
        self.arrived: list[Reply] = []
        yield self

    # The exchange: what the fleet port carries.

    def send(self, institution, payload, *, ttl_seconds):
        self.fuse.burn("send")
        if institution not in self.away:
            answer = self.session(institution).handle(payload)
            self.arrived.append(Reply(institution, answer, hashlib.sha256(payload).hexdigest()))

    def collect(self):
        found, self.arrived = self.arrived, []
        return found

    def wait(self, timeout_seconds):
        self.now += 0 if self.arrived else 1
        return bool(self.arrived)

    # The control plane: what the streams carry.

    def connected(self):
        return [name for name in self.nodes if name not in self.away]

    def nudge(self, institutions):
        return None

    def _carry(self, kind, institution, raw):
        self.fuse.burn(kind)
        if institution in self.away:
            return
        self.frames.append((institution, kind))
        try:
            getattr(self.nodes[institution], f"on_{kind}")(raw)
        except FoyerError as refusal:  # as the stream's client does
            self.frames.append((institution, refusal.code))

    def __getattr__(self, name):
        kind = name.removeprefix("send_")
        if kind == name:
            raise AttributeError(name)
        return partial(self._carry, kind)

    def close(self):
        self.database.close()


def _institution_of(member):
    return Institution(
        slug=member.institution, name="", country="DK", type="museum", size_band="m",
        signing_key=member.signing_key, transport_key="", helper_key=member.helper_key,
        helper_signature=member.helper_signature, enrolled_at=1,
    )  # fmt: skip
