"""The node's local site: which address shows what. Only an import's pages change anything."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from foyer_node.app import now
from foyer_node.sharing.steering import decisions_of
from foyer_node.web import node_views
from foyer_node.web.access import Access, add_access, open_access
from foyer_node.web.api import LocalDocuments
from foyer_node.web.importing_pages import ImportSite
from foyer_node.web.insight_pages import InsightPages
from foyer_node.web.outbox_pages import OutboxPages
from foyer_node.web.ports import LocalNode
from foyer_node.web.refusals import add_guard, add_problems, found
from foyer_node.web.sharing_pages import SharingPages
from foyer_node.web.sharing_views import notice_of
from foyer_node.web.sign_in_pages import SignInPages
from foyer_node.web.stewards import steward_token
from foyer_node.wizard.wizard import open_wizard
from foyer_web import paths
from foyer_web.assets import CACHE_CONTROL, asset_named
from foyer_web.languages import LANGUAGES, pick_locale
from foyer_web.render import NODE_NAV, Pages
from foyer_web.views import FilterView
from foyer_web.words import words

UNENROLLED = "Foyer"


def create_pages(
    node: LocalNode,
    *,
    address: Callable[[], str],
    kit: Pages | None = None,
    access: Access | None = None,
    link_spent: Callable[[], None] = lambda: None,
) -> FastAPI:
    """The site of one node. `address` says, once it is known, where it listens.

    `link_spent` is called when the one-time link of `access` was used.
    """
    site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    pages = kit or pages_of(node)
    LocalDocuments(node).add_to(site)  # first: `/rounds/x.json` is in no language
    InsightPages(node, pages).add_to(site)
    OutboxPages(node, pages).add_to(site)
    SharingPages(node).add_to(site)
    LocalSite(node=node, pages=pages, address=address).add_to(site)
    door = access or open_access(node.config.folder, node.config.web.host)
    SignInPages(access=door, pages=pages, link_spent=link_spent).add_to(site)
    ImportSite(wizard=open_wizard(node.config, now), pages=pages).add_to(site)
    add_problems(site, pages)
    add_access(site, door, pages)
    add_guard(site, node.config.web.host)
    return site


def pages_of(node: LocalNode, warm_up: Callable[[], None] | None = None) -> Pages:
    """The page kit with this node's network and navigation."""
    return Pages(network=node.network() or UNENROLLED, nav=NODE_NAV, warm_up=warm_up)


class LocalSite:
    """The handlers, around one node and one page kit."""

    def __init__(self, *, node: LocalNode, pages: Pages, address: Callable[[], str]) -> None:
        self._node = node
        self._pages = pages
        self._address = address

    def add_to(self, site: FastAPI) -> None:
        """Give every address its handler."""
        for path, handler in (
            ("/", self.choose_language),
            (paths.STATIC + "/{name}", self.asset),
            ("/{language}", self.add_slash),
            ("/{language}/", self.overview),
            ("/{language}/statistics/{key}", self.statistic),
            ("/{language}/rounds", self.rounds),
            ("/{language}/rounds/{round_id}", self.round),
            ("/{language}/status", self.status),
        ):
            site.add_api_route(path, handler, methods=["GET", "HEAD"], response_model=None)

    def choose_language(self, request: Request) -> Response:
        """To the overview in the reader's language."""
        locale = pick_locale("/", request.headers.get("accept-language", ""))
        return RedirectResponse(f"/{locale}/", HTTPStatus.SEE_OTHER, {"Vary": "Accept-Language"})

    def add_slash(self, language: str) -> Response:
        """`/da` is the overview too."""
        return RedirectResponse(f"/{_known(language)}/", HTTPStatus.SEE_OTHER)

    def asset(self, name: str) -> Response:
        """A style sheet, script or icon."""
        one = found(asset_named(name))
        headers = {"Cache-Control": CACHE_CONTROL}
        return Response(one.content, media_type=one.media_type, headers=headers)

    def overview(self, language: str) -> Response:
        """Mine against peers, in sentences."""
        locale = _known(language)
        shown = node_views.show_latest(self._node)
        overview = node_views.overview_of(self._node, shown)
        return self._html("overview", locale, paths.OVERVIEW, {"overview": overview})

    def statistic(self, language: str, key: str, round: str = "") -> Response:
        """One statistic, mine beside the peers' interval."""
        locale = _known(language)
        shown, figure = found(node_views.show_statistic(self._node, key, round))
        return self._html(
            "statistic",
            locale,
            paths.statistic_path(key, round),
            {
                "figure": figure,
                "round": shown.round if shown.released else None,
                "filters": self._filters(key, figure.round_id, locale),
            },
        )

    def _filters(self, key: str, chosen: str, locale: str) -> tuple[FilterView, ...]:
        holding = node_views.releases_with(self._node, key)
        if len(holding) < 2:
            return ()
        options = tuple(
            (release.round_id, words(locale).period(release.starts, release.ends))
            for release in holding
        )
        return (FilterView(name="round", label="Round", options=options, chosen=chosen),)

    def rounds(self, language: str) -> Response:
        """All rounds this node knows of."""
        rounds = node_views.rounds_of(self._node)
        return self._html("rounds", _known(language), paths.ROUNDS, {"rounds": rounds})

    def round(self, request: Request, language: str, round_id: str) -> Response:
        """One round with its provenance; a proposed one as a notice to decide about."""
        locale = _known(language)
        view = found(node_views.round_of(self._node, round_id))
        decisions = decisions_of(self._node.config)
        notice = notice_of(self._node, decisions, round_id, words(locale))
        token = steward_token(request)
        context = {"round": view, "notice": notice, "form_token": token}
        return self._html("round", locale, paths.round_path(round_id), context)

    def status(self, language: str) -> Response:
        """Whether the node is well."""
        locale = _known(language)
        status = node_views.status_of(self._node, self._address(), words(locale))
        return self._html("node_status", locale, paths.STATUS, {"status": status})

    def _html(self, name: str, locale: str, path: str, context: dict[str, Any]) -> Response:
        return HTMLResponse(self._pages.page(name, locale, path=path, **context))


def _known(language: str) -> str:
    return found(language if language in LANGUAGES else None)
