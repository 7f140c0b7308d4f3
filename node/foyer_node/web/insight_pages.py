"""The pages of a house's own insight: Monday, stages, ladders."""

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from foyer_node.web.insight_views import lifecycle_of, lists_of, maturity_of, monday_of
from foyer_node.web.ports import LocalNode
from foyer_node.web.refusals import found
from foyer_node.web.stewards import steward_token
from foyer_web import paths
from foyer_web.languages import LANGUAGES
from foyer_web.render import Pages


class InsightPages:
    """The handlers, around one node and one page kit."""

    def __init__(self, node: LocalNode, pages: Pages) -> None:
        self._node = node
        self._pages = pages

    def add_to(self, site: FastAPI) -> None:
        """Give every address its handler."""
        for path, handler in (
            (paths.MONDAY, self.monday),
            (paths.LIFECYCLE, self.lifecycle),
            (paths.MATURITY, self.maturity),
        ):
            site.add_api_route(
                "/{language}" + path, handler, methods=["GET", "HEAD"], response_model=None
            )

    def monday(self, language: str) -> Response:
        """Last week and one thing to do."""
        house = self._node.house()
        shown = monday_of(self._node, house) if house else None
        return self._html("monday", language, paths.MONDAY, {"monday": shown})

    def lifecycle(self, request: Request, language: str) -> Response:
        """Where the known visitors stand, and the lists of addresses that were made."""
        house = self._node.house()
        context = {
            "lifecycle": lifecycle_of(house) if house else None,
            "lists": lists_of(self._node),
            "form_token": steward_token(request),
        }
        return self._html("lifecycle", language, paths.LIFECYCLE, context)

    def maturity(self, language: str) -> Response:
        """How far the data have come, and what is worth collecting."""
        house = self._node.house()
        shown = maturity_of(house) if house else None
        return self._html("data_maturity", language, paths.MATURITY, {"maturity": shown})

    def _html(self, name: str, language: str, path: str, context: dict[str, Any]) -> Response:
        locale = found(language if language in LANGUAGES else None)
        return HTMLResponse(self._pages.page(name, locale, path=path, **context))
