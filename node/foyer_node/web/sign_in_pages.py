"""Signing in by the node's own one-time link or by an account, and signing out."""

from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from foyer_node.web.access import COOKIE, Access, session_of
from foyer_node.web.forms import read_form
from foyer_node.web.refusals import PageRefused, found
from foyer_node.web.sessions import WHOLE_SECONDS
from foyer_web import paths
from foyer_web.languages import LANGUAGES, pick_locale
from foyer_web.problems import problem_of
from foyer_web.render import Pages
from foyer_web.words import words


class SignInPages:
    """The handlers. `link_spent` is called when the link has been used and there is a new one."""

    def __init__(self, *, access: Access, pages: Pages, link_spent: Callable[[], None]) -> None:
        self._access = access
        self._pages = pages
        self._link_spent = link_spent

    def add_to(self, site: FastAPI) -> None:
        """Give every address its handler."""
        page, get = f"/{{language}}{paths.SIGN_IN}", ["GET", "HEAD"]
        site.add_api_route(
            f"{paths.SIGN_IN}/{{token}}", self.choose_language, methods=get, response_model=None
        )
        site.add_api_route(page, self.ask, methods=get, response_model=None)
        site.add_api_route(f"{page}/{{token}}", self.show_link, methods=get, response_model=None)
        site.add_api_route(page, self.sign_in, methods=["POST"], response_model=None)
        site.add_api_route(
            f"/{{language}}{paths.SIGN_OUT}", self.sign_out, methods=["POST"], response_model=None
        )

    def choose_language(self, request: Request, token: str) -> Response:
        """To the link's page in the reader's language. A look does not spend the link."""
        locale = pick_locale("/", request.headers.get("accept-language", ""))
        return RedirectResponse(f"/{locale}{paths.SIGN_IN}/{token}", HTTPStatus.SEE_OTHER)

    def ask(self, language: str) -> Response:
        """Say how to sign in."""
        return self._page(_known(language))

    def show_link(self, language: str, token: str) -> Response:
        """The button that spends a link: a program that only looks at addresses does not."""
        return self._page(_known(language), token=token)

    async def sign_in(self, request: Request, language: str) -> Response:
        """By a link's token, or by name and password."""
        locale = _known(language)
        form = await read_form(request, with_token=False)
        if token := form.get("token", ""):
            cookie = self._access.sessions.redeem(token)
            if cookie is None:
                return self._page(locale, "link-not-valid")
            await run_in_threadpool(self._link_spent)
            return _signed_in(f"/{locale}{paths.IMPORT}", cookie)
        return await run_in_threadpool(
            self._by_password, locale, form.get("name", ""), form.get("password", "")
        )

    def _by_password(self, locale: str, name: str, password: str) -> Response:
        sessions = self._access.sessions
        name = name.strip().lower()[:80]
        if sessions.must_wait(name):
            return self._page(locale, "too-many-tries")
        account = self._access.accounts.check(name, password)
        sessions.note_try(name, good=account is not None)
        if account is None:
            return self._page(locale, "wrong-password")
        return _signed_in(f"/{locale}/", sessions.begin(account.name, account.role))

    async def sign_out(self, request: Request, language: str) -> Response:
        """End this browser's session."""
        if session_of(request) is None:
            raise PageRefused("sign-in-first")
        self._access.sessions.end(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse(f"/{_known(language)}/", HTTPStatus.SEE_OTHER)
        answer.delete_cookie(COOKIE)
        return answer

    def _page(self, locale: str, code: str = "", token: str = "") -> Response:
        said = words(locale)
        problem = problem_of(code) if code else None
        text = (f"{said.say(problem.what)}. {said.say(problem.why)}",) if problem else ()
        html = self._pages.page(
            "node_sign_in",
            locale,
            path=f"{paths.SIGN_IN}/{token}" if token else paths.SIGN_IN,
            token=token,
            problems=text,
            accounts=self._access.is_open_to_network,
        )
        return HTMLResponse(html, problem.status if problem else HTTPStatus.OK)


def _signed_in(to: str, cookie: str) -> Response:
    """No `Secure`: the pages are served on the loopback address or behind a house's proxy."""
    answer = RedirectResponse(to, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        COOKIE, cookie, max_age=WHOLE_SECONDS, httponly=True, samesite="strict", path="/"
    )
    return answer


def _known(language: str) -> str:
    return found(language if language in LANGUAGES else None)
