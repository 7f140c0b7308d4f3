"""Drives one round to its end, through crashes: figures, then veto, then the release.

It performs effects and feeds events back; what may happen is decided in
`foyer_protocol.rounds`. Everything is durable before it matters: a round that is resumed
asks the same questions again, and the nodes answer from their journals.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import assert_never

from foyer_coordinator.closing import MOST_SECONDS, Closer
from foyer_coordinator.letters import read_reply, write_letter
from foyer_coordinator.ports import ClosingBook, Delivery, Exchange, RoundBook
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.errors import FoyerError, LocalProtocolError
from foyer_protocol.messages.codec import pack
from foyer_protocol.messages.envelope import Kind
from foyer_protocol.messages.escrow import EscrowAnswer
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.report import Refusal, Report
from foyer_protocol.messages.roster import Roster, SignedRoster
from foyer_protocol.messages.unmask import UnmaskAnswer
from foyer_protocol.rounds.cohorts import CohortSum, sum_cohorts
from foyer_protocol.rounds.coordinator import (
    SumState,
    escrow_requests,
    finished,
    helper_requests,
    step,
)
from foyer_protocol.rounds.events import (
    AnswerArrived,
    AskEscrow,
    AskHelpers,
    ClockTicked,
    Effect,
    EscrowArrived,
    Event,
    GaveUp,
    Launched,
    OfferJob,
    RefusalArrived,
    ReportArrived,
    Summed,
)
from foyer_protocol.rounds.kinds import figures, veto
from foyer_protocol.rounds.phases import Phase
from foyer_protocol.rounds.publishing import make_release
from foyer_protocol.rounds.publishing_cohorts import add_cohorts

log = logging.getLogger("foyer.coordinator.session")

LOOK_SECONDS = 0.25
"""How long to wait for news before looking at the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds from launch to the end of reporting, and from there to the end of a sum."""

    reports: int = 60
    answers: int = 60


@dataclass(slots=True, kw_only=True)
class RoundRunner:
    """Runs one round over one exchange. `nudge` tells nodes that work is waiting."""

    rounds: RoundBook
    closings: ClosingBook
    exchange: Exchange
    nudge: Callable[[Iterable[str]], object]
    signed: SignedRoster
    identity: Identity = field(repr=False)
    clock: Callable[[], int]
    deadlines: Deadlines
    should_stop: Callable[[], bool] = lambda: False

    @property
    def roster(self) -> Roster:
        """The roster the round runs under."""
        return self.signed.roster

    def run(self, plan: Plan) -> Release | None:
        """Bring the round of `plan` from wherever it stands to its end.

        Returns its release, or None where it was aborted or this process is stopping.
        """
        kept = self.rounds.release(plan.round_id)
        if kept is not None:  # it was published just before a crash
            self.rounds.move_round(plan.round_id, Phase.RELEASED, self.clock())
            return kept
        sums = self.rounds.sums_of(plan.round_id)
        first = sums[0] if sums else self._figures(plan)
        end = self._drive(first)
        if not isinstance(end, Summed):
            self._abort(plan, end)
            return None
        self.rounds.move_round(plan.round_id, Phase.REVIEWING, self.clock())
        second = sums[1] if len(sums) > 1 else self._veto(first, end)
        verdict = self._drive(second)
        if not isinstance(verdict, Summed):
            self._abort(plan, verdict)
            return None
        return self._release(first.job, end, verdict)

    def _figures(self, plan: Plan) -> SumState:
        closes = self.clock() + self.deadlines.reports
        job = figures.make_job(
            plan,
            self.roster,
            job_id=system_entropy(16).hex(),
            reports_until=closes,
            expires_at=closes + self.deadlines.answers,
        )
        invited = tuple(member.institution for member in self.roster.members)
        return SumState(job=job, roster=self.roster, invited=invited)

    def _veto(self, parent: SumState, summed: Summed) -> SumState:
        closes = self.clock() + self.deadlines.reports
        job = veto.make_job(
            parent.job,
            summed.aggregate,
            summed.set_digest,
            job_id=system_entropy(16).hex(),
            reports_until=closes,
            expires_at=closes + self.deadlines.answers,
            cohorts=self._cohorts(parent.job, summed),
        )
        return SumState(job=job, roster=parent.roster, invited=summed.members, everyone=True)

    def _cohorts(self, job: Job, summed: Summed) -> tuple[CohortSum, ...]:
        return sum_cohorts(job, self.roster, summed.members, summed.parts)

    def _abort(self, plan: Plan, end: GaveUp | None) -> None:
        # Promises first: a round that a crash leaves open here is found and asked about again.
        if end is not None and self._closer().close_round(plan.round_id):
            self.rounds.move_round(plan.round_id, Phase.ABORTED, self.clock(), end.reason)
            log.warning("round %s aborted: %s", plan.round_id, end.reason)

    def _closer(self) -> Closer:
        return Closer(
            book=self.closings,
            exchange=self.exchange,
            nudge=self.nudge,
            identity=self.identity,
            clock=self.clock,
            seconds=min(MOST_SECONDS, self.deadlines.answers),
            should_stop=self.should_stop,
        )

    def _release(self, job: Job, summed: Summed, verdict: Summed) -> Release:
        release = make_release(
            job,
            self.roster,
            summed.aggregate,
            parts=summed.parts,
            members=len(summed.members),
            reports=summed.set_digest,
            objected=veto.objections(job.plan, verdict.aggregate),
            released_at=self.clock(),
        )
        cohorts = self._cohorts(job, summed)
        release = add_cohorts(release, job, cohorts, summed.aggregate, verdict.aggregate)
        self.rounds.publish(release)
        self.rounds.move_round(release.round_id, Phase.RELEASED, self.clock())
        log.info("round %s released", release.round_id)
        return release

    def _drive(self, state: SumState) -> Summed | GaveUp | None:
        """Step one sum until it ends; None if this process must stop first."""
        state, effects = self._begin(state)
        while True:
            for effect in effects:
                if isinstance(effect, Summed | GaveUp):
                    return effect
                self._perform(effect, state)
            if self.should_stop():
                return None
            state, effects = self._advance(state)

    def _begin(self, state: SumState) -> tuple[SumState, tuple[Effect, ...]]:
        """Launch a new sum, or ask again what a resumed one was waiting for."""
        match state.phase:
            case Phase.PLANNED:
                return self._step(state, Launched())
            case Phase.REPORTING:
                waiting = set(state.invited) - set(state.reports) - set(state.refusals)
                return state, (OfferJob(to=tuple(sorted(waiting))),)
            case Phase.UNMASKING:
                requests = helper_requests(state)
                open_ones = {h: r for h, r in requests.items() if h not in state.answers}
                return state, (AskHelpers(requests=open_ones),)
            case Phase.REVIEWING | Phase.RELEASED:
                return state, (finished(state),)
            case Phase.ABORTED:
                return state, (GaveUp(reason=state.reason),)
            case Phase.RECOVERING:
                asked = escrow_requests(state)
                owed = {h: r for h, r in asked.items() if h not in state.escrows}
                return state, (AskEscrow(requests=owed),)
            case _:
                assert_never(state.phase)

    def _step(self, state: SumState, event: Event) -> tuple[SumState, tuple[Effect, ...]]:
        after, effects = step(state, event)
        if after is not state:
            self.rounds.save_sum(after)
            if after.phase is not state.phase:
                self._follow(after)
        return after, effects

    def _follow(self, state: SumState) -> None:
        """Show the first sum's phase as the round's own."""
        if not state.everyone and state.phase in (Phase.REPORTING, Phase.UNMASKING):
            self.rounds.move_round(state.job.plan.round_id, state.phase, self.clock())

    def _perform(self, effect: Effect, state: SumState) -> None:
        match effect:
            case OfferJob(to=names):
                # The roster travels along: a node whose control stream is cut can still take part.
                offer = pack(state.job.to_json(), self.signed.to_bytes())
                for name in names:
                    self._send(name, Kind.OFFER, state.job, offer)
                self.nudge(names)
            case AskHelpers(requests=requests):
                for name, request in requests.items():
                    self._send(name, Kind.UNMASK, state.job, request.to_bytes())
                self.nudge(tuple(requests))
            case AskEscrow(requests=asked):
                for name, plea in asked.items():
                    self._send(name, Kind.ESCROW, state.job, plea.to_bytes())
                self.nudge(tuple(asked))
            case Summed() | GaveUp():
                raise LocalProtocolError("the end of a sum is no message")
            case _:
                assert_never(effect)

    def _send(self, institution: str, kind: Kind, job: Job, body: bytes) -> None:
        payload = write_letter(
            body,
            self.identity,
            network=self.roster.network,
            receiver=institution,
            kind=kind,
            job_id=job.job_id,
            expires_at=job.expires_at,
        )
        self.exchange.send(institution, payload, ttl_seconds=max(1, job.expires_at - self.clock()))

    def _advance(self, state: SumState) -> tuple[SumState, tuple[Effect, ...]]:
        self.exchange.wait(LOOK_SECONDS)
        effects: tuple[Effect, ...] = ()
        for delivery in self.exchange.collect():
            event = self._read(delivery, state)
            if event is None:
                continue
            try:
                state, more = self._step(state, event)
            except FoyerError as refusal:
                log.warning("ignored %s: %s", delivery.institution, refusal.message)
                continue
            effects += more
        state, more = self._step(state, ClockTicked(now=self.clock()))
        return state, effects + more

    def _read(self, delivery: Delivery, state: SumState) -> Event | None:
        """What a reply says; None for one that cannot be believed or belongs elsewhere."""
        if not delivery.payload:
            return None
        try:
            opened = read_reply(delivery.payload, self.roster, self.clock())
            if (opened.header.sender, opened.header.job_id) != (
                delivery.institution,
                state.job.job_id,
            ):
                return None
            return _event(opened.header.kind, opened.header.sender, opened.body)
        except FoyerError as refusal:
            log.warning("ignored %s: %s", delivery.institution, refusal.message)
            return None


def _event(kind: Kind, sender: str, body: bytes) -> Event | None:
    match kind:
        case Kind.REPORT:
            return ReportArrived(sender=sender, report=Report.from_bytes(body))
        case Kind.ANSWER:
            return AnswerArrived(sender=sender, answer=UnmaskAnswer.from_bytes(body))
        case Kind.SHARES:
            return EscrowArrived(sender=sender, answer=EscrowAnswer.from_bytes(body))
        case Kind.REFUSAL:
            return RefusalArrived(sender=sender, code=Refusal.from_json(body).code)
        case _:
            return None
