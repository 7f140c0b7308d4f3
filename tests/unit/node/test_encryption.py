"""Both files are encrypted, each by its own key, and no reader meets a writer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.canonical_rows import row, take_rows
from tests.support.exports import STORE_KEY, VAULT_KEY, House

from foyer_node.adapters.database import is_plain, open_database
from foyer_node.adapters.duckdb_store import DuckDBStore
from foyer_node.adapters.key_files import ENVIRONMENT, create_keys, read_data_key
from foyer_node.adapters.vault_store import VaultStore
from foyer_protocol.errors import ConfigError, StorageError

WORDS = (b"Sommernattsdrom", b"ada@example.org", b"customer-7001")


def filled(folder: Path) -> House:
    house = House.open(folder)
    take_rows(
        house,
        row(email="ada@example.org", customer_key="customer-7001", event="Sommernattsdrom"),
    )
    return house


def clear_words(folder: Path) -> set[bytes]:
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return {word for word in WORDS if word in content}


def test_neither_the_files_nor_their_logs_hold_a_word_in_clear(tmp_path: Path) -> None:
    house = filled(tmp_path)
    assert (tmp_path / "store.duckdb.wal").stat().st_size > 0
    assert clear_words(tmp_path) == set()
    house.close()
    assert clear_words(tmp_path) == set()
    assert not any(is_plain(path) for path in tmp_path.glob("*.duckdb"))


def test_what_is_spilled_to_the_disk_is_encrypted(tmp_path: Path) -> None:
    database = open_database(tmp_path / "x.duckdb", STORE_KEY, memory_limit="64MB")
    run = database.connection.execute
    run("CREATE TEMP TABLE big AS SELECT repeat('Sommernattsdrom', 40) || i AS word"
        " FROM range(300_000) r(i)")  # fmt: skip
    spilled = [path for path in tmp_path.rglob("*") if path.is_file() and "spill" in str(path)]
    assert sum(path.stat().st_size for path in spilled) > 1 << 20
    assert clear_words(tmp_path) == set()
    database.close()


def test_each_file_has_its_own_key(tmp_path: Path) -> None:
    filled(tmp_path).close()
    with pytest.raises(StorageError):
        DuckDBStore.open(tmp_path / "store.duckdb", VAULT_KEY)
    with pytest.raises(StorageError):
        VaultStore.open(tmp_path / "vault.duckdb", STORE_KEY)


def test_a_refusal_to_open_does_not_say_the_key(tmp_path: Path) -> None:
    filled(tmp_path).close()
    with pytest.raises(StorageError) as refused:
        DuckDBStore.open(tmp_path / "store.duckdb", VAULT_KEY)
    assert VAULT_KEY.hex() not in repr(refused.value) + str(refused.value.__cause__)
    assert refused.value.__suppress_context__


def test_a_reader_is_refused_while_a_writer_has_the_file_and_the_other_way_round(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.duckdb"
    writer = open_database(path, STORE_KEY)
    with pytest.raises(StorageError, match="another process may hold it"):
        open_database(path, STORE_KEY, read_only=True, patience=0)
    writer.close()
    readers = [open_database(path, STORE_KEY, read_only=True) for _ in range(2)]
    with pytest.raises(StorageError):
        open_database(path, STORE_KEY, patience=0)
    for reader in readers:
        reader.close()
    open_database(path, STORE_KEY, patience=0).close()


def test_a_writer_that_was_killed_leaves_neither_a_lock_nor_half_a_transaction(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.duckdb"
    open_database(path, STORE_KEY).close()
    program = (
        "import os, signal, sys, pathlib\n"
        "from foyer_node.adapters.database import open_database\n"
        "d = open_database(pathlib.Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))\n"
        "d.connection.execute('CREATE TABLE kept AS SELECT 1 AS a')\n"
        "d.connection.execute('BEGIN; CREATE TABLE lost AS SELECT 1 AS a')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    words = [sys.executable, "-c", program, str(path), STORE_KEY.hex()]
    assert subprocess.run(words, check=False).returncode == -9
    database = open_database(path, STORE_KEY, read_only=True, patience=0)
    tables = database.connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    database.close()
    assert tables == [("kept",)]


def test_a_key_may_come_from_the_environment_and_lie_in_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ENVIRONMENT.values():
        monkeypatch.setenv(name, os.urandom(32).hex())
    keys = create_keys(tmp_path)
    assert keys.store_key.hex() == os.environ["FOYER_NODE_STORE_KEY"]
    assert not {path.name for path in tmp_path.iterdir()} & set(ENVIRONMENT)
    monkeypatch.setenv("FOYER_NODE_STORE_KEY", "not hexadecimal")
    with pytest.raises(ConfigError, match="64 hexadecimal digits"):
        read_data_key(tmp_path / "store.secret")


def test_the_keys_of_an_older_node_are_completed_and_kept(tmp_path: Path) -> None:
    first = create_keys(tmp_path)
    (tmp_path / "store.secret").unlink()
    again = create_keys(tmp_path)
    assert again.vault_key == first.vault_key
    assert len(again.store_key) == 32
    assert (tmp_path / "store.secret").stat().st_mode & 0o077 == 0
