"""A small consortium for tests: plans, parties with keys, and rounds driven by hand.

Everything is real but the data: real keys, seals, masks and noise. Helpers are the first
three institutions by name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import TypeVar

import numpy as np

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.pads import pad_key
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.crypto.sealing import open_sealed
from foyer_protocol.dp.ledger import Ledger, charge
from foyer_protocol.messages.codec import Message, read_fraction, unpack
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.report import Report
from foyer_protocol.messages.roster import Roster, SignedRoster, sign_roster
from foyer_protocol.messages.unmask import UnmaskAnswer, UnmaskRequest
from foyer_protocol.rounds.cohorts import path_in
from foyer_protocol.rounds.coordinator import SumState, helper_requests, step
from foyer_protocol.rounds.events import (
    AnswerArrived,
    ClockTicked,
    Effect,
    Event,
    GaveUp,
    Launched,
    ReportArrived,
    Summed,
)
from foyer_protocol.rounds.helper import admit, answer
from foyer_protocol.rounds.kinds import figures, veto
from foyer_protocol.rounds.kinds.kind import vector_of
from foyer_protocol.rounds.masking import Masked, context, seal_info, sum_pads
from foyer_protocol.rounds.node import make_report
from foyer_protocol.rounds.phases import Phase
from foyer_protocol.rounds.planning import Wish, make_plan
from foyer_protocol.simulate import NOON, Party, make_network

M = TypeVar("M", bound=Message)

NAMES = ("aros", "brandts", "ccb", "dox", "ermitage", "folkwang")
PERIOD = Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1))
EXPIRES = NOON + 60


def a_plan(*statistics: str, **changes: object) -> Plan:
    """A plan for `statistics`, or for the whole catalogue."""
    wish = Wish(
        round_id="season-2026",
        network="simulated",
        statistics=statistics or tuple(CATALOGUE),
        period=PERIOD,
        currency="EUR",
        minimum_cohort=4,
        colluding=1,
    )
    return make_plan(replace(wish, **changes))


def even(plan: Plan, size: int = 4000, lacking: frozenset[str] = frozenset()) -> Contribution:
    """`size` in every slot; no contributor to the statistics in `lacking`."""
    return Contribution(
        values={leaf: (size,) * leaf.width for leaf in plan.layout().leaves},
        contributes={key: key not in lacking for key in plan.statistics},
    )


def varied(plan: Plan, seed: int) -> Contribution:
    """Different counts in every slot, reproducible."""
    rng = np.random.default_rng(seed)
    return Contribution(
        values={
            leaf: tuple(int(n) for n in rng.integers(0, 9000, leaf.width))
            for leaf in plan.layout().leaves
        },
        contributes=dict.fromkeys(plan.statistics, True),
    )


@dataclass(slots=True, kw_only=True)
class Consortium:
    """Six institutions and the roster that admits them."""

    plan: Plan
    roster: Roster
    parties: dict[str, Party] = field(repr=False)

    def job(self, **changes: object) -> Job:
        """The figures of the plan, as a job with a fresh name."""
        job = figures.make_job(
            self.plan,
            self.roster,
            job_id=system_entropy(16).hex(),
            reports_until=NOON,
            expires_at=EXPIRES,
        )
        return altered(job, **changes)

    def state(self, job: Job | None = None, **changes: object) -> SumState:
        """A sum that nobody has launched yet."""
        start = SumState(job=job or self.job(), roster=self.roster, invited=tuple(self.parties))
        return replace(start, **changes)

    def veto_job(self, parent: Job, totals: tuple[int, ...], parent_set: str) -> Job:
        """A veto about `parent` with the weights `totals`, in grid units."""
        empty = np.zeros(parent.width, dtype=np.int64)
        job = veto.make_job(
            parent,
            empty,
            parent_set,
            job_id=system_entropy(16).hex(),
            reports_until=NOON,
            expires_at=EXPIRES,
        )
        return altered(job, totals=totals)

    def report(self, name: str, job: Job, vector: np.ndarray | None = None) -> Report:
        """The report of one institution, paid from its ledger; `vector` replaces its own."""
        party = self.parties[name]
        party.ledger = pay(party.ledger, job, self.roster)
        if vector is None:
            path = path_in(self.roster, job.plan.cohorts, name)
            vector = vector_of(job, party.contribution, system_entropy, path)
        return make_report(
            job, self.roster, party.identity, name, vector, party.ledger, system_entropy
        )

    def reports(self, job: Job, names: Iterable[str] = NAMES) -> dict[str, Report]:
        """Reports of `names`."""
        return {name: self.report(name, job) for name in names}

    def request(self, job: Job, reports: Mapping[str, Report], helper: str) -> UnmaskRequest:
        """What an honest coordinator asks `helper` about these reports."""
        asked = self.state(job, reports=reports, chosen=tuple(sorted(reports)))
        return helper_requests(asked)[helper]

    def answer(self, request: UnmaskRequest, helper: str) -> UnmaskAnswer:
        """The pads of `helper`, which remembers that it answered."""
        party = self.parties[helper]
        party.memory = admit(party.memory, request, self.roster)
        return answer(request, self.roster, helper, party.identity, party.helper_key)

    def answers(self, job: Job, reports: Mapping[str, Report]) -> dict[str, UnmaskAnswer]:
        """What every helper answers about the same reports."""
        return {
            helper: self.answer(self.request(job, reports, helper), helper)
            for helper in self.roster.committee
        }


def a_consortium(
    *statistics: str,
    contributions: Mapping[str, Contribution] | None = None,
    cap: Fraction = Fraction(1000),
    plan: Plan | None = None,
) -> Consortium:
    """Six institutions, three of them helpers, a minimum cohort of four."""
    plan = plan or a_plan(*statistics)
    parts = contributions or {name: varied(plan, seed) for seed, name in enumerate(NAMES)}
    roster, parties = make_network(parts, cap=cap)
    return Consortium(plan=plan, roster=roster, parties=parties)


def pay(ledger: Ledger, job: Job, roster: Roster) -> Ledger:
    """Charge a job without a limit."""
    return charge(
        ledger,
        job_id=job.job_id,
        round_id=job.plan.round_id,
        rho=read_fraction(job.rho),
        period=roster.period,
        cap=Fraction(10**6),
    )


def altered(message: M, **changes: object) -> M:
    """A message with other fields, validated like one that arrived."""
    return type(message)(**{**dict(message), **changes})


def signed(roster: Roster, *governance: Identity) -> SignedRoster:
    """`roster` with the signatures of `governance`."""
    return SignedRoster(
        roster=roster,
        signatures={key.public: sign_roster(roster, key) for key in governance},
    )


def exact_sum(consortium: Consortium, names: Iterable[str] = NAMES) -> np.ndarray:
    """What nobody in the protocol ever sees: the sum without noise, in grid units."""
    return np.sum(
        [
            figures.exact_vector(consortium.plan, consortium.parties[name].contribution)
            for name in names
        ],
        axis=0,
    )


def step_all(state: SumState, *events: Event) -> tuple[SumState, list[Effect]]:
    """Step through `events`, gathering the effects."""
    effects: list[Effect] = []
    for event in events:
        state, more = step(state, event)
        effects += more
    return state, effects


def reported(reports: Mapping[str, Report]) -> list[Event]:
    """The arrival of `reports`."""
    return [ReportArrived(sender=name, report=report) for name, report in reports.items()]


def answered(answers: Mapping[str, UnmaskAnswer]) -> list[Event]:
    """The arrival of `answers`."""
    return [AnswerArrived(sender=name, answer=reply) for name, reply in answers.items()]


def open_sum(consortium: Consortium, job: Job, reports: Mapping[str, Report]) -> Summed | GaveUp:
    """Bring a sum of `reports` to its end; whoever is missing stayed silent."""
    state, effects = step_all(
        consortium.state(job), Launched(), *reported(reports), ClockTicked(now=NOON)
    )
    if state.phase is Phase.UNMASKING:
        state, effects = step_all(state, *answered(consortium.answers(job, reports)))
    last = effects[-1]
    assert isinstance(last, Summed | GaveUp)
    return last


def pads_of(consortium: Consortium, job: Job, hidden: Mapping[str, Masked], helper: str) -> bytes:
    """What `helper` can always compute: its own pads over masked vectors, without any rule."""
    position = consortium.roster.committee.index(helper)
    keys = []
    for name, masked in hidden.items():
        bound = context(job, name, masked.nonce)
        key, info = consortium.parties[helper].helper_key, seal_info(bound, helper)
        (seed,) = unpack(open_sealed(masked.sealed[position], key, info))
        keys.append(pad_key(seed, bound))
    return sum_pads(job, keys)
