"""The printed list of columns is what the generic connector reads."""

from pathlib import Path

import pytest
from tests.support.exports import usual
from typer.testing import CliRunner

from foyer_node.adapters.table_files import read_source
from foyer_node.cli import app
from foyer_node.connectors.connector import CanonicalRow
from foyer_node.connectors.headers import ALIASES, FIELDS, REQUIRED
from foyer_node.connectors.registry import choose
from foyer_node.connectors.six_columns import NEEDED, OPTIONAL, Column, also_called, landing_list

EXAMPLES = {
    "order_id": "A-1",
    "order_datetime": "2026-01-14 09:30",
    "event": "Hamlet",
    "event_datetime": "2026-02-06 19:30",
    "quantity": "2",
    "amount": "240.00",
    "customer_key": "77",
    "email": "ada@example.org",
    "postcode": "2100",
    "country": "DK",
    "channel": "web",
    "price_type": "Student",
    "currency": "DKK",
    "status": "paid",
    "birth_year": "1984",
    "promo": "SPRING",
    "scanned_at": "2026-02-06 19:12",
    "line_id": "T1",
}


def read(path: Path, names: dict[str, str]) -> CanonicalRow:
    path.write_text(",".join(names) + "\n" + ",".join(names.values()) + "\n")
    connector, table = choose(read_source(path))
    assert connector.name == "generic"
    (row,) = connector.read(table, connector.plan(table, usual().reading))
    assert isinstance(row, CanonicalRow)
    return row


def test_every_column_is_one_that_is_read_and_the_six_are_the_required() -> None:
    fields = {ALIASES.get(column.name, column.name) for column in (*NEEDED, *OPTIONAL)}
    assert fields <= set(FIELDS)
    assert tuple(ALIASES.get(column.name, column.name) for column in NEEDED) == REQUIRED


def test_a_file_with_the_printed_names_gives_every_field(tmp_path: Path) -> None:
    row = read(tmp_path / "all.csv", EXAMPLES)
    assert set(EXAMPLES) == {column.name for column in (*NEEDED, *OPTIONAL)}
    assert (row.order_id, row.quantity, row.paid_minor, row.line_id) == ("A-1", 2, 24_000, "T1")
    assert (row.customer_key, row.email, row.postcode, row.country) == (
        "77", "ada@example.org", "2100", "DK",
    )  # fmt: skip
    assert (row.channel, row.price_class, row.status, row.birth_year, row.promo) == (
        "WEB", "STUDENT", "SOLD", 1984, "SPRING",
    )  # fmt: skip
    assert str(row.scanned_at) == "2026-02-06 18:12:00"


@pytest.mark.parametrize("column", [*NEEDED, *OPTIONAL], ids=lambda column: column.name)
def test_the_other_names_of_a_column_are_recognised_as_it(column: Column, tmp_path: Path) -> None:
    expected = read(tmp_path / "printed.csv", EXAMPLES)
    for name in also_called(column):
        renamed = {name if k == column.name else k: v for k, v in EXAMPLES.items()}
        assert read(tmp_path / "renamed.csv", renamed) == expected


def test_the_command_prints_the_list() -> None:
    result = CliRunner().invoke(app, ["columns"])
    assert result.exit_code == 0
    assert result.stdout.strip() == landing_list()
    assert all(len(line) <= 120 for line in result.stdout.splitlines())
