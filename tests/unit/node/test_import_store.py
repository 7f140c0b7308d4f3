"""The store and the vault: locked, whole or not at all, and fit for the engine's view."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from tests.support.exports import (
    SALES,
    SECRET,
    STORE_KEY,
    VAULT_KEY,
    Dialect,
    House,
    usual,
    write_sales,
)

from foyer_node.adapters.database import open_database
from foyer_node.adapters.duckdb_store import DuckDBStore
from foyer_node.adapters.schema_steps import MIGRATIONS
from foyer_node.adapters.table_files import read_source
from foyer_node.adapters.vault_store import VaultStore
from foyer_node.data_ports import Applied, BatchClosing, BatchKey, Claim, LineColumns, RecordColumns
from foyer_node.engine.facts import Coverage, ImportFacts
from foyer_node.importing.columns import HouseRules
from foyer_node.importing.keys import Domains
from foyer_node.importing.pipeline import apply
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.catalogue.schema import EligibleLine
from foyer_protocol.errors import ConfigError, LocalProtocolError, StorageError

HEADER = "order no,order date,event,event date,qty,amount,email,customer no,zip,price type\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    yield house
    house.close()


def take(house: House, *rows: str, name: str = "x.csv", **options: object) -> list[EligibleLine]:
    path = house.folder / name
    path.write_text(HEADER + "\n".join(rows) + "\n")
    house.take(path, replace(usual(), **options))
    return list(house.store.lines(date(2020, 1, 1), date(2030, 1, 1)))


def row(order: str, qty: int = 1, mail: str = "", number: str = "", price: str = "Adult") -> str:
    return (
        f"{order},2026-01-14 10:00,Hamlet,2026-02-20 20:00,{qty},20.00,{mail},{number},2100,{price}"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{other}')",
        "COPY event TO '{other}'",
        "ATTACH '{other}' AS elsewhere",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '9GB'",
        "RESET lock_configuration",
    ],
)
def test_the_database_reaches_nothing_but_its_own_file(house: House, sql: str) -> None:
    other = house.folder / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(duckdb.Error):
        house.store._connection.execute(sql.format(other=other))


@pytest.mark.parametrize(
    "sql", ["DELETE FROM event", "DROP VIEW eligible_line", "SELECT 1; SELECT 2", "PRAGMA version"]
)
def test_a_measure_is_one_select(house: House, sql: str) -> None:
    with pytest.raises(LocalProtocolError):
        house.store.execute_measure(sql, ())


def test_a_failure_half_way_changes_neither_store_nor_vault(house: House) -> None:
    take(house, row("A1", mail="ada@example.org"))
    before = house.contents()
    path = house.folder / "late.csv"
    rows = [row(f"B{i}", mail=f"p{i}@example.org") for i in range(30_000)]
    path.write_text(HEADER + "\n".join(rows) + "\n" + "bad\n" * 9_000)
    with pytest.raises(Exception, match="% of the rows were refused"):
        house.take(path)
    assert house.contents() == before


def test_one_visitor_has_one_id_in_every_import(house: House) -> None:
    take(house, row("A1", mail="ada@example.org", number="7"))
    take(house, row("A2", mail=" ADA@example.org"), name="y.csv")
    lines = take(house, row("A3", number="7"), name="z.csv")
    assert len({line.visitor for line in lines}) == 1
    assert len(lines) == 3


def test_order_ids_in_the_store_are_not_those_of_the_ticketing_system(house: House) -> None:
    lines = take(house, row("A1"))
    assert [len(line.order) for line in lines] == [32]
    assert "A1" not in repr(house.contents())


def test_ten_tickets_in_one_order_are_a_group_and_no_person(house: House) -> None:
    single = [row("A1", mail="ada@example.org")] * 9
    group = [row("B1", mail="bo@example.org")] * 10
    lines = take(house, *single, *group, row("C1", qty=10), row("D1", price="School"))
    people = [line.person for line in lines]
    assert (people.count(True), people.count(False)) == (9, 12)


def test_the_size_of_a_group_can_be_set(house: House) -> None:
    lines = take(house, row("A1", qty=4), row("B1", qty=5), group_size=5)
    assert sorted((line.quantity, line.person) for line in lines) == [(4, True), (5, False)]


def test_staff_is_kept_out_and_shared_addresses_are_no_persons(house: House) -> None:
    domains = Domains(staff=frozenset({"theatre.example"}))
    rows = [
        row("A1", mail="x@theatre.example"),
        row("A2", mail="info@y.dk"),
        row("A3", mail="z@y.dk"),
    ]
    lines = take(house, *rows, row("A4", price="Staff"), rules=HouseRules(domains=domains))
    assert sorted(line.person for line in lines) == [False, True]


def test_a_later_export_replaces_an_order_and_leaves_the_others(house: House) -> None:
    take(house, row("A1", qty=2), row("A2", qty=3))
    lines = take(house, row("A1", qty=1), name="later.csv")
    assert sorted(line.quantity for line in lines) == [1, 3]
    fresh = take(house, row("A1", qty=4), name="other.csv", source_system="other-till")
    assert sorted(line.quantity for line in fresh) == [1, 3, 4]


def test_the_same_file_read_with_other_settings_is_read_again(house: House) -> None:
    path = write_sales(house.folder / "s.csv", SALES, Dialect())
    house.take(path)
    assert house.take(path, usual(timezone="Europe/Helsinki")).superseded_orders == 3


def test_the_same_file_on_another_day_is_still_the_same_file(house: House) -> None:
    path = write_sales(house.folder / "s.csv", SALES, Dialect())
    house.take(path, usual(today=date(2026, 5, 1)))
    before = house.contents()
    assert house.take(path, usual(today=date(2026, 5, 2))).already_imported
    assert house.contents() == before


class FullDisk:
    """A store whose disk fills up at the very last moment."""

    def __init__(self, store: DuckDBStore) -> None:
        self.has_batch = store.has_batch
        self.earlier = store.earlier

    def apply_batch(
        self,
        key: BatchKey,
        chunks: Iterable[LineColumns | RecordColumns],
        closing: Callable[[], BatchClosing],
    ) -> Applied:
        list(chunks)
        closing()
        raise StorageError("The disk is full.")


def test_visitors_keep_their_ids_when_the_store_fails_after_the_vault(house: House) -> None:
    path = house.folder / "x.csv"
    path.write_text(HEADER + row("A1", mail="ada@example.org") + "\n")
    with pytest.raises(StorageError):
        apply(path, usual(), FullDisk(house.store), house.vault, SECRET, read_source)
    known = house.vault._connection.execute("SELECT visitor_id FROM identifier").fetchall()
    house.take(path)
    lines = house.store.lines(date(2026, 1, 1), date(2027, 1, 1))
    assert [line.visitor for line in lines] == [visitor.hex for (visitor,) in known]


def test_store_and_vault_are_for_their_owner_only(house: House) -> None:
    for name in ("store.duckdb", "vault.duckdb"):
        assert (house.folder / name).stat().st_mode & 0o077 == 0


def test_history_starts_with_the_first_month_an_import_covers(house: House) -> None:
    assert house.store.history_starts() is None
    take(house, row("A1"))
    assert house.store.history_starts() == date(2026, 1, 1)


def test_an_import_notes_its_columns_and_the_months_it_covers(house: House) -> None:
    assert house.store.facts() == ImportFacts()
    take(house, row("A1"), row("A2").replace("2026-01-14", "2026-12-31"))
    by_header = Coverage(
        provides=frozenset(Need) - {Need.CHANNEL},
        starts=date(2026, 1, 1),
        ends=date(2027, 1, 1),
    )
    assert house.store.facts() == ImportFacts(imports=(by_header,))


def test_a_file_of_six_columns_provides_event_times_and_no_more(house: House) -> None:
    house.take(write_sales(house.folder / "s.csv", SALES, Dialect()))
    (only,) = house.store.facts().imports
    assert only.provides == {Need.EVENT_TIME}


def test_an_import_that_took_no_order_covers_nothing(house: House) -> None:
    key = BatchKey(
        batch_id="0" * 32, file_sha256="", source_system="x", connector="x", currency="EUR",
        detail=1, group_size=10,
    )  # fmt: skip
    closing = BatchClosing(rows=1, rejected=(), report="{}", provides=frozenset(Need))
    house.store.apply_batch(key, (), lambda: closing)
    assert house.store.facts() == ImportFacts()


VISITOR, EVENT, ORDER = "ab" * 16, "cd" * 16, "ef" * 16
OLD = {
    "import_batch": """('b1', 'f', 'till', 'generic', 'DKK', '2026-02-01', '2026-01-01', 2, 0,
        '{"columns": [{"field": "email"}, {"field": "event_at"}], "last_order": "2026-12-31"}')""",
    "visitor": f"('{VISITOR}', 'PERSON', false, 1980)",
    "event": f"('{EVENT}', 'till', 'Hamlet', '2026-02-20 19:00', NULL)",
    '"order"': f"""('{ORDER}', 'till', 'b1', 2, '{VISITOR}', '2026-01-14 09:00', 'WEB', 'DKK',
        'DK-2', false)""",
    "ticket": f"('{ORDER}', 1, '{EVENT}', 'b1', 2, 4000, 'SOLD', 'FULL', NULL, NULL)",
}
"""A row of each table as the first schema had them."""


def write_old_store(path: Path) -> None:
    """A store in clear, as the first program left it."""
    with duckdb.connect(str(path)) as plain:
        plain.execute("CREATE TABLE schema_version (version INTEGER NOT NULL)")
        plain.execute("INSERT INTO schema_version VALUES (1)")
        for step in MIGRATIONS[0]:
            plain.execute(step)
        for table, row in OLD.items():
            plain.execute(f"INSERT INTO {table} VALUES {row}")


@pytest.mark.parametrize("read_only", [False, True])
def test_a_store_of_an_older_program_is_encrypted_and_keeps_all_it_had(
    tmp_path: Path, read_only: bool
) -> None:
    path = tmp_path / "store.duckdb"
    write_old_store(path)
    assert b"Hamlet" in path.read_bytes()
    with DuckDBStore.open(path, STORE_KEY, read_only=read_only) as store:
        assert [*store.lines(date(2026, 1, 1), date(2027, 1, 1))] == [
            EligibleLine(
                unit="ab" * 16, visitor="ab" * 16, person=True, order="ef" * 16,
                ordered_at=datetime(2026, 1, 14, 9), event_at=datetime(2026, 2, 20, 19),
                quantity=2, paid_minor=4000, online=True, territory="DK-2",
            )
        ]  # fmt: skip
        assert store.facts() == ImportFacts(
            imports=(
                Coverage(
                    provides=frozenset({Need.VISITOR_KEY, Need.EVENT_TIME}),
                    starts=date(2026, 1, 1),
                    ends=date(2027, 1, 1),
                ),
            )
        )
    assert b"Hamlet" not in path.read_bytes()
    assert {file.name for file in tmp_path.iterdir()} == {"store.duckdb", ".store.duckdb.lock"}


def test_lines_are_of_orders_within_the_days_asked_for(house: House) -> None:
    house.take(write_sales(house.folder / "s.csv", SALES, Dialect()))
    lines = list(house.store.lines(date(2026, 2, 1), date(2026, 3, 28)))
    assert [line.ordered_at for line in lines] == [datetime(2026, 2, 3, 11, 1)]


def test_the_store_is_there_again_after_closing(house: House) -> None:
    lines = take(house, row("A1"))
    house.store.close()
    with DuckDBStore.open(house.folder / "store.duckdb", STORE_KEY, read_only=True) as again:
        assert list(again.lines(date(2020, 1, 1), date(2030, 1, 1))) == lines
        assert [batch.connector for batch in again.batches()] == ["generic"]
    house.store = DuckDBStore.open(house.folder / "store.duckdb", STORE_KEY)


def test_a_store_of_a_newer_program_is_refused(house: House) -> None:
    house.store._connection.execute("INSERT INTO schema_version VALUES (99)")
    house.store.close()
    with pytest.raises(StorageError, match="schema version 99"):
        DuckDBStore.open(house.folder / "store.duckdb", STORE_KEY)
    database = open_database(house.folder / "store.duckdb", STORE_KEY)
    database.connection.execute("DELETE FROM schema_version WHERE version = 99")
    database.close()
    house.store = DuckDBStore.open(house.folder / "store.duckdb", STORE_KEY)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store.duckdb").write_text("order,date\n" * 4000)
    with pytest.raises(StorageError, match="could not be opened"):
        DuckDBStore.open(tmp_path / "store.duckdb", STORE_KEY)


def test_the_vault_wants_a_whole_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has 5 bytes"):
        VaultStore.open(tmp_path / "vault.duckdb", b"short")


def test_a_vault_opened_with_another_key_reveals_nothing(house: House) -> None:
    claim = Claim(identifiers=(("EMAIL_HMAC", "00" * 32, "ada@example.org"),))
    (visitor,) = house.vault.resolve([claim], "till")
    assert house.vault.reveal(visitor) == [("EMAIL_HMAC", "ada@example.org")]
    house.vault.close()
    with pytest.raises(StorageError, match="key"):
        VaultStore.open(house.folder / "vault.duckdb", VAULT_KEY[::-1])
    house.vault = VaultStore.open(house.folder / "vault.duckdb", VAULT_KEY)
