"""The steps of one import: columns, open questions, words, report, loading."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from foyer_node.importing.report import ImportReport
from foyer_node.mapping.mapping_file import same_layout
from foyer_node.web.forms import read_form
from foyer_node.web.importing_page import ImportPage, go_to, go_to_step, language_of
from foyer_node.web.importing_views import (
    change_view,
    columns_view,
    done_view,
    questions_view,
    report_view,
    words_view,
)
from foyer_node.web.refusals import PageRefused
from foyer_node.wizard.deciding import ChosenColumns, answer, choose_columns, decide_words
from foyer_node.wizard.draft import Draft
from foyer_node.wizard.jobs import Failure, failure_of
from foyer_node.wizard.kept_mappings import mapping_name
from foyer_node.wizard.looking import first_plan
from foyer_node.wizard.reporting import Preview
from foyer_web import import_words, paths
from foyer_web.problems import problem_of
from foyer_web.words import words

PATIENCE_SECONDS = 1.5
"""How long a page waits for a job before it says that it is under way."""

DEFAULT_NAME = "ticket-sales"

Handled = Callable[[Request, Draft, Mapping[str, str]], Response]


class ImportSteps:
    """The handlers of the steps."""

    def __init__(self, page: ImportPage) -> None:
        self._page = page
        self._wizard = page.wizard

    def add_to(self, site: FastAPI) -> None:
        """Give every address its handler."""
        for step, handler in (
            ("columns", self.columns),
            ("questions", self.questions),
            ("words", self.words),
            ("report", self.report),
            ("progress", self.progress),
        ):
            path = f"/{{language}}{paths.IMPORT}/{{draft}}/{step}"
            site.add_api_route(path, handler, methods=["GET", "HEAD"], response_model=None)
        for step, handled in (
            ("columns", self._settle_columns),
            ("questions", self._settle_questions),
            ("words", self._settle_words),
            ("load", self._load),
            ("give-up", self._give_up),
        ):
            path = f"/{{language}}{paths.IMPORT}/{{draft}}/{step}"
            site.add_api_route(path, self._posted(handled), methods=["POST"], response_model=None)

    def _posted(self, handled: Handled) -> Callable[..., object]:
        async def post(request: Request, draft: str) -> Response:
            form = await read_form(request)
            return await run_in_threadpool(handled, request, self._page.draft(draft), form)

        return post

    def columns(self, request: Request, draft: str) -> Response:
        """Which column is which?"""
        return self._columns(request, self._page.draft(draft))

    def _columns(
        self, request: Request, draft: Draft, wrong: ChosenColumns | None = None
    ) -> Response:
        looked = self._wizard.look(draft)
        errors = _column_errors(request, wrong) if wrong else ()
        view = columns_view(looked, draft, self._wizard.described(draft), errors)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
        return self._page.show(request, "import_columns", status, view=view)

    def _settle_columns(self, request: Request, draft: Draft, form: Mapping[str, str]) -> Response:
        if form.get("unknown"):
            draft = draft.model_copy(
                update={"connector": "generic", "columns": {}, "columns_settled": False}
            )
            self._wizard.drafts.keep(draft)
            return go_to_step(request, draft, "columns")
        settled: dict[str, object] = {"columns_settled": True, "words_settled": False}
        if draft.is_described:
            chosen = choose_columns(draft.header, form)
            settled["columns"] = dict(chosen.columns)
            if not chosen.is_good:
                shown = draft.model_copy(update=settled)
                return self._columns(request, shown, chosen)
            if chosen.columns != draft.columns:  # what was answered may be about other columns
                settled |= {"per_ticket": None if not draft.mapping else draft.per_ticket}
        return self._on(request, draft.model_copy(update=settled))

    def _on(self, request: Request, draft: Draft) -> Response:
        self._wizard.drafts.keep(draft)
        return go_to_step(request, draft, self._wizard.next_step(draft))

    def questions(self, request: Request, draft: str) -> Response:
        """What the values leave open."""
        return self._questions(request, self._page.draft(draft))

    def _questions(self, request: Request, draft: Draft, *, unanswered: bool = False) -> Response:
        opened = self._wizard.opened(draft)
        asked = self._wizard.questions(draft, opened)
        if not asked.any:
            return go_to_step(request, draft, self._wizard.next_step(draft))
        said = words(language_of(request))
        errors = (said.say(import_words.UNANSWERED),) if unanswered else ()
        plan = first_plan(opened, self._wizard.reading(draft))
        view = questions_view(opened, plan, draft, asked, errors)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
        return self._page.show(request, "import_questions", status, view=view)

    def _settle_questions(
        self, request: Request, draft: Draft, form: Mapping[str, str]
    ) -> Response:
        asked = self._wizard.questions(draft, self._wizard.opened(draft))
        answered = answer(draft, asked, form)
        if answered is None:
            return self._questions(request, draft, unanswered=True)
        return self._on(request, answered)

    def words(self, request: Request, draft: str) -> Response:
        """What do these words mean?"""
        one = self._page.draft(draft)
        waiting = self._wizard.unknown_words(one, self._wizard.opened(one))
        if not waiting:
            return go_to_step(request, one, "report")
        return self._page.show(request, "import_words", view=words_view(one, waiting))

    def _settle_words(self, request: Request, draft: Draft, form: Mapping[str, str]) -> Response:
        return self._on(request, decide_words(draft, form))

    def report(self, request: Request, draft: str) -> Response:
        """What loading would give."""
        return self._report(request, self._page.draft(draft))

    def _report(self, request: Request, draft: Draft, errors: tuple[str, ...] = ()) -> Response:
        if not draft.columns_settled:
            return go_to_step(request, draft, "columns")
        job = self._wizard.jobs.previewed(draft)
        if job.load is not None and not job.load.done():
            return go_to_step(request, draft, "progress")
        if job.preview is None or not _is_over(job.preview):
            return self._page.show(request, "import_waiting", loading=False)
        if failure := failure_of(job.preview):
            return self._failed(request, failure, draft.id)
        view = report_view(
            job.preview.result(),
            draft,
            words(language_of(request)),
            zone=self._wizard.config.institution.timezone,
            keeps=_name_to_keep(draft),
            described=change_view(self._wizard.described(draft)),
            errors=errors,
        )
        status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
        return self._page.show(request, "import_report", status, view=view)

    def _load(self, request: Request, draft: Draft, form: Mapping[str, str]) -> Response:
        typed = form.get("name", "").strip()
        name = mapping_name(typed) if typed else ""
        kept = self._wizard.mappings.find(name) if name else None
        if kept and name != draft.mapping and not same_layout(kept.mapping, draft.header):
            said = words(language_of(request))
            return self._report(request, draft, (said.say(import_words.NAME_TAKEN, name=name),))
        self._wizard.jobs.load(draft, name)
        return go_to_step(request, draft, "progress")

    def progress(self, request: Request, draft: str) -> Response:
        """How the loading goes, and what became of it."""
        job = self._wizard.jobs.find(draft)
        if job is None or job.load is None:
            raise PageRefused("import-gone")
        if not _is_over(job.load):
            return self._page.show(request, "import_waiting", loading=True)
        if failure := failure_of(job.load):
            there = self._wizard.drafts.find(draft)
            return self._failed(request, failure, there.id if there else "")
        view = done_view(job.load.result(), draft)
        return self._page.show(request, "import_done", view=view, keeps=job.name)

    def _failed(self, request: Request, failure: Failure, draft: str) -> Response:
        problem = problem_of(failure.code)
        return self._page.show(
            request,
            "import_failed",
            problem.status,
            problem=problem,
            code=failure.code,
            detail=f"{failure.message} {failure.hint}".strip(),
            draft=draft,
        )

    def _give_up(self, request: Request, draft: Draft, form: Mapping[str, str]) -> Response:
        if not self._wizard.jobs.forget(draft.id):
            raise PageRefused("import-running")
        self._wizard.drafts.forget(draft.id)
        return go_to(request, paths.IMPORT)


def _is_over(job: "Future[Preview] | Future[ImportReport]") -> bool:
    with suppress(TimeoutError):
        job.exception(PATIENCE_SECONDS)
    return job.done()


def _name_to_keep(draft: Draft) -> str:
    """The name proposed for a description; "" where a system's connector needs none."""
    decided = draft.statuses or draft.channels or draft.price_classes or draft.exclusions
    answered = draft.dates != "proved-by-the-file" or draft.decimal != "proved-by-the-file"
    if draft.is_described or decided or answered or draft.mapping:
        return draft.mapping or (DEFAULT_NAME if draft.is_described else draft.connector)
    return ""


def _column_errors(request: Request, wrong: ChosenColumns) -> tuple[str, ...]:
    said = words(language_of(request))
    twice = [
        said.say(import_words.TWICE, field=said.say(import_words.FIELDS[name]))
        for name in wrong.twice
    ]
    missing = [
        said.say(import_words.MISSING, field=said.say(import_words.FIELDS[name]))
        for name in wrong.missing
    ]
    return tuple(twice + missing)
