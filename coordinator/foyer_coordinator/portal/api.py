"""Documents for machines: `/api/v1/…`, and the same at a page's address with `.json`."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from foyer_coordinator.portal import documents, views
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.problems import PageRefused

VERSION = "/api/v1"


def document_routes(portal: Portal) -> APIRouter:
    """The routes of documents."""
    router = APIRouter()
    rounds = portal.books.rounds

    @router.get(f"{VERSION}/overview")
    def overview() -> Response:
        view = views.overview(rounds.releases(), portal.books.members.institutions())
        return JSONResponse(documents.overview_of(view, portal.pages.network))

    @router.get(f"{VERSION}/rounds")
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

    @router.get(f"{VERSION}/statistics/{{key}}")
    @router.get("/statistics/{key}.json")
    def one_statistic(key: str, round: str = "") -> Response:  # the name in the address
        asked = views.with_figure(key, rounds.releases())
        release = portal.release(round) if round else next(iter(asked), None)
        view = views.figure_in(key, release)
        if view is None:
            raise PageRefused("not-found")
        return JSONResponse(documents.statistic_of(view, release))

    @router.get(f"{VERSION}/releases/{{round_id}}")
    def canonical_release(round_id: str) -> Response:
        """The very bytes that the release's fingerprint is of."""
        return Response(portal.release(round_id).to_json(), media_type="application/json")

    return router
