"""Promise: `foyer verify` says yes or no by its exit status, and why in one line a check."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from tests.support.exported_round import exported_round
from typer.testing import CliRunner

from foyer_protocol.crypto.identity import Identity
from foyer_verify.cli import app

HERE = exported_round()
KEY = HERE.governance.public


def run(tmp_path, raw, *words):
    path = tmp_path / "round.foyer"
    path.write_bytes(raw)
    return CliRunner().invoke(app, ["verify", str(path), *words])


def test_a_real_release_is_accepted(tmp_path):
    done = run(tmp_path, HERE.bundle.to_bytes(), "--governance", KEY, "--whole")
    assert done.exit_code == 0
    assert done.stdout.startswith("accepted: round season-2026 of simulated")
    assert "20 of 20 checks passed" in done.stdout


def test_a_closed_bundle_is_accepted_unless_the_whole_is_asked_for(tmp_path):
    done = run(tmp_path, HERE.closed.to_bytes(), "--governance", KEY)
    assert done.exit_code == 0
    assert "sum: not-shown" in done.stdout
    assert run(tmp_path, HERE.closed.to_bytes(), "--governance", KEY, "--whole").exit_code == 21


def test_each_failed_check_is_one_line(tmp_path):
    forged = replace(HERE.bundle, signature=bytes(64))
    done = run(tmp_path, forged.to_bytes(), "--governance", KEY)
    assert done.exit_code == 21
    lines = done.stdout.splitlines()
    assert lines[0].startswith("coordinator-signature: ")
    assert lines[-1].startswith("rejected: ")
    assert len(lines) == 2


def test_keys_that_were_not_pinned_do_not_count(tmp_path):
    done = run(tmp_path, HERE.bundle.to_bytes(), "--governance", Identity.generate().public)
    assert done.exit_code == 21
    assert done.stdout.startswith("roster-chain: roster epoch 1 has 0 governance signatures")


@pytest.mark.parametrize("raw", [b"", b"nothing", HERE.closed.to_bytes()[:-1]])
def test_a_file_that_is_no_bundle_is_rejected(tmp_path, raw):
    done = run(tmp_path, raw, "--governance", KEY)
    assert done.exit_code == 21
    assert done.stdout.startswith("bundle: ")


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path):
    done = CliRunner().invoke(app, ["verify", str(tmp_path / "none"), "--governance", KEY])
    assert done.exit_code == 50


def test_machines_get_every_check(tmp_path):
    done = run(tmp_path, HERE.bundle.to_bytes(), "--governance", KEY, "--as", "json")
    told = json.loads(done.stdout)
    assert told["accepted"]
    assert {check["outcome"] for check in told["checks"]} == {"passed"}


def test_nothing_that_could_open_a_connection_is_imported(tmp_path):
    path = tmp_path / "round.foyer"
    path.write_bytes(HERE.bundle.to_bytes())
    code = (
        "import sys\nfrom foyer_verify.cli import app\n"
        f"try:\n    app(['verify', {str(path)!r}, '--governance', {KEY!r}])\n"
        "finally:\n    print(sorted({'grpc', 'httpx', 'flwr', 'sqlalchemy', 'uvicorn',"
        " 'foyer_coordinator', 'foyer_node'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
