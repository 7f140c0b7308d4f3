"""Forecasts and budgets in lines for people and in records for machines."""

from collections.abc import Sequence
from fractions import Fraction

from foyer_coordinator.planning.budget import Budget
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.statistic import Unit
from foyer_protocol.dp.accuracy import Interval
from foyer_protocol.messages.plan import Plan
from foyer_protocol.rounds.forecasting import (
    Advice,
    FigureForecast,
    Forecast,
    Prices,
    Verdict,
)
from foyer_protocol.rounds.forecasting_cohorts import CohortForecast

WORDS = {
    Verdict.READABLE: "readable",
    Verdict.UNCERTAIN: "too uncertain",
    Verdict.FEW: "withheld: too few institutions",
    Verdict.UNKNOWN: "unknown",
}


def say_figure(figure: FigureForecast, currency: str) -> str:
    """One figure: what is expected, how far off it may be, and how far off it should be."""
    title = CATALOGUE[figure.key].title
    if figure.verdict is Verdict.FEW:
        return f"{title} (fewer than {CATALOGUE[figure.key].least_others} others)"
    allowed = "" if figure.allowed is None else f", {_width(figure, figure.allowed)} allowed"
    return f"{title} {expected(figure, currency)}{allowed}"


def expected(figure: FigureForecast, currency: str) -> str:
    """The expected number and its half-width."""
    if figure.half_width is None:
        return "no estimate"
    if not isinstance(figure.found, Interval):
        cells = len(figure.found or ())
        return f"{figure.reading} of {cells} cells, each {_width(figure, figure.half_width)}"
    unit, value = CATALOGUE[figure.key].unit, figure.found.estimate
    match unit:
        case Unit.SHARE:
            number = f"{100 * value:.1f} %"
        case Unit.MONEY:
            number = f"{currency} {value:,.2f}"
        case Unit.DAYS:
            number = f"{value:.1f} days"
        case _:
            number = f"{value:,.0f}"
    return f"{number} {_width(figure, figure.half_width)}"


def _width(figure: FigureForecast, width: float) -> str:
    match CATALOGUE[figure.key].unit:
        case Unit.SHARE:
            return f"± {100 * width:.1f} points"
        case Unit.MONEY:
            return f"± {width:,.2f}"
        case Unit.DAYS:
            return f"± {width:.1f}"
        case _:
            return f"± {width:,.0f}"


def forecast_lines(plan: Plan, seen: Forecast) -> list[str]:
    """What a plan costs and shows."""
    prices = ", ".join(f"{family} {float(rho):.4f}" for family, rho in seen.prices.items())
    head = (
        f"round {plan.round_id}: {len(plan.statistics)} statistics, {plan.starts} to {plan.ends},"
        f" {seen.institutions} institutions expected"
    )
    cost = (
        f"  costs rho {float(seen.rho):.4f} (epsilon {seen.epsilon:.2f} at delta 1e-6):"
        f" {prices}, dominance {float(seen.gate):.4f}"
        + (f", spread {float(seen.spread):.4f}" if seen.spread else "")
    )
    rows = [f"{_row(one, plan.currency):76s}{one.source}".rstrip() for one in seen.figures]
    return [head, cost, *rows]


def _row(one: FigureForecast, currency: str) -> str:
    title, said = CATALOGUE[one.key].title, WORDS[one.verdict]
    return f"  {title:26s}{expected(one, currency):32s}{said}".rstrip()


def cell_lines(plan: Plan, cohorts: Sequence[CohortForecast]) -> list[str]:
    """Every figure of every cohort, each with where it would be read if not there."""
    lines = []
    for cohort in cohorts:
        lines.append(
            f"  {'rest of ' if cohort.rest else ''}{cohort.code}, {cohort.institutions}"
            f" institutions: {cohort.reading} of {len(cohort.figures)} readable"
        )
        for one in cohort.figures:
            coarser = cohort.coarser.get(one.key)
            lines.append(
                f"  {_row(one, plan.currency)}" + (f"; readable of {coarser}" if coarser else "")
            )
    return lines


