"""Promise: one group that stands apart is flagged, and unlike institutions are not."""

from fractions import Fraction

import numpy as np
import pytest
from tests.support.consortium import a_plan, even
from tests.support.poisoned_cohorts import CELLS_OF, Kind, Scene

from foyer_protocol.catalogue.entries import CATALOGUE, TICKETS
from foyer_protocol.errors import LocalProtocolError
from foyer_protocol.messages.release import Agreement, Figure, Status
from foyer_protocol.rounds.comparing import (
    ALLOWANCES,
    SHAPE_ALLOWANCE,
    compare,
    make_checks,
)
from foyer_protocol.rounds.estimating import Noised
from foyer_protocol.rounds.kinds.figures import exact_vector

ATTENDANCES, RESIDENCE = "volume.attendances", "geography.residence"
PLAN = a_plan(groups=3)
LAYOUT = PLAN.layout()
SHOWN = tuple(Figure(key=key, status=Status.SHOWN, contributors="20-49") for key in PLAN.statistics)


def totals(*values, variance=0):
    """Groups of one total each."""
    return [
        Noised(values={TICKETS: (Fraction(value),)}, variances={TICKETS: Fraction(variance)})
        for value in values
    ]


def shapes(*rows, variance=0):
    return [
        Noised(
            values={CELLS_OF: tuple(Fraction(int(x)) for x in row)},
            variances={CELLS_OF: Fraction(variance)},
        )
        for row in rows
    ]


def compared(*values, each=(7, 7, 6), variance=0):
    return compare(CATALOGUE[ATTENDANCES], totals(*values, variance=variance), each)


def parts(sizes=(7, 7, 6), lacking=None):
    """Exact sums of even groups; `lacking` are the contributors to attendances by group."""
    made = [size * exact_vector(PLAN, even(PLAN)) for size in sizes]
    for place, count in enumerate(lacking or ()):
        made[place][LAYOUT.flags.start + PLAN.statistics.index(ATTENDANCES)] = count
    return made


def check_of(checks, key=ATTENDANCES):
    return next(check for check in checks if check.key == key)


def test_totals_are_brought_to_the_size_of_the_whole_cohort():
    found = compared(700, 700, 600)
    assert found.values == pytest.approx((2000, 2000, 2000))
    assert found.robust == pytest.approx((2000,))
    assert not found.differ


def test_a_total_far_from_the_middle_is_flagged_and_moves_the_middle_not_at_all():
    assert compared(70_000, 690, 610).differ
    assert compared(70_000, 690, 610).robust == compared(7_000, 690, 610).robust


def test_the_allowance_is_in_middles_and_noise_comes_on_top():
    exact, noised = (
        compared(1000, 1010, 990, each=(7, 7, 7), variance=variance) for variance in (0, 4)
    )
    assert exact.allowed == pytest.approx(ALLOWANCES[CATALOGUE[ATTENDANCES].unit] * 3000)
    assert noised.allowed - exact.allowed == pytest.approx(5 * 2**0.5 * 2 * 3)


def test_where_every_group_is_far_from_the_middle_none_stands_apart():
    assert compared(900, 1000, 3500, each=(7, 7, 7)).differ  # 2.5 middles away, the other 0.1
    assert not compared(100, 1000, 3500, each=(7, 7, 7)).differ  # the other 0.9


def test_of_two_groups_both_are_as_far_and_the_allowance_decides():
    statistic = Scene(kind=Kind.SHAPE).statistic
    one, other = np.r_[np.full(25, 200), np.zeros(25)], np.full(50, 100)
    assert compare(statistic, shapes(one, other), (7, 7)).differ
    assert not compare(statistic, shapes(other, other + 1), (7, 7)).differ


def test_a_shape_that_stands_apart_is_flagged():
    statistic = Scene(kind=Kind.SHAPE).statistic
    plain = np.full(50, 100)
    strange = plain.copy()
    strange[:5] += 300
    fair = compare(statistic, shapes(plain, plain * 3, plain), (7, 7, 6))
    assert fair.values == pytest.approx((0, 0, 0))
    assert not fair.differ  # three times as many visitors, of the same shape
    lied = compare(statistic, shapes(plain, plain, strange), (7, 7, 7))
    assert lied.differ
    assert lied.values[-1] == pytest.approx(5 * (400 / 6500 - 1 / 50))
    assert lied.robust == pytest.approx(np.full(50, 300))


def test_a_shape_drowned_in_noise_is_not_compared():
    statistic = Scene(kind=Kind.SHAPE).statistic
    plain = np.full(50, 10)
    assert compare(statistic, shapes(plain, plain, plain, variance=400), (7, 7, 6)) is None
    wide = compare(statistic, shapes(plain, plain, plain, variance=4), (7, 7, 6))
    assert wide.allowed > SHAPE_ALLOWANCE


def test_every_shown_figure_of_the_catalogue_has_a_check_and_an_even_cohort_agrees():
    checks = make_checks(PLAN, parts(), 20, SHOWN)
    assert [check.key for check in checks] == list(PLAN.statistics)
    assert {check.outcome for check in checks} == {Agreement.AGREE}
    assert len(check_of(checks, RESIDENCE).cells) == len(CATALOGUE[RESIDENCE].measure.of.codes)
    assert check_of(checks).robust == "80000"


def test_a_withheld_figure_has_no_check():
    hidden = (Figure(key=ATTENDANCES, status=Status.WITHHELD, contributors="3-4"), *SHOWN[1:])
    assert ATTENDANCES not in {check.key for check in make_checks(PLAN, parts(), 20, hidden)}


@pytest.mark.parametrize(
    "lacking, outcome", [((7, 7, 5), Agreement.AGREE), ((7, 7, 4), Agreement.NOT_COMPARED)]
)
def test_a_group_of_too_few_contributors_shows_no_value(lacking, outcome):
    check = check_of(make_checks(PLAN, parts(lacking=lacking), 20, SHOWN))
    assert check.outcome is outcome
    assert bool(check.values) is (outcome is Agreement.AGREE)
    assert bool(check.robust) is (outcome is Agreement.AGREE)


def test_values_come_in_ascending_order_so_that_no_group_is_named():
    made = parts()
    made[0] = made[0] * 2
    values = [float(value) for value in check_of(make_checks(PLAN, made, 20, SHOWN)).values]
    assert values == sorted(values)


def test_an_undivided_plan_has_no_checks():
    assert make_checks(a_plan(), (), 20, SHOWN) == ()


def test_as_many_sums_as_groups_are_needed():
    with pytest.raises(LocalProtocolError, match="2 sums were given for 3 groups"):
        make_checks(PLAN, parts()[:2], 20, SHOWN)
