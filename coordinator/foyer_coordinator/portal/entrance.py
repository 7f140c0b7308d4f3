"""What is served without a session: signing in, style sheets, and the health check.

A sign-in link opens a page with a button, and only the button spends it: mail filters and
chat programs open links to look at them, and would spend it for the reader.
"""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from foyer_coordinator.portal.context import Portal, Settings
from foyer_coordinator.portal.forms import check_token, keep_visit, token_of
from foyer_coordinator.portal.guard import HEALTH, says_where_from
from foyer_coordinator.portal.pages import check_language
from foyer_coordinator.portal.passkeys import place_of
from foyer_coordinator.portal.problems import PageRefused, locale_of, reader_of
from foyer_protocol.errors import EnrolmentRefused
from foyer_web import paths
from foyer_web.assets import CACHE_CONTROL, asset_named

NEVER_KEPT = {"Cache-Control": "no-store"}


def entrance_routes(portal: Portal) -> APIRouter:
    """The routes of the entrance."""
    router = APIRouter()
    _offer_sign_in(router, portal)
    _take_sign_in(router, portal)
    _serve_files(router, portal)
    return router


def _offer_sign_in(router: APIRouter, portal: Portal) -> None:
    @router.get(f"{paths.SIGN_IN}/{{token}}")
    def choose_language(request: Request, token: str) -> Response:
        locale = locale_of(request, portal.pages)
        return RedirectResponse(f"/{locale}{paths.SIGN_IN}/{token}", status_code=303)

    @router.get(f"/{{locale}}{paths.SIGN_IN}")
    def explain(request: Request, locale: str) -> Response:
        return offer(request, locale, "")

    @router.get(f"/{{locale}}{paths.SIGN_IN}/{{token}}")
    def offer(request: Request, locale: str, token: str) -> Response:
        return sign_in_page(portal, request, locale, token)


def allows_passkeys(settings: Settings, request: Request) -> bool:
    """Whether browsers allow passkeys at the address that was asked for."""
    return place_of(settings.public_url, request.headers.get("host", "")) is not None


FAULTS = {"wrong-password": 403, "too-many-tries": 429}
"""Why a password was not taken, each with the status of the page that says so."""


def sign_in_page(
    portal: Portal, request: Request, locale: str, token: str = "", fault: str = ""
) -> Response:
    """How to sign in: by the link with this token, or (empty) by every other way there is."""
    check_language(locale)
    page = portal.pages.page(
        "sign_in",
        locale,
        path=f"{paths.SIGN_IN}/{token}" if token else paths.SIGN_IN,
        reader=reader_of(request),
        token=token,
        fault=fault,
        by_password=portal.has_accounts,
        providers=portal.providers,
        by_passkey=portal.has_accounts and allows_passkeys(portal.settings, request),
        form_token=token_of(portal, request),
    )
    status = FAULTS[fault] if fault else 200
    response = HTMLResponse(page, status_code=status, headers=NEVER_KEPT)
    return keep_visit(portal, request, response)


def _take_sign_in(router: APIRouter, portal: Portal) -> None:
    settings = portal.settings

    @router.post(f"/{{locale}}{paths.SIGN_IN}")
    def sign_in(
        request: Request,
        locale: str,
        token: Annotated[str, Form()] = "",
        form_token: Annotated[str, Form()] = "",
    ) -> Response:
        check_language(locale)
        if not says_where_from(request.headers):
            check_token(portal, request, form_token)
        try:
            cookie = portal.sign_in.redeem(token)
        except EnrolmentRefused:
            raise PageRefused("link-not-valid") from None
        response = RedirectResponse(f"/{locale}/", status_code=303, headers=NEVER_KEPT)
        _set_cookie(response, settings, cookie, portal.sign_in.session_seconds)
        return response

    @router.post(f"/{{locale}}{paths.SIGN_OUT}")
    def sign_out(request: Request, locale: str) -> Response:
        check_language(locale)
        portal.sign_in.sign_out(request.cookies.get(settings.cookie, ""))
        target = f"/{locale}{paths.SIGN_IN}"
        response = RedirectResponse(target, status_code=303, headers=NEVER_KEPT)
        _set_cookie(response, settings, "", 0)
        return response


def _set_cookie(response: Response, settings: Settings, value: str, seconds: int) -> None:
    """Keep the session in the browser for some seconds; 0 forgets it."""
    response.set_cookie(
        settings.cookie,
        value,
        max_age=seconds,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def _serve_files(router: APIRouter, portal: Portal) -> None:
    @router.get(f"{paths.STATIC}/{{name}}")
    def static(name: str) -> Response:
        asset = asset_named(name)
        if asset is None:
            raise PageRefused("not-found")
        headers = {"Cache-Control": CACHE_CONTROL}
        return Response(asset.content, media_type=asset.media_type, headers=headers)

    @router.get(HEALTH)
    def health() -> Response:
        portal.books.members.roster()  # the database answers, or this raises
        return PlainTextResponse("ok", headers=NEVER_KEPT)
