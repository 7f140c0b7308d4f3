"""A dry run: whole rounds in memory, with invented institutions and the plan's real noise."""

from dataclasses import dataclass
from fractions import Fraction

from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.evaluate import Evaluated, evaluate
from foyer_protocol.errors import ConfigError, RoundAborted
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Figure, Release, Status
from foyer_protocol.rounds.events import GaveUp
from foyer_protocol.rounds.expectations import Expectation
from foyer_protocol.simulate import make_network, run_round

HELPERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """Of so many rounds: intervals shown, those that held the truth, and figures withheld."""

    rounds: int
    shown: int
    held: int
    withheld: int


def rehearse(plan: Plan, expectation: Expectation, rounds: int) -> Rehearsal:
    """Run `rounds` rounds of the plan over institutions that share the expectation evenly.

    Raises:
        ConfigError: fewer institutions are expected than the plan needs.
        RoundAborted: a round ended without a release: a bug here.
    """
    least = plan.minimum_cohort * plan.groups
    if expectation.institutions < max(least, HELPERS):
        raise ConfigError(
            f"{expectation.institutions} institutions are expected and a round of this plan takes"
            f" {max(least, HELPERS)}; nothing was rehearsed",
        )
    parts = _shared(plan, expectation)
    truths = _truths(plan, parts)
    shown = held = withheld = 0
    for _ in range(rounds):
        release = _run(plan, parts)
        for figure in release.figures:
            if figure.status is not Status.SHOWN:
                withheld += 1
                continue
            outcomes = _held(figure, truths[figure.key])
            shown, held = shown + len(outcomes), held + sum(outcomes)
    return Rehearsal(rounds=rounds, shown=shown, held=held, withheld=withheld)


def _shared(plan: Plan, expectation: Expectation) -> dict[str, Contribution]:
    """The expected totals in whole numbers, dealt evenly; nothing where nothing is expected."""
    count = expectation.institutions
    leaves = plan.layout().leaves
    totals = {
        leaf: tuple(int(slot) for slot in expectation.totals.get(leaf, (Fraction(0),) * leaf.width))
        for leaf in leaves
    }
    return {
        f"invented-{place}": Contribution(
            values={
                leaf: tuple((slot + place) // count for slot in totals[leaf]) for leaf in leaves
            },
            contributes=dict.fromkeys(plan.statistics, True),
        )
        for place in range(count)
    }


def _truths(plan: Plan, parts: dict[str, Contribution]) -> dict[str, Evaluated]:
    layout = plan.layout()
    totals = {
        leaf: tuple(map(sum, zip(*(part.values[leaf] for part in parts.values()), strict=True)))
        for leaf in layout.leaves
    }
    return {entry.key: evaluate(entry, totals) for entry in layout.statistics}


def _run(plan: Plan, parts: dict[str, Contribution]) -> Release:
    roster, parties = make_network(
        parts,
        helpers=HELPERS,
        minimum_cohort=plan.minimum_cohort,
        cap=Fraction(10**6),
        network=plan.network,
    )
    release = run_round(plan, roster, parties)
    if isinstance(release, GaveUp):
        raise RoundAborted(f"a rehearsal ended without a release: {release.reason}")
    return release


def _held(figure: Figure, truth: Evaluated) -> list[bool]:
    """For each interval that is shown, whether it holds the invented truth."""
    if figure.cells:
        cells = zip(figure.cells, truth.cells or (), strict=True)
        return [float(c.low) <= float(value) <= float(c.high) for c, value in cells]
    if truth.value is None or figure.low is None or figure.high is None:
        return [False]
    return [float(figure.low) <= float(truth.value) <= float(figure.high)]
