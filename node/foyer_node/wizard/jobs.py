"""Reading and loading in the background, so that a page answers at once and can be left.

One file is loaded at a time; what fails leaves the store as it was and the draft where it is.
"""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from foyer_node.adapters.table_files import source_reader
from foyer_node.config import NodeConfig
from foyer_node.faults import name_and_place
from foyer_node.holdings import open_for_writing
from foyer_node.importing.report import ImportReport
from foyer_node.setup import earlier_of, load_into
from foyer_node.wizard.draft import Draft, as_mapping, options_of
from foyer_node.wizard.draft_files import DraftFiles
from foyer_node.wizard.kept_mappings import KeptMappings
from foyer_node.wizard.looking import open_file
from foyer_node.wizard.reporting import Preview, preview_of
from foyer_protocol.errors import FoyerError, InternalError, StorageError

if TYPE_CHECKING:
    from foyer_node.adapters.duckdb_store import DuckDBStore
    from foyer_node.adapters.vault_store import VaultStore

log = logging.getLogger("foyer.node.wizard")

MOST_KEPT = 50
_OPENING_TRIES, _OPENING_WAIT = 40, 0.25
"""Ten seconds: a page that reads the store is done in less."""


@dataclass(slots=True, kw_only=True)
class Job:
    """Something under way or over for one draft."""

    draft: Draft
    name: str = ""  # of the description to keep, "" for none
    preview: "Future[Preview] | None" = field(default=None, repr=False)
    load: "Future[ImportReport] | None" = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a job came to nothing."""

    code: str
    message: str
    hint: str


class Jobs:
    """The jobs of one node's wizard."""

    def __init__(self, config: NodeConfig, drafts: DraftFiles, mappings: KeptMappings) -> None:
        self._config = config
        self._drafts = drafts
        self._mappings = mappings
        self._turn = Lock()
        self._jobs: dict[str, Job] = {}
        self._readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="wizard-reader")
        self._loader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wizard-loader")

    def previewed(self, draft: Draft) -> Job:
        """The job that reads this draft as it is now, begun if it was not."""
        with self._turn:
            job = self._jobs.get(draft.id)
            if job is None or (job.draft != draft and job.load is None):
                job = Job(draft=draft)
                job.preview = self._readers.submit(self._preview, draft)
                self._jobs[draft.id] = job
                while len(self._jobs) > MOST_KEPT:
                    del self._jobs[next(iter(self._jobs))]
            return job

    def load(self, draft: Draft, name: str) -> Job:
        """Begin to load a draft, unless that is under way; `name` is of the description kept."""
        job = self.previewed(draft)
        with self._turn:
            if job.load is None or (job.load.done() and job.load.exception() is not None):
                job.name = name
                job.load = self._loader.submit(self._load, draft, name)
            return job

    def find(self, name: str) -> Job | None:
        """What is known of a draft's job; also of one that is loaded and forgotten."""
        return self._jobs.get(name)

    def forget(self, name: str) -> bool:
        """Drop a draft's job; False if it is being loaded and has to be let end."""
        with self._turn:
            job = self._jobs.get(name)
            if job is not None and job.load is not None and not job.load.done():
                return False
            self._jobs.pop(name, None)
            return True

    def _preview(self, draft: Draft) -> Preview:
        opened = open_file(self._drafts.path_of(draft), draft.connector)
        earlier = partial(earlier_of, self._config)
        return preview_of(opened, options_of(self._config, draft), earlier)

    def _load(self, draft: Draft, name: str) -> ImportReport:
        path = self._drafts.path_of(draft)
        options = options_of(self._config, draft)
        with _opened_patiently(self._config, path) as held:
            report = load_into(self._config, held, path, options, source_reader())
        if name:
            self._mappings.keep(as_mapping(draft, name))
        self._drafts.forget(draft.id)
        log.info("an export was imported by the wizard")
        return report


@contextmanager
def _opened_patiently(
    config: NodeConfig, file: Path
) -> "Iterator[tuple[DuckDBStore, VaultStore, bytes]]":
    """Store, vault and secret, tried again while a page has the store open for reading."""
    with ExitStack() as held:
        for left in reversed(range(_OPENING_TRIES)):
            try:
                opened = held.enter_context(open_for_writing(config, file))
                break
            except StorageError:
                if not left:
                    raise
                time.sleep(_OPENING_WAIT)
        yield opened


def failure_of(future: "Future[Preview] | Future[ImportReport]") -> Failure | None:
    """Why a job that is done failed; None if it did not. A bug is logged by name and place."""
    error = future.exception()
    if error is None:
        return None
    if isinstance(error, FoyerError):
        return Failure(code=error.code, message=error.message, hint=error.hint)
    log.error("an import failed: %s", name_and_place(error))
    return Failure(code=InternalError.code, message="", hint="")
