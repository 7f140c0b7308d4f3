"""Pages for people: overview, one per statistic, rounds, one per round. Six languages."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from foyer_coordinator.portal import views
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.problems import PageRefused, locale_of, reader_of
from foyer_web import paths
from foyer_web.languages import LANGUAGES
from foyer_web.releases import release_view
from foyer_web.words import words


def page_routes(portal: Portal) -> APIRouter:
    """The routes of pages."""
    router = APIRouter()
    _front_pages(router, portal)
    _round_pages(router, portal)
    _statistic_page(router, portal)
    return router


def _front_pages(router: APIRouter, portal: Portal) -> None:
    @router.get("/")
    def choose_language(request: Request) -> Response:
        return RedirectResponse(f"/{locale_of(request, portal.pages)}/", status_code=303)

    @router.get("/{locale}")
    def add_slash(locale: str) -> Response:
        check_language(locale)
        return RedirectResponse(f"/{locale}/", status_code=308)

    @router.get("/{locale}/")
    def overview(request: Request, locale: str) -> Response:
        check_language(locale)
        members = portal.books.members.institutions()
        view = views.overview(portal.books.rounds.releases(), members)
        return _show(portal, request, "overview", paths.OVERVIEW, overview=view)


def _round_pages(router: APIRouter, portal: Portal) -> None:
    rounds = portal.books.rounds

    @router.get("/{locale}/rounds")
    def every_round(request: Request, locale: str) -> Response:
        check_language(locale)
        newest_first = reversed(rounds.rounds())
        found = [views.round_view(row, rounds.release(row.plan.round_id)) for row in newest_first]
        return _show(portal, request, "rounds", paths.ROUNDS, rounds=found)

    @router.get("/{locale}/rounds/{round_id}")
    def one_round(request: Request, locale: str, round_id: str) -> Response:
        check_language(locale)
        view = views.round_view(portal.row(round_id), rounds.release(round_id))
        return _show(portal, request, "round", paths.round_path(round_id), round=view)


def _statistic_page(router: APIRouter, portal: Portal) -> None:
    @router.get("/{locale}/statistics/{key}")
    def one_statistic(request: Request, locale: str, key: str, round: str = "") -> Response:
        check_language(locale)
        asked = views.with_figure(key, portal.books.rounds.releases())
        release = portal.release(round) if round else next(iter(asked), None)
        figure = views.figure_in(key, release)
        if figure is None:
            raise PageRefused("not-found")
        return _show(
            portal,
            request,
            "statistic",
            paths.statistic_path(key, round),
            figure=figure,
            round=release_view(release) if release else None,
            filters=views.round_filter(asked, figure.round_id, words(locale)),
        )


def _show(portal: Portal, request: Request, name: str, path: str, **context: object) -> Response:
    locale = locale_of(request, portal.pages)
    reader = reader_of(request)
    return HTMLResponse(portal.pages.page(name, locale, path=path, reader=reader, **context))


def check_language(locale: str) -> None:
    """Refuse a page in a language that we lack.

    Raises:
        PageRefused: there is no such page.
    """
    if locale not in LANGUAGES:
        raise PageRefused("not-found")
