"""Columns reach the database as they are, whatever stands in their texts."""

import duckdb
import numpy as np
import pytest

from foyer_node.adapters.duckdb_cells import Column, handed_over

AWKWARD = ("", "a\x1eb", "\x1e", "nul\0nul", "ærø 🎭", "line\nline", "'; DROP TABLE t", "  ")


def _read(columns: dict[str, Column]) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection, handed_over(connection, "given", columns):
        return connection.execute("SELECT * FROM given").fetchall()


@pytest.mark.parametrize("text", AWKWARD)
def test_any_text_arrives_beside_its_number(text: str) -> None:
    words = ["first", text, "last"]
    found = _read({"word": words, "number": np.arange(3), "same": ["x"] * 3, "other": words[::-1]})
    assert found == list(zip(words, range(3), ["x"] * 3, words[::-1], strict=True))


@pytest.mark.parametrize("text", AWKWARD)
def test_a_column_of_one_text_has_as_many_rows_as_it_had(text: str) -> None:
    assert _read({"word": [text] * 3, "other": ["y"] * 3}) == [(text, "y")] * 3


def test_nothing_known_arrives_as_null() -> None:
    assert _read({"word": ["a", None], "other": ["b", "c"]}) == [("a", "b"), (None, "c")]


def test_columns_keep_their_order_and_their_types() -> None:
    times = np.array(["2026-01-02T03:04:05", "NaT"], dtype="datetime64[us]")
    flags = np.array([True, False])
    columns: dict[str, Column] = {"b": ["u", "v"], "at": times, "a": flags}
    with duckdb.connect() as connection, handed_over(connection, "given", columns):
        described = connection.execute("DESCRIBE given").fetchall()
        rows = connection.execute('SELECT count(*), count("at") FROM given').fetchone()
    assert [row[:2] for row in described] == [
        ("b", "VARCHAR"), ("at", "TIMESTAMP"), ("a", "BOOLEAN"),
    ]  # fmt: skip
    assert rows == (2, 1)


def test_no_row_at_all_is_a_table_without_rows() -> None:
    assert _read({"word": [], "number": np.array([], dtype=np.int64)}) == []


def test_nothing_is_left_behind() -> None:
    with duckdb.connect() as connection:
        with handed_over(connection, "given", {"word": ["a", "b"], "n": np.arange(2)}):
            pass
        assert connection.execute("SHOW ALL TABLES").fetchall() == []
