"""Promise: the coordinator hears of a pause, a resume and newer data while the node runs."""

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date

import pytest
from tests.support.busy_house import make_busy_house
from tests.support.local_node import FACTS

from foyer_node.adapters.decision_file import NAME, DecisionFile
from foyer_node.config import read_config
from foyer_node.data_status import data_status, status_aside
from foyer_node.decisions import Act
from foyer_node.holdings import STORE_NAME
from foyer_node.setup import make_node
from foyer_node.standing import NO_DATA, Standing
from foyer_protocol.errors import StorageError

JUNE = date(2026, 6, 1)


@dataclass
class Told:
    """What one node's standing told, over a folder with real decisions."""

    folder: object
    held: bool = False
    said: list[tuple[str, date | None]] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self):
        self.decisions = DecisionFile(self.folder, lambda: 1)
        self.store = self.folder / "store.duckdb"
        self.standing = Standing(
            files=(self.folder / NAME, self.store),
            read=self.read,
            tell=lambda *said: self.said.append(said),
        )

    def read(self):
        self.asked += 1
        if self.decisions.is_paused():
            return "paused", None
        if self.held:
            raise StorageError("held")
        return ("ready", JUNE) if self.store.exists() else (NO_DATA, None)


@pytest.fixture
def node(tmp_path):
    return Told(tmp_path)


def test_a_pause_and_a_resume_are_told_at_the_next_look(node):
    node.store.write_bytes(b"orders")
    node.standing.look()
    node.decisions.add(Act.PAUSE, by="me")
    node.standing.look()
    node.decisions.add(Act.RESUME, by="me")
    node.standing.look()
    assert node.said == [("ready", JUNE), ("paused", None), ("ready", JUNE)]


def test_an_import_is_told_at_the_next_look(node):
    node.standing.look()
    node.store.write_bytes(b"orders")
    node.standing.look()
    assert node.said == [(NO_DATA, None), ("ready", JUNE)]


def test_where_nothing_changed_the_store_is_not_opened(node):
    for _ in range(3):
        node.standing.look()
    assert node.asked == 1


def test_while_an_import_holds_the_store_what_was_told_stands(node):
    node.store.write_bytes(b"orders")
    node.standing.look()
    node.store.write_bytes(b"more orders")
    node.held = True
    node.standing.look()
    node.standing.look()
    assert node.said == [("ready", JUNE)]
    node.held = False
    node.standing.look()
    assert node.said == [("ready", JUNE)] * 2


def test_a_store_that_is_held_from_the_start_is_no_data_until_it_can_be_read(node):
    node.store.write_bytes(b"orders")
    node.held = True
    node.standing.look()
    node.held = False
    node.standing.look()
    assert node.said == [(NO_DATA, None), ("ready", JUNE)]


def test_a_process_of_its_own_says_what_the_store_says(tmp_path):
    config = make_busy_house(tmp_path, weeks=3)
    state, until = status_aside(config)
    assert (state, until) == data_status(config)
    assert state == "ready"
    assert until is not None
    assert until.day == 1


def test_where_nothing_was_imported_no_process_is_needed(tmp_path):
    make_node(tmp_path, **FACTS)
    assert status_aside(read_config(tmp_path)) == (NO_DATA, None)


def test_a_store_that_cannot_be_read_is_a_refusal_that_quotes_nothing(tmp_path):
    config = make_busy_house(tmp_path, weeks=3)
    config.path(STORE_NAME).write_bytes(b"not a database" * 100)
    with pytest.raises(StorageError) as refused:
        status_aside(config)
    assert str(config.folder) not in refused.value.message


def test_a_node_that_waits_has_not_loaded_the_stores_engine():
    """It takes some 45 MB, of the 150 that a node without work may take."""
    loads = (
        "import sys; from foyer_node.cli import app; import foyer_node.app, foyer_node.pulls,"
        " foyer_node.data_status, foyer_node.web.server, foyer_node.adapters.control_client,"
        " foyer_node.adapters.flower_client; print('duckdb' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
