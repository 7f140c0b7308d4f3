"""Higher, lower or no clear difference: from the difference's own interval and nothing else."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.released_quarters import quarter, quarters, release_of_quarter
from tests.support.sample_views import FIGURES

from foyer_protocol.catalogue.entries import AVERAGE_TICKET_PRICE, FIRST_TIME_SHARE
from foyer_web.change_words import change_sentence
from foyer_web.changes import Change, clear, difference, same_length, unclear
from foyer_web.languages import LANGUAGES
from foyer_web.rounding import Comparison
from foyer_web.trends import changes_since, trend_of
from foyer_web.views import figure_of
from foyer_web.words import words

halves = st.floats(0.001, 0.05)
middles = st.floats(0.2, 0.8)


def share(middle, below, above):
    return figure_of(FIRST_TIME_SHARE, interval=(middle - below, middle, middle + above))


@given(middles, halves, halves, middles, halves, halves)
def test_a_difference_turned_round_is_the_same_difference(a, below, above, b, under, over):
    one, other = share(a, below, above), share(b, under, over)
    there, back = difference(one, other), difference(other, one)
    assert (there.low, there.estimate) == pytest.approx((-back.high, -back.estimate))


@given(middles, halves, middles, halves)
def test_intervals_that_overlap_much_are_no_clear_difference(a, half, b, other):
    found = difference(share(a, half, half), share(b, other, other))
    if abs(a - b) < max(half, other):
        assert found.outcome is Comparison.NO_CLEAR_DIFFERENCE
    if abs(a - b) > half + other:
        assert found.outcome is not Comparison.NO_CLEAR_DIFFERENCE


def test_the_interval_of_a_difference_has_the_size_of_independent_errors():
    found = difference(share(0.5, 0.03, 0.03), share(0.4, 0.04, 0.04))
    assert (found.low, found.high) == pytest.approx((0.05, 0.15))


@pytest.mark.parametrize("name", ["too few", "histogram", "not asked", "too uncertain"])
def test_what_has_no_number_is_not_compared(name):
    assert difference(FIGURES[name], FIGURES[name]) is None
    assert difference(FIGURES["share"], FIGURES[name]) is None


def test_two_currencies_are_not_compared():
    euro = figure_of(AVERAGE_TICKET_PRICE, interval=(17.0, 18.0, 19.0), currency="EUR")
    assert difference(euro, replace(euro, currency="DKK")) is None


def test_a_quarter_is_not_set_beside_a_year():
    year = (date(2025, 1, 1), date(2026, 1, 1))
    spans = [(quarter(n).starts, quarter(n).ends) for n in range(4)]
    assert all(same_length(one, other) for one in spans for other in spans)
    assert not any(same_length(one, year) for one in spans)


def test_each_figure_is_set_beside_the_last_quarter_in_which_it_was_shown():
    found = {one.figure.key: one for one in changes_since(release_of_quarter(3), quarters(4))}
    assert "geography.residence" not in found
    assert found["volume.bookers"].since_starts == date(2024, 7, 1)
    assert found["loyalty.retention_1y"].since_starts == date(2024, 4, 1)  # withheld in between


def test_the_first_release_has_nothing_to_be_set_beside():
    assert changes_since(release_of_quarter(0), quarters(1)) == ()


def test_a_later_release_does_not_change_what_an_earlier_one_is_set_beside():
    first = changes_since(release_of_quarter(2), quarters(3))
    assert changes_since(release_of_quarter(2), quarters(8)) == first


def test_changes_are_clear_or_not_and_never_both():
    changes = changes_since(release_of_quarter(7), quarters(8))
    sure, unsure = clear(changes), unclear(changes)
    assert sure
    assert unsure
    assert sorted(one.figure.key for one in (*sure, *unsure)) == sorted(
        one.figure.key for one in changes
    )
    assert all(one.difference.low > 0 or one.difference.high < 0 for one in sure)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_change_is_said_without_a_sign_and_with_its_own_range(code):
    for change in clear(changes_since(release_of_quarter(7), quarters(8))):
        said = change_sentence(change, words(code))
        assert words(code).comparison(change.difference.outcome) in said
        assert "-" not in said.replace("nelj.", "")
        assert "−" not in said


def test_a_share_that_fell_fell_by_percentage_points():
    later, earlier = share(0.31, 0.01, 0.01), share(0.36, 0.01, 0.01)
    change = Change(
        figure=later, difference=difference(later, earlier),
        since_starts=date(2025, 1, 1), since_ends=date(2025, 4, 1),
    )  # fmt: skip
    assert change_sentence(change, words("en")) == (
        "lower than in Q1 2025, by about 5 percentage points (likely between 4 and 6)."
    )


def test_a_trend_has_every_release_of_equally_long_periods_as_it_was_published():
    year = release_of_quarter(0).model_copy(
        update={"round_id": "y2024", "ends": date(2025, 1, 1), "released_at": 1}
    )
    trend = trend_of("loyalty.retention_1y", release_of_quarter(4), [*quarters(5), year])
    assert [point.figure.round_id for point in trend.points] == [
        "q1-2024", "q2-2024", "q3-2024", "q4-2024", "q1-2025",
    ]  # fmt: skip
    assert [point.figure.round_id for point in trend.shown] == [
        "q1-2024", "q2-2024", "q4-2024", "q1-2025",
    ]  # fmt: skip
    assert trend.chosen == "q1-2025"
    assert trend_of("volume.none", release_of_quarter(4), quarters(5)).points == ()
    assert trend_of("volume.bookers", None, quarters(5)).points == ()
