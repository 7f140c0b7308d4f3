"""A network under test: what an auditor sees of many sums, with and without one visitor.

Everything is the real path: rows, the SQL engine's clipping, `Party.report` (charge, noise,
masks), both helpers, the coordinator's unmasking. Three institutions report and all three
are counted on, so that the noise is exactly what its price asks for and no more.

The visitor at the bound is there once for each place where it can be seen alone: one in
every cell of a histogram, one in each quarter of a tree, one whose tickets pass the cap
many times over. Noise is independent from slot to slot, so that each cell of each sum is
an experiment of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from tests.support.consortium import PERIOD, a_plan, even
from tests.support.eligible_lines import DuckLines, imported

from foyer_node.engine.extract import Extractor
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.measures import Family, LeadTimes, Residence
from foyer_protocol.catalogue.schema import EligibleLine
from foyer_protocol.crypto.pads import add_pads, pad_key
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.crypto.ring import from_bytes
from foyer_protocol.dp.ledger import Ledger
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.report import Report
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.events import Summed
from foyer_protocol.rounds.helper import HelperState, open_packet
from foyer_protocol.rounds.kinds import figures
from foyer_protocol.rounds.masking import context
from foyer_protocol.simulate import NOON, Party, make_network, run_sum

Integers = NDArray[np.int64]

NAMES = ("aros", "brandts", "ccb")
HELPERS = 2
RHO = Fraction(1, 2)
"""A large price, because an audit sees most where there is least noise."""

TREE_RHO = Fraction(1, 25)
"""Small enough for a grid of 1, where one visitor is one grid unit and noise on even numbers
only would show each of them."""

JOBS_A_LEDGER = 25
"""Ledgers and memories start anew now and then: they are audited elsewhere, and long ones
make every job slower."""

REPORTS_KEPT = 16
"""Masked reports that are looked at, for some 60,000 bytes."""

LEAD_DAYS = (10, 80, 150, 220)
"""One in each quarter of the tree, so that no two of their paths share a node."""

TICKETS_BEYOND_ANY_CAP = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What was seen of a network in some sums of each kind; arrays have one row for each sum."""

    plan: Plan
    sums: dict[bool, Integers] = field(repr=False)  # by whether the visitor is there
    noise: Integers = field(repr=False)  # sums less what went into them, both kinds
    share: Integers = field(repr=False)  # one institution's own noise, before its masks
    moves: tuple[tuple[Family, int], ...]  # squared move of a block by one visitor
    failed: int
    remainders: dict[str, Integers] = field(repr=False)  # a report less all pads but one helper's

    def slots(self, family: Family) -> slice:
        """Positions of a family's block."""
        block = self.plan.layout().block(family)
        return slice(block.start, block.start + block.width)

    def share_variance(self, family: Family) -> Fraction:
        """Variance of one institution's noise in grid units²."""
        return read_fraction(self.plan.scale(family).share_variance)


def audited_plan() -> Plan:
    """Tickets and a histogram for `RHO` each, and a tree for `TREE_RHO`."""
    return a_plan(
        "volume.attendances",
        "booking.lead_time",
        "geography.residence",
        minimum_cohort=len(NAMES),
        colluding=0,
        prices={**dict.fromkeys(Family, RHO), Family.LEAD_TIME: TREE_RHO},
    )


def observe(jobs: int) -> Observed:
    """Run `jobs` sums with the visitors and as many without."""
    plan = audited_plan()
    parts = {present: _contributions(plan, present) for present in (False, True)}
    roster, parties = make_network(
        parts[False], helpers=HELPERS, minimum_cohort=len(NAMES), cap=Fraction(10**6)
    )
    sums: dict[bool, list[Integers]] = {False: [], True: []}
    kept: list[tuple[Job, Report]] = []
    failed = 0
    for number in range(2 * jobs):
        present = number >= jobs
        if number % JOBS_A_LEDGER == 0 or number == jobs:
            for name, party in parties.items():
                party.contribution = parts[present][name]
                party.ledger, party.memory = Ledger(), HelperState()
        job, state, end = _one_sum(plan, roster, parties)
        if isinstance(end, Summed):
            sums[present].append(end.aggregate)
        else:
            failed += 1
        if len(kept) < REPORTS_KEPT:
            kept.append((job, state.reports[NAMES[-1]]))
    width = plan.layout().width
    stacked = {kind: np.array(rows).reshape(len(rows), width) for kind, rows in sums.items()}
    exact = {kind: _exact(plan, part.values()) for kind, part in parts.items()}
    return Observed(
        plan=plan,
        sums=stacked,
        noise=np.concatenate([stacked[kind] - exact[kind] for kind in stacked]),
        share=_shares(plan, parts[False][NAMES[0]], jobs),
        moves=tuple(_moves(plan)),
        failed=failed,
        remainders=_remainders(roster, parties, kept),
    )


