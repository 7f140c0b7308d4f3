"""The same forecast for every cohort of a plan: which cells could be read, and where else.

A cohort's interval is that of its own sum, by the functions of the release: fewer shares of
noise, over much smaller totals. Its totals are its members' part of all, each institution
counted alike: what one institution has is nobody's to know before it reports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foyer_protocol.catalogue.cohorts import Cohort
from foyer_protocol.messages.plan import Plan
from foyer_protocol.rounds.expectations import Expectation
from foyer_protocol.rounds.forecasting import FigureForecast, Verdict, foresee


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortForecast:
    """One cohort below the whole, if all report: each figure as it would be of it alone.

    `coarser` names, for a figure that cannot be read here, the nearest cohort above in which
    it can; a figure that can be read nowhere above is not in it.
    """

    code: str
    rest: bool
    institutions: int
    figures: tuple[FigureForecast, ...]
    coarser: Mapping[str, str]

    @property
    def reading(self) -> int:
        """How many of the figures can be read."""
        return sum(one.verdict is Verdict.READABLE for one in self.figures)


def forecast_cohorts(
    plan: Plan, expectation: Expectation, cohorts: Sequence[Cohort]
) -> tuple[CohortForecast, ...]:
    """Every cohort but the whole, in the order of `catalogue.cohorts.roll_up`.

    `cohorts` has the whole first.
    """
    layout = plan.layout()
    parts = [expectation.of(len(cohort.members)) for cohort in cohorts]
    seen = [tuple(foresee(plan, entry, part) for entry in layout.statistics) for part in parts]
    return tuple(
        CohortForecast(
            code=cohort.code,
            rest=cohort.rest,
            institutions=len(cohort.members),
            figures=seen[place],
            coarser=_coarser(cohorts, seen, place),
        )
        for place, cohort in enumerate(cohorts)
        if place > 0
    )


def _coarser(
    cohorts: Sequence[Cohort], seen: Sequence[tuple[FigureForecast, ...]], place: int
) -> dict[str, str]:
    found: dict[str, str] = {}
    above = cohorts[place].parent
    while above >= 0:
        for own, other in zip(seen[place], seen[above], strict=True):
            if own.verdict is not Verdict.READABLE and other.verdict is Verdict.READABLE:
                found.setdefault(own.key, cohorts[above].code)
        above = cohorts[above].parent
    return found
