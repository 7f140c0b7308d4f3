"""A node's answers to the coordinator. It performs what the protocol decides.

`handle` takes the bytes of one envelope and returns the bytes of the reply, or nothing.
The order inside is the safety of it: refuse, charge, compute, journal, show in the
outbox, and only then return what may leave.
"""

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from foyer_node.config import Policy
from foyer_node.faults import name_and_place
from foyer_node.ports import RoundStore, Show
from foyer_node.stewardship import approve, period_cap
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.dp.ledger import charge, settle
from foyer_protocol.errors import (
    FoyerError,
    InternalError,
    NotApproved,
    RemoteProtocolError,
    RoundAborted,
)
from foyer_protocol.messages.codec import read_fraction, unpack
from foyer_protocol.messages.envelope import (
    COORDINATOR,
    EnvelopeHeader,
    Kind,
    Opened,
    open_envelope,
    seal_envelope,
)
from foyer_protocol.messages.escrow import EscrowRequest
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.report import Refusal
from foyer_protocol.messages.roster import Roster, SignedRoster, verify_roster
from foyer_protocol.messages.unmask import UnmaskRequest
from foyer_protocol.rounds.helper import admit, answer
from foyer_protocol.rounds.kinds.kind import vector_of
from foyer_protocol.rounds.node import make_report
from foyer_protocol.rounds.recovery import admit_escrow, answer_escrow
from foyer_protocol.rounds.rules import check_job
from foyer_protocol.version import PROTOCOL_VERSION

