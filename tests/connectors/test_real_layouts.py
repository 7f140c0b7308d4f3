"""Masked rows of real exports, where the data folder is beside the checkout.

Letters are x and digits are 9 in them, so that dates and numbers are none: what can be
asked is whose they are, where the header stands, and that no row becomes a sale.
"""

import json
from pathlib import Path

import pytest
from tests.connectors.test_connectors import READING

from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.connector import CanonicalRow
from foyer_node.connectors.registry import choose
from foyer_protocol.errors import FoyerError

FILE = Path(__file__).parents[3] / "shared" / "data" / "formats" / "ticketing_formats.json"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FILE.is_file(), reason="no ../shared/data beside the checkout"),
]
OWN = {
    "archtics_aso_tickets": "archtics",
    "gomus_bookings": "gomus",
    "gomus_event_reservations": "gomus",
    "gomus_entries_report": "counters",
    "todaytix_sales_summary": "generic",
}
NEWLINES = {"CRLF": "\r\n", "LF": "\n", "CR": "\r"}


def formats() -> dict[str, dict[str, object]]:
    if not FILE.is_file():
        return {}
    return dict(json.loads(FILE.read_text(encoding="utf-8"))["masked_from_public_files"])


def written(name: str, folder: Path) -> Path:
    layout = formats()[name]
    lines = [*layout["preamble_shape"], layout["header"], *layout["shape_masked_rows"]]
    path = folder / "export.csv"
    text = NEWLINES[str(layout["newline"])].join(map(str, lines))
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("name", sorted(formats()))
def test_a_masked_export_is_refused_or_gives_no_sale_and_no_crash(
    name: str, tmp_path: Path
) -> None:
    try:
        connector, table = choose(read_source(written(name, tmp_path)))
        rows = list(connector.read(table, connector.plan(table, READING)))
    except FoyerError:
        return  # said in words
    assert not any(isinstance(row, CanonicalRow) for row in rows)


@pytest.mark.parametrize(("name", "system"), sorted(OWN.items()))
def test_the_header_of_a_real_export_is_known_for_its_system(
    name: str, system: str, tmp_path: Path
) -> None:
    connector, table = choose(read_source(written(name, tmp_path)))
    assert connector.name == system
    assert connector.plan(table, READING).columns
