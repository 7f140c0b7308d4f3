"""The same sales give the same lines, however the house's system writes them."""

import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.exports import DATE_STYLES, HEADERS, SALES, Dialect, Sale, usual, write_sales

from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.connector import CanonicalRow
from foyer_node.connectors.registry import choose

dialects = st.builds(
    Dialect,
    language=st.sampled_from(sorted(HEADERS)),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(
        [
            "utf-8",
            "utf-8-sig",
            "utf-16",
            "utf-16-le",
            "utf-16-be",
            "utf-32",
            "cp1252",
            "latin-1",
            "iso-8859-15",
            "mac_roman",
            "cp850",
        ]
    ),
    decimal=st.sampled_from([",", "."]),
    dates=st.sampled_from(sorted(DATE_STYLES)),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    preamble=st.integers(0, 3),
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
sales = st.lists(
    st.builds(
        Sale,
        order=st.integers(1, 10**9).map(lambda number: f"N{number}"),
        ordered_at=moments,
        event=st.sampled_from(["Sælsomme træer", "Été à Malmö", "Kuu, järven yllä", "Hamlet; II"]),
        event_at=moments,
        quantity=st.integers(1, 30),
        paid_minor=st.integers(0, 900_000),
    ),
    max_size=8,
    unique_by=lambda sale: sale.order,
).map(lambda drawn: [*SALES, *drawn])
thousands = st.sampled_from(["", " ", "'", "mark"])


def facts(path: Path) -> list[tuple[object, ...]]:
    """What was understood, without the row numbers."""
    connector, table = choose(read_source(path))
    rows = connector.read(table, connector.plan(table, usual().reading))
    found = []
    for row in rows:
        assert isinstance(row, CanonicalRow), row
        found.append(
            (row.order_id, row.ordered_at, row.event, row.event_at, row.quantity, row.paid_minor)
        )
    return found


@given(dialect=dialects, drawn=sales, grouping=thousands)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_delimiter_encoding_decimal_and_date_style_give_the_same_lines(
    dialect: Dialect, drawn: list[Sale], grouping: str
) -> None:
    mark = {",": ".", ".": ","}[dialect.decimal] if grouping == "mark" else grouping
    with tempfile.TemporaryDirectory() as folder:
        plain = write_sales(Path(folder) / "plain.csv", drawn, Dialect())
        styled = write_sales(Path(folder) / "styled.csv", drawn, replace(dialect, thousands=mark))
        assert facts(styled) == facts(plain)


@pytest.mark.parametrize("language", sorted(HEADERS))
def test_a_workbook_with_native_cells_gives_the_same_lines(language: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Report of the box office"])
    sheet.append(list(HEADERS[language]))
    for sale in SALES:
        paid = sale.paid_minor / 100
        sheet.append([sale.order, sale.ordered_at, sale.event, sale.event_at, sale.quantity, paid])
    book.save(tmp_path / "sales.xlsx")
    plain = write_sales(tmp_path / "plain.csv", SALES, Dialect())
    assert facts(tmp_path / "sales.xlsx") == facts(plain)


def test_spreadsheet_day_numbers_in_a_csv_are_dates(tmp_path: Path) -> None:
    zero, day = datetime(1899, 12, 30), timedelta(days=1)
    lines = [",".join(HEADERS["en"])]
    for sale in SALES:
        when, starts = (sale.ordered_at - zero) / day, (sale.event_at - zero) / day
        paid = sale.paid_minor / 100
        lines.append(f"{sale.order},{when:.8f},{sale.event},{starts:.8f},{sale.quantity},{paid}")
    serial = tmp_path / "serial.csv"
    serial.write_text("\n".join(lines), encoding="utf-8")
    assert facts(serial) == facts(write_sales(tmp_path / "plain.csv", SALES, Dialect()))
