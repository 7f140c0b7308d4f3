"""Who gets past the door: everything needs a session, except what `access` opens.

The guard stands before every route, so that a page somebody adds later is shut until it
is opened on purpose. It also refuses what another site makes a browser send. Behind it,
every route asks `access` whether the role fits.
"""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foyer_coordinator.portal.access import is_open, refusal
from foyer_coordinator.portal.problems import PageRefused, problem_response
from foyer_coordinator.portal.sign_in import Session
from foyer_web.render import SECURITY_HEADERS, Pages

HEALTH = "/healthz"
MOST_FORM_BYTES = 4096
"""The largest form is a password, twice."""

MOST_PASSKEY_BYTES = 16_384
"""What a browser says of a new passkey, its key included."""

PASSKEYS = "/passkeys/"

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_cross_site(method: str, headers: Mapping[str, str], host: str) -> bool:
    """Tell whether another site makes the browser change something here.

    The browser says so in `Sec-Fetch-Site`; an old one, or one that was reached without
    TLS, says it by `Origin`, which is held against `host`.

    >>> is_cross_site("POST", {"sec-fetch-site": "cross-site"}, "here")
    True
    >>> is_cross_site("POST", {"origin": "https://here"}, "here")
    False
    """
    if method in SAFE_METHODS:
        return False
    told = headers.get("sec-fetch-site")
    if told is not None:
        return told not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != host


def says_where_from(headers: Mapping[str, str]) -> bool:
    """Tell whether the browser is one that `is_cross_site` can judge by."""
    return "sec-fetch-site" in headers or "origin" in headers


class Guard:
    """The middleware. Puts the session, if there is one, into `request.state.session`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        pages: Pages,
        session_of: Callable[[str], Session | None],
        cookie: str,
        host: str,
    ) -> None:
        """`host` is what browsers know us by; empty means what each request names."""
        self._app = app
        self._pages = pages
        self._session_of = session_of
        self._cookie = cookie
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let through with the headers that every answer carries."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        refused = await self._refusal(request)
        await (refused or self._app)(scope, receive, _with_headers(send))

    async def _refusal(self, request: Request) -> Response | None:
        host = self._host or request.headers.get("host", "")
        if is_cross_site(request.method, request.headers, host):
            return problem_response(request, "cross-site", self._pages)
        is_large = request.url.path.startswith(PASSKEYS)
        most = MOST_PASSKEY_BYTES if is_large else MOST_FORM_BYTES
        if request.method not in SAFE_METHODS and not _is_small(request.headers, most):
            return PlainTextResponse("A form here is small.", status_code=413)
        shown = request.cookies.get(self._cookie, "")
        session = await run_in_threadpool(self._session_of, shown) if shown else None
        request.state.session = session
        if session is None and not is_open(request.url.path, request.method):
            return problem_response(request, "sign-in-needed", self._pages)
        return None


async def authorise(request: Request) -> None:
    """Ask the table of `access`, at every route, before it does anything.

    Raises:
        PageRefused: the role does not fit, or the route is in no line of the table.
    """
    route = f"{request.method} {request.scope['route'].path}"
    session: Session | None = getattr(request.state, "session", None)
    if code := refusal(route, session, request.path_params):
        raise PageRefused(code)


def _is_small(headers: Headers, most: int) -> bool:
    length = headers.get("content-length", "")
    return length.isascii() and length.isdigit() and int(length) <= most


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "private, no-cache")
        await send(message)

    return send_with_headers
