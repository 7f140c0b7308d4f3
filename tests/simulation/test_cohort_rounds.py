"""Promise: a round by cohort opens the sum of each cohort of the grid, and of nothing smaller.

Attacks go through what every party does in public: reports, helpers' answers, vetoes, releases.
"""

from dataclasses import replace

import numpy as np
import pytest
from tests.support.cohort_rounds import (
    CINEMAS,
    FACTS,
    HOUSES,
    LEAST,
    MUSEUMS,
    REST,
    THEATRES,
    a_town,
    an_even_round,
    by_type,
    exported,
    opened,
    reasons_of,
    shown_for,
    veto_of,
)
from tests.support.committees import exact_reports
from tests.support.consortium import altered, even, exact_sum, open_sum

from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.dp.ledger import Ledger
from foyer_protocol.errors import CohortTooSmall, RemoteProtocolError
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Release, Status
from foyer_protocol.rounds.cohorts import check_own, missing_members, planned_cohorts
from foyer_protocol.rounds.coordinator import finished
from foyer_protocol.rounds.events import GaveUp, RefusalArrived, Summed
from foyer_protocol.rounds.grouping import unmask_groups
from foyer_protocol.rounds.helper import HelperState, admit
from foyer_protocol.rounds.rules import check_job
from foyer_protocol.simulate import run_round

ATTENDANCES, RETENTION = "volume.attendances", "loyalty.retention_1y"
PLAN = by_type(ATTENDANCES, "volume.bookers")
TOWN = a_town(PLAN)
HELPER = TOWN.roster.committee[0]


@pytest.fixture(autouse=True)
def forgetful():
    for party in TOWN.parties.values():
        party.memory, party.ledger = HelperState(), Ledger()


def labels(town=TOWN):
    return [(one.code, one.rest, one.members) for one in planned_cohorts(town.roster, town.plan)]


def test_the_grid_and_the_roster_make_the_cohorts():
    assert labels()[1:] == [
        ("ALL", True, REST), ("THEATRE", False, THEATRES), ("MUSEUM_ART", False, MUSEUMS),
    ]  # fmt: skip


@pytest.mark.parametrize("away", [0, 1, 2, 7])
def test_each_cohorts_sum_is_exact_and_their_total_too(away):
    job, names = TOWN.job(), HOUSES[away:]
    end = open_sum(TOWN, job, exact_reports(TOWN, job, names))
    assert isinstance(end, Summed)
    assert end.aggregate.tolist() == exact_sum(TOWN, names).tolist()
    groups = {
        0: [REST, THEATRES, MUSEUMS],
        1: [REST, THEATRES, MUSEUMS[1:]],
        2: [("festival-0", *MUSEUMS[2:]), THEATRES, CINEMAS],
        7: [("festival-0", *THEATRES[1:]), CINEMAS],
    }[away]
    assert [part.tolist() for part in end.parts] == [
        exact_sum(TOWN, group).tolist() for group in groups
    ]


def test_a_plan_without_cohorts_has_the_bytes_it_always_had():
    bare = altered(PLAN, cohorts=None)
    assert b"cohorts" not in bare.to_json()
    assert b'"cohorts":"type"' in PLAN.to_json()
    assert Plan.from_json(PLAN.to_json()) == PLAN
    with pytest.raises(ValueError, match="by lot or by a fact"):
        altered(PLAN, groups=2)


def test_a_release_has_figures_of_every_cohort_and_reads_back():
    release = an_even_round().release
    assert release.dimension is Dimension.TYPE
    assert [(one.label, one.above, one.participants) for one in release.cohorts] == [
        (("ALL", True), -1, "5-9"), (("THEATRE", False), -1, "5-9"),
        (("MUSEUM_ART", False), -1, "5-9"),
    ]  # fmt: skip
    assert all(f.status is Status.SHOWN for one in release.cohorts for f in one.figures)
    assert Release.from_json(release.to_json()) == release
    (whole,) = (f for f in release.figures if f.key == ATTENDANCES)
    parts = [f for one in release.cohorts for f in one.figures if f.key == ATTENDANCES]
    total = sum(float(part.estimate) for part in parts)
    assert total == pytest.approx(float(whole.estimate), abs=1e-4)
    for slot, *others in zip(release.noised, *(c.noised for c in release.cohorts), strict=True):
        assert slot is None or slot == sum(others)


def test_a_simulated_round_by_cohort_releases_them():
    plan = by_type(ATTENDANCES)
    town = a_town(plan, size=4000)
    release = run_round(plan, town.roster, town.parties, offline=frozenset({"museum-5"}))
    assert isinstance(release, Release)
    assert shown_for(release, ATTENDANCES) == [
        ("ALL", True), ("THEATRE", False), ("MUSEUM_ART", False)
    ]  # fmt: skip


# Subtraction: what is shown of some, less what is shown of others.


