"""One statistic as an address asks for it, and all of them at once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from foyer_coordinator.portal import views
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.messages.release import Release
from foyer_web.cohorts import CohortView, cohorts_of
from foyer_web.tile_charts import is_of_territories
from foyer_web.trends import Trend, trend_of
from foyer_web.views import FigureView, FilterView, RoundView
from foyer_web.words import Words


class Tab(StrEnum):
    """A way to look at a statistic, as the address names it."""

    COMPARE = "compare"
    TIME = "time"
    MAP = "map"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticPage:
    """Everything on a statistic's page."""

    figure: FigureView
    round: RoundView | None
    cohorts: tuple[CohortView, ...]
    trend: Trend
    tab: Tab
    tabs: tuple[Tab, ...]
    filters: tuple[FilterView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiple:
    """One small picture among many."""

    figure: FigureView
    trend: Trend


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplorePage:
    """All statistics of one release. `round` is None before the first."""

    round: RoundView | None
    multiples: tuple[Multiple, ...]
    filters: tuple[FilterView, ...]


def statistic_page(
    key: str, release: Release | None, asked: str, releases: Sequence[Release], words: Words
) -> StatisticPage | None:
    """The page of `key` in `release`, looked at as `asked`; None for an unknown statistic.

    A way of looking that the statistic does not have is its first: an address that somebody
    kept must not break when a release lacks what another had.
    """
    figure = views.figure_in(key, release)
    if figure is None:
        return None
    tabs = tabs_of(figure)
    holding = views.with_figure(key, releases)
    return StatisticPage(
        figure=figure,
        round=views.shown(release) if release else None,
        cohorts=cohorts_of(key, release),
        trend=trend_of(key, release, releases),
        tab=next((tab for tab in tabs if tab == asked), tabs[0]),
        tabs=tabs,
        filters=views.round_filter(holding, figure.round_id, words),
    )


def tabs_of(figure: FigureView) -> tuple[Tab, ...]:
    """What can be looked at: a histogram has a map where its groups are territories."""
    if is_of_territories(figure):
        return (Tab.COMPARE, Tab.TIME, Tab.MAP)
    return (Tab.COMPARE, Tab.TIME)


def explore_page(release: Release | None, releases: Sequence[Release], words: Words) -> ExplorePage:
    """Every statistic of the catalogue, as `release` has it, with its course until then."""
    if release is None:
        return ExplorePage(round=None, multiples=(), filters=())
    until = [one for one in releases if one.ends <= release.ends]
    figures = ((key, views.figure_in(key, release)) for key in CATALOGUE)
    return ExplorePage(
        round=views.shown(release),
        multiples=tuple(
            Multiple(figure=figure, trend=trend_of(key, release, until))
            for key, figure in figures
            if figure is not None
        ),
        filters=views.round_filter(list(reversed(releases)), release.round_id, words),
    )
