"""Promise: governance chooses who helps and how many may be silent, and nothing that breaks."""

from fractions import Fraction

import pytest
from tests.support.committees import house

from foyer_coordinator.ports import Institution
from foyer_coordinator.rosters import Terms, draw_up
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import ConfigError
from foyer_protocol.messages.roster import sign_helper_key
from foyer_protocol.rounds.profiles import PROFILES, profile_for


def enrolled(count):
    """`count` institutions with keys."""
    made = []
    for number in range(count):
        identity, key = Identity.generate(), HelperKey.generate()
        made.append(
            Institution(
                slug=house(number),
                name=f"House {number}",
                country="DK",
                type="THEATRE",
                size_band="S",
                signing_key=identity.public,
                transport_key="",
                helper_key=key.public.hex(),
                helper_signature=sign_helper_key(key.public, identity).hex(),
                enrolled_at=0,
            )
        )
    return made


HOUSES = enrolled(17)


def drawn(count, **terms):
    chosen = Terms(period="2026", minimum_cohort=2, period_rho_cap=Fraction(1, 2), **terms)
    key = Identity.generate().public
    return draw_up("simulated", key, HOUSES[:count], chosen, epoch=1)


def numbers(roster):
    return len(roster.committee), roster.silent, roster.corrupt, roster.threshold


@pytest.mark.parametrize("count", range(3, 18))
def test_the_largest_profile_that_fits_is_the_default(count):
    profile = profile_for(count)
    roster = drawn(count)
    assert roster.committee == tuple(house(n) for n in range(profile.helpers))
    assert numbers(roster) == (
        profile.helpers, profile.silent, profile.corrupt, profile.threshold
    )  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_a_smaller_profile_can_be_named(profile):
    roster = drawn(17, profile=profile.name)
    assert numbers(roster) == (
        profile.helpers, profile.silent, profile.corrupt, profile.threshold
    )  # fmt: skip


def test_two_institutions_help_each_other_and_both_are_needed():
    assert numbers(drawn(2)) == (2, 0, 1, 2)


def test_named_helpers_without_a_profile_are_all_needed():
    chosen = (house(1), house(4), house(2), house(3))
    roster = drawn(6, helpers=chosen)
    assert (roster.committee, numbers(roster)) == (chosen, (4, 0, 3, 4))


def test_named_helpers_fill_a_named_profile():
    chosen = tuple(house(n) for n in (5, 1, 4, 2, 3))
    roster = drawn(6, helpers=chosen, profile="five")
    assert (roster.committee, numbers(roster)) == (chosen, (5, 1, 2, 4))


def test_of_named_helpers_some_may_be_silent_for_twice_as_many_fewer_that_collude():
    chosen = tuple(house(n) for n in range(6))
    roster = drawn(8, helpers=chosen, silent=2)
    assert (roster.committee, numbers(roster)) == (chosen, (6, 2, 1, 4))


@pytest.mark.parametrize(
    "terms, match",
    [
        ({"profile": "forty"}, "no profile 'forty'"),
        ({"profile": "eight"}, "'eight' is for 8 institutions or more; 6 are enrolled"),
        ({"profile": "five", "helpers": (house(0),)}, "'five' takes 5 helpers; 1 were named"),
        ({"helpers": ("ghost",)}, "ghost cannot help"),
        ({"silent": 1}, "--silent 1 is for helpers that are named"),
        ({"silent": 1, "profile": "five"}, "a profile has its own number"),
        ({"silent": 2, "helpers": tuple(house(n) for n in range(5))}, "could not bear one that"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(terms, match):
    with pytest.raises(ConfigError, match=match):
        drawn(6, **terms)


def test_too_few_institutions_are_refused_before_anything_else_breaks():
    for count in (0, 1):
        with pytest.raises(ConfigError, match="the minimum cohort is 2"):
            drawn(count)
