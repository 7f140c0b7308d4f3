"""Promise: the real coordinator and real nodes, over real files, run a divided round."""

import pytest
from tests.support.aborting_town import Town
from tests.support.committees import house
from tests.support.consortium import a_plan

from foyer_protocol.messages.release import Agreement
from foyer_protocol.rounds.coordinator import finished
from foyer_protocol.rounds.grouping import canaries_hold, sizes
from foyer_protocol.rounds.phases import Phase

GROUPS, MEMBERS = 2, 11
"""Two groups of at least four; with one away there are still five in each."""

GONE = house(4)


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path, others=MEMBERS - 5)
    made.made.plan = a_plan("volume.attendances", groups=GROUPS)
    yield made
    made.close()


@pytest.mark.parametrize("away", [(), (GONE,)], ids=["all", "a helper away"])
def test_a_divided_round_is_released_by_the_services_with_its_checks(town, away):
    town.away = set(away)
    town.launch()
    town.serve()
    assert town.phase() is Phase.RELEASED
    (check,) = town.rounds.release("season-2026").checks
    assert check.outcome is Agreement.AGREE
    assert len(check.values) == GROUPS


def test_what_the_book_keeps_of_a_divided_sum_opens_to_the_same_groups(town):
    town.launch()
    town.serve()
    kept = finished(town.rounds.sums_of("season-2026")[0])
    assert len(kept.parts) == GROUPS
    assert canaries_hold(kept.parts, sizes(MEMBERS, GROUPS))
    assert sum(kept.parts).tolist() == kept.aggregate.tolist()


def test_a_division_that_the_roster_cannot_fill_is_refused_by_every_node_and_paid_by_none(town):
    town.made.plan = a_plan("volume.attendances", groups=3)
    town.launch()
    town.serve()
    assert town.phase() is Phase.ABORTED
    (asked,) = town.rounds.sums_of("season-2026")
    assert set(asked.refusals.values()) == {"cohort-too-small"}
    assert {town.spent(house(number)) for number in range(MEMBERS)} == {0}
