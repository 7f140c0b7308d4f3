"""From what the wizard found to what its pages show."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from foyer_node.connectors import dates, money
from foyer_node.connectors.connector import Plan
from foyer_node.connectors.headers import FIELDS, REQUIRED
from foyer_node.connectors.row_reader import text_of
from foyer_node.importing.report import ImportReport
from foyer_node.mapping.coding import Uncoded
from foyer_node.mapping.proposal import Why
from foyer_node.ports import Cell
from foyer_node.wizard.draft import Draft
from foyer_node.wizard.draft_files import Waiting
from foyer_node.wizard.kept_mappings import Kept, Recognised
from foyer_node.wizard.looking import Looked, LookedColumn, Opened, OpenQuestions, unlocks_of
from foyer_node.wizard.reporting import Preview
from foyer_protocol.catalogue.statistic import Unit
from foyer_web import import_words
from foyer_web.import_views import (
    ChangeView,
    ColumnsView,
    ColumnView,
    FileView,
    MappingView,
    QuestionsView,
    RefusedView,
    ReportView,
    WordsView,
    WordView,
)
from foyer_web.words import Words

_EXAMPLES, _EXAMPLE_ROWS = 4, 200


def draft_file(draft: Draft, zone: ZoneInfo) -> FileView:
    """An import that was begun."""
    begun = datetime.fromtimestamp(draft.made_at, tz=UTC).astimezone(zone)
    return FileView(name=draft.shown, draft=draft.id, begun_at=begun)


def waiting_file(waiting: Waiting) -> FileView:
    """A file in a watched folder."""
    return FileView(name=waiting.name, octets=waiting.octets, source=waiting.source)


def mapping_view(kept: Kept) -> MappingView:
    """A kept description."""
    mapping = kept.mapping
    return MappingView(name=mapping.name, kept_at=kept.kept_at, columns=len(mapping.columns))


def columns_view(
    looked: Looked, draft: Draft, recognised: Recognised | None, errors: Sequence[str]
) -> ColumnsView:
    """The question which column is which."""
    used = {one.field for one in looked.columns if one.field}
    is_generic = looked.connector == "generic"
    lacking = unlocks_of(used) if is_generic else {}
    return ColumnsView(
        draft=draft.id,
        name=draft.shown,
        system="" if is_generic else looked.connector,
        kind=looked.kind,
        layout=looked.layout,
        columns=tuple(map(_column, looked.columns)),
        fields=tuple((name, name in REQUIRED) for name in FIELDS),
        sample=looked.sample,
        lacking=tuple(lacking.items()),
        change=change_view(recognised),
        errors=tuple(errors),
    )


def _column(one: LookedColumn) -> ColumnView:
    return ColumnView(
        position=one.position,
        name=one.name,
        field=one.field,
        confidence=one.confidence,
        why=tuple(why.value for why in one.why),
        examples=one.examples,
        unlocks=one.unlocks,
        is_usable=one.is_usable,
        is_chosen=Why.CHOSEN in one.why,
    )


def change_view(found: Recognised | None) -> ChangeView | None:
    """The description that a file is read by, and what changed since."""
    if found is None:
        return None
    changes = found.changes
    return ChangeView(
        name=found.kept.mapping.name,
        kept_at=found.kept.kept_at,
        added=changes.added,
        gone=changes.gone,
        renamed=changes.renamed,
        moved=changes.moved,
    )


def questions_view(
    opened: Opened, plan: Plan | None, draft: Draft, asked: OpenQuestions, errors: Sequence[str]
) -> QuestionsView:
    """What the values leave open, with the first that do."""
    at = plan.columns if plan else {}
    days = [at[name] for name in ("ordered_at", "event_at") if name in at]
    sums = [at["amount"]] if "amount" in at else []
    return QuestionsView(
        draft=draft.id,
        dates=_open_cells(opened, days, dates.is_open),
        decimals=_open_cells(opened, sums, lambda cell: money.is_open(text_of(cell))),
        asks_dates=asked.dates,
        asks_decimal=asked.decimal,
        asks_per_ticket=asked.per_ticket,
        errors=tuple(errors),
    )


def _open_cells(
    opened: Opened, positions: Sequence[int], is_open: Callable[[Cell], bool]
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for _, cells in islice(opened.table.rows(), _EXAMPLE_ROWS):
        for at in positions:
            if at < len(cells) and is_open(cells[at]):
                found.setdefault(text_of(cells[at]))
    return tuple(found)[:_EXAMPLES]


def words_view(draft: Draft, waiting: Sequence[Uncoded]) -> WordsView:
    """The coding queue, a group for each code list."""
    views = [
        WordView(
            number=number,
            code_list=one.words_for.value,
            word=one.word,
            rows=one.rows,
            suggestion=one.suggestion,
            codes=tuple(import_words.CODES[one.words_for.value].items()),
        )
        for number, one in enumerate(waiting)
    ]
    groups = (
        (heading, question, tuple(one for one in views if one.code_list == name))
        for name, (heading, question) in import_words.GROUPS.items()
    )
    return WordsView(draft=draft.id, groups=tuple(group for group in groups if group[2]))


def report_view(
    preview: Preview,
    draft: Draft,
    words: Words,
    *,
    zone: str,
    keeps: str,
    described: ChangeView | None,
    errors: Sequence[str],
) -> ReportView:
    """What loading would do."""
    report = preview.report
    return ReportView(
        draft=draft.id,
        name=draft.shown,
        rows=report.rows,
        accepted=report.accepted,
        tickets=report.tickets,
        orders=_days(report.first_order, report.last_order),
        events=_days(report.first_event, report.last_event),
        refused=tuple(
            RefusedView(
                reason=import_words.REASONS.get(one.reason, one.reason),
                field=one.field,
                rows=one.rows,
                numbers=one.numbers,
            )
            for one in preview.refused
        ),
        coverage=tuple((one.field, words.exact(one.share, Unit.SHARE)) for one in report.coverage),
        warnings=tuple(import_words.WARNINGS.get(name, name) for name in report.warnings),
        drift=tuple((one.name, one.before, one.now) for one in report.drift),
        set_apart=report.set_apart,
        refusal=bool(report.refusal),
        timezone=zone,
        keeps=keeps,
        described=described,
        errors=tuple(errors),
    )


def done_view(report: ImportReport, draft: str) -> ReportView:
    """What loading did."""
    return ReportView(
        draft=draft,
        rows=report.rows,
        accepted=report.accepted,
        refused=tuple(
            RefusedView(reason=reason, field="", rows=rows, numbers=())
            for reason, rows in report.rejected
        ),
        already_imported=report.already_imported,
        replaced=report.superseded_orders,
        set_apart=report.set_apart,
    )


def _days(first: date | None, last: date | None) -> tuple[date, date] | None:
    return (first, last) if first and last else None
