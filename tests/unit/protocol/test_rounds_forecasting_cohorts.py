"""Promise: before a round by cohort it is said which of its cells could be read, and where else."""

import numpy as np
import pytest
from tests.support.consortium import a_plan

from foyer_protocol.catalogue.cohorts import roll_up
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.rounds.estimating import estimate, read_noised
from foyer_protocol.rounds.expectations import Expectation, expect
from foyer_protocol.rounds.forecasting import Verdict, forecast
from foyer_protocol.rounds.forecasting_cohorts import forecast_cohorts

PLAN = a_plan(cohorts=Dimension.TERRITORY)
LAYOUT = PLAN.layout()
PATHS = {
    **{f"cph{n}": ("DK", "DK01") for n in range(6)},
    **{f"syd{n}": ("DK", "DK03") for n in range(4)},
    **{f"oslo{n}": ("NO",) for n in range(5)},
}
COHORTS = roll_up(PATHS, 4)
SHARE = "booking.online_share"


def seen(visits):
    return {
        (one.code, one.rest): one
        for one in forecast_cohorts(PLAN, expect(PLAN, 15, visits=visits), COHORTS)
    }


def verdict(cohort, key=SHARE):
    return next(one.verdict for one in cohort.figures if one.key == key)


def test_every_cohort_but_the_whole_has_every_figure():
    found = seen(300_000)
    assert set(found) == {("DK", False), ("DK01", False), ("DK03", False), ("NO", False)}
    assert [found[one, False].institutions for one in ("DK", "DK01", "DK03", "NO")] == [10, 6, 4, 5]
    for cohort in found.values():
        assert tuple(one.key for one in cohort.figures) == PLAN.statistics


def test_a_cohort_of_too_few_others_is_withheld_and_read_above():
    found = seen(300_000)
    assert (found["DK03", False].reading, verdict(found["DK03", False])) == (0, Verdict.FEW)
    assert found["DK03", False].coarser == dict.fromkeys(PLAN.statistics, "DK")
    assert (found["DK01", False].reading, found["DK01", False].coarser) == (9, {})


def test_a_figure_that_is_too_uncertain_is_named_with_the_nearest_cohort_that_reads():
    found = seen(20_000)
    assert verdict(found["NO", False]) is Verdict.UNCERTAIN
    assert found["NO", False].coarser[SHARE] == "ALL"
    more = seen(22_000)
    assert verdict(more["DK01", False]) is Verdict.UNCERTAIN
    assert (verdict(more["DK", False]), more["DK01", False].coarser[SHARE]) == (
        Verdict.READABLE,
        "DK",
    )


def test_a_figure_that_reads_nowhere_above_has_no_better_place():
    found = seen(300)
    assert all(SHARE not in cohort.coarser for cohort in found.values())


def test_nothing_is_divided_where_there_is_only_the_whole():
    assert forecast_cohorts(PLAN, expect(PLAN, 15), COHORTS[:1]) == ()


def test_institutions_are_counted_alike():
    all_ = expect(PLAN, 15, visits=15_000)
    part = all_.of(6)
    (leaf,) = CATALOGUE["volume.attendances"].leaves
    assert (part.institutions, part.totals[leaf]) == (6, (6000,))
    assert part.sources == all_.sources


@pytest.mark.parametrize("visits", [3000, 400_000])
def test_a_cell_says_what_a_release_of_the_same_totals_would(visits):
    """The sum of a cohort is an ordinary sum over its members, read by the same functions."""
    expected = expect(PLAN, 15, visits=visits)
    for cohort in forecast_cohorts(PLAN, expected, COHORTS):
        whole = whole_numbers(expected.of(cohort.institutions))
        vector = np.zeros(LAYOUT.width, dtype=np.int64)
        for leaf, slots in whole.totals.items():
            grid = PLAN.scale(leaf.family).grid
            vector[LAYOUT.slots(leaf)] = [int(slot) * grid for slot in slots]
        noised = read_noised(PLAN, vector, cohort.institutions)
        for one in forecast(PLAN, whole).figures:
            assert one.found == estimate(CATALOGUE[one.key], noised)


def whole_numbers(expected):
    totals = {leaf: tuple(map(round, slots)) for leaf, slots in expected.totals.items()}
    return Expectation(institutions=expected.institutions, totals=totals, sources=expected.sources)
