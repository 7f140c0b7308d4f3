"""Promise: a release of real processes is exported, accepted, and the same for every member."""

import pytest
from tests.functional.conftest import ROUNDS
from tests.support.network import until
from typer.testing import CliRunner

from foyer_coordinator.app import open_secrets
from foyer_coordinator.config import read_config
from foyer_coordinator.exporting import export_round
from foyer_node.adapters.history_files import HistoryFiles
from foyer_protocol.messages.bundle import Bundle
from foyer_protocol.messages.history import HistoryKind
from foyer_protocol.verification.verify import verify_bundle
from foyer_verify.cli import app

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def test_every_release_of_a_real_network_is_accepted_and_complete(recorded, tmp_path):
    home = recorded.network.demo.home
    governance = frozenset(open_secrets(read_config(home)).governance)
    for name in ROUNDS:
        file = tmp_path / f"{name}.foyer"
        export_round(home, name, file, is_open=True)
        verdict = verify_bundle(Bundle.from_bytes(file.read_bytes()), governance, 1)
        assert verdict.failed == ()
        assert verdict.complete
    words = [part for key in governance for part in ("--governance", key)]
    done = CliRunner().invoke(app, ["verify", str(file), *words, "--whole"])
    assert done.exit_code == 0, done.stdout


def test_every_node_has_the_same_history_and_knows_that_the_others_do(recorded):
    copies = [HistoryFiles(recorded.network.folder(slug)) for slug in recorded.network.slugs]
    until(lambda: len({one.history().head for one in copies}) == 1, "one history")
    until(lambda: all(len(one.witnesses()) == 5 for one in copies), "everybody's witness")
    kinds = [entry.kind for entry in copies[0].history().entries]
    assert kinds.count(HistoryKind.RELEASE) == len(ROUNDS)
    assert {one.alarm() for one in copies} == {""}
