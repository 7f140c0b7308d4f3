"""What `passkeys.js` asks for: each time first what to sign, then what came of it."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from foyer_coordinator.portal.accounts import NEVER_KEPT, Accounts, session_of, set_cookie
from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.forms import check_token
from foyer_coordinator.portal.guard import PASSKEYS
from foyer_coordinator.portal.passkeys import PasskeyRefused, Passkeys, Place, place_of
from foyer_coordinator.portal.problems import PageRefused
from foyer_coordinator.portal.sign_in import Way
from foyer_web import paths
from foyer_web.languages import DEFAULT, LANGUAGES


class Said(BaseModel):
    """What the script sends. `answer` is the browser's credential as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    form_token: str = ""
    token: str = ""
    locale: str = DEFAULT
    answer: str = ""


NOTHING = Said()


def passkey_routes(portal: Portal, accounts: Accounts, passkeys: Passkeys) -> APIRouter:
    """The routes of passkeys."""
    router = APIRouter()
    _sign_in(router, portal, passkeys)
    _by_invitation(router, portal, accounts, passkeys)
    _of_account(router, portal, accounts, passkeys)
    return router


def passkey_place(portal: Portal, request: Request) -> Place | None:
    """Where passkeys of this request are bound to; None where browsers allow none."""
    return place_of(portal.settings.public_url, request.headers.get("host", ""))


def _place(portal: Portal, request: Request, said: Said) -> Place:
    check_token(portal, request, said.form_token)
    place = passkey_place(portal, request)
    if place is None:
        raise PageRefused("passkey-failed")
    return place


def _sign_in(router: APIRouter, portal: Portal, passkeys: Passkeys) -> None:
    @router.post(f"{PASSKEYS}sign-in/options")
    def ask(request: Request, said: Said = NOTHING) -> Response:
        return _options(passkeys.ask_to_sign_in(_place(portal, request, said)))

    @router.post(f"{PASSKEYS}sign-in/done")
    def done(request: Request, said: Said = NOTHING) -> Response:
        place = _place(portal, request, said)
        try:
            person_id = passkeys.sign_in(place, said.answer)
        except PasskeyRefused:
            raise PageRefused("passkey-failed") from None
        return _signed_in(portal, person_id, said.locale)


def _by_invitation(
    router: APIRouter, portal: Portal, accounts: Accounts, passkeys: Passkeys
) -> None:
    @router.post(f"{PASSKEYS}invitation/options")
    def ask(request: Request, said: Said = NOTHING) -> Response:
        place = _place(portal, request, said)
        person, claim = accounts.invited(said.token)
        known = accounts.people.book.ways(person.person_id)
        return _options(passkeys.ask_to_make(place, person, claim, known))

    @router.post(f"{PASSKEYS}invitation/done")
    def done(request: Request, said: Said = NOTHING) -> Response:
        place = _place(portal, request, said)
        try:
            person_id = passkeys.make(place, said.answer)
        except PasskeyRefused:
            raise PageRefused("passkey-failed") from None
        return _signed_in(portal, person_id, said.locale)


def _of_account(router: APIRouter, portal: Portal, accounts: Accounts, passkeys: Passkeys) -> None:
    @router.post(f"{PASSKEYS}account/options")
    def ask(request: Request, said: Said = NOTHING) -> Response:
        place = _place(portal, request, said)
        claim, person = accounts.own_claim(request), accounts.person(request)
        known = accounts.people.book.ways(person.person_id)
        return _options(passkeys.ask_to_make(place, person, claim, known))

    @router.post(f"{PASSKEYS}account/done")
    def done(request: Request, said: Said = NOTHING) -> Response:
        place = _place(portal, request, said)
        accounts.own_claim(request)
        try:
            passkeys.make(place, said.answer, session_of(request).person_id)
        except PasskeyRefused:
            raise PageRefused("passkey-failed") from None
        to = {"next": f"/{_language(said.locale)}{paths.ACCOUNT}"}
        return JSONResponse(to, headers=NEVER_KEPT)


def _options(text: str) -> Response:
    return Response(text, media_type="application/json", headers=NEVER_KEPT)


def _signed_in(portal: Portal, person_id: str, locale: str) -> Response:
    cookie = portal.sign_in.begin(person_id, Way.PASSKEY)
    if cookie is None:
        raise PageRefused("account-shut")
    response = JSONResponse({"next": f"/{_language(locale)}/"}, headers=NEVER_KEPT)
    set_cookie(portal, response, cookie)
    return response


def _language(locale: str) -> str:
    return locale if locale in LANGUAGES else DEFAULT
