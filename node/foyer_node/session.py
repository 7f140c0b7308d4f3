"""A node's answers to the coordinator. It performs what the protocol decides.

`handle` takes the bytes of one envelope and returns the bytes of the reply, or nothing.
The order inside is the safety of it: refuse, charge, compute, journal, show in the
outbox, and only then return what may leave.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from foyer_node.config import Policy
from foyer_node.decisions import Decisions
from foyer_node.differences import refuse_differences
from foyer_node.faults import name_and_place
from foyer_node.following import Follower
from foyer_node.openings import Openings
from foyer_node.ports import HelperKeyring, Show
from foyer_node.refunds import refuse_given_up
from foyer_node.repeats import note_question, refuse_if_answered
from foyer_node.stewardship import approve, period_cap
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.dp.ledger import charge
from foyer_protocol.errors import (
    FoyerError,
    InternalError,
    RemoteProtocolError,
    RoundAborted,
)
from foyer_protocol.messages.closing import AbortAsk
from foyer_protocol.messages.codec import read_fraction, unpack
from foyer_protocol.messages.envelope import (
    COORDINATOR,
    EnvelopeHeader,
    Kind,
    Opened,
    seal_envelope,
)
from foyer_protocol.messages.escrow import EscrowRequest
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.report import Refusal
from foyer_protocol.messages.roster import Roster, helper_key_of
from foyer_protocol.messages.unmask import UnmaskRequest
from foyer_protocol.rounds.closing import admit_promise, promise
from foyer_protocol.rounds.cohorts import check_own, path_in
from foyer_protocol.rounds.helper import admit, answer
from foyer_protocol.rounds.kinds.kind import vector_of
from foyer_protocol.rounds.lag import check_lag
from foyer_protocol.rounds.node import make_openable_report
from foyer_protocol.rounds.recovery import admit_escrow, answer_escrow
from foyer_protocol.rounds.rules import check_job
from foyer_protocol.version import PROTOCOL_VERSION

log = logging.getLogger("foyer.node.session")


class TooLate(Exception):
    """A report would be ignored, so that none is made and nothing is paid."""


@dataclass(slots=True, kw_only=True)
class NodeSession(Follower):
    """One node's side of the conversation. Safe to call from several threads."""

    policy: Policy
    helper_key: HelperKey = field(repr=False)
    show: Show
    compute: Callable[[Plan], Contribution]
    openings: Openings | None = None
    decisions: Callable[[], Decisions] = Decisions
    keyring: HelperKeyring | None = field(default=None, repr=False)

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

    def _answer(self, opened: Opened, question: bytes) -> bytes:
        try:
            kind, body, round_id, rho = self._dispatch(opened)
        except TooLate:
            return b""  # nobody waits for it, and a late refusal would only confuse
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
        self._chronicle.refuse_if_split()
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
            case Kind.ABORT_ASK:
                ask = AbortAsk.from_json(opened.body)
                return Kind.ABORT_PROMISE, self._promise(opened, ask), "", "0/1"
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

    def resume(self) -> None:
        """Finish what a crash interrupted. Call once, before anything is answered."""
        with self._turn:
            if self.store.roster() is not None:
                self._renew(self.roster())

    def _renew(self, roster: Roster) -> None:
        if self.keyring is not None:
            named = helper_key_of(roster, self.network.institution)
            self.helper_key = self.keyring.settle(named)

    def _report(self, job: Job, roster: Roster) -> bytes:
        check_job(job, roster)
        check_own(job, roster, self.network.institution)
        check_lag(job.plan, self.clock())  # by our own clock too, whatever the job says
        if self.clock() >= job.reports_until:
            raise TooLate("the reports were closed before this node could answer")
        approve(job.plan, self.policy, self.decisions())
        before = self.store.ledger()
        if before.charge_of(job.job_id) is not None:
            # We stopped between paying and answering. Fresh noise for the same data would
            # cost again, so this job stays unanswered and its price stays spent.
            raise RoundAborted(f"job {job.job_id[:8]} was paid for before a crash")
        refuse_if_answered(self.store, self.history, job, roster)
        refuse_differences(self.store, self.history, job, roster)
        ledger = charge(
            before,
            job_id=job.job_id,
            round_id=job.plan.round_id,
            rho=read_fraction(job.rho),
            period=roster.period,
            cap=period_cap(self.policy, roster),
        )
        refuse_given_up(self.store, job)
        contribution = self.compute(job.plan)
        _, signed = self.store.roster() or (0, b"")  # the job's own: `_read_offer` followed it
        self.store.keep_job(job.job_id, job.to_json(), roster.digest, signed)
        note_question(self.store, job, roster)
        self.store.append(ledger.entries[-1])
        path = path_in(roster, job.plan.cohorts, self.network.institution)
        vector = vector_of(job, contribution, system_entropy, path)
        report, seeds = make_openable_report(
            job,
            roster,
            self.identity,
            self.network.institution,
            vector,
            ledger,
            system_entropy,
        )
        if self.openings is not None:
            self.openings.keep(job, report, contribution, vector, seeds)
        return report.to_bytes()

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

    def _promise(self, opened: Opened, ask: AbortAsk) -> bytes:
        if opened.header.job_id != ask.job_id:
            raise RemoteProtocolError("the envelope names another job than the one to give up")
        admit_promise(self.store.helper_state(), ask)
        self.store.remember_promise(ask.job_id)
        return promise(ask, self.network.institution, self.identity).to_bytes()

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
        # Shown first: after a crash in between, the outbox may list what never left, but
        # nothing leaves that it does not list.
        self.show(raw, channel="fleet", kind=kind, round_id=round_id, rho=rho)
        if kind is not Kind.REFUSAL:  # a refusal cost nothing: next time may be different
            self.store.journal(question, raw)
        return raw
