"""The database's reading of a large file and the reading row by row are one reading."""

import csv
import io
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foyer_node.adapters.bulk_lines import LINES, BulkLines
from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.connector import CanonicalRow, Reading, Rejected
from foyer_node.connectors.registry import CONNECTORS
from foyer_protocol.errors import ConnectorError

GENERIC = CONNECTORS["generic"]
READING = Reading(
    timezone="Europe/Copenhagen", country="DK", currency="DKK", day_first=True, decimal=",",
    today=date(2026, 11, 24),
)  # fmt: skip
HEADER = (
    "Ordrenr.", "Købsdato", "Forestilling", "Spilledato", "Antal", "Beløb", "E-mail", "Postnr.",
    "Salgskanal", "Billettype", "Status", "Valuta", "Fødselsår", "Billetnr.",
)  # fmt: skip
USUAL = (
    ["A1", "A2", "A3", "A4"],
    ["14-11-2025 09:30:00", "26-10-2025 02:30:00", "30-03-2025 02:15:00", "31-12-2025 23:59:59"],
    ["Hamlet", "Nøddeknækkeren", "Gavekort", "l'Été"],
    ["12-12-2025 20:00:00", "", "13-12-2025 16:00:00"],
    ["1", "2", "11"],
    ["350,00", "1.200,50", "0", "95"],
    ["ada@example.org", "", "Bo <bo@example.org>"],
    ["2100", "8000", "", "SE-114 55"],
    ["Netbutik", "Billetluge", "Månen", ""],
    ["Voksen", "Studerende", "Gavekort", ""],
    ["Solgt", "Refunderet", ""],
    ["DKK", ""],
    ["1984", "", "1970", "2025", "01-01-1970"],
    ["1", "2", "3", "4", "5"],
)
ODD = ("", " ", "A1 ", "\u00a0x", "-1", "0", "1/2/2025", "2025-11-14", "14-11-2035 09:30:00", "EUR",
       "31-02-2025 10:00:00", "01-06-1650 10:00:00", "0000-00-00 00:00:00", "(15,00)", "n/a",
       'say "x"', "Ny kanal", "2030", "24:00", "not one", "é" * 30)  # fmt: skip
cells = st.tuples(*(st.sampled_from(pool) for pool in USUAL)).map(list)


@st.composite
def tables(draw):
    rows = numbered(draw(st.lists(cells, min_size=4, max_size=40)))
    for _ in range(draw(st.integers(0, 4))):
        row = draw(st.integers(0, len(rows) - 1))
        rows[row][draw(st.integers(0, len(HEADER) - 1))] = draw(st.sampled_from(ODD))
    return rows


def numbered(rows):
    """Each with a ticket number of its own: of two lines alike the database leaves both."""
    return [[*row[:13], str(number)] for number, row in enumerate(rows)]


def written(path, rows, header=HEADER):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerows([header, *rows])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def in_bulk(path, reading=READING):
    """Each row the database took, by its line in the file, and the lines it left over."""
    table = read_source(path).tables[0]
    plan = GENERIC.plan(table, reading)
    connection = duckdb.connect(config={"threads": 2})
    bulk = BulkLines(connection=connection, path=path, table=table, plan=plan)
    if not bulk.load():
        return None
    left = dict(bulk.left().rows())
    names = [field.name for field in fields(CanonicalRow)]
    found = connection.execute(f"SELECT {', '.join(names)} FROM {LINES} WHERE taken").fetchall()
    lines = {row[0]: dict(zip(names, row, strict=True)) for row in found}
    return lines, left


def said(row):
    """A canonical row as the database says it."""
    found = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if isinstance(value, tuple):
            value = " ".join(f"{purpose}={status}" for purpose, status in value)
        found[field.name] = None if value == "" else value
    return found


@settings(max_examples=15, deadline=None)
@given(tables())
def test_every_row_taken_in_bulk_is_the_row_that_reading_it_alone_gives(rows):
    with TemporaryDirectory() as folder:
        path = written(Path(folder, "export.csv"), rows)
        table = read_source(path).tables[0]
        try:
            plan = GENERIC.plan(table, READING)
        except ConnectorError:
            return
        alone = {item.row: item for item in GENERIC.read(table, plan)}
        bulk = in_bulk(path)
        if bulk is None:
            return
        lines, left = bulk
        assert set(lines) | set(left) == set(alone)
        duplicates = {n for n, r in alone.items() if isinstance(r, Rejected) and "dup" in r.reason}
        for number, line in lines.items():
            if number not in duplicates:  # judged over all rows, after this
                assert line == said(alone[number])
        for number, cells_left in left.items():
            assert [cell.strip() for cell in cells_left] == [c.strip() for c in rows[number - 2]]


def test_a_plain_file_is_taken_without_a_leftover(tmp_path):
    rows = [[pool[(i * (1 + j)) % len(pool)] for j, pool in enumerate(USUAL)] for i in range(300)]
    rows = numbered(
        [[*row[:5], "350,00", "ada@example.org", *row[7:11], "DKK", "1984", ""] for row in rows]
    )
    lines, left = in_bulk(written(tmp_path / "export.csv", rows))
    assert not left
    assert len(lines) == 300


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: text.replace("Hamlet", '"Ham\nlet"', 1), "a line break in a cell"),
        (lambda text: text.replace("Hamlet;", "Hamlet;;", 1), "a row of another width"),
        (lambda text: text + "\n\n", "an empty line"),
        (lambda text: text.replace("Hamlet", '"Hamlet', 1), "a quote that does not end"),
        (lambda text: text.replace("\n", "\r"), "the line ends of another age"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_plain_is_left_to_the_reader_of_rows(tmp_path, damage, why):
    rows = [[pool[i % len(pool)] for pool in USUAL] for i in range(60)]
    path = written(tmp_path / "export.csv", rows)
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8", newline="")
    try:
        bulk = in_bulk(path)
    except ConnectorError:
        return
    assert bulk is None, why


def test_an_encoding_that_the_database_does_not_read_is_left_to_the_reader_of_rows(tmp_path):
    rows = [[pool[i % len(pool)] for pool in USUAL] for i in range(60)]
    path = written(tmp_path / "export.csv", rows)
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    assert in_bulk(path) is None


def test_a_reading_with_refunds_is_left_to_the_reader_of_rows(tmp_path):
    rows = [[pool[i % len(pool)] for pool in USUAL] for i in range(60)]
    rows[7][4], rows[7][5] = "-1", "-350,00"
    assert in_bulk(written(tmp_path / "export.csv", rows)) is None


def test_months_first_is_read_months_first(tmp_path):
    rows = [[*[pool[i % len(pool)] for pool in USUAL]] for i in range(60)]
    for row in rows:
        row[1], row[3], row[12] = "02/03/2025 10:00", "03/04/2025 20:00", ""
    lines, _ = in_bulk(
        written(tmp_path / "export.csv", numbered(rows)), replace(READING, day_first=False)
    )
    assert {line["ordered_at"].month for line in lines.values()} == {2}
