"""What the pages of an import show. Cells of the file are on them: they stay in the building."""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime

STEPS = ("columns", "questions", "words", "report")
"""The questions of an import, in order; a step with nothing to ask is passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file that can be imported, or an import that was begun."""

    name: str = dataclasses.field(repr=False)
    octets: int = 0
    source: str = ""  # the watched folder that it lies in
    draft: str = ""  # the import that was begun with it
    begun_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingView:
    """A kept description of an export."""

    name: str
    kept_at: datetime
    columns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    """One column, and what it may be. `why` and `unlocks` are message ids."""

    position: int
    name: str
    field: str
    confidence: float
    why: tuple[str, ...]
    examples: tuple[str, ...] = dataclasses.field(repr=False)
    unlocks: tuple[str, ...]
    is_usable: bool
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """What an earlier description was, and how the file differs from it."""

    name: str
    kept_at: datetime
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    moved: bool = False

    @property
    def is_same(self) -> bool:
        """Whether nothing has changed."""
        return not (self.added or self.gone or self.renamed or self.moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsView:
    """The question which column is which. `lacking` are fields, with what each would bring."""

    draft: str
    name: str = dataclasses.field(repr=False)
    system: str  # "" for an unknown one
    kind: str
    layout: str
    columns: tuple[ColumnView, ...]
    fields: tuple[tuple[str, bool], ...]  # canonical field, and whether it is required
    sample: tuple[tuple[str, ...], ...] = dataclasses.field(repr=False)
    lacking: tuple[tuple[str, tuple[str, ...]], ...] = ()
    change: ChangeView | None = None
    errors: tuple[str, ...] = ()  # said already, in the reader's language


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsView:
    """What the values leave open, with some of them."""

    draft: str
    dates: tuple[str, ...] = dataclasses.field(default=(), repr=False)
    decimals: tuple[str, ...] = dataclasses.field(default=(), repr=False)
    asks_dates: bool = False
    asks_decimal: bool = False
    asks_per_ticket: bool = False
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WordView:
    """A word of the export without a code. `codes` are codes and their message ids."""

    number: int
    code_list: str
    word: str
    rows: int
    suggestion: str
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsView:
    """The coding queue. Groups are headed by a message id and explained by another."""

    draft: str
    groups: tuple[tuple[str, str, tuple[WordView, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedView:
    """Rows refused for one reason (a message id)."""

    reason: str
    field: str
    rows: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """What loading would do, or did. `warnings` are message ids."""

    draft: str
    name: str = dataclasses.field(default="", repr=False)
    rows: int = 0
    accepted: int = 0
    tickets: int = 0
    orders: tuple[date, date] | None = None  # first and last day
    events: tuple[date, date] | None = None
    refused: tuple[RefusedView, ...] = ()
    coverage: tuple[tuple[str, str], ...] = ()  # a field, and the share of rows in words
    warnings: tuple[str, ...] = ()
    drift: tuple[tuple[str, float, float], ...] = ()
    set_apart: tuple[tuple[str, int], ...] = ()  # a kind of account, and how many
    refusal: bool = False
    already_imported: bool = False
    replaced: int = 0
    timezone: str = ""
    keeps: str = ""  # the name proposed for the description; "" where there is none to keep
    errors: tuple[str, ...] = ()
    described: ChangeView | None = None  # the kept description that it is read by

    @property
    def refused_rows(self) -> int:
        """How many rows are refused, for whatever reason."""
        return sum(one.rows for one in self.refused)
