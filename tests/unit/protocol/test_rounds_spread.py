"""How institutions are spread is said by ranges that hide which institution is where."""

import os
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from foyer_protocol.catalogue.bins import GRIDS, Grid, grid_of
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import (
    AVERAGE_TICKET_PRICE,
    BOOKERS_TOTAL,
    LEAD_TIME,
    ONLINE_SHARE,
    TICKETS,
)
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.measures import LeadTimes
from foyer_protocol.catalogue.statistic import Unit
from foyer_protocol.dp.quantiles import tree_counts
from foyer_protocol.rounds.kinds.spread import own_bins
from foyer_protocol.rounds.spreading import LEAST_TOGETHER, least_others, merge, quartiles

STATISTICS = (ONLINE_SHARE, AVERAGE_TICKET_PRICE, LEAD_TIME, BOOKERS_TOTAL)
LAYOUT = lay_out(STATISTICS, spread=True)
RHO = Fraction(3)
counts_of = st.lists(st.integers(0, 6), min_size=20, max_size=20)
SHARES = GRIDS[Unit.SHARE]


def house(online=3_125_000, tickets=5_000_000, **contributes):
    """A large house, so that its noised values are near its true ones: 10 € a ticket, 9 days."""
    values = {leaf: (tickets,) * leaf.width for leaf in LAYOUT.leaves}
    values[ONLINE_SHARE.leaves[0]] = (online,)
    values[AVERAGE_TICKET_PRICE.leaves[0]] = (tickets * 21,)
    tree = next(leaf for leaf in LAYOUT.leaves if isinstance(leaf, LeadTimes))
    days = np.zeros(tree.leaves, dtype=np.int64)
    days[9] = tickets
    values[tree] = tuple(int(count) for count in tree_counts(days, tree.branching))
    given_up = {one.key: contributes.get(one.key.split(".")[1], True) for one in STATISTICS}
    return Contribution(values=values, contributes=given_up)


def test_a_house_puts_one_into_the_range_of_its_own_value():
    found = own_bins(LAYOUT, RHO, house(), os.urandom)
    expected = {
        "booking.online_share": 0.625, "money.average_ticket_price": 10.5,
        "booking.lead_time": 9.5, "volume.bookers": 5_000_000,
    }  # fmt: skip
    for statistic in STATISTICS:
        assert found[statistic.key].sum() == 1
        place = grid_of(statistic).place(expected[statistic.key])
        assert found[statistic.key][place] == 1, statistic.key


def test_a_house_that_does_not_contribute_is_in_no_range():
    found = own_bins(LAYOUT, RHO, house(online_share=False), os.urandom)
    assert found["booking.online_share"].sum() == 0
    assert found["volume.bookers"].sum() == 1


def test_a_house_whose_whole_is_lost_in_noise_is_in_no_range_of_a_ratio():
    # 0 is 4 deviations below the least whole that is read: 3 in 100,000 tries of 12 would be.
    empty = Contribution(
        values={leaf: (0,) * leaf.width for leaf in LAYOUT.leaves},
        contributes={one.key: True for one in STATISTICS},
    )
    tries = [own_bins(LAYOUT, RHO, empty, os.urandom) for _ in range(12)]
    assert sum(one["booking.online_share"].sum() for one in tries) <= 1
    assert all(one["volume.bookers"].sum() == 1 for one in tries)


def test_only_what_is_counted_is_looked_at():
    plain = lay_out(STATISTICS)
    assert own_bins(plain, RHO, house(), os.urandom) == {}
    assert TICKETS in LAYOUT.leaves


@given(counts_of)
def test_merged_ranges_cover_every_bin_once_and_lose_nobody(counts):
    ranges = merge(counts)
    covered = [place for first, beyond, _ in ranges for place in range(first, beyond)]
    assert covered == list(range(len(counts)))
    assert all(held == sum(counts[first:beyond]) for first, beyond, held in ranges)


@given(counts_of)
def test_no_range_holds_one_or_two_institutions_unless_they_are_all(counts):
    held = [held for _, _, held in merge(counts)]
    assert all(one == 0 or one >= LEAST_TOGETHER for one in held) or len(held) == 1


@given(counts_of)
def test_an_empty_range_stands_only_beside_a_bin_that_hides_who_is_in_it(counts):
    ranges = merge(counts)
    for first, beyond, held in ranges:
        if held == 0 and len(ranges) > 1:
            beside = [counts[at] for at in (first - 1, beyond) if 0 <= at < len(counts)]
            assert max(beside) >= LEAST_TOGETHER


@given(counts_of)
def test_quartiles_are_ordered_and_each_lies_in_a_range_of_enough(counts):
    found = quartiles(counts, SHARES)
    assume(found)
    estimates = [one.estimate for one in found]
    assert estimates == sorted(estimates)
    for one in found:
        assert 0 <= one.low <= one.estimate <= one.high <= 1
        inside = [SHARES.place(one.low), 20 if one.high == 1 else SHARES.place(one.high)]
        first = 0 if one.low == 0 else inside[0]
        assert sum(counts[first : inside[1]]) >= LEAST_TOGETHER


@given(st.lists(st.floats(0, 0.999), min_size=60, max_size=200))
def test_quartiles_are_near_those_of_the_values_themselves(values):
    counts = np.bincount([SHARES.place(value) for value in values], minlength=SHARES.width)
    found = quartiles(counts.tolist(), SHARES)
    assume(found)
    for one, part in zip(found, (0.25, 0.5, 0.75), strict=True):
        exact = np.quantile(values, part, method="inverted_cdf")
        assert float(one.low) <= exact <= float(one.high)


@pytest.mark.parametrize("few", [[], [1, 1], [1, 1, 1, 1, 1]])
def test_where_all_would_be_one_range_there_is_nothing_to_say(few):
    assert quartiles(few + [0] * (20 - len(few)), SHARES) == ()


def test_where_all_are_in_one_range_of_the_grid_that_range_is_said():
    found = quartiles([0] * 6 + [7] + [0] * 13, SHARES)
    assert {(one.low, one.high) for one in found} == {(Fraction(3, 10), Fraction(7, 20))}


def test_a_quartile_in_a_range_without_an_end_has_no_point():
    grid = Grid(edges=(Fraction(1), Fraction(2)))
    found = quartiles([3, 0, 9], grid)
    assert (found[0].low, found[0].high) == (0, 1)
    assert (found[2].low, found[2].high, found[2].estimate) == (2, None, None)


def test_prices_need_one_institution_more():
    assert (least_others(AVERAGE_TICKET_PRICE), least_others(ONLINE_SHARE)) == (5, 4)
