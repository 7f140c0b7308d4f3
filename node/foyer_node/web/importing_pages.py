"""Where an import begins: a file from this computer or a watched folder, and kept descriptions."""

from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from foyer_node.mapping.mapping_file import read_mapping
from foyer_node.web.forms import MOST_UPLOAD_BYTES, read_form, receive_file
from foyer_node.web.importing_page import ImportPage, go_to, go_to_step, language_of
from foyer_node.web.importing_steps import ImportSteps
from foyer_node.web.importing_views import draft_file, mapping_view, waiting_file
from foyer_node.web.refusals import found
from foyer_node.wizard.draft import Draft
from foyer_node.wizard.draft_files import shown_name
from foyer_node.wizard.kept_mappings import MOST_BYTES
from foyer_node.wizard.wizard import Wizard
from foyer_protocol.errors import ConfigError, FoyerError
from foyer_web import paths
from foyer_web.problems import problem_of
from foyer_web.render import Pages
from foyer_web.words import words


class ImportSite:
    """The handlers that begin an import, and those of its steps."""

    def __init__(
        self, *, wizard: Wizard, pages: Pages, most_bytes: int = MOST_UPLOAD_BYTES
    ) -> None:
        self._wizard = wizard
        self._page = ImportPage(wizard=wizard, pages=pages)
        self._most = most_bytes

    def add_to(self, site: FastAPI) -> None:
        """Give every address its handler."""
        start, kept = f"/{{language}}{paths.IMPORT}", f"/{{language}}{paths.IMPORT_MAPPINGS}"
        post = ["POST"]
        site.add_api_route(start, self.start, methods=["GET", "HEAD"], response_model=None)
        site.add_api_route(start, self.upload, methods=post, response_model=None)
        site.add_api_route(f"{start}/waiting", self.take, methods=post, response_model=None)
        site.add_api_route(kept, self.add_mapping, methods=post, response_model=None)
        site.add_api_route(f"{kept}/forget", self.forget_mapping, methods=post, response_model=None)
        site.add_api_route(
            f"{paths.IMPORT_MAPPINGS}/{{name}}.toml",
            self.download,
            methods=["GET", "HEAD"],
            response_model=None,
        )
        ImportSteps(self._page).add_to(site)

    def start(self, request: Request) -> Response:
        """Ask for a file."""
        return self._start(request)

    def _start(self, request: Request, code: str = "", detail: str = "") -> Response:
        said = words(language_of(request))
        problem = problem_of(code) if code else None
        wizard = self._wizard
        zone = ZoneInfo(wizard.config.institution.timezone)
        problems = [f"{said.say(problem.what)}. {said.say(problem.why)}", detail] if problem else []
        return self._page.show(
            request,
            "import_start",
            problem.status if problem else 200,
            problems=[text for text in problems if text],
            waiting=[waiting_file(one) for one in wizard.drafts.waiting()],
            drafts=[draft_file(one, zone) for one in wizard.drafts.all()],
            mappings=[mapping_view(one) for one in wizard.mappings.all()],
            most=said.size(self._most),
        )

    async def upload(self, request: Request) -> Response:
        """Take a file from a browser, as it arrives."""
        name, path = await run_in_threadpool(self._wizard.drafts.begin)
        try:
            sent = await receive_file(request, path, self._most)
            draft = Draft(id=name, shown=shown_name(sent), made_at=self._wizard.clock())
            return await run_in_threadpool(self._begin, request, draft)
        except BaseException:
            self._wizard.drafts.forget(name)
            raise

    async def take(self, request: Request) -> Response:
        """Take a file of a watched folder: only one that is listed there."""
        form = await read_form(request)
        source, _, file = form.get("waiting", "").partition("/")
        listed = await run_in_threadpool(self._wizard.drafts.waiting)
        one = found(next((w for w in listed if (w.source, w.name) == (source, file)), None))
        name, _ = self._wizard.drafts.begin()
        draft = Draft(
            id=name,
            shown=shown_name(one.name),
            made_at=self._wizard.clock(),
            source=one.source,
            file=one.name,
        )
        try:
            return await run_in_threadpool(self._begin, request, draft)
        except BaseException:
            self._wizard.drafts.forget(name)
            raise

    def _begin(self, request: Request, draft: Draft) -> Response:
        begun = self._wizard.begin(draft)
        return go_to_step(request, begun, self._wizard.next_step(begun))

    def download(self, request: Request, name: str) -> Response:
        """A description as a file, to be read or shared."""
        kept = found(self._wizard.mappings.find(name))
        return Response(
            self._wizard.mappings.text_of(kept),
            media_type="application/toml",
            headers={"Content-Disposition": f'attachment; filename="{kept.mapping.name}.toml"'},
        )

    async def add_mapping(self, request: Request) -> Response:
        """Keep a description from elsewhere. One of the same name stays as it is."""
        name, path = await run_in_threadpool(self._wizard.drafts.begin)
        try:
            await receive_file(request, path, MOST_BYTES)
            mapping = read_mapping(path.read_text(encoding="utf-8"))
            if self._wizard.mappings.find(mapping.name):
                raise ConfigError(
                    f"A description called {mapping.name} is here already; nothing was changed.",
                    hint="Delete that one first, or give this one another name.",
                )
            await run_in_threadpool(self._wizard.mappings.keep, mapping)
        except UnicodeError:
            return self._start(request, "config")
        except FoyerError as refusal:
            return self._start(request, refusal.code, f"{refusal.message} {refusal.hint}")
        finally:
            self._wizard.drafts.forget(name)
        return go_to(request, paths.IMPORT)

    async def forget_mapping(self, request: Request) -> Response:
        """Delete a description."""
        form = await read_form(request)
        await run_in_threadpool(self._wizard.mappings.forget, form.get("name", ""))
        return go_to(request, paths.IMPORT)
