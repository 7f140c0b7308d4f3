"""What a node must not forget is on the disk when the call returns; a torn tail harms nothing."""

import os

from foyer_node.adapters.durable import append_durably, read_lines, write_durably


def test_lines_come_back_in_order(tmp_path):
    path = tmp_path / "ledger.jsonl"
    for line in (b"one", b"two", b"three"):
        append_durably(path, line)
    assert read_lines(path) == [b"one", b"two", b"three"]


def test_a_torn_last_line_is_not_read_and_reading_leaves_it_alone(tmp_path):
    path = tmp_path / "ledger.jsonl"
    append_durably(path, b"one")
    with path.open("ab") as file:
        file.write(b"tor")
    assert read_lines(path) == [b"one"]
    assert path.read_bytes() == b"one\ntor"


def test_the_writer_cuts_a_torn_line_off_before_it_appends(tmp_path):
    path = tmp_path / "ledger.jsonl"
    append_durably(path, b"one")
    with path.open("ab") as file:
        file.write(b"t" * 10_000)
    append_durably(path, b"two")
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_file_that_is_nothing_but_a_torn_line_starts_anew(tmp_path):
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b"torn")
    append_durably(path, b"one")
    assert path.read_bytes() == b"one\n"


def test_files_can_be_read_by_their_owner_only(tmp_path):
    append_durably(tmp_path / "a", b"x")
    write_durably(tmp_path / "b", b"x")
    assert {os.stat(tmp_path / name).st_mode & 0o777 for name in "ab"} == {0o600}


def test_a_replaced_file_is_the_old_or_the_new_one(tmp_path):
    path = tmp_path / "roster.bin"
    write_durably(path, b"old")
    write_durably(path, b"new")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["roster.bin"]
