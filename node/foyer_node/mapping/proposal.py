"""A mapping for a file that nobody has described: names and values, weighed together.

Every proposal says how sure it is and why, and shows values; the steward decides. What is
proposed with certainty is exactly what an import would take by itself.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import islice

from foyer_node.connectors import dates
from foyer_node.connectors.headers import REQUIRED, STRONG, WEAK, fold
from foyer_node.mapping.shapes import TELLING, Column, fit, sample
from foyer_node.ports import Cell, Table

SAMPLE_ROWS = 500
LEAST_CONFIDENCE = 0.3
SURE = 0.75
_ALIKE = 0.8
_DATES = ("ordered_at", "event_at")


class Why(StrEnum):
    """What a proposal rests on, for the screen to say in words."""

    CHOSEN = "chosen"  # the steward said so
    NAME = "name"  # the header is one of the field's names
    WEAK_NAME = "weak-name"  # the header names it where nothing better is there
    LIKE_NAME = "like-name"  # the header resembles one of the field's names
    VALUES = "values"  # the values look like it
    EARLIER = "earlier"  # of two dates the earlier one is the order's
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One field and the column that may hold it. The examples stay at home."""

    field: str
    position: int
    column: str
    confidence: float  # from 0 to 1
    why: tuple[Why, ...]
    examples: tuple[str, ...] = dataclasses.field(repr=False)

    @property
    def is_sure(self) -> bool:
        """Whether it needs no second look."""
        return self.confidence >= SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Everything that can be said of a table before it is read."""

    suggestions: tuple[Suggestion, ...]  # in the order of the canonical fields
    missing: tuple[str, ...]  # required fields without a column
    unused: tuple[str, ...]  # columns that no field was found for

    @property
    def columns(self) -> Mapping[str, str]:
        """Canonical field to column name, as `Reading.columns` takes it."""
        return {one.field: one.column for one in self.suggestions}


def propose(table: Table, chosen: Mapping[str, str] | None = None) -> Proposal:
    """Propose a column for each field; `chosen` (field to header) is taken as said.

    A column whose name stands twice in the header is not proposed: its name could not
    say which one is meant.
    """
    rows = [cells for _, cells in islice(table.rows(), SAMPLE_ROWS)]
    columns = sample(table.header, rows)
    names = [fold(name) for name in table.header]
    usable = [one for one in columns if names.count(names[one.position]) == 1 and one.name.strip()]
    settled = _as_chosen(usable, chosen or {})
    taken = {one.position for one in settled.values()}
    free = [one for one in usable if one.position not in taken]
    for found in sorted(_ranked(free), key=lambda one: -one.confidence):
        if found.field not in settled and found.position not in taken:
            settled[found.field] = found
            taken.add(found.position)
    settled = _dates_in_order(settled, rows, chosen or {})
    return Proposal(
        suggestions=tuple(settled[name] for name in STRONG if name in settled),
        missing=tuple(name for name in REQUIRED if name not in settled),
        unused=tuple(one.name for one in columns if one.position not in taken),
    )


def _as_chosen(columns: Sequence[Column], chosen: Mapping[str, str]) -> dict[str, Suggestion]:
    by_name = {one.name.strip(): one for one in columns}
    return {
        name: _suggestion(name, by_name[column.strip()], 1.0, (Why.CHOSEN,))
        for name, column in chosen.items()
        if column.strip() in by_name
    }


def _suggestion(name: str, column: Column, confidence: float, why: tuple[Why, ...]) -> Suggestion:
    return Suggestion(
        field=name,
        position=column.position,
        column=column.name,
        confidence=round(confidence, 2),
        why=why,
        examples=column.examples,
    )


def _ranked(columns: Sequence[Column]) -> list[Suggestion]:
    ranked = []
    for name in STRONG:
        for column in columns:
            confidence, why = _weigh(name, column)
            if confidence >= LEAST_CONFIDENCE:
                ranked.append(_suggestion(name, column, confidence, why))
    return ranked


def _weigh(name: str, column: Column) -> tuple[float, tuple[Why, ...]]:
    """Confidence that `column` is field `name`, from what it is called and what it holds."""
    values, header = fit(name, column), fold(column.name)
    said = (Why.VALUES,) if values >= SURE and name in TELLING else ()
    if header == fold(name) or header in STRONG[name].split("|"):
        # A name alone is believed while its column is empty, and not against its values.
        return (0.75 + 0.25 * values if values >= 0.5 else 0.9 * values), (Why.NAME, *said)
    if header in WEAK.get(name, "").split("|"):
        return 0.35 + 0.35 * values if values >= 0.5 else 0.0, (Why.WEAK_NAME, *said)
    if values < 0.5:
        return 0.0, ()
    likeness = _likeness(name, header)
    if likeness >= _ALIKE:
        return 0.3 * likeness + 0.3 * values, (Why.LIKE_NAME, *said)
    return TELLING.get(name, 0.0) * values, said


def _likeness(name: str, header: str) -> float:
    """1 where the header holds a whole name of the field among other words, else by letters."""
    words = f" {header} "
    best = 0.0
    for synonym in STRONG[name].split("|"):
        if len(synonym) > 3 and f" {synonym} " in words:
            return 1.0
        best = max(best, SequenceMatcher(None, synonym, header).ratio())
    return best


def _dates_in_order(
    settled: dict[str, Suggestion], rows: Sequence[Sequence[Cell]], chosen: Mapping[str, str]
) -> dict[str, Suggestion]:
    """People order before they come: two dates found by their values alone are told apart so."""
    found = [settled[name] for name in _DATES if name in settled]
    if len(found) < 2 or any(one.field in chosen or one.is_sure for one in found):
        return settled
    earlier = sum(_before(row, found[0].position, found[1].position) for row in rows)
    later = sum(_before(row, found[1].position, found[0].position) for row in rows)
    if later > earlier:
        found.reverse()
    for name, why, one in zip(_DATES, (Why.EARLIER, Why.LATER), found, strict=True):
        settled[name] = Suggestion(
            field=name,
            position=one.position,
            column=one.column,
            confidence=one.confidence,
            why=(*one.why, why),
            examples=one.examples,
        )
    return settled


def _before(row: Sequence[Cell], first: int, second: int) -> bool:
    try:
        one, _ = dates.local_time(row[first], day_first=True)
        two, _ = dates.local_time(row[second], day_first=True)
    except (ValueError, OverflowError, IndexError):
        return False
    return one.replace(tzinfo=None) < two.replace(tzinfo=None)
