"""The same figures for machines, with where they come from. Pure; no figure is clamped."""

from collections.abc import Mapping, Sequence

from foyer_coordinator.ports import RoundRow
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.statistic import Statistic
from foyer_protocol.messages.release import Release
from foyer_web.changes import Change
from foyer_web.cohorts import CohortView
from foyer_web.document import Document, figure_document, round_document
from foyer_web.trends import Trend
from foyer_web.trust import BudgetPeriod
from foyer_web.views import FigureView, OverviewView, RoundView


def provenance(release: Release) -> Document:
    """How a release came about: enough to check it and to recompute every figure."""
    return {
        "round": release.round_id,
        "release": release.digest,
        "plan": release.plan,
        "roster": release.roster,
        "epoch": release.epoch,
        "reports": release.reports,
        "participants": release.participants,
        "period": {"starts": release.starts.isoformat(), "ends": release.ends.isoformat()},
        "released_at": release.released_at,
        "rho": release.rho,
        "epsilon": release.epsilon,
        "delta": release.delta,
        "group_epsilon": list(release.group_epsilon),
        "noise_variances": {
            scale.family.value: variance
            for scale, variance in zip(release.scales, release.variances, strict=True)
        },
    }


def statistic_of(view: FigureView, release: Release | None) -> Document:
    """One figure as a document; `published` is the release's own entry, word for word."""
    document = figure_document(view)
    if release is None:
        return document
    entry = next((one for one in release.figures if one.key == view.key), None)
    return document | {
        "published": entry.model_dump(mode="json") if entry else None,
        "provenance": provenance(release),
    }


def trend_of(trend: Trend) -> list[Document]:
    """Every release of a statistic with an equally long period, oldest first."""
    return [
        figure_document(point.figure)
        | {
            "period": {"starts": point.starts.isoformat(), "ends": point.ends.isoformat()},
            "released_on": point.released_on.isoformat(),
        }
        for point in trend.points
    ]


def cohorts_of(cohorts: Sequence[CohortView]) -> list[Document]:
    """The same statistic of each cohort below the whole, in the release's order."""
    return [
        {"code": one.code, "rest": one.rest, "depth": one.depth} | figure_document(one.figure)
        for one in cohorts
    ]


def change_of(change: Change) -> Document:
    """One figure beside its own number of the release before."""
    found = change.difference
    return {
        "key": change.figure.key,
        "unit": change.figure.unit.value,
        "since": {"starts": change.since_starts.isoformat(), "ends": change.since_ends.isoformat()},
        "outcome": found.outcome.value,
        "difference": found.estimate,
        "low": found.low,
        "high": found.high,
    }


def definition_of(statistic: Statistic) -> Document:
    """What a statistic is, in the catalogue's own words."""
    return {
        "key": statistic.key,
        "title": statistic.title,
        "question": statistic.question,
        "unit": statistic.unit.value,
        "privacy_unit": statistic.privacy_unit.value,
        "least_others": statistic.least_others,
        "dominance_cap": statistic.dominance_cap,
        "needs_history": statistic.needs_history,
    }


def methods_of(budget: Sequence[BudgetPeriod], versions: Mapping[str, str]) -> Document:
    """Definitions, the ledger of releases and what runs here. Amounts are zCDP."""
    return {
        "versions": dict(versions),
        "statistics": [definition_of(statistic) for statistic in CATALOGUE.values()],
        "budget": [
            {
                "period": period.name,
                "cap": period.cap,
                "used": period.used,
                "releases": [
                    {"round": line.round.round_id, "rho": line.cost, "used": line.used}
                    for line in period.lines
                ],
            }
            for period in budget
        ],
    }


def round_of(view: RoundView, release: Release | None, row: RoundRow) -> Document:
    """One round as a document."""
    return round_document(view) | {
        "reason": row.reason or None,
        "provenance": provenance(release) if release else None,
    }


def rounds_of(views: Sequence[RoundView]) -> Document:
    """All rounds, without their figures."""
    return {
        "rounds": [
            {
                "round": view.round_id,
                "state": view.state.value,
                "period": {"starts": view.starts.isoformat(), "ends": view.ends.isoformat()},
                "released_on": view.released_on.isoformat() if view.released_on else None,
            }
            for view in views
        ]
    }


def overview_of(view: OverviewView, network: str, changes: Sequence[Change] = ()) -> Document:
    """The first page as a document."""
    part = view.taking_part
    return {
        "network": network,
        "taking_part": {"least": part.least, "most": part.most} if part else None,
        "latest": round_document(view.latest) if view.latest else None,
        "changes": [change_of(change) for change in changes],
        "next_round": view.next_round.round_id if view.next_round else None,
    }
