"""What every page of an import shares: who asks, in which language, with which token."""

from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from foyer_node.web.access import session_of, without_language
from foyer_node.web.refusals import PageRefused, found
from foyer_node.web.sessions import LINK_USER
from foyer_node.wizard.draft import Draft
from foyer_node.wizard.wizard import Wizard
from foyer_web import import_words, paths
from foyer_web.languages import LANGUAGES
from foyer_web.render import Pages
from foyer_web.words import words


class ImportPage:
    """One node's wizard and page kit."""

    def __init__(self, *, wizard: Wizard, pages: Pages) -> None:
        self.wizard = wizard
        self._pages = pages

    def show(self, request: Request, name: str, status: int = 200, **context: object) -> Response:
        """A page in the language of its address, with the form token of who asks.

        Raises:
            PageRefused: nobody is signed in.
        """
        session = session_of(request)
        if session is None:
            raise PageRefused("sign-in-first")
        locale = language_of(request)
        reader = session.name
        if reader == LINK_USER:
            reader = words(locale).say(import_words.THIS_COMPUTER)
        html = self._pages.page(
            name,
            locale,
            path=without_language(request.url.path),
            reader=reader,
            form_token=session.form_token,
            **context,
        )
        return HTMLResponse(html, status)

    def draft(self, name: str) -> Draft:
        """A draft by its name.

        Raises:
            PageRefused: it is no longer here.
        """
        draft = self.wizard.drafts.find(name)
        if draft is None:
            raise PageRefused("import-gone")
        return draft


def language_of(request: Request) -> str:
    """The language in the address, or a page that says that there is none."""
    prefix = request.url.path.strip("/").split("/", 1)[0]
    return found(prefix if prefix in LANGUAGES else None)


def go_to(request: Request, path: str) -> Response:
    """On to another page in the same language."""
    return RedirectResponse(f"/{language_of(request)}{path}", HTTPStatus.SEE_OTHER)


def go_to_step(request: Request, draft: Draft, step: str) -> Response:
    """On to a step of an import."""
    return go_to(request, paths.import_path(draft.id, step))
