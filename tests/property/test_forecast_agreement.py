"""Law: what is forecast for given totals is what a release of these totals says, to the digit."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.consortium import a_plan

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.rounds.estimating import estimate, read_noised
from foyer_protocol.rounds.expectations import Expectation
from foyer_protocol.rounds.forecasting import forecast, interval

PLAN = a_plan()
LAYOUT = PLAN.layout()


def summed(totals):
    """The noised sum of a round whose totals these are, its noise having come to 0."""
    vector = np.zeros(LAYOUT.width, dtype=np.int64)
    for leaf, values in totals.items():
        grid = PLAN.scale(leaf.family).grid
        vector[LAYOUT.slots(leaf)] = [int(value) * grid for value in values]
    return vector


@st.composite
def expectations(draw):
    counts = st.integers(0, 10**7)
    totals = {}
    for leaf in LAYOUT.leaves:
        few = draw(st.lists(counts, min_size=4, max_size=4))
        totals[leaf] = tuple(Fraction(few[slot % 4]) for slot in range(leaf.width))
    reporters = draw(st.integers(4, 200))
    sources = dict.fromkeys(totals, "drawn")
    return Expectation(institutions=reporters, totals=totals, sources=sources)


@settings(max_examples=60, deadline=None)
@given(expectations())
def test_a_forecast_and_a_release_of_the_same_totals_say_the_same(expected):
    noised = read_noised(PLAN, summed(expected.totals), expected.institutions)
    for figure in forecast(PLAN, expected).figures:
        assert figure.found == estimate(CATALOGUE[figure.key], noised)


@settings(max_examples=60, deadline=None)
@given(expectations(), st.sampled_from(tuple(CATALOGUE)), st.integers(2, 20))
def test_a_plan_made_at_another_price_has_the_interval_that_was_forecast(expected, key, times):
    prices = {family: price * times for family, price in PRICES.items()}
    dearer = a_plan(prices=prices)
    found = interval(PLAN, CATALOGUE[key], expected, prices)
    assert found == interval(dearer, CATALOGUE[key], expected, {})


PRICES = {scale.family: Fraction(scale.rho) for scale in PLAN.scales}
