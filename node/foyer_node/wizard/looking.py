"""What a draft's file says of itself: its columns, what is open, and its unknown words.

Nothing here is written anywhere. Cells are shown to the steward and forgotten.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from foyer_node.adapters.table_files import source_reader
from foyer_node.connectors.connector import Connector, Plan, Reading
from foyer_node.connectors.headers import FIELDS, REQUIRED, fold
from foyer_node.connectors.records import RecordKind
from foyer_node.connectors.registry import choose
from foyer_node.connectors.row_reader import text_of
from foyer_node.importing.pipeline import ImportOptions
from foyer_node.mapping.coding import CodeList, Uncoded, queue
from foyer_node.mapping.proposal import Suggestion, Why, propose
from foyer_node.mapping.unlocks import unlocked_by
from foyer_node.ports import Source, Table
from foyer_node.wizard.draft import Draft
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.errors import ConnectorError

SAMPLE_ROWS = 20
MOST_WORDS = 60
"""Words asked about on one page, the commonest; the rest stay as they are."""

_MOST_DISTINCT = 50_000
_LONGEST_CELL = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedColumn:
    """One column of the file as the steward is asked about it."""

    position: int
    name: str
    field: str  # the canonical field proposed or chosen, "" for none
    confidence: float
    why: tuple[Why, ...]
    examples: tuple[str, ...] = dataclasses.field(repr=False)
    unlocks: tuple[str, ...]  # keys of statistics
    is_usable: bool  # its name says which column is meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A file before anything is decided of it."""

    connector: str
    layout: str
    kind: str
    columns: tuple[LookedColumn, ...]
    missing: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...] = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file, and who reads it."""

    source: Source = dataclasses.field(repr=False)
    connector: Connector
    table: Table = dataclasses.field(repr=False)


def open_file(path: Path, connector: str) -> Opened:
    """Open a file as a table; `connector` "" takes the one that recognises it.

    Raises:
        ConnectorError: it is no table.
    """
    source = source_reader()(path)
    found, table = choose(source, connector or None)
    return Opened(source=source, connector=found, table=table)


def look_at(opened: Opened, draft: Draft, reading: Reading) -> Looked:
    """The columns with what each may be, and the first rows."""
    table, connector = opened.table, opened.connector
    header = table.header
    rows = [cells for _, cells in islice(table.rows(), SAMPLE_ROWS)]
    is_generic = connector.name == "generic"
    found = _proposed(table, draft) if is_generic else _recognised(opened, reading)
    used = {one.field for one in found.values()}
    shown = tuple(
        tuple(_shown(cells[at]) if at < len(cells) else "" for at in range(len(header)))
        for cells in rows
    )
    return Looked(
        connector=connector.name,
        layout=table.layout,
        kind=connector.kind.value,
        columns=tuple(
            _column(at, table.header, found, used, shown) for at in range(len(table.header))
        ),
        missing=tuple(name for name in REQUIRED if is_generic and name not in used),
        sample=shown,
    )


def _proposed(table: Table, draft: Draft) -> dict[int, Suggestion]:
    """By position. Once the steward has settled the columns, only what was said."""
    proposal = propose(table, draft.columns)
    return {
        one.position: one
        for one in proposal.suggestions
        if not draft.columns_settled or Why.CHOSEN in one.why
    }


def _recognised(opened: Opened, reading: Reading) -> dict[int, Suggestion]:
    """What a system's own connector reads, where it can say so before a question is answered."""
    table = opened.table
    plan = first_plan(opened, reading)
    return {
        at: Suggestion(
            field=name,
            position=at,
            column=table.header[at],
            confidence=1.0,
            why=(),
            examples=(),
        )
        for name, at in (plan.columns.items() if plan else ())
        if at < len(table.header)
    }


def planned(connector: Connector, table: Table, reading: Reading) -> Plan | None:
    """The connector's plan, or None where it refuses to make one."""
    try:
        return connector.plan(table, reading)
    except ConnectorError:
        return None


def first_plan(opened: Opened, reading: Reading) -> Plan | None:
    """The plan as far as it is known before the open questions are answered."""
    whole = replace(reading, day_first=True, decimal=".")
    return planned(opened.connector, opened.table, whole)