def lacking_in(houses, plan):
    return {
        name: even(plan, 4000, frozenset({RETENTION}) if name in houses else frozenset())
        for name in HOUSES
    }


def test_a_cohort_with_few_contributors_cannot_be_had_by_subtraction():
    """Two theatres have the history. All less museums and rest would be these two."""
    plan = by_type(ATTENDANCES, RETENTION)
    release = exported(a_town(plan, lacking_in(THEATRES[2:], plan))).release
    assert reasons_of(release, RETENTION) == {
        ("ALL", True): "rolled-up", ("MUSEUM_ART", False): "rolled-up",
        ("THEATRE", False): "few-contributors",
    }  # fmt: skip
    assert len(shown_for(release, ATTENDANCES)) == 3
    shown = {f.key for f in release.figures if f.status is Status.SHOWN}
    assert shown == {ATTENDANCES, RETENTION}
    layout = plan.layout()
    hidden = {leaf for s in layout.statistics if s.key == RETENTION for leaf in s.leaves}
    for one in release.cohorts:
        assert all(set(one.noised[layout.slots(leaf)]) == {None} for leaf in hidden)


def test_a_viewer_that_subtracts_itself_is_left_with_four_others_in_every_difference():
    """Whatever two sets of contributors are shown, they differ by nobody or by five and more."""
    plan = by_type(RETENTION)
    for lacking in [(), THEATRES[:1], (*THEATRES[:1], *CINEMAS[:1]), MUSEUMS[:3]]:
        town = a_town(plan, lacking_in(lacking, plan))
        release = exported(town).release
        named = {(code, rest): set(names) for code, rest, names in labels(town)}
        shown = [named[label] - set(lacking) for label in shown_for(release, RETENTION)]
        shown += [set(HOUSES) - set(lacking)]
        for one in shown:
            assert len(one) > 4
            for other in shown:
                assert one == other or len(one ^ other) > 4


def test_a_total_that_is_withheld_hides_its_cohorts():
    plan = by_type(ATTENDANCES, RETENTION)
    town = a_town(plan, lacking_in(HOUSES[3:], plan))
    release = exported(town).release
    assert not shown_for(release, RETENTION)


# Dominance in a cohort.


def test_who_dominates_its_cohort_stops_it_and_not_the_total():
    plan = by_type(ATTENDANCES)
    parts = {name: even(plan, 4000) for name in HOUSES} | {THEATRES[0]: even(plan, 60_000)}
    release = exported(a_town(plan, parts)).release
    assert reasons_of(release, ATTENDANCES) == {
        ("ALL", True): "rolled-up", ("MUSEUM_ART", False): "rolled-up",
        ("THEATRE", False): "dominance",
    }  # fmt: skip
    assert release.figures[0].status is Status.SHOWN


def test_nobody_objects_in_a_cohort_of_others():
    """A giant among the theatres is no reason to withhold the museums' figures by themselves."""
    plan = by_type(ATTENDANCES)
    parts = {name: even(plan, 4000) for name in HOUSES} | {THEATRES[0]: even(plan, 60_000)}
    town = a_town(plan, parts)
    job = town.job()
    question = veto_of(town, job, opened(town, job))
    end = opened(town, question)
    names = ["ALL", *(one.code for one in question.cohorts)]
    objected = dict(zip(names[1:], end.aggregate[5:] != 0, strict=True))
    assert names[2:] == ["THEATRE", "MUSEUM_ART"]
    assert objected == {"ALL": False, "THEATRE": True, "MUSEUM_ART": False}


# A coordinator that chooses.


def test_a_small_cohort_is_rolled_up_by_every_helper_whatever_the_coordinator_wants():
    """It keeps back four cinemas' reports, to see one with a festival: they join the others."""
    job = TOWN.job()
    reports = exact_reports(TOWN, job, (*MUSEUMS, *THEATRES, CINEMAS[0], "festival-0"))
    end = open_sum(TOWN, job, reports)
    assert isinstance(end, Summed)
    pair = (CINEMAS[0], "festival-0")
    assert [part.tolist() for part in end.parts] == [
        exact_sum(TOWN, (*pair, *THEATRES)).tolist(), exact_sum(TOWN, MUSEUMS).tolist(),
    ]  # fmt: skip
    masked = {name: report.masked for name, report in sorted(reports.items())}
    forgetful_helpers()
    pads = [answer.pads for answer in TOWN.answers(job, reports).values()]
    small, _ = unmask_groups(job, (pair, MUSEUMS), masked, pads)
    assert (np.abs(small) > 2**35).all()  # a true sum is below 2³⁰; each by chance once in 2²⁸


def forgetful_helpers():
    for party in TOWN.parties.values():
        party.memory = HelperState()


