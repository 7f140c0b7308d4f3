"""A round may also ask how institutions are spread, at a price that is said like all others."""

import json
from datetime import date
from fractions import Fraction

import pytest
from tests.support.released_home import released_home, run

from foyer_coordinator.app import open_books
from foyer_coordinator.config import read_config
from foyer_coordinator.planning.budget import SPREAD, price_of
from foyer_coordinator.planning.drafting import read_spread
from foyer_protocol.errors import ConfigError
from foyer_protocol.messages.codec import read_fraction

ASK = (str(date(2026, 1, 1)), str(date(2027, 1, 1)), "--visits", "150000")


@pytest.fixture
def home(tmp_path):
    return released_home(tmp_path)


def test_the_price_of_the_spread_is_in_what_a_round_costs(home):
    said = run(home, "round", "preview", "next-one", *ASK, "--spread", "1/50")
    assert said.exit_code == 0
    assert "costs rho 0.1100" in said.stdout
    assert "spread 0.0200" in said.stdout
    silent = run(home, "round", "preview", "next-one", *ASK, "--as", "json")
    assert json.loads(silent.stdout)["spread_rho"] == "0"


def test_a_proposed_round_asks_and_the_budget_has_a_line_for_it(home):
    said = run(home, "round", "propose", "next-one", *ASK, "--spread", "1/50")
    assert said.exit_code == 0
    with open_books(read_config(home)) as books:
        plan = next(r.plan for r in books.rounds.rounds() if r.plan.round_id == "next-one")
    assert plan.spread_rho == "1/50"
    assert price_of(plan)[SPREAD] == Fraction(1, 50)
    assert sum(price_of(plan).values()) == plan.figures_rho + read_fraction(plan.gate_rho)
    assert SPREAD in run(home, "budget").stdout


@pytest.mark.parametrize("text", ["-1/50", "x", "1/0", ""])
def test_what_is_no_price_is_refused(text):
    with pytest.raises(ConfigError, match="no price"):
        read_spread(text)
