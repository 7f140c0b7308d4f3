"""What the coordinator's logic needs from the outside, named after the need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from foyer_coordinator.schedule import KeptRule, Outcome, Settled
from foyer_protocol.messages.closing import AbortCertificate, SignedPromise
from foyer_protocol.messages.history import HistoryEntry
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.roster import Roster, SignedRoster
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.phases import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """An enrolled institution: public facts and public keys, nothing else."""

    slug: str
    name: str
    country: str
    type: str
    size_band: str
    signing_key: str  # Ed25519, 64 hexadecimal characters
    transport_key: str  # PEM, Flower's request signatures
    helper_key: str  # HPKE, hexadecimal
    helper_signature: str  # hexadecimal
    enrolled_at: int
    data_until: date | None = None
    last_seen_at: int | None = None
    suspended: bool = False
    discipline: str = ""
    territory: str = ""  # of the venue; where it was not told, the country stands for it


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """A round as the database knows it. `reason` is a stable word once it is aborted."""

    plan: Plan
    phase: Phase
    reason: str
    created_at: int
    launched_at: int | None
    ended_at: int | None
    proposed_by: str = ""  # empty: from before it was asked
    launched_by: str = ""


class MemberBook(Protocol):
    """Institutions and rosters."""

    def add_institution(self, institution: Institution) -> None: ...
    def institutions(self) -> Sequence[Institution]: ...
    def institution(self, slug: str) -> Institution | None: ...
    def note_seen(self, slug: str, at: int, data_until: date | None = None) -> None: ...
    def renew_helper_key(self, slug: str, helper_key: str, signature: str) -> None: ...
    def suspend(self, slug: str, suspended: bool) -> None: ...
    def tell_facts(self, slug: str, facts: Mapping[str, str]) -> None:
        """Change public facts, by field of `Institution`."""

    def remove(self, slug: str) -> None: ...
    def add_roster(self, signed: SignedRoster) -> None: ...
    def roster(self) -> SignedRoster | None:
        """The roster of the highest epoch."""

    def rosters(self) -> Sequence[SignedRoster]:
        """Every roster, by epoch."""


class HistoryBook(Protocol):
    """What was announced. Entries come by announcing, and are never changed."""

    def since(self, length: int) -> Sequence[HistoryEntry]:
        """The entries after the first `length`."""


class RoundBook(Protocol):
    """Rounds, their private sums, and releases. Every write is durable when it returns."""

    def add_round(self, plan: Plan, at: int, by: str = "") -> None: ...
    def move_round(
        self, round_id: str, phase: Phase, at: int, reason: str = "", by: str = ""
    ) -> None: ...
    def round(self, round_id: str) -> RoundRow | None: ...
    def rounds(self) -> Sequence[RoundRow]: ...
    def save_sum(self, state: SumState) -> None:
        """Keep a private sum with its masked reports and helpers' answers; replaces."""

    def sums_of(self, round_id: str) -> Sequence[SumState]:
        """Every sum of a round, in the order they were first saved."""

    def publish(self, release: Release) -> None:
        """Keep a release for ever.

        Raises:
            LocalProtocolError: the round has another release; nothing was changed.
        """

    def release(self, round_id: str) -> Release | None: ...
    def releases(self) -> Sequence[Release]: ...
    def mark(self) -> str:
        """A word that changes with anything that a reader's page is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """One private sum that nodes were asked for, and so were charged for when they answered.

    `period` is the accounting period of the roster it ran under. `is_given_back`: a
    certificate says that it will never be opened, so that nodes have their charge back.
    """

    round_id: str
    job: Job
    period: str
    is_given_back: bool


class ChargeBook(Protocol):
    """What rounds have cost."""

    def charges(self) -> Sequence[Charged]: ...


class ScheduleBook(Protocol):
    """Recurring rounds and what became of each of their times."""

    def add(self, kept: KeptRule) -> None: ...
    def schedules(self) -> Sequence[KeptRule]: ...
    def schedule(self, name: str) -> KeptRule | None: ...
    def approve(self, name: str, by: str, at: int) -> None: ...
    def pause(self, name: str, paused: bool, at: int) -> None: ...
    def settle(self, name: str, due_at: int, outcome: Outcome, reason: str, at: int) -> bool: ...
    def announce(self, name: str, plan: Plan, at: int) -> bool:
        """Keep the plan as proposed; False if there is a round of its name."""

    def fire(self, name: str, due_at: int, plan: Plan, at: int) -> bool:
        """Keep the plan and launch it, unless somebody has dealt with that time: all or nothing."""

    def settled(self, name: str) -> Sequence[Settled]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A sum that ended without a result, and whose charges nobody has proven void yet."""

    job_id: str
    roster: Roster
    answered: frozenset[str]  # helpers whose pads came: they can promise nothing
    promises: Mapping[str, SignedPromise]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A certificate, and who was invited to its job and has not said that it was kept."""

    job_id: str
    certificate: AbortCertificate
    to: frozenset[str]


class ClosingBook(Protocol):
    """Promises, certificates and receipts. Every write is durable when it returns."""

    def given_up(self, round_id: str = "") -> Sequence[GivenUp]:
        """Sums without a certificate: aborted ones of a round, or all of aborted rounds."""

    def keep_promise(self, job_id: str, helper: str, signed: SignedPromise) -> None: ...
    def keep_certificate(self, job_id: str, certificate: AbortCertificate, at: int) -> None: ...
    def owed(self) -> Sequence[Owed]: ...
    def note_receipt(self, job_id: str, institution: str, at: int) -> None: ...


class Delivery(Protocol):
    """What became of one payload: a reply's bytes, unverified, or None."""

    @property
    def institution(self) -> str: ...
    @property
    def payload(self) -> bytes | None: ...
    @property
    def instruction_sha256(self) -> str:
        """Which payload it is about, as lower-case hexadecimal."""


class Exchange(Protocol):
    """Carries opaque bytes for one round; trusted with nothing but delivery.

    What was sent is owed until it is answered or its time is over: a node that was away
    gets it when it comes back.
    """

    def send(self, institution: str, payload: bytes, *, ttl_seconds: float) -> None: ...
    def collect(self) -> Sequence[Delivery]: ...
    def wait(self, timeout_seconds: float) -> bool: ...
