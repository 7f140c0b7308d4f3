"""An invitation's page, where a person chooses how to sign in; the choice spends it."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from foyer_coordinator.portal.accounts import NEVER_KEPT, Accounts, begin_session, person_view
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.entrance import allows_passkeys
from foyer_coordinator.portal.forms import check_token, keep_visit, token_of
from foyer_coordinator.portal.pages import check_language
from foyer_coordinator.portal.passwords import fault_of
from foyer_coordinator.portal.problems import PageRefused, locale_of, reader_of
from foyer_coordinator.portal.sign_in import Way
from foyer_web import paths


def invitation_routes(portal: Portal, accounts: Accounts) -> APIRouter:
    """The routes of invitations."""
    router = APIRouter()

    @router.get(f"{paths.INVITATION}/{{token}}")
    def choose_language(request: Request, token: str) -> Response:
        locale = locale_of(request, portal.pages)
        return RedirectResponse(f"/{locale}{paths.INVITATION}/{token}", status_code=303)

    @router.get(f"/{{locale}}{paths.INVITATION}/{{token}}")
    def offer(request: Request, locale: str, token: str) -> Response:
        check_language(locale)
        return _page(portal, accounts, request, locale, token)

    @router.post(f"/{{locale}}{paths.INVITATION}/password")
    def take_password(
        request: Request,
        locale: str,
        token: Annotated[str, Form()] = "",
        form_token: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        again: Annotated[str, Form()] = "",
    ) -> Response:
        check_language(locale)
        check_token(portal, request, form_token)
        person, claim = accounts.invited(token)
        if fault := fault_of(password, again, (person.login, person.name)):
            return _page(portal, accounts, request, locale, token, fault)
        if not accounts.passwords.keep(claim, password):
            raise PageRefused("invitation-not-valid")
        return begin_session(portal, person.person_id, Way.PASSWORD, f"/{locale}/")

    return router


def _page(
    portal: Portal, accounts: Accounts, request: Request, locale: str, token: str, fault: str = ""
) -> Response:
    person, _ = accounts.invited(token)
    page = portal.pages.page(
        "invitation",
        locale,
        path=f"{paths.INVITATION}/{token}",
        reader=reader_of(request),
        person=person_view(person),
        token=token,
        fault=fault,
        providers=portal.providers,
        by_passkey=allows_passkeys(portal.settings, request),
        form_token=token_of(portal, request),
    )
    response = HTMLResponse(page, status_code=400 if fault else 200, headers=NEVER_KEPT)
    return keep_visit(portal, request, response)
