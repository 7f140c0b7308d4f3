"""A statement in parts: text and bound values together, so that neither goes astray."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A statement, or a part of one, and the values for its `?`, in order."""

    sql: str
    parameters: tuple[object, ...] = ()


def join(separator: str, parts: Sequence[Query]) -> Query:
    """Write `parts` one after the other, with `separator` between them.

    >>> join(" AND ", [Query(sql="a < ?", parameters=(1,)), Query(sql="b")])
    Query(sql='a < ? AND b', parameters=(1,))
    """
    return Query(
        sql=separator.join(part.sql for part in parts),
        parameters=tuple(value for part in parts for value in part.parameters),
    )
