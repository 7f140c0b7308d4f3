"""What left the building: the list, each message, the officer's archive. Reading only."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from foyer_node.app import utc_now
from foyer_node.sharing.dpo_export import pack_outbox
from foyer_node.sharing.steering import decisions_of
from foyer_node.web import node_views
from foyer_node.web.ports import LocalNode
from foyer_node.web.refusals import found
from foyer_node.web.sharing_views import before_of, rounds_sent, sharing_of
from foyer_node.web.stewards import steward_token
from foyer_web import paths
from foyer_web.languages import LANGUAGES
from foyer_web.local_views import Leaf
from foyer_web.render import Pages

LEAF = 50
"""Messages on one page of the outbox."""


class OutboxPages:
    """The handlers, around one node and one page kit."""

    def __init__(self, node: LocalNode, pages: Pages) -> None:
        self._node = node
        self._pages = pages

    def add_to(self, site: FastAPI) -> None:
        """Give every address its handler."""
        for path, handler in (
            (paths.OUTBOX, self.outbox),
            (paths.OUTBOX_ARCHIVE, self.archive),
            (paths.OUTBOX + "/{number}", self.sent),
        ):
            site.add_api_route(
                "/{language}" + path, handler, methods=["GET", "HEAD"], response_model=None
            )

    def outbox(self, request: Request, language: str, page: int = 1, round: str = "") -> Response:
        """What left the building, newest first, a page at a time, of one round or of all."""
        wanted = [one for one in self._node.sent()[::-1] if not round or one.round_id == round]
        rounds = rounds_sent(self._node)
        found(round if not round or round in rounds else None)
        last = max(1, -(-len(wanted) // LEAF))
        leaf = found(Leaf(number=page, last=last) if 1 <= page <= last else None)
        here = wanted[(page - 1) * LEAF : page * LEAF]
        context = {
            "sent": tuple(node_views.sent_view(one, self._node) for one in here),
            "leaf": leaf,
            "rounds": rounds,
            "chosen": round,
            "sharing": sharing_of(self._node, decisions_of(self._node.config)),
            "form_token": steward_token(request),
        }
        return self._html("outbox", language, paths.outbox_path(page, round), context)

    def sent(self, language: str, number: int) -> Response:
        """One message: explained, raw, and a report before its noise."""
        one = found(next((s for s in self._node.sent() if s.number == number), None))
        entry = node_views.sent_view(one, self._node, self._node.content(number))
        before = self._node.before_noise(number)
        context = {"entry": entry, "before": before and before_of(before)}
        return self._html("sent", language, paths.sent_path(number), context)

    def archive(self, language: str) -> Response:
        """Everything that left, for a data protection officer, with a README in this language."""
        pieces: Iterator[bytes] = pack_outbox(
            self._node.sent(),
            self._node.content,
            institution=self._node.config.institution.name,
            language=found(language if language in LANGUAGES else None),
            made_at=utc_now(),
        )
        name = f"outbox-{self._node.config.institution.slug}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(pieces, media_type="application/zip", headers=headers)

    def _html(self, name: str, language: str, path: str, context: dict[str, Any]) -> Response:
        locale = found(language if language in LANGUAGES else None)
        return HTMLResponse(self._pages.page(name, locale, path=path, **context))
