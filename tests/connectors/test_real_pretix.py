"""The real exports of pretix 2026.8, where the data folder is beside the checkout."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.exports import House, usual

from foyer_node.adapters.table_files import read_source
from foyer_node.connectors.connector import CanonicalRow
from foyer_node.connectors.registry import choose
from foyer_node.ports import Source, Table
from foyer_protocol.errors import ConnectorError

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "formats" / "pretix"
LANGUAGES = ("en", "da", "nl", "fr", "sv", "fi")
DIALECTS = [(lang, "default") for lang in LANGUAGES] + [
    (lang, dialect) for lang in ("en", "da") for dialect in ("excel", "semicolon")
]
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no ../shared/data beside the checkout"),
]


def read(tables: tuple[Table, ...]) -> list[CanonicalRow]:
    connector, table = choose(Source(sha256="", tables=tables))
    assert connector.name == "pretix"
    rows = list(connector.read(table, connector.plan(table, usual().reading)))
    assert all(isinstance(row, CanonicalRow) for row in rows)
    # The export's own words are in the language of whoever pressed the button.
    return [
        replace(row, channel_label="", price_label="")
        for row in rows
        if isinstance(row, CanonicalRow)
    ]


def export(kind: str, lang: str, dialect: str) -> Path:
    return FOLDER / f"orderlist_{kind}_{lang}_{dialect}.csv"


@pytest.mark.parametrize("kind", ["positions", "orders"])
@pytest.mark.parametrize(("lang", "dialect"), DIALECTS)
def test_every_language_and_dialect_gives_the_same_rows(kind: str, lang: str, dialect: str) -> None:
    expected = read(read_source(export(kind, "en", "default")).tables)
    assert read(read_source(export(kind, lang, dialect)).tables) == expected


def test_the_workbook_gives_the_rows_of_its_positions_sheet() -> None:
    expected = read(read_source(export("positions", "en", "default")).tables)
    assert read(read_source(FOLDER / "orderlist_en.xlsx").tables) == expected


def test_tickets_money_and_bookers_are_those_of_the_paid_orders(tmp_path: Path) -> None:
    """Counted by hand in the English file: 11 paid orders with 34 positions and 370.00 in all."""
    house = House.open(tmp_path)
    report = house.take(export("positions", "en", "default"))
    figures = house.store.execute_measure(
        """SELECT count(DISTINCT visitor), sum(quantity), sum(paid_minor), count(DISTINCT "order")
           FROM eligible_line""",
        (),
    )
    house.close()
    assert report.rejected == ()
    assert figures == [(11, 34, 37_000, 11)]


def test_positions_win_over_the_orders_export_of_the_same_orders(tmp_path: Path) -> None:
    house = House.open(tmp_path)
    house.take(export("positions", "da", "default"))
    before = house.contents()["store.ticket"]
    report = house.take(export("orders", "da", "default"))
    after = house.contents()["store.ticket"]
    house.close()
    assert after == before
    assert report.superseded_orders == 0
    assert "event-date-unknown" in report.warnings


@pytest.mark.parametrize("kind", ["orderlist_fees", "customerlist_customers"])
def test_an_export_without_sales_is_refused(kind: str, tmp_path: Path) -> None:

    house = House.open(tmp_path)
    with pytest.raises(ConnectorError):
        house.take(FOLDER / f"{kind}_en_default.csv")
    house.close()


def test_the_json_export_tells_what_the_positions_tell() -> None:
    """All but the customer's number, of which each has another; and the JSON knows the fees."""

    def facts(tables: tuple[Table, ...]) -> set[CanonicalRow]:
        return {replace(row, row=0, customer_key="", fee_minor=0) for row in read(tables)}

    source = read_source(FOLDER / "orderdata.json")
    connector, table = choose(source)
    assert facts((table,)) == facts(read_source(export("positions", "en", "default")).tables)
    assert connector.name == "pretix"
