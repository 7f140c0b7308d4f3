"""Several tables are joined while the largest streams past, within a stated memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from tests.support.exports import usual

from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.connector import CanonicalRow
from foyer_node.connectors.joins import Held, hold, widen
from foyer_node.connectors.registry import CONNECTORS, choose
from foyer_node.ports import Cell, Source
from foyer_protocol.errors import ConnectorError

TABLES = {
    "T_SUB_LINEITEM": (
        ("sli_no", "order_no", "perf_no", "due_amt", "paid_amt", "sli_status"),
        (1.0, 51.0, 301.0, 24.5, 24.5, 12.0),
        (2.0, 51.0, 301.0, 0.0, 0.0, 12.0),
    ),
    "T_ORDER": (("order_no", "customer_no", "order_dt"), (51.0, 77.0, "2026-01-14 09:30:00.000")),
    "T_PERF": (("perf_no", "perf_code", "perf_dt"), (301.0, "HAM1", "2026-02-06 19:30:00.000")),
}


@dataclass(frozen=True)
class Listed:
    header: tuple[str, ...]
    body: tuple[tuple[Cell, ...], ...]
    layout: str = "listed"

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        return iter(list(enumerate(self.body, 2)))


def sales(source: Source) -> list[CanonicalRow]:
    connector, table = choose(source)
    assert connector is CONNECTORS["tessitura"]
    rows = list(connector.read(table, connector.plan(table, usual().reading)))
    return [row for row in rows if isinstance(row, CanonicalRow)]


def test_sheets_of_a_workbook_are_joined_as_files_of_an_archive_are(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, rows in TABLES.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(tmp_path / "tables.xlsx")
    paid, comp = sales(read_source(tmp_path / "tables.xlsx"))
    assert (paid.order_id, paid.line_id, paid.customer_key, paid.event) == ("51", "1", "77", "HAM1")
    assert (paid.paid_minor, str(paid.ordered_at)) == (2450, "2026-01-14 08:30:00")
    assert comp.price_class == "COMP_MARKETING"


def test_without_orders_the_lines_are_no_sales() -> None:
    lines = TABLES["T_SUB_LINEITEM"]
    alone = Source(sha256="", tables=(Listed(lines[0], lines[1:]),))
    assert CONNECTORS["tessitura"].tables(alone) == ()
    with pytest.raises(ConnectorError, match="No table"):
        choose(alone, "tessitura")


def test_a_side_table_above_the_stated_memory_is_refused() -> None:
    side = Listed(("key", "value"), tuple((f"k{i}", "x" * 100) for i in range(1000)))
    assert len(hold(side, 0, [1], Held(1 << 20))) == 1000
    with pytest.raises(ConnectorError, match="of memory"):
        hold(side, 0, [1], Held(100_000))


def test_all_side_tables_of_a_file_share_one_allowance() -> None:
    side = Listed(("key", "value"), tuple((f"k{i}", "x" * 100) for i in range(300)))
    held = Held(130_000)
    hold(side, 0, [1], held)
    with pytest.raises(ConnectorError, match="of memory"):
        hold(side, 0, [1], held)


def test_a_row_without_a_partner_has_nothing_in_the_new_columns() -> None:
    table = Listed(("order", "seat"), (("1", "A"), ("2", "B"), ("3",)))
    side = Listed(("order", "buyer"), (("1.0", "77"), ("1", "78"), ("", "79")))
    joined = widen(table, 0, side, 0, {"buyer": 1})
    assert joined.header == ("order", "seat", "buyer")
    assert [list(cells) for _, cells in joined.rows()] == [
        ["1", "A", "77"],
        ["2", "B", None],
        ["3"],
    ]
    assert list(joined.rows()) == list(joined.rows())
