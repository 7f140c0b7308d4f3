"""The coordinator's part in a private sum: events in, effects out.

It relays, counts and adds. It holds no secret, and nothing here could unmask less than
the whole set that every helper answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from foyer_protocol.crypto.identity import verify
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.escrow import ESCROW_PURPOSE, EscrowAnswer, EscrowRequest, SignedAck
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.report import Report, set_digest
from foyer_protocol.messages.roster import Roster
from foyer_protocol.messages.unmask import ACK_PURPOSE, UnmaskAnswer, UnmaskRequest
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
    Reviewed,
    Summed,
    Withdrawn,
)
from foyer_protocol.rounds.grouping import canaries_hold, division, unmask_groups
from foyer_protocol.rounds.masking import total_of
from foyer_protocol.rounds.phases import Phase, advance, is_final
from foyer_protocol.rounds.recovery import recover_keys
from foyer_protocol.rounds.rules import check_header

Step = tuple["SumState", tuple[Effect, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SumState:
    """Where a sum stands. Where `everyone` is set (a veto), all `invited` must report but f."""

    job: Job
    roster: Roster
    invited: tuple[str, ...]
    everyone: bool = False
    phase: Phase = Phase.PLANNED
    reports: Mapping[str, Report] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    answers: Mapping[str, UnmaskAnswer] = field(default_factory=dict)
    asked_at: int | None = None
    escrows: Mapping[str, EscrowAnswer] = field(default_factory=dict)
    reason: str = ""

    @property
    def least(self) -> int:
        """The fewest reports with which the sum goes on: no helper answers for fewer."""
        if self.everyone:
            return max(self.job.least, len(self.invited) - self.roster.silent)
        return self.job.least

    @property
    def members(self) -> tuple[Report, ...]:
        """The reports in the sum, in institution order."""
        return tuple(self.reports[name] for name in self.chosen)

    @property
    def missing(self) -> tuple[str, ...]:
        """The helpers that have not answered, in alphabetical order."""
        return tuple(sorted(set(self.roster.committee) - set(self.answers)))

    @property
    def set_digest(self) -> str:
        """Digest of the set of reports that the helpers are asked about."""
        return set_digest(self.job.digest, tuple(report.signed for report in self.members))

    @property
    def division(self) -> tuple[tuple[str, ...], ...]:
        """The groups that are summed by themselves."""
        return division(self.job, self.roster, self.set_digest, self.chosen)


def step(state: SumState, event: Event) -> Step:
    """Return the next state and what the shell must now do, in order.

    The shell makes the new state durable before it performs an effect.

    Raises:
        RemoteProtocolError: a message that is not allowed, of a stranger, or altered.
            `state` is still good: ignore the sender and go on.
        LocalProtocolError: the shell sent an event that this phase does not know.
    """
    match event:
        case ReportArrived(sender=sender, report=report):
            return _take_report(state, sender, report)
        case RefusalArrived(sender=sender, code=code):
            return _take_refusal(state, sender, code)
        case AnswerArrived(sender=sender, answer=answer):
            return _take_answer(state, sender, answer)
        case EscrowArrived(sender=sender, answer=shares):
            return _take_escrow(state, sender, shares)
        case ClockTicked(now=now):
            return _tick(state, now)
        case Launched() | Reviewed() | Withdrawn():
            return _obey(state, event)
        case _:
            assert_never(event)


def _obey(state: SumState, order: Launched | Reviewed | Withdrawn) -> Step:
    match order:
        case Launched():
            opened = replace(state, phase=advance(state.phase, "launched"))
            return opened, (OfferJob(to=state.invited),)
        case Reviewed():
            return replace(state, phase=advance(state.phase, "reviewed")), ()
        case Withdrawn(reason=reason):
            return _give_up(state, reason)
        case _:
            assert_never(order)


def _take_report(state: SumState, sender: str, report: Report) -> Step:
    if report.signed.header.institution != sender:
        raise RemoteProtocolError(f"{sender!r} sent a report in another institution's name")
    if sender not in state.invited:
        raise RemoteProtocolError(f"{sender!r} was not invited to this sum")
    if state.phase is not Phase.REPORTING or sender in state.reports:
        return state, ()  # late or repeated: stays masked for ever
    check_header(report.signed, state.job, state.roster)
    if len(report.masked) * 8 != state.job.width * state.job.bits:
        raise RemoteProtocolError(f"the vector of {sender!r} has {len(report.masked)} bytes")
    refusals = {name: code for name, code in state.refusals.items() if name != sender}
    reports = {**state.reports, sender: report}
    return _close_if_complete(replace(state, reports=reports, refusals=refusals))


def _take_refusal(state: SumState, sender: str, code: str) -> Step:
    if state.phase is Phase.REPORTING and sender in state.invited:
        if sender in state.reports:
            return state, ()
        return _close_if_complete(replace(state, refusals={**state.refusals, sender: code}))
    repeated = state.refusals.get(sender) == code  # of the report, delivered once more
    is_helper = state.phase is Phase.UNMASKING and sender in state.roster.committee
    if is_helper and not repeated and state.roster.silent == 0:
        return _give_up(state, "helper-refused")
    # Where f > 0 it counts as silent; whether the others suffice shows when time is over.
    return state, ()


def _close_if_complete(state: SumState) -> Step:
    if len(state.reports) + len(state.refusals) < len(state.invited):
        return state, ()
    return _close(state)


def _close(state: SumState) -> Step:
    if len(state.reports) < state.least:
        return _give_up(state, "too-few-nodes")
    closed = replace(
        state,
        phase=advance(state.phase, "reports_closed"),
        chosen=tuple(sorted(state.reports)),
    )
    return closed, (AskHelpers(requests=helper_requests(closed)),)


def helper_requests(state: SumState) -> dict[str, UnmaskRequest]:
    """What each helper is asked once the reports are closed."""
    headers = tuple(report.signed for report in state.members)
    return {
        helper: UnmaskRequest(
            job=state.job,
            headers=headers,
            sealed=tuple(report.sealed[position] for report in state.members),
        )
        for position, helper in enumerate(state.roster.committee)
    }


def _take_answer(state: SumState, sender: str, answer: UnmaskAnswer) -> Step:
    if sender not in state.roster.committee or answer.ack.helper != sender:
        raise RemoteProtocolError(f"{sender!r} answered as a helper, which it is not")
    if state.phase is not Phase.UNMASKING or sender in state.answers:
        return state, ()
    verify(
        state.roster.member(sender).signing_key,
        ACK_PURPOSE,
        answer.ack.to_json(),
        answer.signature,
    )
    if answer.ack.job_id != state.job.job_id or answer.ack.set != state.set_digest:
        raise RemoteProtocolError(f"helper {sender!r} answered about another set of reports")
    if len(answer.pads) * 8 != len(state.division) * state.job.width * state.job.bits:
        raise RemoteProtocolError(f"the pads of {sender!r} have {len(answer.pads)} bytes")
    answered = replace(state, answers={**state.answers, sender: answer})
    if answered.missing:
        return answered, ()
    return _finish(answered)


def escrow_requests(state: SumState) -> dict[str, EscrowRequest]:
    """What the helpers that answered are asked about those that fell silent."""
    acks = tuple(
        SignedAck(ack=answer.ack, signature=answer.signature)
        for _, answer in sorted(state.answers.items())
    )
    requests = helper_requests(state)
    return {
        helper: EscrowRequest(unmask=requests[helper], acks=acks, silent=state.missing)
        for helper in state.answers
    }


def _take_escrow(state: SumState, sender: str, answer: EscrowAnswer) -> Step:
    if sender not in state.answers or answer.ack.helper != sender:
        raise RemoteProtocolError(f"{sender!r} gave escrow shares without having answered")
    if state.phase is not Phase.RECOVERING or sender in state.escrows:
        return state, ()
    key = state.roster.member(sender).signing_key
    verify(key, ESCROW_PURPOSE, answer.ack.to_json(), answer.signature)
    told = (answer.ack.job_id, answer.ack.set, answer.ack.silent)
    if told != (state.job.job_id, state.set_digest, state.missing):
        raise RemoteProtocolError(f"helper {sender!r} gave shares for another set or dead set")
    if len(answer.shares) != len(state.chosen) * len(state.missing):
        raise RemoteProtocolError(f"helper {sender!r} gave {len(answer.shares)} shares")
    held = replace(state, escrows={**state.escrows, sender: answer})
    if len(held.escrows) < state.roster.threshold:
        return held, ()
    try:
        return _finish(held)
    except RemoteProtocolError:
        # A holder or a dealer lies. More shares may outvote a holder; nobody a dealer.
        if len(held.escrows) < len(held.answers):
            return held, ()
        return _give_up(held, "escrow-failed")


def finished(state: SumState) -> Summed:
    """The sum of a state whose helpers have all answered, or whose silent ones' seeds are back.

    Raises:
        RemoteProtocolError: the escrow shares do not give the committed seeds.
    """
    recovered: list[bytes] = []
    if state.missing:
        escrows = tuple(state.escrows[name] for name in sorted(state.escrows))
        recovered = recover_keys(state.job, state.roster, state.members, escrows)
    parts = unmask_groups(
        state.job,
        state.division,
        {name: state.reports[name].masked for name in state.chosen},
        [answer.pads for answer in state.answers.values()],
        recovered,
    )
    total = total_of(state.job, parts)
    return Summed(aggregate=total, parts=parts, members=state.chosen, set_digest=state.set_digest)


def _finish(state: SumState) -> Step:
    summed = finished(state)
    if not canaries_hold(summed.parts, [len(group) for group in state.division]):
        return _give_up(state, "canaries-differ")
    return replace(state, phase=advance(state.phase, "masks_removed")), (summed,)


def _tick(state: SumState, now: int) -> Step:
    if is_final(state.phase) or state.phase is Phase.PLANNED:
        return state, ()
    if state.phase is Phase.REPORTING and now >= state.job.reports_until:
        return _close(state)
    if now >= state.job.expires_at:
        return _give_up(state, "deadline-passed")
    if state.phase is Phase.UNMASKING and state.asked_at is None:
        return replace(state, asked_at=now), ()
    if state.phase is Phase.UNMASKING and now >= _patience_ends(state):
        silent = replace(state, phase=advance(state.phase, "helpers_silent"))
        return silent, (AskEscrow(requests=escrow_requests(silent)),)
    return state, ()


def _patience_ends(state: SumState) -> float:
    """When silent helpers are given up for this sum: half of the time for answers is over.

    Never, where more are silent than the escrow allows.
    """
    if state.asked_at is None or not 1 <= len(state.missing) <= state.roster.silent:
        return float("inf")
    return state.asked_at + (state.job.expires_at - state.job.reports_until) // 2


def _give_up(state: SumState, reason: str) -> Step:
    gone = replace(state, phase=advance(state.phase, "aborted"), reason=reason)
    return gone, (GaveUp(reason=reason),)
