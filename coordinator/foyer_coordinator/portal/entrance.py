"""What is served without a session: signing in, style sheets, and the health check.

A sign-in link opens a page with a button, and only the button spends it: mail filters and
chat programs open links to look at them, and would spend it for the reader.
"""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.guard import HEALTH
from foyer_coordinator.portal.pages import check_language
from foyer_coordinator.portal.problems import PageRefused, locale_of, reader_of
from foyer_protocol.errors import EnrolmentRefused
from foyer_web import paths
from foyer_web.assets import CACHE_CONTROL, asset_named

NEVER_KEPT = {"Cache-Control": "no-store"}


def entrance_routes(portal: Portal) -> APIRouter:
    """The routes of the entrance."""
    router = APIRouter()

    @router.get(f"{paths.SIGN_IN}/{{token}}")
    def choose_language(request: Request, token: str) -> Response:
        locale = locale_of(request, portal.pages)
        return RedirectResponse(f"/{locale}{paths.SIGN_IN}/{token}", status_code=303)

    @router.get(f"/{{locale}}{paths.SIGN_IN}")
    def explain(request: Request, locale: str) -> Response:
        return offer(request, locale, "")

    @router.get(f"/{{locale}}{paths.SIGN_IN}/{{token}}")
    def offer(request: Request, locale: str, token: str) -> Response:
        check_language(locale)
        path = f"{paths.SIGN_IN}/{token}" if token else paths.SIGN_IN
        page = portal.pages.page(
            "sign_in", locale, path=path, reader=reader_of(request), token=token
        )
        return HTMLResponse(page, headers=NEVER_KEPT)

    @router.post(f"/{{locale}}{paths.SIGN_IN}")
    def sign_in(locale: str, token: Annotated[str, Form()] = "") -> Response:
        check_language(locale)
        try:
            cookie = portal.sign_in.redeem(token)
        except EnrolmentRefused:
            raise PageRefused("link-not-valid") from None
        response = RedirectResponse(f"/{locale}/", status_code=303, headers=NEVER_KEPT)
        response.set_cookie(
            portal.settings.cookie,
            cookie,
            max_age=portal.sign_in.session_seconds,
            path="/",
            secure=portal.settings.secure,
            httponly=True,
            samesite="lax",
        )
        return response

    @router.post(f"/{{locale}}{paths.SIGN_OUT}")
    def sign_out(request: Request, locale: str) -> Response:
        check_language(locale)
        portal.sign_in.sign_out(request.cookies.get(portal.settings.cookie, ""))
        response = RedirectResponse(
            f"/{locale}{paths.SIGN_IN}", status_code=303, headers=NEVER_KEPT
        )
        response.delete_cookie(
            portal.settings.cookie,
            path="/",
            secure=portal.settings.secure,
            httponly=True,
            samesite="lax",
        )
        return response

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

    return router
