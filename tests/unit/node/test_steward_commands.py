"""The steward's commands by the words that are typed; no address is printed unasked."""

import json

import pytest
from tests.support.busy_house import make_busy_house
from tests.support.local_node import CANARY, FACTS, plan_for
from typer.testing import CliRunner

from foyer_node.adapters.round_files import RoundFiles
from foyer_node.cli import app
from foyer_node.config import read_config
from foyer_node.setup import make_node
from foyer_node.sharing.steering import decisions_of


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    return make_busy_house(tmp_path_factory.mktemp("busy"))


@pytest.fixture
def quiet(tmp_path):
    make_node(tmp_path / "node", **FACTS)
    config = read_config(tmp_path / "node")
    RoundFiles(config.folder).keep_plan("season-2027", plan_for("season-2027").to_json())
    return config


def typed(config, *words):
    return CliRunner().invoke(app, [*words, "--dir", str(config.folder)])


def test_a_list_is_printed_once_it_is_confirmed(busy):
    done = typed(busy, "list", "new", "--yes", "--bom")
    assert done.exit_code == 0, done.stderr
    assert done.stdout_bytes.startswith(b"\xef\xbb\xbfemail,consent\r\n")
    assert CANARY in done.stdout
    assert CANARY not in done.stderr


def test_without_a_confirmation_nothing_is_read_and_nothing_noted(busy):
    before = (busy.folder / "lists.jsonl").exists()
    done = typed(busy, "list", "stale")
    assert done.exit_code == 10
    assert "nobody confirmed" in done.stderr
    assert done.stdout == ""
    assert (busy.folder / "lists.jsonl").exists() is before


def test_an_unknown_stage_is_refused(busy):
    assert typed(busy, "list", "eager", "--yes").exit_code == 10


def test_a_list_before_any_import_says_so(quiet):
    done = typed(quiet, "list", "new", "--yes")
    assert done.exit_code == 40
    assert done.stdout == ""


def test_pause_and_resume_are_written_down(quiet):
    assert typed(quiet, "pause", "--reason", "audit").exit_code == 0
    assert decisions_of(quiet).pause.reason == "audit"
    assert typed(quiet, "resume").exit_code == 0
    assert decisions_of(quiet).pause is None


def test_a_round_is_declined_and_approved_by_its_name(quiet):
    assert typed(quiet, "decline", "season-2027").exit_code == 0
    assert decisions_of(quiet).of("season-2027").act == "decline"
    assert typed(quiet, "approve", "season-2027").exit_code == 0
    assert decisions_of(quiet).of("season-2027").act == "approve"
    assert typed(quiet, "decline", "season-1999").exit_code == 10
    lines = (quiet.folder / "decisions.jsonl").read_text().splitlines()
    assert [json.loads(line)["by"] for line in lines] == ["command line"] * 2
