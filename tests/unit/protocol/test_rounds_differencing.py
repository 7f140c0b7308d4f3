"""Promise: sums of several rounds, added and subtracted, leave no institution by itself."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.cohort_rounds import FACTS, HOUSES, LEAST, a_town, by_type
from tests.support.committees import exact_reports
from tests.support.consortium import a_plan, altered

from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.errors import CohortTooSmall
from foyer_protocol.rounds.differencing import (
    Seen,
    alike,
    exposed,
    refuse_differencing,
    seen_of,
)
from foyer_protocol.rounds.helper import HelperState, admit

NAMES = tuple("abcdefghij")
YEAR = Seen(
    kind="figures",
    statistics=("volume.attendances",),
    starts=date(2025, 1, 1),
    ends=date(2026, 1, 1),
    cohorts=(NAMES,),
)


def of(*cohorts, **changes):
    return replace(YEAR, cohorts=tuple(tuple(cohort) for cohort in cohorts), **changes)


cohorts = st.lists(st.frozensets(st.sampled_from("abcdef"), min_size=1), min_size=1, max_size=5)


@given(cohorts)
def test_whoever_a_member_can_work_out_is_found_and_nobody_else(rows):
    """Held to ranks of the whole system, institution by institution, with each other as viewer."""
    names = sorted(frozenset().union(*rows))
    matrix = np.array([[float(name in row) for name in names] for row in rows])
    unit = np.eye(len(names))

    def follows(who, viewer):
        known = np.vstack([matrix, viewer])
        return np.linalg.matrix_rank(np.vstack([known, who])) == np.linalg.matrix_rank(known)

    zero = np.zeros(len(names))
    expected = {
        names[who]
        for who, viewer in permutations(range(len(names)), 2)
        if follows(unit[who], unit[viewer]) or follows(unit[who], zero)
    }
    expected |= set(names) if len(names) == 1 else set()
    assert exposed(rows) == expected


@pytest.mark.parametrize("gone", [1, 2])
def test_one_or_two_fewer_are_refused(gone):
    """Of two, each could take itself away and read the other."""
    with pytest.raises(CohortTooSmall, match=f"would leave {gone} of them"):
        refuse_differencing(of(NAMES[gone:]), [YEAR])
    with pytest.raises(CohortTooSmall, match=f"would leave {gone} of them"):
        refuse_differencing(YEAR, [of(NAMES[gone:])])


def test_one_that_came_for_one_that_went_is_refused():
    with pytest.raises(CohortTooSmall, match="would leave 2 of them"):
        refuse_differencing(of("bcdefghijk"), [YEAR])


def test_three_fewer_or_the_same_are_answered():
    refuse_differencing(of(NAMES[3:]), [YEAR])
    refuse_differencing(YEAR, [YEAR, YEAR])
    refuse_differencing(YEAR, [])


def test_a_cohort_and_its_rest_one_house_apart_are_refused():
    """By type and by size the same houses but one: the second round would show that one."""
    with pytest.raises(CohortTooSmall):
        refuse_differencing(of("abcdef", "ghij"), [of("abcde", "fghij")])


def test_three_sums_of_which_no_two_tell_anything_are_refused():
    first, second, third = of("abcdefghi"), of("abcde"), of("fgh")
    refuse_differencing(third, [first])
    refuse_differencing(third, [second])
    refuse_differencing(second, [first])
    with pytest.raises(CohortTooSmall, match="would leave 1 of them"):
        refuse_differencing(third, [first, second])


def test_what_an_earlier_sum_gave_away_does_not_stop_another():
    small = of("ab")
    refuse_differencing(of("cdefgh"), [small])
    refuse_differencing(small, [of("cdefgh")])


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"ends": date(2026, 1, 2)}, True),
        ({"starts": date(2025, 1, 20), "ends": date(2026, 1, 20)}, True),
        ({"starts": date(2025, 4, 1), "ends": date(2026, 4, 1)}, False),
        ({"starts": date(2024, 1, 1), "ends": date(2025, 1, 1)}, False),
        ({"statistics": ("booking.online_share",)}, True),  # of the same tickets
        ({"statistics": ("volume.bookers",)}, False),
        ({"statistics": ("a.statistic_of_old",)}, False),
        ({"kind": "spread"}, False),
    ],
)
def test_which_questions_are_about_the_same(changes, same):
    other = replace(YEAR, **changes)
    assert alike(YEAR, other) is same
    assert alike(other, YEAR) is same


# At the helpers, who know who reported.

PLAN = by_type("volume.attendances")
TOWN = a_town(PLAN)
HELPER = TOWN.roster.committee[0]


def opened(memory, plan, names):
    """A helper's memory after it admitted a round of `names`."""
    job = altered(TOWN.job(), plan=plan)
    request = TOWN.request(job, exact_reports(TOWN, job, names), HELPER)
    return admit(memory, request, TOWN.roster)


def plain(**changes):
    return a_plan("volume.attendances", minimum_cohort=LEAST, **changes)


def test_a_helper_opens_no_second_sum_without_one_institution():
    memory = opened(HelperState(), plain(), HOUSES)
    other = altered(plain(), round_id="again", ends=plain().ends - timedelta(days=1))
    with pytest.raises(CohortTooSmall, match="would leave 1 of them"):
        opened(memory, other, HOUSES[1:])
    assert len(opened(memory, other, HOUSES).answered) == 2
    assert len(opened(memory, other, HOUSES[3:]).answered) == 2


def test_a_helper_opens_no_cohorts_that_single_out_with_those_of_another_round():
    memory = opened(HelperState(), PLAN, HOUSES)
    again = altered(PLAN, round_id="again")
    with pytest.raises(CohortTooSmall):
        opened(memory, again, HOUSES[1:])
    assert len(opened(memory, again, HOUSES).answered) == 2


def test_what_is_seen_are_the_finest_cohorts():
    seen = seen_of(TOWN.job(), TOWN.roster, HOUSES)
    assert [len(cohort) for cohort in seen.cohorts] == [6, 6, 6]
    plain_job = altered(TOWN.job(), plan=altered(PLAN, cohorts=None))
    assert seen_of(plain_job, TOWN.roster, HOUSES).cohorts == (tuple(sorted(HOUSES)),)
    assert PLAN.cohorts is Dimension.TYPE
    assert set(FACTS) == set(HOUSES)
