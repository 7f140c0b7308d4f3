"""Promise: a division is fair, follows from the set of reports alone, and loses nobody."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.consortium import a_consortium, a_plan, altered

from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.dp.accountant import group_rho
from foyer_protocol.errors import CohortTooSmall, RemoteProtocolError
from foyer_protocol.messages.plan import MOST_GROUPS, Plan
from foyer_protocol.messages.release import Release
from foyer_protocol.rounds.grouping import canaries_hold, divide, sizes, unmask_groups
from foyer_protocol.rounds.masking import total_of
from foyer_protocol.rounds.rules import check_job

NAMES = tuple(f"house-{number:02}" for number in range(20))
ROOM = a_consortium("volume.attendances")
MANY = st.integers(1, 60), st.integers(1, MOST_GROUPS)


def names(count):
    return tuple(f"house-{number:02}" for number in range(count))


def lot():
    return system_entropy(32).hex()


@given(st.binary(min_size=32, max_size=32), *MANY)
def test_everybody_is_in_exactly_one_group_and_sizes_differ_by_one_at_most(drawn, count, groups):
    found = divide(drawn.hex(), names(count), groups)
    assert sorted(name for group in found for name in group) == sorted(names(count))
    assert tuple(len(group) for group in found) == sizes(count, groups)
    assert max(sizes(count, groups)) - min(sizes(count, groups)) <= 1


@given(st.binary(min_size=32, max_size=32), st.permutations(NAMES))
def test_the_order_in_which_names_are_given_does_not_matter(drawn, shuffled):
    assert divide(drawn.hex(), shuffled, 3) == divide(drawn.hex(), NAMES, 3)


def test_one_group_is_everybody():
    assert divide(lot(), NAMES[::-1], 1) == (NAMES,)


def test_another_set_of_reports_is_another_division():
    assert len({divide(lot(), NAMES, 3) for _ in range(20)}) == 20


def test_an_institution_comes_to_each_group_equally_often():
    digests = [f"{number:064x}" for number in range(3000)]
    counted = np.zeros(3)
    for one in digests:
        counted += [NAMES[0] in group for group in divide(one, NAMES, 3)]
    expected = 3000 * np.array([7, 7, 6]) / 20
    assert np.all(np.abs(counted - expected) < 5 * np.sqrt(expected))  # the digests are fixed


def test_a_division_into_one_is_not_written_and_refused_if_it_is():
    plan = a_plan("volume.attendances")
    raw = plan.to_json()
    assert b"groups" not in raw
    with pytest.raises(RemoteProtocolError, match="canonical"):
        Plan.from_json(raw.replace(b'"minimum', b'"groups":1,"minimum', 1))
    divided = a_plan("volume.attendances", groups=3)
    assert Plan.from_json(divided.to_json()) == divided
    assert divided.digest != plan.digest
    assert divided.scales == plan.scales  # every group alone has the noise that a cohort has


@pytest.mark.parametrize("groups", [0, MOST_GROUPS + 1])
def test_no_plan_divides_into_none_or_very_many(groups):
    with pytest.raises(ValueError, match="groups"):
        a_plan("volume.attendances", groups=groups)


def test_only_the_figures_are_divided():
    plan = a_plan("volume.attendances", groups=2)
    here = a_consortium("volume.attendances", plan=plan)
    job = here.job()
    assert (job.groups, job.least) == (2, 8)
    veto = here.veto_job(job, (1,), "00" * 32)
    assert (veto.groups, veto.least) == (1, 4)


def test_a_plan_that_the_roster_can_never_fill_is_refused_before_anybody_pays():
    here = a_consortium("volume.attendances", plan=a_plan("volume.attendances", groups=2))
    with pytest.raises(CohortTooSmall, match="needs 8 institutions; the roster has 6"):
        check_job(here.job(), here.roster)


def test_the_canaries_of_every_group_must_count_its_members():
    parts = [np.full(5, size) for size in sizes(20, 3)]
    assert canaries_hold(parts, sizes(20, 3))
    parts[2] = parts[2] + np.array([0, 0, 1, 0, 0])
    parts[1] = parts[1] - np.array([0, 0, 1, 0, 0])  # the total still counts twenty
    assert not canaries_hold(parts, sizes(20, 3))


def test_the_total_wraps_as_the_ring_does():
    job = altered(ROOM.job(), bits=32)
    parts = (np.array([2**31 - 1, -5]), np.array([1, 3]))
    assert total_of(job, parts).tolist() == [-(2**31), -2]


def test_an_answer_for_another_number_of_groups_is_refused():
    job = ROOM.job()
    each = job.width * job.bits // 8
    with pytest.raises(RemoteProtocolError, match="1 vectors of pads"):
        unmask_groups(job, (("aros",),), {"aros": bytes(each)}, [bytes(2 * each)])


@pytest.mark.parametrize("known_at", [1, 2, 3, 5])
def test_a_visitor_of_several_groups_costs_no_more_than_is_published(known_at):
    """k institutions split over the groups as k_1 … k_G: the prices are k_g² rho and add up."""
    for spread in product(range(known_at + 1), repeat=4):
        if sum(spread) == known_at:
            assert sum(group_rho(1, k) for k in spread if k) <= group_rho(1, known_at)


def test_a_release_of_an_undivided_plan_has_no_word_on_groups():
    assert b"checks" not in _release().to_json()


def _release() -> Release:
    from tests.support.simulated_round import simulated_round  # noqa: PLC0415 - runs a round

    return simulated_round().release
