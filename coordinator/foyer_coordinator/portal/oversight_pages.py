"""Who has an account, and what was done: for those who oversee the network.

A steward sees the people of the own institution and nobody else's.
"""

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from foyer_coordinator.portal.accounts import NEVER_KEPT, Accounts, person_view
from foyer_coordinator.portal.audit import Entry, verify_chain
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.pages import check_language
from foyer_coordinator.portal.people import Person
from foyer_coordinator.portal.problems import PageRefused, reader_of
from foyer_web import paths
from foyer_web.oversight_views import ActView

LEAF = 100
"""How many entries one page shows."""


def oversight_routes(portal: Portal, accounts: Accounts) -> APIRouter:
    """The routes of people and of the audit log."""
    router = APIRouter()
    _people_pages(router, portal, accounts)
    _audit_pages(router, portal, accounts)
    return router


def _people_pages(router: APIRouter, portal: Portal, accounts: Accounts) -> None:
    def show(request: Request, locale: str, path: str, found: list[Person]) -> Response:
        check_language(locale)
        people = [person_view(one) for one in found]
        page = portal.pages.page(
            "people", locale, path=path, reader=reader_of(request), people=people
        )
        return HTMLResponse(page, headers=NEVER_KEPT)

    @router.get(f"/{{locale}}{paths.PEOPLE}")
    def everybody(request: Request, locale: str) -> Response:
        return show(request, locale, paths.PEOPLE, list(accounts.people.book.people()))

    @router.get("/{locale}/institutions/{institution}/people")
    def people_of_one(request: Request, locale: str, institution: str) -> Response:
        if portal.books.members.institution(institution) is None:
            raise PageRefused("not-found")
        found = [one for one in accounts.people.book.people() if one.institution == institution]
        return show(request, locale, paths.people_path(institution), found)


def _audit_pages(router: APIRouter, portal: Portal, accounts: Accounts) -> None:
    @router.get(f"/{{locale}}{paths.AUDIT}")
    def audit_page(request: Request, locale: str, before: int | None = None) -> Response:
        check_language(locale)
        found = accounts.audit.newest(LEAF, before)
        names = {one.person_id: one.name for one in accounts.people.book.people()}
        head = accounts.audit.newest(1)
        page = portal.pages.page(
            "audit",
            locale,
            path=paths.AUDIT,
            reader=reader_of(request),
            acts=[_act(one, names) for one in found],
            earlier=found[-1].index if found and found[-1].index else None,
            head=head[0].digest if head else "",
        )
        return HTMLResponse(page, headers=NEVER_KEPT)

    @router.get(f"{paths.AUDIT}.json")
    def audit_document() -> Response:
        """The whole log, as it is hashed; refused (500) if the chain is broken."""
        entries = accounts.audit.entries()
        document = {
            "head": verify_chain(entries),
            "entries": [one.model_dump(mode="json") for one in entries],
        }
        return JSONResponse(document, headers=NEVER_KEPT)


def _act(entry: Entry, names: dict[str, str]) -> ActView:
    return ActView(
        at=datetime.fromtimestamp(entry.at, tz=UTC),
        who=names.get(entry.actor, entry.actor),
        act=entry.act.value,
        whom=names.get(entry.subject, entry.subject),
        detail=entry.detail,
    )