def _column(
    at: int,
    header: Sequence[str],
    found: Mapping[int, Suggestion],
    used: set[str],
    sample: Sequence[Sequence[str]],
) -> LookedColumn:
    one = found.get(at)
    names = [fold(name) for name in header]
    statistics = tuple(CATALOGUE.values())
    unlocks = unlocked_by(one.field, used, statistics) if one else frozenset()
    return LookedColumn(
        position=at,
        name=header[at],
        field=one.field if one else "",
        confidence=one.confidence if one else 0.0,
        why=one.why if one else (),
        examples=tuple(_shown(text) for text in one.examples) if one else _first(at, sample),
        unlocks=tuple(key for key in CATALOGUE if key in unlocks),
        is_usable=bool(header[at].strip()) and names.count(names[at]) == 1,
    )


def _first(at: int, sample: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Up to three different values of a column that nothing was found for."""
    return tuple(dict.fromkeys(cells[at] for cells in sample if cells[at]))[:3]


def unlocks_of(used: set[str]) -> dict[str, tuple[str, ...]]:
    """For each field that the file has no column for: the statistics it would bring."""
    statistics = tuple(CATALOGUE.values())
    found = {name: unlocked_by(name, used, statistics) for name in FIELDS if name not in used}
    return {name: tuple(sorted(keys)) for name, keys in found.items() if keys}


def _shown(cell: object) -> str:
    text = text_of(cell) if isinstance(cell, str | int | float) or cell is None else str(cell)
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestions:
    """What the file's own values leave open."""

    dates: bool = False
    decimal: bool = False
    per_ticket: bool = False

    @property
    def any(self) -> bool:
        """Whether people have to be asked."""
        return self.dates or self.decimal or self.per_ticket


def questions_of(opened: Opened, draft: Draft, options: ImportOptions) -> OpenQuestions:
    """Ask a connector to plan: what it refuses without an answer and plans with one is open.

    Raises:
        ConnectorError: no answer to these questions would help.
    """
    connector, table, reading = opened.connector, opened.table, options.reading
    plan = planned(connector, table, reading)
    if plan is not None:
        asked = "amount-may-be-per-ticket" in plan.warnings and draft.per_ticket is None
        return OpenQuestions(per_ticket=asked)
    whole = replace(reading, day_first=True, decimal=reading.decimal or ".")
    plan = connector.plan(table, whole)  # raises what no answer would mend
    return OpenQuestions(
        dates=planned(connector, table, replace(whole, day_first=reading.day_first)) is None,
        decimal=planned(connector, table, replace(whole, decimal=reading.decimal)) is None,
        per_ticket="amount-may-be-per-ticket" in plan.warnings and draft.per_ticket is None,
    )


def words_of(opened: Opened, draft: Draft, plan: Plan) -> tuple[Uncoded, ...]:
    """Words of the file that neither a code list nor the draft knows, by code list."""
    if opened.connector.kind is not RecordKind.SALES:
        return ()
    counted = _counted(opened.table, plan)
    lists = (
        (CodeList.STATUS, ("status",), {**plan.words.get("status", {}), **draft.statuses}),
        (CodeList.CHANNEL, ("channel",), {**plan.words.get("channel", {}), **draft.channels}),
        (
            CodeList.PRICE_CLASS,
            ("price_type",),
            {**plan.words.get("price_type", {}), **draft.price_classes},
        ),
        (CodeList.EXCLUSION, ("price_type", "event"), draft.exclusions),
    )
    found: list[Uncoded] = []
    for code_list, names, decided in lists:
        rows: Counter[str] = Counter()
        for name in names:
            for word, count in counted[name].items():
                rows[fold(word)] += count
        words = (word for name in names for word in counted[name])
        waiting = (
            replace(one, rows=rows[fold(one.word)]) for one in queue(code_list, words, decided)
        )
        found += sorted(waiting, key=lambda one: (-one.rows, one.word))[:MOST_WORDS]
    return tuple(found)


def _counted(table: Table, plan: Plan) -> Mapping[str, Counter[str]]:
    counted: dict[str, Counter[str]] = {
        name: Counter() for name in ("status", "channel", "price_type", "event")
    }
    width = len(table.header)
    asked = [(at, counted[name]) for name, at in plan.columns.items() if name in counted]
    asked = [(at, counter) for at, counter in asked if at < width]
    for _, cells in table.rows():
        for at, counter in asked:
            if at < len(cells):
                word = text_of(cells[at])
                if word in counter or len(counter) < _MOST_DISTINCT:
                    counter[word] += 1
    return counted