def _one_sum(plan: Plan, roster: Roster, parties: dict[str, Party]) -> tuple[Job, SumState, object]:
    job = figures.make_job(
        plan, roster, job_id=system_entropy(16).hex(), reports_until=NOON, expires_at=NOON + 60
    )
    state, end = run_sum(SumState(job=job, roster=roster, invited=NAMES), parties)
    return job, state, end


def _exact(plan: Plan, parts: Iterable[Contribution]) -> Integers:
    return np.sum([figures.exact_vector(plan, part) for part in parts], axis=0)


def _shares(plan: Plan, part: Contribution, count: int) -> Integers:
    """One institution's noise on its own, as it stands before its masks."""
    exact = figures.exact_vector(plan, part)
    return np.array(
        [figures.noised_vector(plan, part, system_entropy) - exact for _ in range(count)]
    )


def _contributions(plan: Plan, present: bool) -> dict[str, Contribution]:
    others = dict.fromkeys(NAMES[1:], even(plan, 50))
    return {NAMES[0]: extract(plan, visitors(plan) if present else ()), **others}


def extract(plan: Plan, lines: Sequence[EligibleLine]) -> Contribution:
    """What the node's own engine makes of `lines`."""
    return Extractor(DuckLines(lines, imported())).extract(plan.layout(), PERIOD)


def visitors(plan: Plan) -> list[EligibleLine]:
    """One visitor at the bound for each place where one can be seen."""
    (homes,) = (leaf for leaf in plan.layout().leaves if isinstance(leaf, Residence))
    lines = [
        _line(f"v{place}", territory=code, lead=LEAD_DAYS[place] if place < 4 else None)
        for place, code in enumerate(homes.codes)
    ]
    # A school class, so that it is in no histogram.
    return [*lines, _line("group", tickets=TICKETS_BEYOND_ANY_CAP, person=False)]


def _line(
    unit: str,
    *,
    territory: str = "UNKNOWN",
    lead: int | None = None,
    tickets: int = 0,
    person: bool = True,
) -> EligibleLine:
    ordered = datetime(2026, 3, 1, 12)
    return EligibleLine(
        unit=unit,
        visitor=unit,
        person=person,
        order=unit,
        ordered_at=ordered,
        event_at=None if lead is None else ordered + timedelta(days=lead),
        quantity=tickets,
        paid_minor=0,
        online=True,
        territory=territory,
    )


def _moves(plan: Plan) -> Iterable[tuple[Family, int]]:
    """How far one visitor moves each block, squared, in raw units."""
    nobody = extract(plan, ())
    for line in (visitors(plan)[0], visitors(plan)[-1]):
        somebody = extract(plan, [line])
        for block in plan.layout().blocks:
            pairs = (
                pair
                for leaf in block.leaves
                for pair in zip(somebody.values[leaf], nobody.values[leaf], strict=True)
            )
            yield block.family, sum((a - b) ** 2 for a, b in pairs)


def _remainders(
    roster: Roster, parties: dict[str, Party], kept: Sequence[tuple[Job, Report]]
) -> dict[str, Integers]:
    """By honest helper: reports less the pads of all other helpers, who are not honest."""
    found = {}
    for honest in roster.committee:
        corrupt = [name for name in roster.committee if name != honest]
        found[honest] = np.concatenate(
            [_less_pads(job, report, roster, parties, corrupt) for job, report in kept]
        )
    return found


def _less_pads(
    job: Job, report: Report, roster: Roster, parties: dict[str, Party], corrupt: Sequence[str]
) -> Integers:
    header = report.signed.header
    bound = context(job, header.institution, bytes.fromhex(header.nonce))
    keys = []
    for name in corrupt:
        sealed = report.sealed[roster.committee.index(name)]
        key = parties[name].helper_key
        packet = open_packet(report.signed, sealed, job, roster, name, key)
        keys.append(pad_key(packet.seed, bound))
    words = from_bytes(report.masked, job.bits, job.width)
    add_pads(words, keys, subtract=True)
    return words


def quarters(plan: Plan) -> list[list[int]]:
    """The slots, one of each level, that each of the four visitors of the tree stands in."""
    (tree,) = (leaf for leaf in plan.layout().leaves if isinstance(leaf, LeadTimes))
    start = plan.layout().slots(tree).start
    nobody = np.array(extract(plan, ()).values[tree])
    paths = []
    for line in visitors(plan)[: len(LEAD_DAYS)]:
        moved = np.flatnonzero(np.array(extract(plan, [line]).values[tree]) - nobody)
        paths.append([start + int(slot) for slot in moved])
    return paths
