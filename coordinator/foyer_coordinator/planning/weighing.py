"""Is this plan worth its price? Its figures as they would be read, before anybody pays."""

from dataclasses import dataclass
from fractions import Fraction

from foyer_coordinator.planning.tables import say_figure
from foyer_coordinator.ports import RoundBook
from foyer_protocol.errors import Unreadable
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.cohorts import planned_cohorts
from foyer_protocol.rounds.expectations import Expectation, expect
from foyer_protocol.rounds.forecasting import Advice, Forecast, advise, forecast
from foyer_protocol.rounds.forecasting_cohorts import CohortForecast, forecast_cohorts

MOST_NAMED = 3
"""A refusal that names every figure is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What somebody who knows the network says; None where the roster and releases say it."""

    institutions: int | None = None
    visits: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A plan with its forecast, and what would help if it cannot be read."""

    plan: Plan
    expectation: Expectation
    forecast: Forecast
    advice: Advice
    cohorts: tuple[CohortForecast, ...] = ()


def weigh(plan: Plan, roster: Roster, rounds: RoundBook, stated: Stated, most: Fraction) -> Weighed:
    """The forecast of a plan; prices above `most` are not advised."""
    past = []
    for release in rounds.releases():
        row = rounds.round(release.round_id)
        if row is not None:
            past.append((row.plan, release))
    count = len(roster.members) if stated.institutions is None else stated.institutions
    expectation = expect(plan, count, past, stated.visits)
    return Weighed(
        plan=plan,
        expectation=expectation,
        forecast=forecast(plan, expectation),
        advice=advise(plan, expectation, most),
        cohorts=()
        if plan.cohorts is None
        else forecast_cohorts(plan, expectation, planned_cohorts(roster, plan)),
    )


def refuse_unreadable(weighed: Weighed) -> None:
    """Refuse a plan of which a figure would be withheld or say too little.

    Of a plan by cohort that is asked of the whole. Cells that cannot be read are ordinary
    there, and shown in the cohort above; only if none can be read is the division refused.

    Raises:
        Unreadable: with the first such figures and their numbers.
    """
    weak = weighed.forecast.unreadable
    if not weak:
        _refuse_idle_division(weighed)
        return
    named = "; ".join(say_figure(one, weighed.plan.currency) for one in weak[:MOST_NAMED])
    more = f"; and {len(weak) - MOST_NAMED} more" if len(weak) > MOST_NAMED else ""
    raise Unreadable(
        f"{len(weak)} of {len(weighed.plan.statistics)} figures of round {weighed.plan.round_id}"
        f" could not be read: {named}{more}. Nothing was proposed and nobody charged",
        hint="`round preview` says which price or period would do. Or name only the others with"
        " --statistic, or insist with --accept-unreadable.",
    )


def _refuse_idle_division(weighed: Weighed) -> None:
    if weighed.cohorts and not any(one.reading for one in weighed.cohorts):
        cells = len(weighed.cohorts) * len(weighed.plan.statistics)
        raise Unreadable(
            f"none of {cells} figures by {weighed.plan.cohorts} could be read in round"
            f" {weighed.plan.round_id}, for {len(weighed.cohorts)} cohorts. Nothing was proposed"
            " and nobody charged",
            hint="Ask without --cohorts: the whole can be read. Or insist with"
            " --accept-unreadable.",
        )
