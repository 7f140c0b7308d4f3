"""Pages of figures: one per statistic with its picture as a file, all at once, and methods."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from foyer_coordinator.portal import trust_views
from foyer_coordinator.portal.api import asked_release
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.pages import check_language, kept, show
from foyer_coordinator.portal.problems import PageRefused
from foyer_coordinator.portal.statistic_views import (
    StatisticPage,
    Tab,
    explore_page,
    statistic_page,
)
from foyer_web import paths
from foyer_web.charts import Chart
from foyer_web.peers import chart_of_peers
from foyer_web.portal_words import VERSIONS, WAYS
from foyer_web.tile_charts import chart_of_tiles
from foyer_web.time_charts import chart_of_trend
from foyer_web.toy import MOST_NOISE, Toy, toy_of
from foyer_web.words import Words, words


def figure_routes(portal: Portal) -> APIRouter:
    """The routes of figures."""
    router = APIRouter()
    _statistic_routes(router, portal)
    _explore_page(router, portal)
    _methods_page(router, portal)
    return router


def find_statistic(
    portal: Portal, locale: str, key: str, round_id: str, asked: str
) -> StatisticPage:
    """A statistic as its address asks for it, in its latest release unless one is named.

    Raises:
        PageRefused: there is no such statistic, or no such release.
    """
    releases = portal.books.rounds.releases()
    release = asked_release(portal, key, round_id, releases)
    page = statistic_page(key, release, asked, releases, words(locale))
    if page is None:
        raise PageRefused("not-found")
    return page


def _statistic_routes(router: APIRouter, portal: Portal) -> None:
    @router.get("/{locale}/statistics/{key}.svg")
    def picture(locale: str, key: str, round: str = "", view: str = "") -> Response:
        check_language(locale)
        page = find_statistic(portal, locale, key, round, view)
        chart = chart_for(page, words(locale))
        if chart is None:
            raise PageRefused("not-found")
        name = f'attachment; filename="{key}.svg"'
        return Response(
            str(portal.pages.picture(chart)),
            media_type="image/svg+xml",
            headers={"Content-Disposition": name},
        )

    @router.get("/{locale}/statistics/{key}")
    def one_statistic(
        request: Request, locale: str, key: str, round: str = "", view: str = ""
    ) -> Response:
        check_language(locale)
        return kept(
            portal, request, lambda: _statistic(portal, request, locale, key, (round, view))
        )


def _statistic(
    portal: Portal, request: Request, locale: str, key: str, asked: tuple[str, str]
) -> Response:
    page = find_statistic(portal, locale, key, *asked)
    return show(
        portal,
        request,
        "statistic",
        paths.statistic_path(key, *asked),
        figure=page.figure,
        round=page.round,
        cohorts=page.cohorts,
        trend=page.trend,
        view="" if page.tab is Tab.COMPARE else page.tab.value,
        tabs=[("" if tab is Tab.COMPARE else tab.value, WAYS[tab.value]) for tab in page.tabs],
        filters=page.filters,
    )


def chart_for(page: StatisticPage, words: Words) -> Chart | None:
    """The picture that a statistic's page shows."""
    match page.tab:
        case Tab.COMPARE:
            return chart_of_peers(page.figure, page.cohorts, words)
        case Tab.TIME:
            return chart_of_trend(page.trend, words)
        case Tab.MAP:
            return chart_of_tiles(page.figure, words)


def _explore_page(router: APIRouter, portal: Portal) -> None:
    @router.get("/{locale}/explore")
    def explore(request: Request, locale: str, round: str = "") -> Response:
        check_language(locale)
        return kept(portal, request, lambda: _explore(portal, request, locale, round))


def _explore(portal: Portal, request: Request, locale: str, round_id: str) -> Response:
    releases = portal.books.rounds.releases()
    release = portal.release(round_id) if round_id else next(reversed(releases), None)
    page = explore_page(release, releases, words(locale))
    return show(
        portal,
        request,
        "explore",
        paths.explore_path(round_id),
        round=page.round,
        multiples=page.multiples,
        filters=page.filters,
        query=paths.explore_path(round_id).removeprefix(paths.EXPLORE),
    )


def _methods_page(router: APIRouter, portal: Portal) -> None:
    @router.get("/{locale}/methods")
    def methods(request: Request, locale: str, noise: str = "") -> Response:
        check_language(locale)
        return kept(portal, request, lambda: _methods(portal, request, toy_of(noise)))


def _methods(portal: Portal, request: Request, toy: Toy) -> Response:
    rosters = [signed.roster for signed in portal.books.members.rosters()]
    return show(
        portal,
        request,
        "methods",
        paths.METHODS,
        toy=toy,
        most_noise=MOST_NOISE,
        budget=trust_views.budget_of(portal.books.rounds.releases(), rosters),
        definitions=trust_views.definitions(currency_of(portal)),
        versions=[(VERSIONS[name], value) for name, value in trust_views.versions().items()],
    )


def currency_of(portal: Portal) -> str:
    """The network's currency, as its latest plan has it."""
    rows = portal.books.rounds.rounds()
    return rows[-1].plan.currency if rows else ""
