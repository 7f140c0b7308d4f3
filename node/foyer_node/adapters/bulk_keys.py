"""Keyed hashes as the database makes them, and columns of Python's into its tables."""

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np


def keyed_hex(text: str, prefix: str) -> str:
    """HMAC-SHA256 as `importing.keys.keyed_hash` has it, in 64 hexadecimal digits.

    Takes the parameters `inner`, `outer` and the one that `prefix` names.
    """
    inner = f"sha256($inner::BLOB || encode(${prefix} || {text}))"
    return f"sha256($outer::BLOB || unhex({inner}))"


def keyed_uuid(text: str, prefix: str) -> str:
    """The first 128 bits of it as a UUID."""
    return f"{keyed_hex(text, prefix)}[:32]::UUID"


def append(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, Sequence[object] | np.ndarray],
    empty: Sequence[str] = (),
) -> None:
    """Add rows to a table; in the columns `empty` nothing is said by ""."""
    arrays = {
        name: values if isinstance(values, np.ndarray) else np.array(values, dtype=object)
        for name, values in columns.items()
    }
    connection.register("added", arrays)
    chosen = [f"nullif({name}, '') AS {name}" if name in empty else name for name in columns]
    connection.execute(f"INSERT INTO {table} BY NAME SELECT {', '.join(chosen)} FROM added")
    connection.unregister("added")
