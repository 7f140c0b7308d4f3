"""A town of eighteen houses of four types, and rounds that divide them by it, in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from tests.support.consortium import Consortium, a_plan, altered, even, open_sum, signed, varied

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.messages.bundle import Bundle
from foyer_protocol.messages.plan import Job, Plan
from foyer_protocol.messages.release import Release, Status
from foyer_protocol.rounds.cohorts import sum_cohorts
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.events import GaveUp, Summed
from foyer_protocol.rounds.kinds import veto
from foyer_protocol.rounds.publishing import make_release
from foyer_protocol.rounds.publishing_cohorts import add_cohorts
from foyer_protocol.rounds.transcript import make_bundle
from foyer_protocol.simulate import NOON, make_network, run_sum

TYPES = {"museum": "MUSEUM_ART", "theatre": "THEATRE", "cinema": "CINEMA", "festival": "FESTIVAL"}
HOUSES = (
    *(f"museum-{n}" for n in range(6)),
    *(f"theatre-{n}" for n in range(6)),
    *(f"cinema-{n}" for n in range(5)),
    "festival-0",
)
MUSEUMS, THEATRES, CINEMAS = HOUSES[:6], HOUSES[6:12], HOUSES[12:17]
REST = tuple(sorted((*CINEMAS, "festival-0")))
"""One festival is too few, and the cinemas are the smallest cohort to take it in."""

LEAST = 5
FACTS = {name: {"house_type": TYPES[name.partition("-")[0]]} for name in HOUSES}


def by_type(*statistics: str, **changes: object) -> Plan:
    """A plan that divides the houses by what they are."""
    return a_plan(*statistics, minimum_cohort=LEAST, cohorts=Dimension.TYPE, **changes)


def a_town(
    plan: Plan,
    contributions: Mapping[str, Contribution] | None = None,
    size: int = 0,
    names: Iterable[str] = HOUSES,
) -> Consortium:
    """The houses; with `size` the same number in every slot, else numbers of each one's own."""
    parts = contributions or {
        name: even(plan, size) if size else varied(plan, seed) for seed, name in enumerate(names)
    }
    roster, parties = make_network(parts, minimum_cohort=LEAST, facts=FACTS)
    return Consortium(plan=plan, roster=roster, parties=parties)


def veto_of(town: Consortium, parent: Job, summed: Summed) -> Job:
    """What an honest coordinator asks after the figures."""
    return veto.make_job(
        parent,
        summed.aggregate,
        summed.set_digest,
        job_id=f"{2:032x}",
        reports_until=NOON,
        expires_at=NOON + 60,
        cohorts=sum_cohorts(parent, town.roster, summed.members, summed.parts),
    )


def opened(town: Consortium, job: Job, names: Iterable[str] = HOUSES) -> Summed:
    """The figures of `names`, opened."""
    end = open_sum(town, job, town.reports(job, names))
    assert isinstance(end, Summed)
    return end


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A whole round by cohort, and who signed in it."""

    town: Consortium = field(repr=False)
    governance: Identity
    coordinator: Identity
    release: Release
    bundle: Bundle
    closed: Bundle


def exported(town: Consortium, offline: frozenset[str] = frozenset()) -> Exported:
    """Run the town's plan to its release."""
    governance, coordinator = Identity.generate(), Identity.generate()
    town.roster = roster = altered(town.roster, coordinator_key=coordinator.public)
    figures, summed = run_sum(town.state(), town.parties, offline=offline)
    assert not isinstance(summed, GaveUp), summed
    question = veto_of(town, figures.job, summed)
    asked = SumState(job=question, roster=roster, invited=summed.members, everyone=True)
    verdict, words = run_sum(asked, town.parties, offline=offline)
    assert not isinstance(words, GaveUp), words
    cohorts = sum_cohorts(figures.job, roster, summed.members, summed.parts)
    release = make_release(
        figures.job, roster, summed.aggregate, parts=summed.parts, members=len(summed.members),
        reports=summed.set_digest, objected=veto.objections(town.plan, words.aggregate),
        released_at=NOON,
    )  # fmt: skip
    release = add_cohorts(release, figures.job, cohorts, summed.aggregate, words.aggregate)
    bundle, closed = (
        make_bundle((signed(roster, governance),), figures, verdict, release, coordinator,
                    is_open=is_open)
        for is_open in (True, False)
    )  # fmt: skip
    return Exported(
        town=town, governance=governance, coordinator=coordinator, release=release,
        bundle=bundle, closed=closed,
    )  # fmt: skip


@cache
def an_even_round() -> Exported:
    """All houses alike."""
    plan = by_type("volume.attendances", "loyalty.retention_1y")
    return exported(a_town(plan, size=4000))


def shown_for(release: Release, key: str) -> list[tuple[str, bool]]:
    """The cohorts for which a statistic is shown."""
    return [
        one.label
        for one in release.cohorts
        if any(f.key == key and f.status is Status.SHOWN for f in one.figures)
    ]


def reasons_of(release: Release, key: str) -> dict[tuple[str, bool], str]:
    """Why a statistic is withheld of each cohort; empty where it is shown."""
    return {
        one.label: next(f.reason.value for f in one.figures if f.key == key)
        for one in release.cohorts
    }
