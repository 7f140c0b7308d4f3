"""Bad input: each kind is refused with a stable code, says why, and changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from tests.support.exports import SALES, Dialect, House, usual, write_sales

from foyer_node.adapters.table_files import read_source
from foyer_protocol.errors import ConnectorError, DataError, QuarantineTooLarge, StorageError

HEADER = "order no,order date,event,event date,qty,amount\n"
GOOD = "".join(
    f"A{i},2026-01-{i:02d} 10:00,Hamlet,2026-02-20 20:00,1,20.50\n" for i in range(13, 23)
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    house.take(write_sales(tmp_path / "before.csv", SALES, Dialect()))
    yield house
    house.close()


def refused(house: House, content: str | bytes, name: str = "export.csv") -> DataError:
    """Import `content`, which must be refused and leave store and vault as they were."""
    path = house.folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    before = house.contents()
    with pytest.raises(DataError) as caught:
        house.take(path)
    assert house.contents() == before
    assert "Nothing was imported" in str(caught.value) or "nothing was imported" in str(
        caught.value
    )
    assert caught.value.hint
    assert not caught.value.may_leave
    return caught.value


def quarantined(house: House, rows: str) -> list[tuple[int, str, str]]:
    """Import ten good rows and `rows`; what was put aside."""
    path = house.folder / "export.csv"
    path.write_text(HEADER + GOOD + rows)
    report = house.take(path)
    assert report.accepted >= 10
    return house.store.quarantined(house.store.batches()[-1].batch_id)


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
        b"%PDF-1.7\n1 0 obj\n",
        b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        b"PK\x03\x04" + b"\0" * 600,
        b"Dear steward,\nhere is the report you asked for.\nKind regards\n",
    ],
    ids=["picture", "pdf", "old-spreadsheet", "archive", "letter"],
)
def test_a_file_that_is_not_a_table_is_refused(house: House, content: bytes) -> None:
    assert refused(house, content).code == "connector"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b";;;;;\r\n"])
def test_an_empty_file_is_refused(house: House, content: bytes) -> None:
    assert refused(house, content).code == "connector"


def test_a_table_with_a_header_and_no_rows_is_refused(house: House) -> None:
    assert refused(house, HEADER + "\n").code == "connector"


def test_an_empty_workbook_is_refused(house: House) -> None:
    path = house.folder / "made.xlsx"
    openpyxl.Workbook().save(path)
    assert "empty" in refused(house, path.read_bytes(), "empty.xlsx").message


def test_two_columns_of_one_name_are_refused(house: House) -> None:
    rows = GOOD.replace("\n", ",3\n")
    error = refused(house, HEADER.replace("amount", "amount,qty") + rows)
    assert isinstance(error, ConnectorError)
    assert "2 columns could be quantity" in error.message


def test_two_columns_of_one_name_that_nobody_needs_are_no_reason_to_refuse(house: House) -> None:
    path = house.folder / "export.csv"
    path.write_text(HEADER.replace("amount", "amount,seat,seat") + GOOD.replace("\n", ",A,1\n"))
    assert house.take(path).accepted == 10


def test_an_unknown_encoding_is_refused(house: House) -> None:
    content = (HEADER + GOOD).encode().replace(b"Hamlet", b"H\x81\xb2\xb3\xb7\xbd\xc5\xc6\xb2")
    assert "encoding" in refused(house, content).message


def test_a_date_in_the_year_4500_is_put_aside(house: House) -> None:
    rows = "B1,4500-01-01 10:00,Hamlet,2026-02-20 20:00,1,20.50\n"
    assert quarantined(house, rows) == [(12, "impossible-date", "ordered_at")]


def test_negative_quantities_are_put_aside(house: House) -> None:
    rows = "B1,2026-01-14 10:00,Hamlet,2026-02-20 20:00,-2,-41.00\n"
    assert quarantined(house, rows) == [(12, "negative-quantity", "quantity")]


def test_a_negative_quantity_that_takes_back_an_earlier_sale_is_a_refund(house: House) -> None:
    rows = "A13,2026-01-14 10:00,Hamlet,2026-02-20 20:00,-1,(20.50)\n"
    assert quarantined(house, rows) == []
    refunds = house.store.execute_measure(
        "SELECT quantity, paid_minor FROM ticket WHERE ticket_status = 'REFUNDED'", ()
    )
    assert refunds == [(1, 2050)]


def test_a_refund_larger_than_the_sale_is_put_aside(house: House) -> None:
    rows = "A13,2026-01-14 10:00,Hamlet,2026-02-20 20:00,-2,-41.00\n"
    assert quarantined(house, rows) == [(12, "negative-quantity", "quantity")]


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        (",2026-01-14,Hamlet,2026-02-20,1,20.50", "no-order", "order_id"),
        ("B1,,Hamlet,2026-02-20,1,20.50", "no-date", "ordered_at"),
        ("B1,soon,Hamlet,2026-02-20,1,20.50", "bad-date", "ordered_at"),
        ("B1,2026-02-30,Hamlet,2026-02-20,1,20.50", "bad-date", "ordered_at"),
        ("B1,2026-01-14,,2026-02-20,1,20.50", "no-event", "event"),
        ("B1,2026-01-14,Hamlet,2026-02-20,1.5,20.50", "bad-quantity", "quantity"),
        ("B1,2026-01-14,Hamlet,2026-02-20,0,20.50", "bad-quantity", "quantity"),
        ("B1,2026-01-14,Hamlet,2026-02-20,1,twenty", "bad-amount", "amount"),
        ("B1,2026-01-14,Hamlet,2026-02-20,1,-20.50", "negative-amount", "amount"),
        ("B1,2026-01-14,Hamlet,2026-02-20,1", "short-row", ""),
        ("B1,2026-01-14,Hamlet,2026-02-20,1,20.50,more", "long-row", ""),
    ],
)
def test_a_row_that_cannot_be_read_is_put_aside_with_its_reason(
    house: House, row: str, reason: str, column: str
) -> None:
    assert quarantined(house, row + "\n") == [(12, reason, column)]


def test_too_many_rejected_rows_refuse_the_whole_file(house: House) -> None:
    bad = "B1,soon,Hamlet,2026-02-20,1,20.50\n" * 3
    error = refused(house, HEADER + GOOD + bad)
    assert isinstance(error, QuarantineTooLarge)
    assert (error.code, error.exit_status) == ("quarantine", 42)
    assert "23 %" in error.message
    assert "bad-date" in error.message


def test_how_many_rejected_rows_are_too_many_can_be_set(house: House) -> None:
    path = house.folder / "export.csv"
    path.write_text(HEADER + GOOD + "B1,soon,Hamlet,2026-02-20,1,20.50\n" * 3)
    report = house.take(path, replace(usual(), most_rejected_share=0.5))
    assert report.rejected == (("bad-date", 3),)


def test_dates_that_could_be_day_first_or_month_first_are_asked_about(house: House) -> None:
    rows = "A1,03/04/2026,Hamlet,05/06/2026,1,20.50\n" * 2
    assert "day first or month first" in refused(house, HEADER + rows).message
    path = house.folder / "export.csv"
    house.take(path, usual(day_first=False))
    newest = house.store.execute_measure('SELECT min(ordered_at) FROM "order"', ())
    assert newest == [(datetime(2026, 1, 14, 8, 30),)]
    assert house.store.execute_measure("SELECT starts_at FROM event WHERE name = 'Hamlet'", ()) == [
        (datetime(2026, 5, 6, 10, 0),)
    ]


def test_amounts_whose_mark_could_be_thousands_are_asked_about(house: House) -> None:
    rows = "A1,2026-01-14,Hamlet,2026-02-20,1,1.200\n"
    assert "decimal or a thousands mark" in refused(house, HEADER + rows).message
    assert house.take(house.folder / "export.csv", usual(decimal=",")).accepted == 1
    paid = house.store.execute_measure("SELECT max(paid_minor) FROM ticket", ())
    assert paid == [(124_050,)]


def test_a_table_without_the_six_columns_says_which_are_missing(house: House) -> None:
    error = refused(house, "name,price,colour\nAda,1,red\nBo,2,blue\n")
    assert "order_id" in error.message
    assert "event_datetime" in error.message
    assert "Ada" not in error.message
    assert "name" not in error.message


def test_an_encoding_that_does_not_fit_the_file_is_refused(house: House) -> None:
    path = write_sales(house.folder / "x.csv", SALES, Dialect(encoding="cp1252"))
    for name in ("utf-8", "utf-17"):
        with pytest.raises(ConnectorError, match="not text in utf-"):
            read_source(path, encoding=name)


def test_an_unknown_connector_is_refused(house: House) -> None:
    path = write_sales(house.folder / "x.csv", SALES, Dialect())
    with pytest.raises(ConnectorError, match="No connector is called 'ticketsaurus'"):
        house.take(path, replace(usual(), connector="ticketsaurus"))


def test_a_file_that_is_not_there_is_an_error_of_storage(house: House) -> None:
    with pytest.raises(StorageError, match="could not be read"):
        house.take(house.folder / "nowhere.csv")


def test_rows_in_another_currency_are_never_added_to_ours(house: House) -> None:
    path = house.folder / "export.csv"
    header = HEADER.replace("amount", "amount,currency")
    rows = GOOD.replace("\n", ",DKK\n") + "B1,2026-01-14,Hamlet,2026-02-20,1,20.50,EUR\n"
    path.write_text(header + rows)
    assert house.take(path).rejected == (("other-currency", 1),)
