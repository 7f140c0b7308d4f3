"""Pages for people: overview, rounds, one per round. Six languages; figures are next door."""

from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from foyer_coordinator.portal import trust_views, views
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.problems import PageRefused, locale_of, reader_of
from foyer_coordinator.ports import RoundRow
from foyer_web import paths
from foyer_web.changes import clear, unclear
from foyer_web.languages import LANGUAGES
from foyer_web.sharing_views import NoticeView
from foyer_web.trends import changes_since
from foyer_web.words import words


def page_routes(portal: Portal) -> APIRouter:
    """The routes of pages."""
    router = APIRouter()
    _front_pages(router, portal)
    _round_pages(router, portal)
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
        return kept(portal, request, lambda: _front(portal, request))


def _front(portal: Portal, request: Request) -> Response:
    rounds = portal.books.rounds
    releases = rounds.releases()
    view = views.overview(releases, portal.books.members.institutions(), rounds.rounds())
    changed = changes_since(releases[-1], releases) if releases else ()
    return show(
        portal,
        request,
        "front",
        paths.OVERVIEW,
        overview=replace(view, figures=views.headlines(view.figures)),
        clear=clear(changed),
        unclear=unclear(changed),
    )


def _round_pages(router: APIRouter, portal: Portal) -> None:
    @router.get("/{locale}/rounds")
    def every_round(request: Request, locale: str) -> Response:
        check_language(locale)
        return kept(portal, request, lambda: _every_round(portal, request))

    @router.get("/{locale}/rounds/{round_id}")
    def one_round(request: Request, locale: str, round_id: str) -> Response:
        check_language(locale)
        return kept(portal, request, lambda: _one_round(portal, request, locale, round_id))


def _every_round(portal: Portal, request: Request) -> Response:
    rounds = portal.books.rounds
    newest_first = reversed(rounds.rounds())
    found = [views.round_view(row, rounds.release(row.plan.round_id)) for row in newest_first]
    return show(portal, request, "rounds", paths.ROUNDS, rounds=found, files=paths.ROUNDS)


def _one_round(portal: Portal, request: Request, locale: str, round_id: str) -> Response:
    row, release = portal.row(round_id), portal.books.rounds.release(round_id)
    view = views.round_view(row, release)
    asked = _notice(portal, row, locale) if view.state in views.COMING else None
    return show(portal, request, "round", paths.round_path(round_id), round=view, asked=asked)


def _notice(portal: Portal, row: RoundRow, locale: str) -> NoticeView:
    """What a round asks, with what is left of the budget."""
    rosters = [signed.roster for signed in portal.books.members.rosters()]
    budget = trust_views.budget_of(portal.books.rounds.releases(), rosters)
    left = trust_views.left_of(budget, rosters[-1] if rosters else None)
    return trust_views.notice_of(row, left, words(locale))


def kept(portal: Portal, request: Request, make: Callable[[], Response]) -> Response:
    """Answer with a page that is made once for each state of the books."""
    return portal.kept.page(request, portal.books.rounds.mark(), make)


def show(portal: Portal, request: Request, name: str, path: str, **context: object) -> Response:
    """Answer with a page in the request's language."""
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
