"""A real node in a simulated round: its own session, over its own files, by envelopes."""

from dataclasses import dataclass, field

from foyer_node.session import NodeSession
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.randomness import Entropy
from foyer_protocol.messages.closing import AbortAsk, AbortCertificate
from foyer_protocol.messages.codec import pack
from foyer_protocol.messages.envelope import (
    COORDINATOR,
    EnvelopeHeader,
    Kind,
    Opened,
    open_envelope,
    seal_envelope,
)
from foyer_protocol.messages.escrow import EscrowAnswer, EscrowRequest
from foyer_protocol.messages.history import (
    HeadUpdate,
    HistoryKind,
    extend,
    head_of,
    sign_head,
)
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.report import Refusal, Report
from foyer_protocol.messages.roster import Roster, SignedRoster
from foyer_protocol.messages.unmask import UnmaskAnswer, UnmaskRequest
from foyer_protocol.rounds.events import (
    AnswerArrived,
    EscrowArrived,
    Event,
    RefusalArrived,
    ReportArrived,
)
from foyer_protocol.simulate import NOON
from foyer_protocol.version import PROTOCOL_VERSION

NO_JOB = "0" * 32


@dataclass(slots=True, kw_only=True)
class SessionParty:
    """Stands where `simulate.run_round` expects a `Party`; `coordinator` signs what it is sent."""

    session: NodeSession
    coordinator: Identity
    signed: SignedRoster
    replies: list[bytes] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """The institution."""
        return self.session.network.institution

    def report(self, job: Job, roster: Roster, entropy: Entropy) -> Event:
        """Offer the job and take the report, or the refusal."""
        body = pack(job.to_json(), self.signed.to_bytes())
        opened = self._ask(Kind.OFFER, job.job_id, body)
        if opened.header.kind is Kind.REFUSAL:
            return self._refusal(opened)
        return ReportArrived(sender=self.name, report=Report.from_bytes(opened.body))

    def unmask(self, request: UnmaskRequest, roster: Roster) -> Event:
        """Ask it as a helper."""
        opened = self._ask(Kind.UNMASK, request.job.job_id, request.to_bytes())
        if opened.header.kind is Kind.REFUSAL:
            return self._refusal(opened)
        return AnswerArrived(sender=self.name, answer=UnmaskAnswer.from_bytes(opened.body))

    def give_shares(self, request: EscrowRequest, roster: Roster) -> Event:
        """Ask it for its shares of the silent helpers' seeds."""
        opened = self._ask(Kind.ESCROW, request.unmask.job.job_id, request.to_bytes())
        if opened.header.kind is Kind.REFUSAL:
            return self._refusal(opened)
        return EscrowArrived(sender=self.name, answer=EscrowAnswer.from_bytes(opened.body))

    def propose(self, plan: Plan) -> None:
        """Announce a plan, and hand it over to look at."""
        self.announce(HistoryKind.PLAN, plan.digest, plan.round_id)
        self.session.follow_plan(self._sealed(Kind.PROPOSAL, NO_JOB, plan.to_json()))

    def release(self, release: Release) -> None:
        """Announce a release, and hand it over."""
        self.announce(HistoryKind.RELEASE, release.digest, release.round_id)
        raw = self._sealed(Kind.RELEASE, release.job_id, release.to_json())
        self.session.follow_release(raw)

    def promise(self, ask: AbortAsk) -> Opened:
        """Ask it, as a helper, never to answer a job."""
        return self._ask(Kind.ABORT_ASK, ask.job_id, ask.to_json())

    def aborted(self, job_id: str, certificate: AbortCertificate) -> str:
        """Hand over the certificate of a job; the id for which nothing is owed now."""
        raw = self._sealed(Kind.ABORTED, job_id, certificate.to_bytes())
        return self.session.follow_abort(raw)

    def announce(self, kind: HistoryKind, subject: str, round_id: str) -> bytes:
        """Add to the history that this node is shown; returns its witness."""
        known = self.session.history.history()
        history = extend(known, kind, subject, round_id)
        seen = head_of(history, self.session.network.slug)
        update = HeadUpdate(
            seen=seen,
            signature=sign_head(seen, self.coordinator),
            entries=history.entries[len(known.entries) :],
        )
        return self.session.follow_head(update.to_bytes())

    def _ask(self, kind: Kind, job_id: str, body: bytes) -> Opened:
        raw = self.session.handle(self._sealed(kind, job_id, body))
        self.replies.append(raw)
        return open_envelope(
            raw,
            network=self.session.network.slug,
            receiver=COORDINATOR,
            sender_keys={self.name: self.session.identity.public},
            now=self.session.clock(),
        )

    def _refusal(self, opened: Opened) -> Event:
        return RefusalArrived(sender=self.name, code=Refusal.from_json(opened.body).code)

    def _sealed(self, kind: Kind, job_id: str, body: bytes) -> bytes:
        header = EnvelopeHeader(
            protocol=PROTOCOL_VERSION,
            network=self.session.network.slug,
            sender=COORDINATOR,
            receiver=self.name,
            kind=kind,
            job_id=job_id,
            expires_at=NOON + 3600,
        )
        return seal_envelope(header, body, self.coordinator)
