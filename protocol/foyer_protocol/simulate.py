"""A whole round in memory, all parties, with dropouts: read this first.

`run_sum` is one private sum; `run_round` is a round of two: the figures, then the
anonymous veto. The node and the coordinator make the same calls in the same order; all
they add is a network, a disk and a clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.randomness import Entropy, system_entropy
from foyer_protocol.dp.ledger import Ledger, charge
from foyer_protocol.errors import FoyerError
from foyer_protocol.messages.codec import fraction_text, read_fraction
from foyer_protocol.messages.escrow import EscrowRequest
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.roster import Member, Roster, sign_helper_key
from foyer_protocol.messages.unmask import UnmaskRequest
from foyer_protocol.rounds.cohorts import check_own, path_in, sum_cohorts
from foyer_protocol.rounds.coordinator import SumState, step
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
from foyer_protocol.rounds.helper import HelperState, admit, answer
from foyer_protocol.rounds.kinds import figures, veto
from foyer_protocol.rounds.kinds.kind import vector_of
from foyer_protocol.rounds.node import make_report
from foyer_protocol.rounds.publishing import make_release
from foyer_protocol.rounds.publishing_cohorts import add_cohorts
from foyer_protocol.rounds.recovery import admit_escrow, answer_escrow
from foyer_protocol.rounds.rules import check_job
from foyer_protocol.version import PROTOCOL_VERSION

NOON = 1_810_000_000
"""The simulated time, in seconds since 1970."""


@dataclass(slots=True, kw_only=True)
class Party:
    """One institution: its keys, its ledger, and its memory as a helper."""

    name: str
    contribution: Contribution = field(repr=False)
    identity: Identity = field(default_factory=Identity.generate)
    helper_key: HelperKey = field(default_factory=HelperKey.generate, repr=False)
    ledger: Ledger = field(default_factory=Ledger)
    memory: HelperState = field(default_factory=HelperState)

    def report(self, job: Job, roster: Roster, entropy: Entropy) -> Event:
        """Check, pay, compute, mask; or refuse with nothing but a code."""
        try:
            check_job(job, roster)
            check_own(job, roster, self.name)
            self.ledger = charge(
                self.ledger,
                job_id=job.job_id,
                round_id=job.plan.round_id,
                rho=read_fraction(job.rho),
                period=roster.period,
                cap=read_fraction(roster.period_rho_cap),
            )
        except FoyerError as refusal:
            return RefusalArrived(sender=self.name, code=refusal.code)
        path = path_in(roster, job.plan.cohorts, self.name)
        vector = vector_of(job, self.contribution, entropy, path)
        report = make_report(job, roster, self.identity, self.name, vector, self.ledger, entropy)
        return ReportArrived(sender=self.name, report=report)

    def unmask(self, request: UnmaskRequest, roster: Roster) -> Event:
        """As a helper: admit, remember, and only then answer; or refuse with a code."""
        try:
            self.memory = admit(self.memory, request, roster)
            reply = answer(request, roster, self.name, self.identity, self.helper_key)
        except FoyerError as refusal:
            return RefusalArrived(sender=self.name, code=refusal.code)
        return AnswerArrived(sender=self.name, answer=reply)

    def give_shares(self, request: EscrowRequest, roster: Roster) -> Event:
        """As a helper that answered: give shares of the silent helpers' seeds, or refuse."""
        try:
            self.memory = admit_escrow(self.memory, request, roster, self.name)
            reply = answer_escrow(request, roster, self.name, self.identity, self.helper_key)
        except FoyerError as refusal:
            return RefusalArrived(sender=self.name, code=refusal.code)
        return EscrowArrived(sender=self.name, answer=reply)


