"""Gives DuckDB columns of Python values without its looking at each value.

At every single value DuckDB asks whether it is one of pandas', and where pandas is not
installed each asking searches the whole path. A module known to be absent is found absent at
once; and texts go over joined to one text each column, which the database takes apart itself,
at a fifth of what they cost one by one.
"""

import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import numpy as np

for _name in ("pandas", "pyarrow"):
    if _name not in sys.modules and importlib.util.find_spec(_name) is None:
        sys.modules[_name] = None  # type: ignore[assignment]  # "import halted", says the manual

_APART = "\x1e"  # the record separator; texts that have one go over one by one

Array = np.ndarray[tuple[int, ...], np.dtype[Any]]
Column = Sequence[object] | Array


@contextmanager
def handed_over(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, Column]
) -> Iterator[None]:
    """A temporary table `name` of `columns`, all of one length.

    Columns that are no arrays are of texts.
    """
    arrays: dict[str, Array] = {}
    split: dict[str, str] = {}
    same: dict[str, str] = {}
    for column, values in columns.items():
        if isinstance(values, np.ndarray):
            arrays[column] = values
        elif (joined := _joined(values)) is None:
            arrays[column] = np.array(values, dtype=object)
        elif values.count(values[0]) == len(values):
            same[column] = str(values[0])
        else:
            split[column] = joined
    if not arrays and not split:
        arrays["row"] = np.zeros(len(next(iter(columns.values()))), dtype=np.int8)
    _make(connection, name, columns, arrays, split, same)
    yield
    connection.execute(f"DROP TABLE {name}")


def _make(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    order: Iterable[str],
    arrays: Mapping[str, Array],
    split: Mapping[str, str],
    same: Mapping[str, str],
) -> None:
    taken_apart = ", ".join(f'unnest(string_split(${one}, chr(30))) AS "{one}"' for one in split)
    sources = [f"(SELECT {taken_apart})"] if split else []
    chosen = ", ".join(f'${one} AS "{one}"' if one in same else f'"{one}"' for one in order)
    view = f"{name}_arrays"
    if arrays:
        connection.register(view, dict(arrays))
        sources.append(view)
    try:
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE {name} AS
                SELECT {chosen} FROM {" POSITIONAL JOIN ".join(sources)}""",
            {**split, **same} or None,
        )
    finally:
        if arrays:
            connection.unregister(view)


def _joined(values: Sequence[object]) -> str | None:
    """All in one, None where that could not be taken apart again."""
    try:
        text = _APART.join(values)  # type: ignore[arg-type]  # what is no text raises
        text.encode()
    except (TypeError, UnicodeEncodeError):
        return None
    return text if text.count(_APART) == len(values) - 1 else None
