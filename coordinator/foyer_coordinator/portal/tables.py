"""Tables for spreadsheets: every page's address with `.csv`, written by the kit's one writer."""

from collections.abc import Iterable
from itertools import chain

from fastapi import APIRouter
from starlette.responses import Response

from foyer_coordinator.portal import documents, views
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.figure_pages import find_statistic
from foyer_coordinator.portal.statistic_views import Tab, explore_page
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_web import sheets
from foyer_web.languages import DEFAULT
from foyer_web.words import words


def table_routes(portal: Portal) -> APIRouter:
    """The routes of tables."""
    router = APIRouter()
    _rounds(router, portal)
    _figures(router, portal)
    return router


def table(name: str, columns: tuple[str, ...], rows: Iterable[sheets.Row]) -> Response:
    """The answer: a file that a browser keeps under `name`."""
    return Response(
        sheets.write_csv(columns, rows),
        headers={
            "Content-Type": sheets.MEDIA_TYPE,
            "Content-Disposition": f'attachment; filename="{name}.csv"',
        },
    )


def _rounds(router: APIRouter, portal: Portal) -> None:
    rounds = portal.books.rounds

    @router.get("/rounds.csv")
    def every_round() -> Response:
        found = (
            views.round_view(row, rounds.release(row.plan.round_id)) for row in rounds.rounds()
        )
        return table("rounds", sheets.ROUND_COLUMNS, sheets.rounds_rows(found))

    @router.get("/rounds/{round_id}.csv")
    def one_round(round_id: str) -> Response:
        view = views.round_view(portal.row(round_id), rounds.release(round_id))
        return table(round_id, sheets.FIGURE_COLUMNS, sheets.round_rows(view))

    @router.get("/methods.csv")
    def methods() -> Response:
        rows = [documents.definition_of(statistic) for statistic in CATALOGUE.values()]
        return table("definitions", tuple(rows[0]), rows)


def _figures(router: APIRouter, portal: Portal) -> None:
    rounds = portal.books.rounds

    @router.get("/overview.csv")
    def overview() -> Response:
        view = views.overview(rounds.releases(), ())
        rows = sheets.round_rows(view.latest) if view.latest else ()
        return table("overview", sheets.FIGURE_COLUMNS, rows)

    @router.get("/explore.csv")
    def explore(round: str = "") -> Response:  # the name in the address
        releases = rounds.releases()
        release = portal.release(round) if round else next(reversed(releases), None)
        page = explore_page(release, releases, words(DEFAULT))
        rows = (row for one in page.multiples for row in sheets.trend_rows(one.trend))
        return table("figures", sheets.FIGURE_COLUMNS, rows)

    @router.get("/statistics/{key}.csv")
    def one_statistic(key: str, round: str = "", view: str = "") -> Response:
        page = find_statistic(portal, DEFAULT, key, round, view)
        if page.tab is Tab.TIME:
            return table(key, sheets.FIGURE_COLUMNS, sheets.trend_rows(page.trend))
        when = page.round
        days = (when.starts, when.ends, when.released_on) if when else (None, None, None)
        rows = chain(
            sheets.figure_rows(page.figure, *days), sheets.cohort_rows(page.cohorts, *days)
        )
        return table(key, sheets.FIGURE_COLUMNS, rows)
