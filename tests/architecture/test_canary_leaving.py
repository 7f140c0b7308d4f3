"""Promise: a visitor is named nowhere while an import fails, is corrected or undone.

Each visitor is a canary. What commands print, log, raise and write is searched for it; the
one place where it may be is the file of refused rows that the steward asked for. After the
erasure it is in no file at all, however that is read.
"""

import logging
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.architecture.test_canary import LOCAL_PART, holds_canary, write_export
from tests.support.local_node import FACTS
from typer.testing import CliRunner

from foyer_node.adapters.batch_writer import BatchWriter
from foyer_node.app import reading_store
from foyer_node.cli import app
from foyer_node.config import NodeConfig, read_config
from foyer_node.holdings import open_for_writing
from foyer_node.setup import FileHints, import_export, make_node

VISITORS = 20
ASKED = [f"{LOCAL_PART}-{number}@example.org" for number in range(VISITORS)]


@dataclass(slots=True, kw_only=True)
class Leaving:
    """A house whose visitors have all come and gone, and what it said meanwhile."""

    config: NodeConfig
    said: list[str] = field(repr=False)

    def run(self, *words: str, told: str = "") -> str:
        done = CliRunner().invoke(app, [*words, "--dir", str(self.config.folder)], input=told)
        self.said.append(done.output)
        assert done.exit_code == 0, done.output
        return done.output


class Ears(logging.Handler):
    """Hears every log record of every library."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(level=0)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(f"{record.getMessage()}\n{record.args!r}\n{record.exc_info!r}")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Leaving:
    folder = tmp_path_factory.mktemp("leaving")
    make_node(folder / "node", **FACTS)
    said: list[str] = []
    ears = Ears(said)
    logging.getLogger().addHandler(ears)
    house = Leaving(config=read_config(folder / "node"), said=said)
    export = write_export(folder / "export.csv")
    lines = export.read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace(",30.00,", f",{LOCAL_PART} kroner,")
    export.write_text("\n".join(lines) + "\n", encoding="utf-8")
    crash(house, export)
    house.run("import", str(export), "--apply")
    correct(house, folder / "rows.csv")
    for address in ASKED[:3]:
        house.run("object", told=f"{address}\n")
    for address in ASKED:
        house.run("erase", told=f"{address}\n")
    house.run("import", str(export), "--apply", "--source", "again")
    logging.getLogger().removeHandler(ears)
    return house


def crash(house: Leaving, export: Path) -> None:
    """An import that fails at the last moment, with a visitor in the error's own text."""

    def fails(self: BatchWriter, closing: object) -> None:
        raise ValueError(ASKED[0])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BatchWriter, "record", fails)
        with pytest.raises(ValueError, match=LOCAL_PART):
            import_export(house.config, export, apply=True, hints=FileHints())
    with reading_store(house.config) as store:
        assert store.batches() == []


def correct(house: Leaving, rows: Path) -> None:
    batch = house.run("refused").split()[0]
    house.run("refused", batch, "--write", str(rows))
    assert holds_canary(rows.read_bytes())
    for decimal in ("point", "comma"):
        house.run("replay", batch, str(rows), "--decimal", decimal)
    broken = rows.with_name("broken.csv")
    broken.write_text(f"{ASKED[0]}\n")
    done = CliRunner().invoke(
        app, ["replay", batch, str(broken), "--dir", str(house.config.folder)]
    )
    assert done.exit_code == 10
    house.said.append(done.output)
    for path in (rows, broken):
        path.unlink()


def test_no_command_says_or_logs_a_visitor(left: Leaving) -> None:
    assert len(left.said) > VISITORS
    assert [said for said in left.said if holds_canary(said)] == []


def test_no_file_or_its_name_has_a_visitor_after_their_erasure(left: Leaving) -> None:
    paths = list(left.config.folder.rglob("*"))
    assert len(list((left.config.folder / "erasures").iterdir())) == VISITORS
    assert [path for path in paths if holds_canary(path.name)] == []
    files = [path for path in paths if path.is_file()]
    assert [path for path in files if holds_canary(path.read_bytes())] == []


def test_neither_store_nor_vault_has_an_erased_visitor_in_any_cell(left: Leaving) -> None:
    with open_for_writing(left.config) as (store, vault, _):
        for held in (store, vault):
            run = held._connection.execute
            tables = run("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
            assert len(tables) > 2
            for schema, table in tables:
                rows = run(f'SELECT * FROM {schema}."{table}"').fetchall()
                assert not holds_canary(repr(rows)), table


def test_what_they_bought_is_still_counted_and_once(left: Leaving) -> None:
    with reading_store(left.config) as store:
        sql = "SELECT count(*), count(visitor) FROM eligible_line"
        assert store.execute_measure(sql, ()) == [(79 * 2, 0)]
