"""Promise: in a divided cohort one liar is seen and the middle figure hardly moves.

The design gives figures for 20 institutions in 3 groups, one of which adds half of its own
volume to each of 5 of 50 cells: the plain sum is 13 % wrong, the middle of the groups 2.2 %,
every such release is flagged and no clean one; without a liar the noise of the middle is 2 %
where that of an undivided cohort is 0.6 % [protocol.md 6]. Here they are again with the code
that ships. What unlike institutions do to them is measured by `make bench NAME=poisoning`.

Seeds are fixed, so that nothing here fails by chance.
"""

from functools import cache

import pytest
from tests.support.poisoned_cohorts import Kind, Rates, Scene, play, rates

RELEASES = 300


@cache
def measured(scene: Scene) -> Rates:
    return rates(scene, RELEASES)


def test_a_poisoner_of_half_its_volume_in_five_bins_is_flagged_and_outvoted():
    found = measured(Scene(poison=0.5))
    assert found.flagged == 1
    assert found.plain == pytest.approx(13, abs=1)
    assert found.middle == pytest.approx(2.2, abs=0.2)


def test_a_clean_cohort_is_not_flagged_and_pays_with_noise():
    divided, whole = measured(Scene()), measured(Scene(groups=2, honest=12))
    assert divided.flagged == 0
    assert divided.middle == pytest.approx(2, abs=0.2)
    assert whole.plain == pytest.approx(0.6, abs=0.1)  # calibrated to twelve, as undivided


@pytest.mark.parametrize("poison", [2, 10])
def test_a_bolder_poisoner_moves_the_middle_no_further(poison):
    bold, shy = measured(Scene(poison=poison)), measured(Scene(poison=0.5))
    assert bold.flagged == 1
    assert bold.plain > 3 * shy.plain
    assert bold.middle == pytest.approx(shy.middle, abs=0.1)


def test_sixty_institutions_in_five_groups_outvote_it_too():
    found = measured(Scene(institutions=60, groups=5, poison=2))
    assert found.flagged == 1
    assert found.middle < 3 < 10 < found.plain


@pytest.mark.parametrize("likeness", [1000, 100, 30, 10])
@pytest.mark.parametrize("spread", [0, 1])
def test_unlike_institutions_are_rarely_flagged(likeness, spread):
    assert measured(Scene(likeness=likeness, spread=spread)).flagged <= 0.01
    share = Scene(kind=Kind.SHARE, likeness=likeness, spread=spread)
    assert measured(share).flagged <= 0.06


def test_among_very_unlike_institutions_a_poisoner_is_mostly_not_seen():
    """The price of few false alarms, said in `protocol/docs/poisoning.md`."""
    assert measured(Scene(likeness=30, spread=1, poison=0.5)).flagged < 0.2


def test_a_total_is_only_held_to_gross_lies():
    for spread in (0, 0.5, 1):
        assert measured(Scene(kind=Kind.TOTAL, spread=spread)).flagged <= 0.05
    assert measured(Scene(kind=Kind.TOTAL, spread=0.5, poison=3)).flagged < 0.2
    assert measured(Scene(kind=Kind.TOTAL, spread=0.5, poison=100)).flagged > 0.95


def test_the_same_seed_is_the_same_release():
    assert play(Scene(poison=0.5), 1) == play(Scene(poison=0.5), 1)
