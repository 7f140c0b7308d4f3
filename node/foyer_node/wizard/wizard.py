"""The import wizard of one node: its drafts, descriptions and jobs, and which step is next."""

from collections.abc import Callable
from dataclasses import dataclass

from foyer_node.config import NodeConfig
from foyer_node.connectors.connector import Reading
from foyer_node.connectors.headers import REQUIRED
from foyer_node.mapping.coding import Uncoded
from foyer_node.wizard.draft import Draft, begin_with, options_of
from foyer_node.wizard.draft_files import DraftFiles
from foyer_node.wizard.jobs import Jobs
from foyer_node.wizard.kept_mappings import KeptMappings, Recognised
from foyer_node.wizard.looking import (
    Looked,
    Opened,
    OpenQuestions,
    look_at,
    open_file,
    planned,
    questions_of,
    words_of,
)
from foyer_protocol.errors import ConnectorError

MOST_COLUMNS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wizard:
    """The parts, and what can be asked of a draft."""

    config: NodeConfig
    clock: Callable[[], int]
    drafts: DraftFiles
    mappings: KeptMappings
    jobs: Jobs

    def begin(self, draft: Draft) -> Draft:
        """Look at a new file, with the description that it is of; keeps the draft.

        Raises:
            ConnectorError: it is no table; the caller forgets the draft.
        """
        opened = open_file(self.drafts.path_of(draft), "")
        header = opened.table.header
        if len(header) > MOST_COLUMNS:
            raise ConnectorError(
                f"The table has {len(header)} columns, and at most {MOST_COLUMNS} are read."
                " Nothing was imported.",
                hint="Export it with the columns that are needed.",
            )
        draft = draft.model_copy(
            update={"header": list(header), "connector": opened.connector.name}
        )
        if found := self.mappings.recognise(header):
            draft = begin_with(draft, found.kept.mapping, dict(found.changes.columns))
            same = found.changes.is_none or found.changes.moved
            whole = not draft.is_described or set(REQUIRED) <= set(draft.columns)
            draft = draft.model_copy(update={"columns_settled": same and whole})
        self.drafts.keep(draft)
        return draft

    def opened(self, draft: Draft) -> Opened:
        """The draft's file."""
        return open_file(self.drafts.path_of(draft), draft.connector)

    def reading(self, draft: Draft) -> Reading:
        """How it is to be read as far as is decided."""
        return options_of(self.config, draft).reading

    def look(self, draft: Draft) -> Looked:
        """Its columns and first rows."""
        return look_at(self.opened(draft), draft, self.reading(draft))

    def described(self, draft: Draft) -> Recognised | None:
        """The description that the draft began with, and what changed since."""
        found = self.mappings.recognise(draft.header) if draft.mapping else None
        return found if found and found.kept.mapping.name == draft.mapping else None

    def questions(self, draft: Draft, opened: Opened) -> OpenQuestions:
        """What its values leave open."""
        return questions_of(opened, draft, options_of(self.config, draft))

    def unknown_words(self, draft: Draft, opened: Opened) -> tuple[Uncoded, ...]:
        """Its words without a code; none before everything else is settled."""
        plan = planned(opened.connector, opened.table, self.reading(draft))
        return words_of(opened, draft, plan) if plan else ()

    def next_step(self, draft: Draft) -> str:
        """The first step that still has something to ask."""
        if not draft.columns_settled:
            return "columns"
        opened = self.opened(draft)
        if self.questions(draft, opened).any:
            return "questions"
        if not draft.words_settled and self.unknown_words(draft, opened):
            return "words"
        return "report"


def open_wizard(config: NodeConfig, clock: Callable[[], int]) -> Wizard:
    """The wizard of the node in `config.folder`. Deletes what was left over a day ago."""
    drafts = DraftFiles(config, clock)
    drafts.sweep()
    mappings = KeptMappings(config.folder)
    jobs = Jobs(config, drafts, mappings)
    return Wizard(config=config, clock=clock, drafts=drafts, mappings=mappings, jobs=jobs)
