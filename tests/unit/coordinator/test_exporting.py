"""Promise: what the operator exports is accepted by whoever pinned governance's keys."""

import pytest
from tests.support.exported_round import exported_round

from foyer_coordinator.app import open_books
from foyer_coordinator.config import read_config
from foyer_coordinator.exporting import export_round
from foyer_coordinator.setup import make_coordinator
from foyer_protocol.errors import ConfigError
from foyer_protocol.messages.bundle import Bundle
from foyer_protocol.messages.roster import SignedRoster
from foyer_protocol.verification.verify import verify_bundle

HERE = exported_round()


@pytest.fixture
def folder(tmp_path):
    """A coordinator that ran the round, with the keys it had then."""
    home, key = tmp_path / "home", tmp_path / "governance.key"
    key.write_bytes(HERE.governance.to_bytes())
    make_coordinator(home, "simulated", key, "", "EUR")
    config = read_config(home)
    config.path("keys", "coordinator.key").write_bytes(HERE.coordinator.to_bytes())
    with open_books(config) as books:
        later = HERE.rosters[-1].roster.model_copy(update={"epoch": 9})
        for signed in (*HERE.rosters, SignedRoster(roster=later, signatures={})):
            books.members.add_roster(signed)
        books.rounds.add_round(HERE.figures.job.plan, 1)
        books.rounds.save_sum(HERE.figures)
        books.rounds.save_sum(HERE.veto)
        books.rounds.publish(HERE.bundle.release)
    return home


def test_the_open_bundle_is_what_the_book_holds_and_is_accepted(folder, tmp_path):
    file = tmp_path / "round.foyer"
    said = export_round(folder, "season-2026", file, is_open=True)
    assert f"--governance {HERE.governance.public}" in said
    bundle = Bundle.from_bytes(file.read_bytes())
    assert bundle == HERE.bundle
    assert verify_bundle(bundle, HERE.pinned, 1).complete


def test_where_a_figure_is_withheld_the_sum_is_exported_only_when_asked_for(folder, tmp_path):
    file = tmp_path / "round.foyer"
    said = export_round(folder, "season-2026", file, is_open=False)
    assert "closed bundle" in said
    assert Bundle.from_bytes(file.read_bytes()) == HERE.closed


def test_a_round_without_a_release_is_not_exported(folder, tmp_path):
    with pytest.raises(ConfigError, match="'another' has no release"):
        export_round(folder, "another", tmp_path / "round.foyer", is_open=True)
    assert not (tmp_path / "round.foyer").exists()


def test_a_file_that_is_there_is_kept(folder, tmp_path):
    file = tmp_path / "round.foyer"
    file.write_text("mine")
    with pytest.raises(ConfigError, match="exists"):
        export_round(folder, "season-2026", file, is_open=True)
    assert file.read_text() == "mine"