def make_network(
    contributions: Mapping[str, Contribution],
    *,
    helpers: int = 3,
    silent: int = 0,
    minimum_cohort: int = 4,
    cap: Fraction = Fraction(10),
    network: str = "simulated",
    facts: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Roster, dict[str, Party]]:
    """Parties with fresh keys, and the roster that admits them.

    Of `helpers`, `silent` (f) may fall silent; T = m - f, and c = T - f - 1 may collude.
    `facts` are the public ones of `Member`, by institution.
    """
    threshold = helpers - silent
    parties = {
        name: Party(name=name, contribution=contributions[name]) for name in sorted(contributions)
    }
    members = tuple(
        Member(
            institution=party.name,
            signing_key=party.identity.public,
            helper_key=party.helper_key.public.hex(),
            helper_signature=sign_helper_key(party.helper_key.public, party.identity).hex(),
            **(facts or {}).get(party.name, {}),
        )
        for party in parties.values()
    )
    roster = Roster(
        protocol=PROTOCOL_VERSION,
        network=network,
        epoch=1,
        period="2026",
        coordinator_key=Identity.generate().public,
        members=members,
        committee=tuple(list(parties)[:helpers]),
        threshold=threshold,
        silent=silent,
        corrupt=threshold - silent - 1,
        minimum_cohort=minimum_cohort,
        period_rho_cap=fraction_text(cap),
    )
    return roster, parties


def run_sum(
    state: SumState,
    parties: Mapping[str, Party],
    *,
    offline: frozenset[str] = frozenset(),
    entropy: Entropy = system_entropy,
) -> tuple[SumState, Summed | GaveUp]:
    """Drive one private sum to its end. `offline` institutions never answer."""
    job = state.job
    patience = (job.expires_at - job.reports_until) // 2
    times = iter((0, 1, 1 + patience, job.expires_at - job.reports_until))
    queue: list[Event] = [Launched()]
    while True:
        event = queue.pop(0) if queue else ClockTicked(now=job.reports_until + next(times))
        state, effects = step(state, event)
        for effect in effects:
            if isinstance(effect, Summed | GaveUp):
                return state, effect
            queue += _respond(effect, state, parties, offline, entropy)


def _respond(
    effect: Effect,
    state: SumState,
    parties: Mapping[str, Party],
    offline: frozenset[str],
    entropy: Entropy,
) -> list[Event]:
    """What the institutions send back."""
    match effect:
        case OfferJob(to=names):
            return [
                parties[name].report(state.job, state.roster, entropy)
                for name in names
                if name not in offline
            ]
        case AskHelpers(requests=requests):
            events: list[Event] = []
            for name, request in requests.items():
                if name in offline:
                    continue
                events.append(parties[name].unmask(request, state.roster))
            return events
        case AskEscrow(requests=asked):
            return [
                parties[name].give_shares(request, state.roster)
                for name, request in asked.items()
                if name not in offline
            ]
        case _:
            return []


def run_round(
    plan: Plan,
    roster: Roster,
    parties: Mapping[str, Party],
    *,
    offline: frozenset[str] = frozenset(),
    new_job_id: Callable[[], str] = lambda: system_entropy(16).hex(),
) -> Release | GaveUp:
    """Run figures and veto, and publish; or give up with nothing released."""
    job = figures.make_job(
        plan, roster, job_id=new_job_id(), reports_until=NOON, expires_at=NOON + 60
    )
    _, end = run_sum(
        SumState(job=job, roster=roster, invited=tuple(parties)), parties, offline=offline
    )
    if isinstance(end, GaveUp):
        return end
    cohorts = sum_cohorts(job, roster, end.members, end.parts)
    question = veto.make_job(
        job,
        end.aggregate,
        end.set_digest,
        job_id=new_job_id(),
        reports_until=NOON,
        expires_at=NOON + 60,
        cohorts=cohorts,
    )
    asked = SumState(job=question, roster=roster, invited=end.members, everyone=True)
    _, verdict = run_sum(asked, parties, offline=offline)
    if isinstance(verdict, GaveUp):
        return verdict
    release = make_release(
        job,
        roster,
        end.aggregate,
        parts=end.parts,
        members=len(end.members),
        reports=end.set_digest,
        objected=veto.objections(plan, verdict.aggregate),
        released_at=NOON,
    )
    return add_cohorts(release, job, cohorts, end.aggregate, verdict.aggregate)
