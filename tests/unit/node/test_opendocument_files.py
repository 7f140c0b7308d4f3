"""An OpenDocument spreadsheet is read sheet by sheet, and a booby-trapped one is refused."""

import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from foyer_node.adapters import opendocument_files
from foyer_node.adapters.table_files import read_source
from foyer_protocol.errors import ConnectorError

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)
GAP = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'


def text(words: str, repeated: int = 1) -> str:
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{repeated}">'
        f"<text:p>{words}</text:p></table:table-cell>"
    )


def number(value: str) -> str:
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


def day(value: str) -> str:
    return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'


def row(*cells: str, repeated: int = 1) -> str:
    tail = '<table:table-cell table:number-columns-repeated="16380"/>'
    return (
        f'<table:table-row table:number-rows-repeated="{repeated}">'
        f"{''.join(cells)}{tail}</table:table-row>"
    )


def written(path: Path, *sheets: str, before: str = "") -> Path:
    tables = "".join(f'<table:table table:name="s">{rows}</table:table>' for rows in sheets)
    content = f'<?xml version="1.0"?>{before}<office:document {SPACES}>{tables}</office:document>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return path


def test_cells_keep_their_kind_and_rows_their_number(tmp_path: Path) -> None:
    sheet = (
        row(text("Counts of the museum"))
        + row(text("Site"), text("Date"), text("Visitors"))
        + row(text("Tower"), day("2026-02-14"), number("12.5"))
        + row(text("Mill"), day("2026-02-14T10:30:00"), "<table:table-cell/>")
        + GAP
    )
    (table,) = read_source(written(tmp_path / "counts.ods", sheet, GAP)).tables
    assert table.header == ("Site", "Date", "Visitors")
    assert list(table.rows()) == [
        (3, ("Tower", datetime(2026, 2, 14), 12.5)),
        (4, ("Mill", datetime(2026, 2, 14, 10, 30), None)),
    ]


def test_repeated_cells_and_rows_are_as_many_as_they_say(tmp_path: Path) -> None:
    sheet = row(text("a"), text("b"), text("c")) + row(text("x", repeated=3), repeated=2)
    (table,) = read_source(written(tmp_path / "twice.ods", sheet)).tables
    assert list(table.rows()) == [(2, ("x", "x", "x")), (3, ("x", "x", "x"))]


def test_a_document_that_declares_entities_is_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    trapped = written(tmp_path / "trapped.ods", row(text("&b;")), before=laughs)
    with pytest.raises(ConnectorError, match="entities"):
        read_source(trapped)


def test_a_row_wider_than_any_table_is_refused(tmp_path: Path) -> None:
    wide = row(text("x", repeated=opendocument_files.MOST_COLUMNS + 1))
    with pytest.raises(ConnectorError, match="beyond column"):
        read_source(written(tmp_path / "wide.ods", wide))


def test_a_damaged_document_is_refused(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole.ods", row(text("a"), text("b"))).read_bytes()
    for at in range(60, len(whole), 7):
        damaged = tmp_path / "damaged.ods"
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            tables = read_source(damaged).tables
        except ConnectorError:
            continue
        assert tables
