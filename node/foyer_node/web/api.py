"""The pages' addresses for machines: the same answers as JSON, in no language."""

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from foyer_node.web import documents, node_views
from foyer_node.web.ports import LocalNode
from foyer_node.web.refusals import API, found
from foyer_web import paths
from foyer_web.document import round_document


class LocalDocuments:
    """The handlers, around one node."""

    def __init__(self, node: LocalNode) -> None:
        self._node = node

    def add_to(self, site: FastAPI) -> None:
        """Give every address its handler; those without a prefix are the pages' own links."""
        for path, handler in (
            (f"{API}/overview", self.overview),
            (f"{API}/statistics/{{key}}", self.statistic),
            (paths.statistic_path("") + "{key}.json", self.statistic),
            (f"{API}/rounds", self.rounds),
            (f"{API}/rounds/{{round_id}}", self.round),
            (paths.round_path("") + "{round_id}.json", self.round),
            (f"{API}/status", self.status),
            (f"{API}/outbox", self.outbox),
            (f"{API}/outbox/{{number}}", self.sent),
            (f"{API}/outbox/{{number}}/raw", self.raw),
        ):
            site.add_api_route(path, handler, methods=["GET", "HEAD"], response_model=None)

    def overview(self) -> Response:
        """The overview for machines."""
        shown = node_views.show_latest(self._node)
        return JSONResponse(documents.overview_document(self._node, shown))

    def statistic(self, key: str, round: str = "") -> Response:
        """A statistic for machines."""
        shown, figure = found(node_views.show_statistic(self._node, key, round))
        return JSONResponse(documents.own_document(figure, shown.own))

    def rounds(self) -> Response:
        """All rounds for machines."""
        rounds = node_views.rounds_of(self._node)
        return JSONResponse({"rounds": [round_document(view) for view in rounds]})

    def round(self, round_id: str) -> Response:
        """A round for machines."""
        view = found(node_views.round_of(self._node, round_id))
        return JSONResponse(round_document(view))

    def status(self) -> Response:
        """The status for machines."""
        return JSONResponse(documents.status_document(self._node))

    def outbox(self) -> Response:
        """The outbox for machines."""
        return JSONResponse(documents.outbox_document(self._node))

    def sent(self, number: int) -> Response:
        """One message for machines."""
        return JSONResponse(found(documents.message_document(self._node, number)))

    def raw(self, number: int) -> Response:
        """The very bytes that left."""
        found(next((s for s in self._node.sent() if s.number == number), None))
        name = f'attachment; filename="message-{number}.bin"'
        return Response(
            self._node.content(number),
            media_type="application/octet-stream",
            headers={"Content-Disposition": name},
        )
