"""A plan as it is kept beside its batch, so that refused rows can be read again by it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from foyer_node.connectors.connector import Plan, Reading
from foyer_node.ports import Cell, Cells


def plan_as_json(plan: Plan) -> str:
    """A plan without the orders in it: those are raw."""
    kept = asdict(plan)
    del kept["refunded"], kept["warnings"]
    return json.dumps(kept, default=_plain, sort_keys=True)


def plan_from_json(text: str) -> Plan:
    """The plan that `plan_as_json` wrote. It knows of no refunds."""
    kept: dict[str, Any] = json.loads(text)
    reading = {
        name: _typed(name, value)
        for name, value in kept.pop("reading").items()
        if name in {known.name for known in fields(Reading)}
    }
    known = {one.name for one in fields(Plan)}
    rest = {name: _typed(name, value) for name, value in kept.items() if name in known}
    return Plan(reading=Reading(**reading), **rest)


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset | set) else str(value)


def _typed(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    if name == "today" and value is not None:
        return date.fromisoformat(value)
    return frozenset(value) if name == "minor" else value


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTable:
    """Rows that were refused, as a table to be read again."""

    header: tuple[str, ...]
    body: tuple[tuple[int, Cells], ...] = field(repr=False)
    layout: str = "refused rows"

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Rows with the numbers they had in the file."""
        return iter(self.body)


def corrected(
    table: KeptTable, corrections: Mapping[int, Mapping[str, Cell]], skipped: frozenset[int]
) -> KeptTable:
    """The table with cells replaced, by row number and column name, and without `skipped`.

    Raises:
        KeyError: the file has no such column.
    """
    at = {name: position for position, name in enumerate(table.header)}
    body = []
    for number, cells in table.body:
        if number in skipped:
            continue
        changed = list(cells) + [""] * (len(table.header) - len(cells))
        for column, value in corrections.get(number, {}).items():
            changed[at[column]] = value
        body.append((number, tuple(changed[: max(len(cells), len(table.header))])))
    return KeptTable(header=table.header, body=tuple(body))