def cell_record(cohort: CohortForecast) -> dict[str, object]:
    """The same for machines."""
    return {
        "code": cohort.code,
        "rest": cohort.rest,
        "institutions": cohort.institutions,
        "figures": [_record(one) for one in cohort.figures],
        "coarser": dict(cohort.coarser),
    }


def advice_lines(seen: Forecast, advice: Advice, left: Fraction) -> list[str]:
    """What would make the uncertain figures readable; nothing where there is none."""
    if all(one.verdict is not Verdict.UNCERTAIN for one in seen.figures):
        return []
    lines = []
    if advice.prices is not None and advice.rho is not None:
        raised = [
            f"--price {family}={rho}"
            for family, rho in advice.prices.items()
            if rho > seen.prices[family]
        ]
        lines.append(f"  would read at rho {float(advice.rho):.4f}: {' '.join(raised)}")
        if advice.rho > left:
            lines.append(f"    which is more than the {float(left):.4f} that is left")
    if advice.period is not None:
        lines.append(
            f"  would read over {advice.period.starts} to {advice.period.ends}, at the same price"
        )
    return lines or ["  no price and no period of up to three years makes all of it readable"]


def forecast_record(plan: Plan, seen: Forecast, advice: Advice) -> dict[str, object]:
    """The same for machines. Exact prices are fractions in text."""
    return {
        "round_id": plan.round_id,
        "starts": str(plan.starts),
        "ends": str(plan.ends),
        "institutions": seen.institutions,
        "rho": str(seen.rho),
        "epsilon": seen.epsilon,
        "prices": _texts(seen.prices),
        "gate_rho": str(seen.gate),
        "spread_rho": str(seen.spread),
        "figures": [_record(one) for one in seen.figures],
        "advice": {
            "prices": None if advice.prices is None else _texts(advice.prices),
            "rho": None if advice.rho is None else str(advice.rho),
            "starts": None if advice.period is None else str(advice.period.starts),
        },
    }


def _record(one: FigureForecast) -> dict[str, object]:
    found = one.found if isinstance(one.found, Interval) else None
    return {
        "key": one.key,
        "verdict": one.verdict.value,
        "estimate": None if found is None else found.estimate,
        "low": None if found is None else found.low,
        "high": None if found is None else found.high,
        "half_width": one.half_width,
        "allowed": one.allowed,
        "cells": len(one.found) if isinstance(one.found, tuple) else 0,
        "readable_cells": one.reading,
        "source": one.source,
    }


def _texts(prices: Prices) -> dict[str, str]:
    return {str(family): str(rho) for family, rho in prices.items()}


def budget_lines(budget: Budget) -> list[str]:
    """A period's budget as a table."""
    rows = [
        f"  {line.family:14s}{float(line.taken):10.4f}{float(line.proposed):10.4f}"
        f"{float(line.scheduled):10.4f}"
        for line in budget.lines
    ]
    return [
        f"budget of {budget.period}: rho {float(budget.cap):.4f}, left {float(budget.left):.4f}",
        f"  {'family':14s}{'taken':>10s}{'proposed':>10s}{'scheduled':>10s}",
        *rows,
        f"  {'together':14s}{float(budget.taken):10.4f}{float(budget.proposed):10.4f}"
        f"{float(budget.scheduled):10.4f}",
    ]


def budget_record(budget: Budget) -> dict[str, object]:
    """The same for machines."""
    return {
        "period": budget.period,
        "cap": str(budget.cap),
        "left": str(budget.left),
        "families": [
            {
                "family": line.family,
                "taken": str(line.taken),
                "proposed": str(line.proposed),
                "scheduled": str(line.scheduled),
            }
            for line in budget.lines
        ],
    }
