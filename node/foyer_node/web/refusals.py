"""How the pages refuse: with a problem in the reader's language, or as JSON to a machine."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from foyer_node.web.guard import LOCAL_HEADERS, is_ours
from foyer_protocol.errors import FoyerError, InternalError
from foyer_web.languages import LANGUAGES, pick_locale
from foyer_web.problems import problem_of
from foyer_web.render import Pages

API = "/api/v1"
NOT_FOUND = "not-found"
WRONG_HOST = "wrong-host"
_EXPLAINED = frozenset({"config", "connector", "quarantine"})

Thing = TypeVar("Thing")


class PageRefused(Exception):
    """A page does not do what it was asked to, for a reason that has a stable code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def found(thing: Thing | None) -> Thing:
    """`thing`, or a page that says that there is none."""
    if thing is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return thing


def add_guard(site: FastAPI, configured_host: str) -> None:
    """Answer only those who asked for this host, and put the headers on every answer.

    The refusal names neither the network nor the institution: whoever gets it may be
    another site's script.
    """
    strangers = Pages(network="Foyer", nav=())

    @site.middleware("http")
    async def guard(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if is_ours(request.headers.get("host", ""), configured_host):
            response = await call_next(request)
        else:
            response = refuse(WRONG_HOST, request, strangers)
        for name, value in LOCAL_HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def add_problems(site: FastAPI, pages: Pages) -> None:
    """Turn everything that is raised into a problem; only a bug is also logged."""

    @site.exception_handler(HTTPException)
    async def refused(request: Request, failure: HTTPException) -> Response:
        answer = refuse(NOT_FOUND, request, pages)
        answer.status_code = failure.status_code
        return answer

    @site.exception_handler(RequestValidationError)
    async def misread(request: Request, failure: RequestValidationError) -> Response:
        return refuse(NOT_FOUND, request, pages)

    @site.exception_handler(PageRefused)
    async def not_done(request: Request, refusal: PageRefused) -> Response:
        return refuse(refusal.code, request, pages)

    @site.exception_handler(FoyerError)
    async def known(request: Request, refusal: FoyerError) -> Response:
        # The house's own file or setting is named in it; what the disk said is for the log.
        detail = f"{refusal.message} {refusal.hint}" if refusal.code in _EXPLAINED else ""
        return refuse(refusal.code, request, pages, detail.strip())

    @site.exception_handler(Exception)
    async def unknown(request: Request, failure: Exception) -> Response:
        answer = refuse(InternalError.code, request, pages)
        answer.headers.update(LOCAL_HEADERS)  # the guard does not see this one
        return answer


def refuse(code: str, request: Request, pages: Pages, detail: str = "") -> Response:
    """The problem `code`, as the asker can read it."""
    path = request.url.path
    if path.startswith(API + "/") or path.endswith(".json"):
        problem = problem_of(code)
        content = {
            "type": f"urn:foyer:problem:{code}",
            "title": problem.what,
            "detail": problem.why,
            "status": problem.status,
        }
        return JSONResponse(content, problem.status, media_type="application/problem+json")
    locale = pick_locale(path, request.headers.get("accept-language", ""))
    prefix, _, rest = path.removeprefix("/").partition("/")
    bare = f"/{rest if prefix in LANGUAGES else ''}"
    status, page = pages.problem(code, locale, path=bare, detail=detail)
    return HTMLResponse(page, status)
