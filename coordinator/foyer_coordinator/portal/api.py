"""Documents for machines: `/api/v1/…`, and every page's address with `.json`.

The same as tables is next door, in `tables`, at the address with `.csv`.
"""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from foyer_coordinator.portal import documents, trust_views, views
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.problems import PageRefused
from foyer_coordinator.portal.statistic_views import explore_page
from foyer_protocol.messages.release import Release
from foyer_web.cohorts import cohorts_of
from foyer_web.languages import DEFAULT
from foyer_web.trends import changes_since, trend_of
from foyer_web.words import words

VERSION = "/api/v1"


def document_routes(portal: Portal) -> APIRouter:
    """The routes of documents."""
    router = APIRouter()
    _overviews(router, portal)
    _rounds(router, portal)
    _statistics(router, portal)
    return router


def _overviews(router: APIRouter, portal: Portal) -> None:
    rounds = portal.books.rounds

    @router.get(f"{VERSION}/overview")
    @router.get("/overview.json")
    def overview() -> Response:
        releases = rounds.releases()
        view = views.overview(releases, portal.books.members.institutions(), rounds.rounds())
        changes = changes_since(releases[-1], releases) if releases else ()
        return JSONResponse(documents.overview_of(view, portal.pages.network, changes))

    @router.get(f"{VERSION}/methods")
    @router.get("/methods.json")
    def methods() -> Response:
        rosters = [signed.roster for signed in portal.books.members.rosters()]
        budget = trust_views.budget_of(rounds.releases(), rosters)
        return JSONResponse(documents.methods_of(budget, trust_views.versions()))


def _rounds(router: APIRouter, portal: Portal) -> None:
    rounds = portal.books.rounds

    @router.get(f"{VERSION}/rounds")
    @router.get("/rounds.json")
    def every_round() -> Response:
        found = [
            views.round_view(row, rounds.release(row.plan.round_id)) for row in rounds.rounds()
        ]
        return JSONResponse(documents.rounds_of(found))

    @router.get(f"{VERSION}/rounds/{{round_id}}")
    @router.get("/rounds/{round_id}.json")
    def one_round(round_id: str) -> Response:
        row, release = portal.row(round_id), rounds.release(round_id)
        return JSONResponse(documents.round_of(views.round_view(row, release), release, row))

    @router.get(f"{VERSION}/releases/{{round_id}}")
    def canonical_release(round_id: str) -> Response:
        """The very bytes that the release's fingerprint is of."""
        return Response(portal.release(round_id).to_json(), media_type="application/json")


def _statistics(router: APIRouter, portal: Portal) -> None:
    rounds = portal.books.rounds

    @router.get(f"{VERSION}/statistics")
    @router.get("/explore.json")
    def every_statistic(round: str = "") -> Response:  # the name in the address
        releases = rounds.releases()
        release = portal.release(round) if round else next(reversed(releases), None)
        page = explore_page(release, releases, words(DEFAULT))
        return JSONResponse(
            {"statistics": [documents.trend_of(one.trend) for one in page.multiples]}
            | {"round": release.round_id if release else None}
        )

    @router.get(f"{VERSION}/statistics/{{key}}")
    @router.get("/statistics/{key}.json")
    def one_statistic(key: str, round: str = "") -> Response:
        releases = rounds.releases()
        release = asked_release(portal, key, round, releases)
        view = views.figure_in(key, release)
        if view is None:
            raise PageRefused("not-found")
        trend = documents.trend_of(trend_of(key, release, releases))
        cohorts = documents.cohorts_of(cohorts_of(key, release))
        more = {"over_time": trend, "cohorts": cohorts}
        return JSONResponse(documents.statistic_of(view, release) | more)


def asked_release(
    portal: Portal, key: str, round_id: str, releases: Sequence[Release]
) -> Release | None:
    """The release of `round_id`, or (empty) the latest in which `key` was asked.

    Raises:
        PageRefused: the round has no release.
    """
    if round_id:
        return portal.release(round_id)
    return next(iter(views.with_figure(key, releases)), None)
