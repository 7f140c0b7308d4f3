"""Promise: the real coordinator and nodes, over real files, say how institutions are spread."""

from fractions import Fraction

import pytest
from tests.support.aborting_town import Town
from tests.support.committees import house
from tests.support.consortium import a_plan

from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.release import Status
from foyer_protocol.rounds.coordinator import finished
from foyer_protocol.rounds.phases import Phase

MEMBERS = 7
SPREAD = Fraction(1)
KEY = "volume.attendances"


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path, others=MEMBERS - 5, rounds_paid=50)
    made.made.plan = a_plan(KEY, spread=SPREAD)
    yield made
    made.close()


def test_a_round_is_released_with_quartiles_and_every_node_paid_for_them(town):
    town.launch()
    town.serve()
    assert town.phase() is Phase.RELEASED
    (spread,) = town.rounds.release("season-2026").spreads
    assert (spread.key, spread.status, spread.institutions) == (KEY, Status.SHOWN, "5-9")
    assert len(spread.quartiles) == 3
    plan = town.made.plan
    cost = plan.figures_rho + read_fraction(plan.gate_rho)
    assert cost > SPREAD
    assert {town.spent(house(number)) for number in range(MEMBERS)} == {cost}


def test_the_coordinator_has_a_count_of_institutions_by_range_and_nothing_of_who(town):
    town.launch()
    town.serve()
    kept = finished(town.rounds.sums_of("season-2026")[0])
    counts = kept.aggregate[town.made.plan.layout().bins[KEY]]
    assert counts.sum() == MEMBERS
    assert counts.min() >= 0


def test_what_a_round_that_is_given_up_cost_comes_back_with_its_spread(town):
    town.away = {house(number) for number in range(3, MEMBERS)}
    town.launch()
    town.serve()
    assert town.phase() is Phase.ABORTED
    assert all(len(town.ledger(house(number)).entries) for number in range(3))
    town.away = set()
    town.serve()
    assert {town.spent(house(number)) for number in range(3)} == {0}
