"""The buttons about sharing: pause and resume, approve and decline, and the list of a stage.

Each answers a form of a signed-in steward: the door and the form's token see to that.
"""

from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, StreamingResponse

from foyer_node.decisions import Act
from foyer_node.insight.lifecycle import LifecycleStage
from foyer_node.insight.segment_list import write_list
from foyer_node.listing import list_addresses, stage_named
from foyer_node.sharing.steering import decide
from foyer_node.web.forms import read_form
from foyer_node.web.ports import LocalNode
from foyer_node.web.refusals import PageRefused, found
from foyer_node.web.stewards import steward_name
from foyer_web import paths
from foyer_web.languages import LANGUAGES

SWITCH = frozenset({Act.PAUSE, Act.RESUME})
CONFIRMED = "yes"


class SharingPages:
    """The handlers, around one node."""

    def __init__(self, node: LocalNode) -> None:
        self._node = node

    def add_to(self, site: FastAPI) -> None:
        """Give every address its handler."""
        for path, handler in (
            (paths.SHARING, self.switch),
            (paths.ROUNDS + "/{round_id}/decision", self.decide),
            (paths.LIFECYCLE + "/list", self.list),
        ):
            site.add_api_route("/{language}" + path, handler, methods=["POST"], response_model=None)

    async def switch(self, request: Request, language: str) -> Response:
        """Pause all sharing, or end the pause."""
        form = await read_form(request)
        act = _act(form.get("act", ""))
        if act not in SWITCH:
            raise PageRefused("stale-form")
        await run_in_threadpool(
            decide,
            self._node.config,
            act,
            by=steward_name(request),
            reason=form.get("reason", "").strip(),
        )
        return _back(language, paths.OUTBOX)

    async def decide(self, request: Request, language: str, round_id: str) -> Response:
        """Approve or decline a proposed round."""
        form = await read_form(request)
        act = _act(form.get("act", ""))
        if act in SWITCH:
            raise PageRefused("stale-form")
        await run_in_threadpool(
            decide,
            self._node.config,
            act,
            by=steward_name(request),
            round_id=round_id,
            reason=form.get("reason", "").strip(),
        )
        return _back(language, paths.round_path(round_id))

    async def list(self, request: Request, language: str) -> Response:
        """The addresses of a stage as a file, for the house's own mail tool. Kept nowhere."""
        form = await read_form(request)
        found(language if language in LANGUAGES else None)
        stage = stage_named(form.get("stage", ""))
        if form.get("personal") != CONFIRMED:
            raise PageRefused("not-confirmed")
        return await run_in_threadpool(self._list, stage, steward_name(request))

    def _list(self, stage: LifecycleStage, by: str) -> Response:
        addressees = list_addresses(self._node.config, stage, self._node.today(), by=by)
        headers = {"Content-Disposition": f'attachment; filename="{stage.value}.csv"'}
        return StreamingResponse(
            write_list(addressees), media_type="text/csv; charset=utf-8", headers=headers
        )


def _act(name: str) -> Act:
    try:
        return Act(name)
    except ValueError:
        raise PageRefused("stale-form") from None


def _back(language: str, path: str) -> Response:
    locale = found(language if language in LANGUAGES else None)
    return RedirectResponse(f"/{locale}{path}", HTTPStatus.SEE_OTHER)
