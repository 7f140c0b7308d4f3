"""An archive of tables is read table by table, and one that would flood the disk is refused."""

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from foyer_node.adapters.archive_files import MOST_MEMBERS, MOST_PARTS, members_of, refuse_flood
from foyer_node.adapters.table_files import read_source
from foyer_protocol.errors import ConnectorError

ORDERS = "order_no;order_dt\r\n1;2026-01-14\r\n2;2026-01-15\r\n"
PEOPLE = "customer_no\tname\r7\tÅse\r8\tBjörn\r"


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_every_member_is_a_table_in_its_own_encoding_and_dialect(tmp_path: Path) -> None:
    members = {
        "export/orders.csv": ORDERS.encode(),
        "export/people.TXT": PEOPLE.encode("mac_roman"),
        "__MACOSX/export/._orders.csv": b"\0\0",
        "export/notes.pdf": b"%PDF-1.7",
    }
    orders, people = read_source(packed(tmp_path / "export.zip", members)).tables
    assert orders.header == ("order_no", "order_dt")
    assert [cells for _, cells in orders.rows()] == [["1", "2026-01-14"], ["2", "2026-01-15"]]
    assert [cells for _, cells in people.rows()] == [["7", "Åse"], ["8", "Björn"]]
    assert list(people.rows()) == list(people.rows())
    assert "people" not in people.layout


def test_a_member_that_is_no_table_is_passed_over_unless_it_is_the_only_one(tmp_path: Path) -> None:
    both = {"empty.csv": b"", "orders.csv": ORDERS.encode()}
    assert len(read_source(packed(tmp_path / "both.zip", both)).tables) == 1
    with pytest.raises(ConnectorError):
        read_source(packed(tmp_path / "one.zip", {"empty.csv": b""}))
    with pytest.raises(ConnectorError, match="no table is in it"):
        read_source(packed(tmp_path / "none.zip", {"photo.jpg": b"\xff\xd8"}))


def test_a_member_that_would_unpack_to_a_flood_is_refused_unopened(tmp_path: Path) -> None:
    flood = packed(tmp_path / "flood.zip", {"orders.csv": b"0;" * (1 << 21)})
    with pytest.raises(ConnectorError, match="times its size"):
        read_source(flood)


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    many = {f"{i}.csv": ORDERS.encode() for i in range(MOST_MEMBERS + 1)}
    with pytest.raises(ConnectorError, match=f"at most {MOST_MEMBERS}"):
        read_source(packed(tmp_path / "many.zip", many))


def test_members_too_large_together_are_refused(tmp_path: Path) -> None:
    two = packed(tmp_path / "two.zip", {"a.csv": ORDERS.encode(), "b.csv": ORDERS.encode()})
    with pytest.raises(ConnectorError, match="more than 60 bytes"):
        members_of(two, most_bytes=60)


def test_a_locked_member_is_refused_and_not_named(tmp_path: Path) -> None:
    path = packed(tmp_path / "locked.zip", {"ada-lovelace.csv": ORDERS.encode()})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the directory's flag "encrypted"
    path.write_bytes(content)
    with pytest.raises(ConnectorError, match="password") as refused:
        read_source(path)
    assert "lovelace" not in f"{refused.value}{refused.value.hint}"


def test_a_directory_that_lies_about_a_size_gives_no_more_than_it_said(tmp_path: Path) -> None:
    path = packed(tmp_path / "lies.zip", {"orders.csv": ORDERS.encode() * 50_000})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02") + 24  # the directory's unpacked size
    content[at : at + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(ConnectorError, match="damaged"):
        read_source(path)


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    whole = packed(tmp_path / "whole.zip", {"orders.csv": ORDERS.encode()}).read_bytes()
    cut = tmp_path / "cut.zip"
    for size in range(4, len(whole)):
        cut.write_bytes(whole[:size])
        with pytest.raises(ConnectorError):
            read_source(cut)


def test_a_workbook_is_still_read_as_a_workbook(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["order_no", "order_dt"])
    book.active.append([1, "2026-01-14"])
    book.save(stream)
    (tmp_path / "book.xlsx").write_bytes(stream.getvalue())
    (table,) = read_source(tmp_path / "book.xlsx").tables
    assert table.header == ("order_no", "order_dt")


def workbook(path: Path, edit: dict[str, bytes]) -> Path:
    """A workbook of one row, with parts replaced or added."""
    openpyxl = pytest.importorskip("openpyxl")
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["order_no", "order_dt"])
    book.save(stream)
    with zipfile.ZipFile(stream) as sound:
        parts = {name: sound.read(name) for name in sound.namelist()}
    return packed(path, {**parts, **edit})


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/any.bin"])
def test_a_workbook_that_would_unpack_to_a_flood_is_refused_unopened(
    tmp_path: Path, part: str
) -> None:
    bomb = workbook(tmp_path / "bomb.xlsx", {part: b"<a>" + b" " * (1 << 23) + b"</a>"})
    assert bomb.stat().st_size < 1 << 17
    with pytest.raises(ConnectorError, match=r"workbook was not opened: a part .* times its size"):
        read_source(bomb)


def test_a_workbook_of_too_many_bytes_or_parts_is_refused(tmp_path: Path) -> None:
    sound = workbook(tmp_path / "sound.xlsx", {})
    refuse_flood(sound)
    with pytest.raises(ConnectorError, match="more than 600 bytes"):
        refuse_flood(sound, most_bytes=600)
    many = workbook(tmp_path / "many.xlsx", {f"xl/{i}": b"" for i in range(MOST_PARTS)})
    with pytest.raises(ConnectorError, match=f"at most {MOST_PARTS} are read"):
        read_source(many)


def test_a_workbook_that_lies_about_a_size_gives_no_more_than_it_said(tmp_path: Path) -> None:
    """The cap holds while it is read: a part ends where the directory said that it does."""
    path = workbook(tmp_path / "lies.xlsx", {})
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    path = workbook(path, {"xl/worksheets/sheet1.xml": sheet + b" " * (1 << 23)})
    content = bytearray(path.read_bytes())
    said = (len(sheet) + (1 << 23)).to_bytes(4, "little")
    at = content.rindex(said)  # the directory's unpacked size
    content[at : at + 4] = len(sheet).to_bytes(4, "little")
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(ConnectorError, match="no sound spreadsheet"):
            read_source(path)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_an_archive_whose_member_has_no_name_is_refused_in_words(tmp_path: Path) -> None:
    """Found by fuzzing: no writer makes one, and a damaged directory may hold one."""
    local = b"PK\x03\x04" + b"\0" * 26
    entry = b"PK\x01\x02" + b"\0" * 42
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, len(entry), len(local), 0)
    path = tmp_path / "nameless.zip"
    path.write_bytes(local + entry + end)
    with pytest.raises(ConnectorError, match="no table is in it"):
        read_source(path)
