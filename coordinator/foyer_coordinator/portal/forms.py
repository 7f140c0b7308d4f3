"""The token that every form carries: only a page that we served to this browser has it.

It is drawn from the session's cookie, or for a stranger from a cookie of the visit, so that
nothing has to be kept. It is the second line behind `Sec-Fetch-Site` and `Origin`, for
browsers that send neither.
"""

import hashlib
import hmac

from starlette.requests import Request
from starlette.responses import Response

from foyer_coordinator.portal.context import Portal
from foyer_coordinator.portal.problems import PageRefused
from foyer_coordinator.portal.sign_in import is_token, new_token


def form_token(secret: str) -> str:
    """What a form of the browser with this cookie carries."""
    return hashlib.sha256(b"foyer portal form\x00" + secret.encode()).hexdigest()


def token_of(portal: Portal, request: Request) -> str:
    """The token for a page's forms; begins a visit for a stranger who has none."""
    return form_token(_secret(portal, request))


def keep_visit(portal: Portal, request: Request, response: Response) -> Response:
    """Let the browser of a stranger keep its visit's cookie, until it is closed."""
    if getattr(request.state, "visit", ""):
        response.set_cookie(
            portal.settings.visit_cookie,
            request.state.visit,
            path="/",
            secure=portal.settings.secure,
            httponly=True,
            samesite="lax",
        )
    return response


def check_token(portal: Portal, request: Request, shown: str) -> None:
    """Refuse a form that no page of ours carried to this browser.

    Raises:
        PageRefused: nothing was done.
    """
    if not hmac.compare_digest(token_of(portal, request).encode(), shown.encode()):
        raise PageRefused("stale-form")


def _secret(portal: Portal, request: Request) -> str:
    settings = portal.settings
    if getattr(request.state, "session", None) is not None:
        return request.cookies.get(settings.cookie, "")
    known = request.cookies.get(settings.visit_cookie, "")
    visit: str = getattr(request.state, "visit", "") or known
    if not is_token(visit):
        visit = new_token(portal.sign_in.entropy)
        request.state.visit = visit
    return visit