def test_fewer_reports_than_a_cohort_are_refused():
    job = TOWN.job()
    few = exact_reports(TOWN, job, THEATRES[:4])
    with pytest.raises(CohortTooSmall, match="4 institutions reported; the minimum is 5"):
        admit(HelperState(), TOWN.request(job, few, HELPER), TOWN.roster)
    assert open_sum(TOWN, job, few) == GaveUp(reason="too-few-nodes")


def test_a_plan_with_cohorts_below_the_rosters_minimum_is_refused():
    lower = altered(PLAN, minimum_cohort=LEAST - 1)
    with pytest.raises(CohortTooSmall, match="the roster's minimum is 5"):
        check_job(altered(TOWN.job(), plan=lower), TOWN.roster)


def test_facts_made_up_for_one_round_are_another_roster():
    moved = {**FACTS, MUSEUMS[0]: {"house_type": "FESTIVAL"}}
    members = tuple(
        altered(one, **moved[one.institution]) for one in TOWN.roster.members
    )  # fmt: skip
    other = altered(TOWN.roster, members=members)
    with pytest.raises(RemoteProtocolError, match="the job names roster"):
        check_job(TOWN.job(), other)


@pytest.fixture
def question():
    job = TOWN.job()
    return veto_of(TOWN, job, opened(TOWN, job))


def made_up(question, places):
    """The same veto with only some of its cohorts, in that order."""
    cohorts = tuple(question.cohorts[place] for place in places)
    width = 4 + len(PLAN.statistics) * (1 + len(cohorts))
    return altered(question, cohorts=cohorts, width=width)


@pytest.mark.parametrize("places", [(), (0, 1), (1, 0, 2), (0, 2, 1)])
def test_a_helper_answers_no_veto_about_other_cohorts_than_the_reports_make(question, places):
    other = made_up(question, places)
    check_job(other, TOWN.roster)
    reports = TOWN.reports(other, HOUSES)
    with pytest.raises(RemoteProtocolError, match="not those of its reports"):
        TOWN.answer(TOWN.request(other, reports, HELPER), HELPER)


def test_a_node_answers_no_veto_that_leaves_its_cohort_out(question):
    other = made_up(question, (1, 2))
    with pytest.raises(RemoteProtocolError, match="none that 'cinema-0' is in"):
        check_own(other, TOWN.roster, "cinema-0")
    check_own(other, TOWN.roster, "museum-0")
    refusal = TOWN.parties["cinema-0"].report(other, TOWN.roster, bytes)
    assert refusal == RefusalArrived(sender="cinema-0", code="protocol-violation")


def test_a_veto_that_names_a_cohort_twice_or_without_totals_is_refused(question):
    twice = made_up(question, (0, 1, 1))
    with pytest.raises(RemoteProtocolError, match="names a cohort twice"):
        check_job(twice, TOWN.roster)
    bare = altered(question.cohorts[0], totals=())
    short = altered(question, cohorts=(bare, *question.cohorts[1:]))
    with pytest.raises(RemoteProtocolError, match="one total for each statistic"):
        check_job(short, TOWN.roster)


def test_figures_carry_no_cohorts_and_no_veto_of_another_plan_does(question):
    with pytest.raises(ValueError, match="only the veto of a plan by cohort"):
        altered(TOWN.job(), cohorts=question.cohorts)
    with pytest.raises(ValueError, match="only the veto of a plan by cohort"):
        altered(question, plan=altered(PLAN, cohorts=None))


def test_the_veto_is_priced_as_one_look_whatever_the_number_of_cohorts(question):
    assert question.rho == PLAN.gate_rho
    assert question.width == 4 + 2 * 4


# What a member reads.


def test_how_many_members_unlock_a_cohort_is_a_public_fact():
    missing = missing_members(TOWN.roster, Dimension.TYPE)
    assert missing == {"FESTIVAL": 4}
    assert missing_members(TOWN.roster, Dimension.SIZE) == {}


def test_a_town_of_one_kind_is_not_divided():
    plan = by_type(ATTENDANCES)
    town = a_town(plan, size=4000, names=MUSEUMS)
    release = run_round(plan, town.roster, town.parties)
    assert isinstance(release, Release)
    assert (release.dimension, release.cohorts) == (Dimension.TYPE, ())
    assert b'"dimension":"type"' in release.to_json()
    assert b"cohorts" not in release.to_json()


def test_a_killed_coordinator_finds_the_same_cohorts_again():
    job = TOWN.job()
    reports = TOWN.reports(job, HOUSES)
    answers = TOWN.answers(job, reports)
    state = TOWN.state(job, reports=reports, chosen=tuple(sorted(reports)), answers=answers)
    first, again = finished(state), finished(replace(state, reports=dict(reports)))
    assert [len(first.parts), first.members] == [3, tuple(sorted(HOUSES))]
    assert [p.tolist() for p in first.parts] == [p.tolist() for p in again.parts]
