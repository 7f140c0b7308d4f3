"""A coordinator's folder with a signed roster and one released round, and its command line."""

from pathlib import Path

from click.testing import Result
from tests.support.exported_round import exported_round
from typer.testing import CliRunner

from foyer_coordinator import cli
from foyer_coordinator.app import open_books
from foyer_coordinator.config import read_config
from foyer_coordinator.setup import make_coordinator
from foyer_protocol.rounds.phases import Phase

HERE = exported_round()
PLAN = HERE.figures.job.plan
ROSTER = HERE.rosters[-1].roster


def released_home(place: Path) -> Path:
    """Make it under `place`."""
    folder, key = place / "home", place / "governance.key"
    key.write_bytes(HERE.governance.to_bytes())
    make_coordinator(folder, "simulated", key, "", "EUR")
    with open_books(read_config(folder)) as books:
        for signed in HERE.rosters:
            books.members.add_roster(signed)
        books.rounds.add_round(PLAN, 1)
        books.rounds.move_round(PLAN.round_id, Phase.REPORTING, 2)
        for state in (HERE.figures, HERE.veto):
            books.rounds.save_sum(state)
        books.rounds.publish(HERE.bundle.release)
        books.rounds.move_round(PLAN.round_id, Phase.RELEASED, 3)
    return folder


def run(home: Path, *words: str) -> Result:
    """A command of the operator's."""
    return CliRunner().invoke(cli.app, [*words, "--dir", str(home)])
