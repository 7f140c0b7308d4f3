"""Promise: the real coordinator and real nodes, over real files, run a round by cohort."""

import pytest
from tests.support.aborting_town import Town
from tests.support.committees import house
from tests.support.consortium import a_plan, altered, signed

from foyer_coordinator.adapters.database_members import DatabaseMembers
from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.messages.release import Status
from foyer_protocol.rounds.coordinator import finished
from foyer_protocol.rounds.phases import Phase

MEMBERS = 11
MUSEUMS = frozenset(house(number) for number in range(5))
GONE = house(4)


@pytest.fixture
def town(tmp_path):
    """Five museums, who also help, and six theatres, as the second roster says."""
    made = Town(tmp_path, others=MEMBERS - 5, rounds_paid=2)
    made.made.plan = a_plan("volume.attendances", cohorts=Dimension.TYPE)
    members = tuple(
        altered(one, house_type="MUSEUM_ART" if one.institution in MUSEUMS else "THEATRE")
        for one in made.signed.roster.members
    )
    roster = altered(made.signed.roster, epoch=2, members=members)
    made.signed = signed(roster, made.governance)
    DatabaseMembers(made.database).add_roster(made.signed)
    yield made
    made.close()


def shown(release):
    return {(one.code, one.rest): one.figures[0].reason.value for one in release.cohorts}


def test_a_round_by_cohort_is_released_by_the_services(town):
    town.launch()
    town.serve()
    assert town.phase() is Phase.RELEASED
    release = town.rounds.release("season-2026")
    assert shown(release) == {("THEATRE", False): "", ("MUSEUM_ART", False): ""}
    assert release.figures[0].status is Status.SHOWN
    figures, veto = town.rounds.sums_of("season-2026")
    assert [len(group) for group in figures.division] == [6, 5]
    assert [one.code for one in veto.job.cohorts] == ["THEATRE", "MUSEUM_ART"]
    assert len(finished(figures).parts) == 2


def test_with_a_museum_away_the_museums_are_too_few_and_the_theatres_do_not_follow(town):
    town.away = {GONE}
    town.launch()
    town.serve()
    assert town.phase() is Phase.RELEASED
    release = town.rounds.release("season-2026")
    assert shown(release) == {
        ("THEATRE", False): "rolled-up", ("MUSEUM_ART", False): "few-contributors",
    }  # fmt: skip
    assert release.figures[0].status is Status.SHOWN


def test_after_a_round_without_one_house_no_round_of_the_same_days_with_it_is_answered(town):
    town.away = {GONE}
    town.launch()
    town.serve()
    assert town.phase() is Phase.RELEASED
    town.away = set()
    town.made.plan = altered(town.made.plan, currency="DKK")
    town.launch("once-more")
    town.serve()
    assert town.phase("once-more") is Phase.ABORTED
    figures, *others = town.rounds.sums_of("once-more")
    assert (len(figures.reports), others) == (MEMBERS, [])
    assert len(figures.answers) <= 1  # the helper that was away then knows of nothing
