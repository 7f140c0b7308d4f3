"""The ranges into which values are sorted are fixed, rise, and hold every number once."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foyer_protocol.catalogue.bins import GRIDS, grid_of
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import CANARIES, lay_out
from foyer_protocol.catalogue.measures import Distribution
from foyer_protocol.catalogue.statistic import Unit

EVERY = tuple(CATALOGUE.values())


@pytest.mark.parametrize("unit", Unit)
def test_edges_rise_and_lie_among_what_can_be_true(unit):
    edges, most = GRIDS[unit].edges, GRIDS[unit].most
    assert all(low < high for low, high in pairwise(edges))
    assert edges[0] > 0
    assert most is None or edges[-1] < most


@given(st.sampled_from(Unit), st.fractions(-10, 10**8))
def test_a_value_is_in_the_one_range_whose_ends_hold_it(unit, value):
    grid = GRIDS[unit]
    place = grid.place(value)
    low, high = grid.ends(place, place + 1)
    assert 0 <= place < grid.width
    assert low <= max(value, 0)
    assert high is None or value < high or (place == grid.width - 1 and grid.most == high)


def test_ranges_put_together_reach_from_the_first_to_the_last():
    grid = GRIDS[Unit.SHARE]
    assert grid.ends(0, grid.width) == (0, 1)
    assert grid.ends(2, 4) == (Fraction(1, 10), Fraction(1, 5))
    assert GRIDS[Unit.MONEY].ends(GRIDS[Unit.MONEY].width - 1, GRIDS[Unit.MONEY].width)[1] is None


def test_a_step_of_money_and_of_counts_is_about_the_same_factor_everywhere():
    for unit, least, most in ((Unit.MONEY, 1.2, 1.3), (Unit.TICKETS, 1.5, 1.65)):
        factors = [high / low for low, high in pairwise(GRIDS[unit].edges)]
        assert all(least < factor < most for factor in factors), (unit, factors)


def test_every_statistic_but_a_histogram_has_bins_after_all_other_slots():
    plain, spread = lay_out(EVERY), lay_out(EVERY, spread=True)
    assert plain.bins == {}
    assert set(spread.bins) == {
        one.key for one in EVERY if not isinstance(one.measure, Distribution)
    }
    taken = [slot for place in spread.bins.values() for slot in range(place.start, place.stop)]
    assert taken == list(range(plain.width, spread.width))
    for key, place in spread.bins.items():
        assert place.stop - place.start == grid_of(CATALOGUE[key]).width
    assert [spread.slots(leaf) for leaf in spread.leaves] == [
        plain.slots(leaf) for leaf in plain.leaves
    ]
    assert plain.width > CANARIES
