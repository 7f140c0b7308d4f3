"""The layouts of two dozen real exports, their cells masked, where the data folder is there."""

import csv
import io
import json
from pathlib import Path

import pytest
from tests.support.exports import usual

from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.registry import CONNECTORS, choose
from foyer_node.ports import Source
from foyer_protocol.errors import ConnectorError

FILE = Path(__file__).parents[3] / "shared" / "data" / "formats" / "ticketing_formats.json"
FORMATS = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
MASKED = FORMATS.get("masked_from_public_files", {})
DOCUMENTED = FORMATS.get("documented", {})
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FORMATS, reason="no ../shared/data beside the checkout"),
]

OURS = {
    "eventbrite_attendee_report": "eventbrite",
    "pass_culture_pro_bookings": "pass-culture",
}
"""Documented layouts of systems that have a connector of their own here."""

NEWLINES = {"CRLF": "\r\n", "LF": "\n", "CR": "\r"}


def unmasked(shape: str) -> str:
    """A line with digits and letters where the mask has them."""
    return shape.replace("9", "1").replace("X", "B").replace("x", "b")


def written(entry: dict, path: Path) -> Path:
    lines = [
        *(unmasked(line) for line in entry["preamble_shape"]),
        entry["header"],
        *(unmasked(line) for line in entry["shape_masked_rows"] * 4),
    ]
    mark = NEWLINES[entry["newline"]]
    text = mark.join(lines) + mark
    path.write_bytes((b"\xef\xbb\xbf" if entry["bom"] else b"") + text.encode())
    return path


def header_of(text: str) -> list[str]:
    mark = max(",;\t", key=text.count)
    return next(csv.reader(io.StringIO(text.partition("  ||  ")[0]), delimiter=mark))


@pytest.mark.parametrize("name", sorted(MASKED))
def test_the_header_of_a_real_layout_is_found_below_its_preamble(name, tmp_path):
    entry = MASKED[name]
    path = written(entry, tmp_path / "export.csv")
    (table,) = read_source(path).tables
    expected = [cell.strip() for cell in header_of(entry["header"])]
    assert list(table.header)[: len(expected)] == expected


@pytest.mark.parametrize("name", sorted(MASKED))
def test_a_real_layout_is_recognised_or_refused_and_shows_no_cell(name, tmp_path):
    entry = MASKED[name]
    path = written(entry, tmp_path / "export.csv")
    try:
        connector, table = choose(read_source(path))
        said = repr(connector.plan(table, usual().reading))
    except ConnectorError as refusal:
        said = str(refusal)
    assert "bbbb" not in said.lower()


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_a_documented_layout_goes_to_its_own_connector_only(name):
    certain = {
        connector.name
        for connector in CONNECTORS.values()
        if connector.recognises(header_of(DOCUMENTED[name]["header"])) > 0.8
    }
    assert certain <= {OURS[name]} if name in OURS else "eventbrite" not in certain
    assert name not in OURS or OURS[name] in certain


def test_no_real_layout_is_taken_for_pretix():
    headers = [entry["header"] for entry in (*MASKED.values(), *DOCUMENTED.values())]
    pretix = CONNECTORS["pretix"]
    assert {pretix.recognises(header_of(header)) for header in headers} == {0.0}
    assert pretix.tables(Source(sha256="", tables=(), document=FORMATS)) == ()
