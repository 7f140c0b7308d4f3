"""Promise: `--help` answers at once, since nothing heavy is imported for it."""

import subprocess
import sys

import click
import pytest
from tests.support.doc_commands import commands
from typer.main import get_command

from foyer_coordinator import cli as coordinator_cli
from foyer_governance import cli as governance_cli
from foyer_node import cli as node_cli
from foyer_verify import cli as verify_cli

HEAVY = (
    "duckdb", "flwr", "grpc", "sqlalchemy", "alembic", "numpy", "opendp", "fastapi", "uvicorn",
    "altair", "openpyxl", "httpx", "cryptography", "pydantic",
)  # fmt: skip
ASK = """
import sys
from {module} import cli
try:
    cli.app({words!r}, standalone_mode=False)
finally:
    print("heavy:", *[name for name in {heavy!r} if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("foyer_node", ["--help"]),
        ("foyer_node", ["import", "--help"]),
        ("foyer_node", ["doctor", "--help"]),
        ("foyer_node", ["support-bundle", "--help"]),
        ("foyer_coordinator", ["--help"]),
        ("foyer_coordinator", ["round", "propose", "--help"]),
        ("foyer_coordinator", ["roster", "draw", "--help"]),
        ("foyer_governance", ["--help"]),
        ("foyer_governance", ["roster", "sign", "--help"]),
        ("foyer_verify", ["--help"]),
        ("foyer_verify", ["verify", "--help"]),
    ],
)
def test_help_imports_nothing_heavy(module, words):
    code = ASK.format(module=module, words=words, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage:" in done.stdout
    assert done.stdout.splitlines()[-1].split() == ["heavy:"]


@pytest.mark.parametrize("cli", [node_cli, coordinator_cli, governance_cli, verify_cli])
def test_every_command_promises_its_effects_in_a_first_line(cli):
    for path, command in commands(get_command(cli.app), "foyer"):
        first = (command.help or "").partition("\n")[0]
        assert first.endswith("."), path
        assert len(first) <= 100, path


@pytest.mark.parametrize("cli", [node_cli, coordinator_cli, governance_cli, verify_cli])
def test_every_option_says_what_it_is(cli):
    for path, command in commands(get_command(cli.app), "foyer"):
        silent = [
            one.name for one in command.params if isinstance(one, click.Option) and not one.help
        ]
        assert not silent, path
