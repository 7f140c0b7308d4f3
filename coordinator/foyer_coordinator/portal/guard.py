"""Who gets past the door: everything needs a session, except what is named here.

The guard stands before every route, so that a page somebody adds later is shut until it
is opened on purpose. It also refuses what another site makes a browser send.
"""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foyer_coordinator.portal.problems import problem_response
from foyer_coordinator.portal.sign_in import Session
from foyer_web import paths
from foyer_web.languages import LANGUAGES
from foyer_web.render import SECURITY_HEADERS, Pages

HEALTH = "/healthz"
MOST_FORM_BYTES = 4096
"""The largest form is a sign-in token."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_open(path: str) -> bool:
    """Tell whether `path` is served without a session.

    >>> is_open("/healthz"), is_open("/da/sign-in/x"), is_open("/da/sign-inside"), is_open("/da/")
    (True, True, False, False)
    """
    first, _, rest = path.lstrip("/").partition("/")
    bare = f"/{rest}" if first in LANGUAGES else path
    return (
        path == HEALTH
        or path.startswith(f"{paths.STATIC}/")
        or bare == paths.SIGN_IN
        or bare.startswith(f"{paths.SIGN_IN}/")
    )


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
        if request.method not in SAFE_METHODS and not _is_small(request.headers):
            return PlainTextResponse("A form here is small.", status_code=413)
        shown = request.cookies.get(self._cookie, "")
        session = await run_in_threadpool(self._session_of, shown) if shown else None
        request.state.session = session
        if session is None and not is_open(request.url.path):
            return problem_response(request, "sign-in-needed", self._pages)
        return None


def _is_small(headers: Headers) -> bool:
    length = headers.get("content-length", "")
    return length.isascii() and length.isdigit() and int(length) <= MOST_FORM_BYTES


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "private, no-cache")
        await send(message)

    return send_with_headers
