"""One's own account: how one signs in, and signing out everywhere. And signing in by password."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from foyer_coordinator.portal.accounts import (
    NEVER_KEPT,
    Accounts,
    begin_session,
    person_view,
    session_of,
    set_cookie,
)
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.entrance import allows_passkeys, sign_in_page
from foyer_coordinator.portal.forms import check_token, token_of
from foyer_coordinator.portal.pages import check_language
from foyer_coordinator.portal.passwords import TooManyTries, fault_of
from foyer_coordinator.portal.problems import PageRefused, reader_of
from foyer_coordinator.portal.roles import OVERSEERS
from foyer_coordinator.portal.sign_in import Way
from foyer_web import paths

FormToken = Annotated[str, Form()]
Text = Annotated[str, Form()]


def account_routes(portal: Portal, accounts: Accounts) -> APIRouter:
    """The routes of one's own account."""
    router = APIRouter()
    _sign_in(router, portal, accounts)
    _own_page(router, portal, accounts)
    return router


def _sign_in(router: APIRouter, portal: Portal, accounts: Accounts) -> None:
    @router.post(f"/{{locale}}{paths.SIGN_IN}/password")
    def by_password(
        request: Request, locale: str, form_token: FormToken = "", name: Text = "",
        password: Text = "",
    ) -> Response:  # fmt: skip
        check_language(locale)
        check_token(portal, request, form_token)
        try:
            person_id = accounts.passwords.person_of(name, password)
        except TooManyTries:
            return sign_in_page(portal, request, locale, fault="too-many-tries")
        if person_id is None:
            return sign_in_page(portal, request, locale, fault="wrong-password")
        return begin_session(portal, person_id, Way.PASSWORD, f"/{locale}/")


def _own_page(router: APIRouter, portal: Portal, accounts: Accounts) -> None:
    @router.get(f"/{{locale}}{paths.ACCOUNT}")
    def own_account(request: Request, locale: str) -> Response:
        check_language(locale)
        return _page(portal, accounts, request, locale)

    @router.post(f"/{{locale}}{paths.ACCOUNT}/password")
    def set_password(
        request: Request, locale: str, form_token: FormToken = "", password: Text = "",
        again: Text = "",
    ) -> Response:  # fmt: skip
        check_language(locale)
        check_token(portal, request, form_token)
        claim, person = accounts.own_claim(request), accounts.person(request)
        if fault := fault_of(password, again, (person.login, person.name)):
            return _page(portal, accounts, request, locale, fault)
        if not accounts.passwords.keep(claim, password):
            raise PageRefused("account-shut")
        return RedirectResponse(f"/{locale}{paths.ACCOUNT}", status_code=303, headers=NEVER_KEPT)

    @router.post(f"/{{locale}}{paths.ACCOUNT}/passkeys/remove")
    def remove_passkey(
        request: Request, locale: str, form_token: FormToken = "", credential: Text = ""
    ) -> Response:
        check_language(locale)
        check_token(portal, request, form_token)
        claim = accounts.own_claim(request)
        accounts.ways.remove_passkey(claim.person_id, credential, accounts.people.clock())
        return RedirectResponse(f"/{locale}{paths.ACCOUNT}", status_code=303, headers=NEVER_KEPT)

    @router.post(f"/{{locale}}{paths.ACCOUNT}/sign-out-everywhere")
    def sign_out_everywhere(request: Request, locale: str, form_token: FormToken = "") -> Response:
        check_language(locale)
        check_token(portal, request, form_token)
        portal.sign_in.sign_out_everywhere(session_of(request).person_id)
        target = f"/{locale}{paths.SIGN_IN}"
        response = RedirectResponse(target, status_code=303, headers=NEVER_KEPT)
        set_cookie(portal, response, "")
        return response


def _page(
    portal: Portal, accounts: Accounts, request: Request, locale: str, fault: str = ""
) -> Response:
    session = session_of(request)
    page = portal.pages.page(
        "account",
        locale,
        path=paths.ACCOUNT,
        reader=reader_of(request),
        person=person_view(accounts.person(request)),
        ways=accounts.ways_of(session.person_id),
        recent=accounts.is_recent(session),
        oversees=session.role in OVERSEERS,
        fault=fault,
        providers=portal.providers,
        by_passkey=allows_passkeys(portal.settings, request),
        form_token=token_of(portal, request),
    )
    return HTMLResponse(page, status_code=400 if fault else 200, headers=NEVER_KEPT)
