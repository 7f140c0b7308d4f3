"""A small round that was really run, in memory: its roster, its two sums and its release."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.roster import SignedRoster, sign_roster
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.events import Summed
from foyer_protocol.rounds.kinds import figures, veto
from foyer_protocol.rounds.planning import Wish, make_plan
from foyer_protocol.rounds.publishing import make_release
from foyer_protocol.simulate import NOON, make_network, run_sum

NAMES = ("aros", "ccb", "mak", "smk", "stedelijk", "vam")
STATISTICS = ("volume.attendances", "volume.bookers", "loyalty.retention_1y", "geography.residence")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedRound:
    """What a coordinator holds at the end of a round."""

    plan: Plan
    signed: SignedRoster
    asked: SumState  # the figures, before anything happened
    figures: SumState
    veto: SumState
    release: Release


def plan_of(round_id: str, statistics: tuple[str, ...] = STATISTICS) -> Plan:
    """A plan for 2026."""
    wish = Wish(
        round_id=round_id,
        network="simulated",
        statistics=statistics,
        period=Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1)),
        currency="EUR",
        minimum_cohort=4,
        colluding=1,
    )
    return make_plan(wish)


def contribution_to(plan: Plan, size: int, withholds: frozenset[str] = frozenset()) -> Contribution:
    """The same number everywhere; a share comes out as 1."""
    return Contribution(
        values={leaf: (size,) * leaf.width for leaf in plan.layout().leaves},
        contributes={key: key not in withholds for key in plan.statistics},
    )


@cache
def simulated_round(round_id: str = "round-2026", sizes: tuple[int, ...] = (5000,) * 6,
                    without_history: int = 0) -> SimulatedRound:  # fmt: skip
    """Run a round of six; the last `without_history` of them cannot answer for retention."""
    plan = plan_of(round_id)
    lacking = frozenset({"loyalty.retention_1y"})
    parts = {
        name: contribution_to(plan, size, lacking if place >= 6 - without_history else frozenset())
        for place, (name, size) in enumerate(zip(NAMES, sizes, strict=True))
    }
    roster, parties = make_network(parts)
    job = figures.make_job(
        plan, roster, job_id=f"{len(round_id):032x}", reports_until=NOON, expires_at=NOON + 60
    )
    asked = SumState(job=job, roster=roster, invited=NAMES)
    done, summed = run_sum(asked, parties)
    assert isinstance(summed, Summed)
    question = veto.make_job(
        job, summed.aggregate, summed.set_digest,
        job_id=f"{len(round_id) + 1000:032x}", reports_until=NOON, expires_at=NOON + 60,
    )  # fmt: skip
    verdict, words = run_sum(
        SumState(job=question, roster=roster, invited=summed.members, everyone=True), parties
    )
    assert isinstance(words, Summed)
    release = make_release(
        job, roster, summed.aggregate, members=len(summed.members), reports=summed.set_digest,
        objected=veto.objections(plan, words.aggregate), released_at=NOON,
    )  # fmt: skip
    governance = Identity.generate()
    signed = SignedRoster(
        roster=roster, signatures={governance.public: sign_roster(roster, governance)}
    )
    return SimulatedRound(
        plan=plan, signed=signed, asked=asked, figures=done, veto=verdict, release=release
    )
