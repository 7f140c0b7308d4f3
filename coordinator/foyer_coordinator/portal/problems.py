"""Refusals, as a page for people and as `application/problem+json` for machines."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from foyer_web.languages import LANGUAGES, pick_locale
from foyer_web.problems import problem_of
from foyer_web.render import SECURITY_HEADERS, Pages

API = "/api/"
URN = "urn:foyer:problem:"
BY_STATUS = {403: "cross-site", 404: "not-found", 405: "not-found"}


class PageRefused(Exception):
    """A route has nothing to show, for a reason that has a stable code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def wants_document(path: str) -> bool:
    """Tell whether `path` is for machines."""
    return path.startswith(API) or path.endswith((".json", ".csv"))


def locale_of(request: Request, pages: Pages) -> str:
    """The language of a request: its address, else what the browser prefers."""
    accepted = request.headers.get("accept-language", "")
    return pick_locale(request.url.path, accepted, pages.default_locale)


def path_without_language(path: str) -> str:
    """The page's own path.

    >>> [path_without_language(path) for path in ("/da/rounds", "/da", "/x")]
    ['/rounds', '/', '/x']
    """
    first, _, rest = path.lstrip("/").partition("/")
    return f"/{rest}" if first in LANGUAGES else path


def reader_of(request: Request) -> str:
    """Who is signed in; empty for nobody."""
    session = getattr(request.state, "session", None)
    return session.reader if session is not None else ""


def problem_response(
    request: Request, code: str, pages: Pages, *, status: int | None = None
) -> Response:
    """Refuse with a stable code, in the form that the address asks for.

    `status` overrules the code's own. What failed inside is never shown.
    """
    path = request.url.path
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
    if wants_document(path):
        problem = problem_of(code)
        final = status or problem.status
        document = {
            "type": f"{URN}{code}",
            "title": problem.what,
            "status": final,
            "detail": f"{problem.why} {problem.next_step}",
        }
        return JSONResponse(
            document, status_code=final, media_type="application/problem+json", headers=headers
        )
    known, page = pages.problem(
        code, locale_of(request, pages), path=path_without_language(path), reader=reader_of(request)
    )
    return HTMLResponse(page, status_code=status or known, headers=headers)
