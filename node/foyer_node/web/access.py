"""Who gets past the door of the pages, and how they show who they are.

On the loopback address this machine's people read their house's figures without an account.
Everything that changes something, and every page with a row of an export on it, needs a
steward: whoever can read the link that the node wrote for its own user, or an account. Where
the pages are open to the house's network, reading needs an account too.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from foyer_node.adapters.durable import write_durably
from foyer_node.web.accounts import Accounts
from foyer_node.web.guard import LOOPBACK
from foyer_node.web.refusals import refuse
from foyer_node.web.sessions import LINK_USER, Session, Sessions
from foyer_web import paths
from foyer_web.languages import LANGUAGES, pick_locale
from foyer_web.render import Pages

COOKIE = "foyer_node"
LINK_FILE = "pages.link"
"""Holds a one-time link for this machine's user while the pages are served."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
STEWARDS_ONLY = (paths.IMPORT,)


class Access:
    """Accounts and sessions of one node's pages."""

    def __init__(self, *, sessions: Sessions, accounts: Accounts, host: str) -> None:
        self.sessions = sessions
        self.accounts = accounts
        self.is_open_to_network = not is_loopback(host)

    def session(self, cookie: str) -> Session | None:
        """Who a cookie is of. An account that was removed or changed is signed out at once."""
        session = self.sessions.find(cookie) if cookie else None
        if session is None or session.name == LINK_USER:
            return session
        account = self.accounts.all().get(session.name)
        if account is not None and account.role is session.role:
            return session
        self.sessions.end_all_of(session.name)
        return None

    def write_link(self, folder: Path, url: str) -> str:
        """Put the present one-time link where only the node's user can read it."""
        link = f"{url}{paths.SIGN_IN.removeprefix('/')}/{self.sessions.link_token}"
        write_durably(folder / LINK_FILE, f"{link}\n".encode())
        return link

    def refusal(self, method: str, path: str, session: Session | None) -> str:
        """The code of why this may not be done, "" if it may."""
        bare = without_language(path)
        if bare.startswith((paths.SIGN_IN, paths.SIGN_OUT, f"{paths.STATIC}/")):
            return ""
        changes = method not in SAFE_METHODS
        is_stewards = changes or any(
            bare == one or bare.startswith(f"{one}/") for one in STEWARDS_ONLY
        )
        if session is None:
            return "sign-in-first" if is_stewards or self.is_open_to_network else ""
        return "steward-needed" if is_stewards and not session.is_steward else ""


def open_access(folder: Path, host: str) -> Access:
    """The door of the pages of the node in `folder`, with nobody signed in."""
    return Access(sessions=Sessions(time.monotonic), accounts=Accounts(folder), host=host)


def is_loopback(host: str) -> bool:
    """Whether pages bound to `host` can be reached from this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host.lower() in LOOPBACK:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_cross_site(method: str, headers: Mapping[str, str]) -> bool:
    """Whether another site makes the browser change something here.

    A browser says so in `Sec-Fetch-Site`, or in `Origin` where it does not. A request that
    says neither is no browser's, or an old one's: the form's token is held against it.

    >>> is_cross_site("POST", {"origin": "http://evil.example", "host": "localhost:1"})
    True
    >>> is_cross_site("POST", {"sec-fetch-site": "same-origin"})
    False
    """
    if method in SAFE_METHODS:
        return False
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != headers.get("host", ""):
        return True
    return headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def without_language(path: str) -> str:
    """A page's own path.

    >>> without_language("/da/import/x"), without_language("/api/v1/status")
    ('/import/x', '/api/v1/status')
    """
    first, _, rest = path.lstrip("/").partition("/")
    return f"/{rest}" if first in LANGUAGES else path


def session_of(request: Request) -> Session | None:
    """Who asks, as the door found."""
    found = getattr(request.state, "session", None)
    return found if isinstance(found, Session) else None


def add_access(site: FastAPI, access: Access, pages: Pages) -> None:
    """Stand at the door of `site`. To be added before the guard, which then asks first."""

    @site.middleware("http")
    async def door(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if is_cross_site(request.method, request.headers):
            return refuse("cross-site", request, pages)
        session = access.session(request.cookies.get(COOKIE, ""))
        request.state.session = session
        path = request.url.path
        code = access.refusal(request.method, path, session)
        if not code:
            return await call_next(request)
        is_page = path.strip("/").split("/")[0] in LANGUAGES or path == "/"
        if code == "sign-in-first" and request.method in SAFE_METHODS and is_page:
            locale = pick_locale(path, request.headers.get("accept-language", ""))
            to = f"/{locale}{paths.SIGN_IN}"
            return RedirectResponse(to, HTTPStatus.SEE_OTHER, {"Vary": "Accept-Language, Cookie"})
        return refuse(code, request, pages)