log = logging.getLogger("foyer.node.session")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What was pinned at enrolment and never changes by itself."""

    slug: str
    institution: str
    coordinator_key: str
    governance_keys: tuple[str, ...]
    governance_quorum: int = 1


@dataclass(slots=True, kw_only=True)
class NodeSession:
    """One node's side of the conversation. Safe to call from several threads."""

    network: Network
    policy: Policy
    identity: Identity = field(repr=False)
    helper_key: HelperKey = field(repr=False)
    store: RoundStore
    show: Show
    compute: Callable[[Plan], Contribution]
    clock: Callable[[], int]
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def handle(self, raw: bytes) -> bytes:
        """Answer one envelope; `b""` to whoever cannot be answered.

        Nothing is raised: a refusal is a reply that carries a code and nothing else.
        """
        with self._turn:
            try:
                opened = self._open(raw)
            except FoyerError as refusal:
                log.warning("ignored a message: %s [%s]", refusal.message, refusal.code)
                return b""
            question = hashlib.sha256(opened.header.to_json() + opened.body).digest()
            return self.store.answer_to(question) or self._answer(opened, question)

    def _open(self, raw: bytes) -> Opened:
        return open_envelope(
            raw,
            network=self.network.slug,
            receiver=self.network.institution,
            sender_keys={COORDINATOR: self.network.coordinator_key},
            now=self.clock(),
        )

    def _answer(self, opened: Opened, question: bytes) -> bytes:
        try:
            kind, body, round_id, rho = self._dispatch(opened)
        except FoyerError as refusal:
            log.warning("refused %s: %s [%s]", opened.header.kind, refusal.message, refusal.code)
            return self._refuse(opened, refusal.code, question)
        except Exception as failure:  # noqa: BLE001 - its text may quote a visitor
            # The one place of its kind here: a bug must not stop the node, nor tell more
            # than its own name for what happened.
            log.error("failed on %s: %s", opened.header.kind, name_and_place(failure))
            return self._refuse(opened, InternalError.code, question)
        return self._reply(opened, kind, body, question, round_id=round_id, rho=rho)

    def _dispatch(self, opened: Opened) -> tuple[Kind, bytes, str, str]:
        match opened.header.kind:
            case Kind.OFFER:
                job, roster = self._read_offer(opened)
                return Kind.REPORT, self._report(job, roster), job.plan.round_id, job.rho
            case Kind.UNMASK:
                request = UnmaskRequest.from_bytes(opened.body)
                self._same_job(opened, request.job)
                return Kind.ANSWER, self._unmask(request), request.job.plan.round_id, "0/1"
            case Kind.ESCROW:
                asked = EscrowRequest.from_bytes(opened.body)
                self._same_job(opened, asked.unmask.job)
                return Kind.SHARES, self._give_shares(asked), asked.unmask.job.plan.round_id, "0/1"
            case other:
                raise RemoteProtocolError(f"a node is not sent {other!r} and was")

    @staticmethod
    def _same_job(opened: Opened, job: Job) -> None:
        if opened.header.job_id != job.job_id:
            raise RemoteProtocolError("the envelope names another job than the one inside")

    def _read_offer(self, opened: Opened) -> tuple[Job, Roster]:
        """The job and the roster it runs under, which from now on is followed."""
        parts = unpack(opened.body)
        if len(parts) != 2:
            raise RemoteProtocolError(f"an offer has a job and a roster, not {len(parts)} parts")
        job = Job.from_json(parts[0])
        self._same_job(opened, job)
        return job, self._follow(parts[1])

    def _report(self, job: Job, roster: Roster) -> bytes:
        check_job(job, roster)
        approve(job.plan, self.policy)
        before = self.store.ledger()
        if before.charge_of(job.job_id) is not None:
            # We stopped between paying and answering. Fresh noise for the same data would
            # cost again, so this job stays unanswered and its price stays spent.
            raise RoundAborted(f"job {job.job_id[:8]} was paid for before a crash")
        ledger = charge(
            before,
            job_id=job.job_id,
            round_id=job.plan.round_id,
            rho=read_fraction(job.rho),
            period=roster.period,
            cap=period_cap(self.policy, roster),
        )
        contribution = self.compute(job.plan)
        self.store.append(ledger.entries[-1])
        vector = vector_of(job, contribution, system_entropy)
        return make_report(
            job,
            roster,
            self.identity,
            self.network.institution,
            vector,
            ledger,
            system_entropy,
        ).to_bytes()

    def _unmask(self, request: UnmaskRequest) -> bytes:
        roster = self.roster()
        name = self.network.institution
        if name not in roster.committee:
            raise RemoteProtocolError(f"{name!r} is no helper on roster epoch {roster.epoch}")
        memory = admit(self.store.helper_state(), request, roster)
        pads = answer(request, roster, name, self.identity, self.helper_key).to_bytes()
        self.store.remember_answer(request.job.job_id, memory)
        return pads

    def _give_shares(self, request: EscrowRequest) -> bytes:
        roster, name = self.roster(), self.network.institution
        memory = admit_escrow(self.store.helper_state(), request, roster, name)
        shares = answer_escrow(request, roster, name, self.identity, self.helper_key).to_bytes()
        self.store.remember_answer(request.unmask.job.job_id, memory)
        return shares

    def _refuse(self, opened: Opened, code: str, question: bytes) -> bytes:
        refusal = Refusal(
            job_id=opened.header.job_id, institution=self.network.institution, code=code
        )
        return self._reply(opened, Kind.REFUSAL, refusal.to_json(), question)

    def _reply(
        self,
        opened: Opened,
        kind: Kind,
        body: bytes,
        question: bytes,
        *,
        round_id: str = "",
        rho: str = "0/1",
    ) -> bytes:
        header = EnvelopeHeader(
            protocol=PROTOCOL_VERSION,
            network=self.network.slug,
            sender=self.network.institution,
            receiver=COORDINATOR,
            kind=kind,
            job_id=opened.header.job_id,
            expires_at=opened.header.expires_at,
        )
        raw = seal_envelope(header, body, self.identity)
        if kind is not Kind.REFUSAL:  # a refusal cost nothing: next time may be different
            self.store.journal(question, raw)
        self.show(raw, channel="fleet", kind=kind, round_id=round_id, rho=rho)
        return raw

    def roster(self) -> Roster:
        """The roster followed now.

        Raises:
            NotApproved: governance has not admitted this institution yet.
        """
        kept = self.store.roster()
        if kept is None:
            raise NotApproved("no roster has arrived yet, so that no round can be joined")
        return SignedRoster.from_bytes(kept[1]).roster

    def follow_roster(self, raw: bytes) -> Roster:
        """Verify a roster that arrived, keep it and follow it from now on.

        Raises:
            RemoteProtocolError: governance did not sign it, or it is older than ours.
        """
        with self._turn:
            return self._follow(raw)

    def _follow(self, raw: bytes) -> Roster:
        kept = self.store.roster()
        if kept is not None and kept[1] == raw:
            return SignedRoster.from_bytes(raw).roster
        roster = verify_roster(
            SignedRoster.from_bytes(raw),
            network=self.network.slug,
            governance=frozenset(self.network.governance_keys),
            quorum=self.network.governance_quorum,
            lowest_epoch=kept[0] if kept else 1,
        )
        if roster.coordinator_key != self.network.coordinator_key:
            raise RemoteProtocolError(
                f"roster epoch {roster.epoch} names another coordinator than the one enrolled with"
            )
        if kept and kept[0] == roster.epoch and roster.digest != self.roster().digest:
            raise RemoteProtocolError(
                f"two different rosters were signed for epoch {roster.epoch}",
                hint="Keep both and call the network's governance.",
            )
        self.store.keep_roster(roster.epoch, raw)
        return roster

    def follow_plan(self, raw: bytes) -> Plan:
        """Keep a proposed plan (a signed envelope), so that `preview` can show it."""
        opened = self._expect(raw, Kind.PROPOSAL)
        plan = Plan.from_json(opened.body)
        self.store.keep_plan(plan.round_id, opened.body)
        return plan

    def follow_release(self, raw: bytes) -> Release:
        """Keep a release (a signed envelope) and settle what this node paid for it.

        Raises:
            RemoteProtocolError: not from the coordinator, or not a release.
        """
        opened = self._expect(raw, Kind.RELEASE)
        release = Release.from_json(opened.body)
        with self._turn:
            ledger = self.store.ledger()
            open_charges = [
                entry.job_id
                for entry in ledger.entries
                if entry.round_id == release.round_id and ledger.settlement_of(entry.job_id) is None
            ]
            for job_id in dict.fromkeys(open_charges):
                ledger = settle(ledger, job_id, release.digest)
                self.store.append(ledger.entries[-1])
            self.store.keep_release(release.round_id, opened.body)
        return release

    def _expect(self, raw: bytes, kind: Kind) -> Opened:
        opened = self._open(raw)
        if opened.header.kind is not kind:
            raise RemoteProtocolError(f"expected {kind!r}; {opened.header.kind!r} came")
        return opened
