"""JSON documents as flat tables.

A list of records becomes a table whose columns are the paths of the values: the name of
`{"buyer": {"zip": 1}}` is `buyer.zip`. A list inside a record is left out; a connector that
needs one makes its table itself.
"""

from collections.abc import Iterator, Mapping, Sequence

from foyer_node.connectors.reshaping import ReshapedTable
from foyer_node.ports import Cell, Table

_WRAPPERS = ("hydra:member", "member", "data", "results", "tickets", "attendees", "items", "values")
_MOST_LEVELS = 4


def records_in(document: object) -> list[Mapping[str, object]]:
    """The records of a document: itself, or the list that an API wraps them in."""
    if isinstance(document, Mapping):
        for name in _WRAPPERS:
            if isinstance(document.get(name), list):
                return records_in(document[name])
        return []
    if isinstance(document, Sequence) and not isinstance(document, str | bytes):
        return [record for record in document if isinstance(record, Mapping)]
    return []


def flat(record: Mapping[str, object]) -> dict[str, Cell]:
    """One record by the paths of its values.

    >>> flat({"id": 7, "buyer": {"zip": "2100", "new": True}, "answers": [1]})
    {'id': 7, 'buyer.zip': '2100', 'buyer.new': 'true'}
    """
    return dict(_leaves(record, "", _MOST_LEVELS))


def _leaves(record: Mapping[str, object], path: str, levels: int) -> Iterator[tuple[str, Cell]]:
    for name, value in record.items():
        if isinstance(value, Mapping):
            if levels > 1:
                yield from _leaves(value, f"{path}{name}.", levels - 1)
        elif isinstance(value, bool):
            yield f"{path}{name}", "true" if value else "false"
        elif value is None or isinstance(value, str | int | float):
            yield f"{path}{name}", value


def table_of(rows: Sequence[Mapping[str, Cell]], layout: str = "json") -> Table:
    """Flat rows as a table whose header has every name, in the order of its first use."""
    header = tuple(dict.fromkeys(name for row in rows for name in row))

    def made() -> Iterator[tuple[int, Sequence[Cell]]]:
        for number, row in enumerate(rows, 1):
            yield number, [row.get(name) for name in header]

    return ReshapedTable(header=header, layout=layout, made=made)


def tables_of(document: object) -> tuple[Table, ...]:
    """The one table of a document's records; none where there are no records."""
    rows = [flat(record) for record in records_in(document)]
    return (table_of(rows),) if rows else ()
