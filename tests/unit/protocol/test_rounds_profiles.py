"""Promise: every profile keeps the rule it is argued from, and its risks are counted exactly."""

from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foyer_protocol.errors import ConfigError, LocalProtocolError
from foyer_protocol.rounds.profiles import (
    FIVE,
    PROFILES,
    SIXTEEN,
    THREE,
    Profile,
    collusion_failure,
    profile_for,
    profile_named,
    silence_failure,
)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_every_profile_keeps_the_rule_and_can_be_filled(profile):
    m, f, c, t = profile.helpers, profile.silent, profile.corrupt, profile.threshold
    assert c + f < t <= m - f
    assert m > c + 2 * f  # C2: certificates are unique
    assert m <= profile.least_members
    assert profile_named(profile.name) == profile


@pytest.mark.parametrize("changes", [{"threshold": 5}, {"corrupt": 3}, {"silent": 2}])
def test_a_profile_that_breaks_the_rule_cannot_be_made(changes):
    numbers = {"helpers": 5, "silent": 1, "corrupt": 2, "threshold": 4} | changes
    with pytest.raises(LocalProtocolError, match="breaks c"):
        Profile(name="odd", least_members=5, **numbers)


@pytest.mark.parametrize(
    "members, name",
    [(3, "three"), (4, "three"), (5, "five"), (7, "five"), (8, "eight"), (9, "eight"),
     (10, "ten"), (15, "ten"), (16, "sixteen"), (1000, "sixteen")],
)  # fmt: skip
def test_the_largest_profile_that_fits_is_taken(members, name):
    assert profile_for(members).name == name


def test_two_members_have_no_profile_and_a_made_up_name_is_none():
    with pytest.raises(LocalProtocolError, match="no profile is for 2 members"):
        profile_for(2)
    with pytest.raises(ConfigError, match="no profile 'forty'"):
        profile_named("forty")


@given(st.fractions(0, 1, max_denominator=50))
def test_the_chance_of_too_many_silent_is_that_of_counting_every_case(offline):
    counted = sum(
        offline ** sum(away) * (1 - offline) ** (5 - sum(away))
        for away in product((0, 1), repeat=5)
        if sum(away) > FIVE.silent
    )
    assert silence_failure(FIVE, offline) == counted


@given(st.integers(5, 9), st.integers(0, 9))
def test_the_chance_of_too_many_corrupt_is_that_of_counting_every_committee(members, corrupt):
    corrupt = min(corrupt, members)
    drawn = list(combinations(range(members), FIVE.helpers))
    lost = sum(sum(one < corrupt for one in committee) > FIVE.corrupt for committee in drawn)
    assert collusion_failure(FIVE, members, corrupt) == Fraction(lost, len(drawn))


def test_a_committee_of_sixteen_drawn_by_lot_of_five_hundred_is_not_safe():
    """`protocol.md` 1.2: 2 to the -12 with a fifth of them corrupt."""
    assert Fraction(1, 2**13) < collusion_failure(SIXTEEN, 500, 100) < Fraction(1, 2**12)


def test_certainty_and_impossibility():
    assert silence_failure(THREE, Fraction(0)) == 0 == collusion_failure(THREE, 6, 2)
    assert silence_failure(THREE, Fraction(1)) == 1 == collusion_failure(THREE, 6, 6)


@pytest.mark.parametrize("offline", [Fraction(-1, 2), Fraction(3, 2)])
def test_what_is_no_probability_is_refused(offline):
    with pytest.raises(LocalProtocolError, match="no probability"):
        silence_failure(FIVE, offline)


@pytest.mark.parametrize("members, corrupt", [(4, 1), (6, 7), (6, -1)])
def test_a_draw_that_cannot_be_is_refused(members, corrupt):
    with pytest.raises(LocalProtocolError, match="impossible"):
        collusion_failure(FIVE, members, corrupt)
