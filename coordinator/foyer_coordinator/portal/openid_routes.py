"""Signing in elsewhere: the way there, and the way back. A provider is led to by a link.

By a link and not by a form, since our content policy keeps forms on these pages. Where it
would bind something to an account, the link must have been followed from a page of ours.
"""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from foyer_coordinator.portal.accounts import NEVER_KEPT, Accounts, begin_session
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.flows import FLOW_SECONDS
from foyer_coordinator.portal.forms import check_token
from foyer_coordinator.portal.openid import OpenId, Told
from foyer_coordinator.portal.openid_providers import Provider, SignInFailed
from foyer_coordinator.portal.pages import check_language
from foyer_coordinator.portal.people import Claim
from foyer_coordinator.portal.problems import PageRefused
from foyer_coordinator.portal.sign_in import Way, is_token, new_token
from foyer_web import paths
from foyer_web.languages import DEFAULT, LANGUAGES

WITH = "/with/{provider}"


def openid_routes(portal: Portal, accounts: Accounts, openid: OpenId) -> APIRouter:
    """The routes of providers."""
    router = APIRouter()
    _ways_there(router, portal, accounts, openid)
    _way_back(router, portal, accounts, openid)

    @router.post(f"/{{locale}}{paths.ACCOUNT}/identities/remove")
    def unlink(
        request: Request,
        locale: str,
        form_token: Annotated[str, Form()] = "",
        provider: Annotated[str, Form()] = "",
    ) -> Response:
        check_language(locale)
        check_token(portal, request, form_token)
        claim, known = accounts.own_claim(request), _provider(openid, provider)
        for issuer in accounts.people.book.ways(claim.person_id).issuers:
            if known.owns(issuer):
                accounts.ways.remove_identity(claim.person_id, issuer, accounts.people.clock())
        return RedirectResponse(f"/{locale}{paths.ACCOUNT}", status_code=303, headers=NEVER_KEPT)

    return router


def _ways_there(router: APIRouter, portal: Portal, accounts: Accounts, openid: OpenId) -> None:
    @router.get(f"/{{locale}}{paths.SIGN_IN}{WITH}")
    def to_sign_in(request: Request, locale: str, provider: str) -> Response:
        return _lead(portal, openid, request, locale, provider, None)

    @router.get(f"/{{locale}}{paths.INVITATION}/{{token}}{WITH}")
    def to_accept(request: Request, locale: str, token: str, provider: str) -> Response:
        _, claim = accounts.invited(token)
        return _lead(portal, openid, request, locale, provider, claim)

    @router.get(f"/{{locale}}{paths.ACCOUNT}{WITH}")
    def to_link(request: Request, locale: str, provider: str) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise PageRefused("cross-site")
        claim = accounts.own_claim(request)
        return _lead(portal, openid, request, locale, provider, claim)


def _lead(
    portal: Portal, openid: OpenId, request: Request, locale: str, slug: str, claim: Claim | None
) -> Response:
    check_language(locale)
    provider, name = _provider(openid, slug), portal.settings.openid_cookie
    secret = request.cookies.get(name, "")
    if not is_token(secret):
        secret = new_token(portal.sign_in.entropy)
    try:
        address = openid.begin(provider, secret, locale, claim, _back(portal, request, slug))
    except SignInFailed:
        raise PageRefused("openid-failed") from None
    response = RedirectResponse(address, status_code=303, headers=NEVER_KEPT)
    response.set_cookie(
        name, secret, max_age=FLOW_SECONDS, path="/", secure=portal.settings.secure,
        httponly=True, samesite="lax",
    )  # fmt: skip
    return response


def _way_back(router: APIRouter, portal: Portal, accounts: Accounts, openid: OpenId) -> None:
    @router.get("/openid/{provider}/callback")
    def come_back(request: Request, provider: str) -> Response:
        known, answer = _provider(openid, provider), dict(request.query_params)
        secret = request.cookies.get(portal.settings.openid_cookie, "")
        try:
            told = openid.finish(known, secret, answer, _back(portal, request, provider))
        except SignInFailed:
            raise PageRefused("openid-failed") from None
        locale = answer["state"].rpartition(".")[2]
        locale = locale if locale in LANGUAGES else DEFAULT
        if told.flow.claim is None:
            person_id = accounts.ways.identity(told.issuer, told.subject)
            if person_id is None:
                raise PageRefused("openid-unknown")
            return begin_session(portal, person_id, Way.OPENID, f"/{locale}/")
        return _link(portal, accounts, request, told, told.flow.claim, locale)


def _link(
    portal: Portal, accounts: Accounts, request: Request, told: Told, claim: Claim, locale: str
) -> Response:
    """Bind an identity to the account of an invitation, or of whoever is signed in."""
    if not claim.invitation and accounts.own_claim(request).person_id != claim.person_id:
        raise PageRefused("openid-failed")
    now = accounts.people.clock()
    if not accounts.ways.keep_identity(claim, told.issuer, told.subject, now):
        raise PageRefused("openid-failed")
    if claim.invitation:
        return begin_session(portal, claim.person_id, Way.OPENID, f"/{locale}/")
    return RedirectResponse(f"/{locale}{paths.ACCOUNT}", status_code=303, headers=NEVER_KEPT)


def _provider(openid: OpenId, slug: str) -> Provider:
    provider = openid.providers.get(slug)
    if provider is None:
        raise PageRefused("not-found")
    return provider


def _back(portal: Portal, request: Request, slug: str) -> str:
    base = portal.settings.public_url or f"http://{request.headers.get('host', '')}"
    return f"{base}/openid/{slug}/callback"
