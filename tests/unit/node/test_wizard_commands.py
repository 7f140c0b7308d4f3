"""The wizard's twins on the command line: describe, import by a description, keep accounts."""

import json

import pytest
from tests.support.local_node import CANARY
from tests.support.wizard_house import danish_export, make_house
from typer.testing import CliRunner

from foyer_node.cli import app
from foyer_node.web import accounts
from foyer_node.web.accounts import Accounts, Role

PASSWORD = "correct horse battery"


@pytest.fixture
def node(tmp_path):
    return make_house(tmp_path).folder


@pytest.fixture
def export(tmp_path):
    return danish_export(tmp_path / "salg.csv")


def run(node, *words, typed=None):
    return CliRunner().invoke(app, [*words, "--dir", str(node)], input=typed)


def test_a_file_is_described_with_reasons_and_what_each_column_brings(node, export):
    done = run(node, "mapping", "show", str(export))
    assert done.exit_code == 0, done.output
    assert "'Mail' is email (sure: name, values)" in done.output
    assert "-> Bookers; " in done.output
    record = json.loads(run(node, "mapping", "show", str(export), "--as", "json").stdout)
    assert record["missing"] == []
    assert {one["field"] for one in record["columns"]} >= {"order_id", "amount", "email"}
    assert CANARY not in json.dumps(record)


def test_a_file_is_imported_by_the_description_that_was_written(node, export, tmp_path):
    mapping = tmp_path / "salg.toml"
    assert run(node, "mapping", "show", str(export), "--write", str(mapping)).exit_code == 0
    assert CANARY not in mapping.read_text(encoding="utf-8")
    done = run(node, "import", str(export), "--apply", "--mapping", str(mapping))
    assert done.exit_code == 0, done.output
    assert "120 taken, 1 refused" in done.output


def test_a_description_that_is_none_is_refused_by_name(node, export, tmp_path):
    missing = run(node, "import", str(export), "--mapping", str(tmp_path / "none.toml"))
    assert missing.exit_code == 10
    assert "the mapping file none.toml cannot be read" in missing.output
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("colums = {}\n", encoding="utf-8")
    assert run(node, "import", str(export), "--mapping", str(wrong)).exit_code == 10


def test_what_is_no_table_has_no_description(node, tmp_path):
    nothing = tmp_path / "x.csv"
    nothing.write_bytes(b"")
    assert run(node, "mapping", "show", str(nothing)).exit_code == 41


def test_accounts_are_added_listed_and_removed(node, monkeypatch):
    monkeypatch.setattr(accounts.Accounts.__init__, "__defaults__", (accounts.CHEAPEST_FOR_TESTS,))
    assert run(node, "user", "list").output == "no accounts\n"
    done = run(node, "user", "add", "anna", "--role", "steward", typed=f"{PASSWORD}\n")
    assert done.output == "anna may sign in as steward\n"
    assert PASSWORD not in done.output
    found = Accounts(node).check("anna", PASSWORD)
    assert found is not None
    assert found.role is Role.STEWARD
    assert json.loads(run(node, "user", "list", "--as", "json").stdout) == [
        {"name": "anna", "role": "steward"}
    ]
    assert run(node, "user", "add", "bo", "--role", "king", typed=f"{PASSWORD}\n").exit_code == 10
    assert run(node, "user", "add", "bo", typed="short\n").exit_code == 10
    assert run(node, "user", "remove", "anna").exit_code == 0
    assert run(node, "user", "remove", "anna").exit_code == 10
