"""Promise: an export that was cut, turned round or saved wrongly is read right or refused."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.test_connectors import CANARY, CASES, READING, SUMS, Case, name_of, read

from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.codes import TicketStatus
from foyer_node.connectors.connector import CanonicalRow, Rejected
from foyer_node.connectors.json_tables import flat, tables_of
from foyer_node.connectors.pretix_document import pretix_tables
from foyer_node.connectors.registry import CONNECTORS, choose
from foyer_node.ports import Source
from foyer_protocol.errors import ConnectorError, FoyerError

SALES = [case for case in CASES if CONNECTORS[case.connector].kind == "sales"]
CSVS = [case for case in SALES if case.export.endswith(".csv")]
JSONS = [case for case in SALES if case.export.endswith(".json")]
TWINS = [case for case in JSONS if case.connector != "pretix"]


def cells_of(case: Case) -> tuple[tuple[str, ...], list[list[object]]]:
    (table,) = read_source(case.path).tables
    return table.header, [list(cells) for _, cells in table.rows()]


def rewritten(path: Path, header: tuple[str, ...], rows: list[list[object]]) -> Path:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def facts(rows: list[CanonicalRow | Rejected]) -> list[CanonicalRow]:
    return [replace(row, row=0) for row in rows if isinstance(row, CanonicalRow)]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_no_row_is_lost(case: Case) -> None:
    """Every row of the file is accepted or refused; a line taken back in part is two.

    A header that a paged report repeats is no row, and neither is a sum over no sale.
    """
    connector, table = choose(read_source(case.path))
    numbers = {number for number, _ in table.rows()}
    silent = {n for n, cells in table.rows() if tuple(cells) == table.header}
    if case in SUMS:
        silent |= {n for n, cells in table.rows() if {"0", 0} & set(cells)}
    rows = list(connector.read(table, connector.plan(table, READING)))
    settled = {row.row for row in rows}
    assert settled <= numbers
    missing = numbers - settled - silent
    if missing:  # rows that took a sale back have become part of it
        back = [r for r in rows if isinstance(r, CanonicalRow) and r.status == "REFUNDED"]
        assert len(missing) <= len(back)


@pytest.mark.parametrize("case", CSVS, ids=name_of)
def test_columns_in_another_order_give_the_same_rows(case: Case, tmp_path: Path) -> None:
    header, rows = cells_of(case)
    if len({name.strip().lower() for name in header}) < len(header):
        pytest.skip("two columns of one name are told apart by their order")
    turned = rewritten(tmp_path / "turned.csv", header[::-1], [row[::-1] for row in rows])
    assert facts(read(turned)) == facts(read(case.path))


@pytest.mark.parametrize("case", CSVS, ids=name_of)
def test_a_cut_file_refuses_its_last_row_or_nothing(case: Case, tmp_path: Path) -> None:
    whole = case.path.read_bytes()
    for share in (0.55, 0.75, 0.95):
        cut = tmp_path / f"cut-{share}.csv"
        cut.write_bytes(whole[: int(len(whole) * share)])
        refused, rows = "", []
        try:
            rows = read(cut)
        except ConnectorError as refusal:
            refused = str(refusal)
        assert CANARY not in refused.lower()
        assert bool(refused) != bool(rows)
        assert len(rows) <= len(read(case.path)) + 2


@pytest.mark.parametrize("case", CSVS, ids=name_of)
@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_any_encoding_gives_the_same_rows(case: Case, encoding: str, tmp_path: Path) -> None:
    header, rows = cells_of(case)
    plain = rewritten(tmp_path / "plain.csv", header, rows)
    other = tmp_path / "other.csv"
    try:
        other.write_bytes(plain.read_text(encoding="utf-8").encode(encoding))
    except UnicodeEncodeError:
        pytest.skip("it has letters that this encoding has not")
    assert facts(read(other)) == facts(read(plain))


@pytest.mark.parametrize("case", SALES, ids=name_of)
def test_nothing_of_a_visitor_is_in_any_repr_of_the_reading(case: Case) -> None:
    source = read_source(case.path)
    connector, table = choose(source)
    plan = connector.plan(table, READING)
    assert CANARY not in repr((source, plan, read(case.path))).lower()


@pytest.mark.parametrize("case", SALES, ids=name_of)
def test_what_was_taken_back_is_never_more_than_was_sold(case: Case) -> None:
    rows = [row for row in read(case.path) if isinstance(row, CanonicalRow)]
    assert all(row.quantity >= 1 and row.paid_minor >= 0 and row.fee_minor >= 0 for row in rows)
    assert any(row.status in {TicketStatus.SOLD, TicketStatus.CHECKED_IN} for row in rows)


@pytest.mark.parametrize("case", TWINS, ids=name_of)
def test_the_json_of_a_system_tells_what_its_csv_tells(case: Case) -> None:
    written = {row.order_id + row.line_id: row for row in facts(read(case.path))}
    for row in facts(read(case.path.with_suffix(".csv"))):
        twin = written.pop(row.order_id + row.line_id)
        assert replace(twin, event=row.event) == row
    assert written == {}


@pytest.mark.parametrize("case", JSONS, ids=name_of)
def test_a_cut_json_file_is_refused_whole(case: Case, tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_bytes(case.path.read_bytes()[:-100])
    with pytest.raises(ConnectorError) as refusal:
        read_source(cut)
    assert CANARY not in str(refusal.value).lower()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"a": ' + "[" * 40 + "]" * 40 + "}", "deep"),
        ('{"a": ' + "[" * 100_000, "deep"),
        ('{"a": NaN}', "number"),
        ('{"a": 1}\n{"b": ]', "lines"),
        ('[{"a" 1}]', "line 1"),
    ],
)
def test_json_that_is_none_is_refused_with_a_reason(text: str, word: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConnectorError, match=word):
        read_source(path)


def test_one_record_a_line_is_a_list_of_records(tmp_path: Path) -> None:
    path = tmp_path / "lines.json"
    path.write_text('{"a": 1}\n{"a": 2, "b": {"c": true}}\n', encoding="utf-8")
    (table,) = tables_of(read_source(path).document)
    assert table.header == ("a", "b.c")
    assert [cells for _, cells in table.rows()] == [[1, None], [2, "true"]]


def test_an_unknown_json_of_sales_is_read_by_its_names(tmp_path: Path) -> None:
    sale = {
        "order id": "A-1", "order date": "2026-01-14 09:30", "event": "Hamlet",
        "event date": "2026-02-06 19:30", "quantity": 2, "amount": 480.5,
    }  # fmt: skip
    path = tmp_path / "sales.json"
    path.write_text(json.dumps([sale]), encoding="utf-8")
    connector, _ = choose(read_source(path))
    (row,) = facts(read(path))
    assert connector.name == "generic"
    assert (row.quantity, row.paid_minor) == (2, 48_050)


NAMES = [
    *("event", "orders", "items", "subevents", "quotas", "positions", "id", "slug", "price"),
    *("fees", "name", "code", "size", "payments", "status", "datetime"),
]
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(documents, st.lists(documents, max_size=3))
def test_any_document_is_read_or_refused_and_never_breaks(
    document: object, orders: list[object]
) -> None:
    shaped = {"event": {"slug": "x"}, "orders": orders, "items": document, "quotas": document}
    for one in (document, shaped, {"data": document}):
        source = Source(sha256="", tables=(), document=one)
        for connector in CONNECTORS.values():
            for table in connector.tables(source):
                try:
                    list(connector.read(table, connector.plan(table, READING)))
                except FoyerError:
                    continue
    assert pretix_tables(shaped)[0].layout == "json"


@given(st.dictionaries(st.text(max_size=5), documents, max_size=5))
def test_every_value_of_a_flat_record_is_a_cell(record: dict[str, object]) -> None:
    assert all(
        value is None or isinstance(value, str | int | float) for value in flat(record).values()
    )


def test_a_cell_longer_than_any_that_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Order;Date\n" + "9" * 200_000 + ";1\n")
    with pytest.raises(ConnectorError, match="not a table"):
        read_source(path)
