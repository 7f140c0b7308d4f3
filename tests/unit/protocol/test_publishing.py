"""Promise: a figure is shown with its interval or withheld with its reason, slots included."""

from fractions import Fraction

import numpy as np
import pytest
from tests.support.consortium import a_consortium, a_plan, altered, even

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import CANARIES
from foyer_protocol.dp.accountant import epsilon
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.release import Reason, Release, Status, band
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.publishing import DELTA, GROUPS, make_release

PLAN = a_plan()
CONSORTIUM = a_consortium(plan=PLAN)
LAYOUT = PLAN.layout()
ATTENDANCES = "volume.attendances"


def aggregate(contributors=6, size=4000, **counts):
    """The exact sum of six even contributions; `counts` replaces contributor flags by key."""
    total = 6 * exact_vector(PLAN, even(PLAN, size))
    flags = {key: counts.get(key.replace(".", "_"), contributors) for key in PLAN.statistics}
    total[LAYOUT.flags] = list(flags.values())
    return total


def released(total, objected=frozenset(), members=6):
    return make_release(
        CONSORTIUM.job(),
        CONSORTIUM.roster,
        total,
        members=members,
        reports="ab" * 32,
        objected=frozenset(objected),
        released_at=1_800_000_000,
    )


def figure(release, key=ATTENDANCES):
    return next(found for found in release.figures if found.key == key)


@pytest.mark.parametrize(
    "contributors, reason",
    [
        (6, Reason.NONE),
        (5, Reason.NONE),
        (4, Reason.FEW_CONTRIBUTORS),
        (0, Reason.FEW_CONTRIBUTORS),
        (-3, Reason.FEW_CONTRIBUTORS),  # flags are only what nodes say
    ],
)
def test_a_member_sees_a_figure_of_four_others_at_least(contributors, reason):
    assert CATALOGUE[ATTENDANCES].least_others == 4
    found = figure(released(aggregate(volume_attendances=contributors)))
    assert found.reason is reason
    assert found.status is (Status.SHOWN if reason is Reason.NONE else Status.WITHHELD)
    assert (found.estimate is None) is (reason is not Reason.NONE)
    assert found.contributors == band(contributors)


def test_a_figure_somebody_objects_to_is_withheld_for_dominance():
    release = released(aggregate(), objected={"volume.bookers"})
    assert figure(release, "volume.bookers").reason is Reason.DOMINANCE
    assert [f.key for f in release.figures if f.status is Status.WITHHELD] == ["volume.bookers"]


def test_too_few_contributors_is_said_before_dominance():
    release = released(aggregate(contributors=4), objected={ATTENDANCES})
    assert figure(release).reason is Reason.FEW_CONTRIBUTORS


def test_a_figure_lost_in_the_noise_has_no_estimate():
    release = released(aggregate(size=0))
    assert figure(release, "booking.lead_time").reason is Reason.NO_ESTIMATE
    assert figure(release, "loyalty.retention_1y").reason is Reason.NO_ESTIMATE
    assert figure(release).status is Status.SHOWN  # a total may well be 0


def test_every_statistic_of_the_catalogue_is_shown_for_an_even_consortium():
    assert {found.status for found in released(aggregate()).figures} == {Status.SHOWN}


def test_the_released_slots_are_those_of_shown_figures_only():
    withheld = {"volume.bookers", "geography.residence", "booking.lead_time"}
    release = released(aggregate(), objected=withheld)
    for statistic in LAYOUT.statistics:
        for leaf in statistic.leaves:
            hidden = set(release.noised[LAYOUT.slots(leaf)]) == {None}
            assert hidden is (statistic.key in withheld)


def test_a_leaf_of_a_shown_figure_is_released_though_another_figure_reads_it_too():
    release = released(aggregate(booking_online_share=4))
    slots = {leaf: release.noised[LAYOUT.slots(leaf)] for leaf in LAYOUT.leaves}
    online = CATALOGUE["booking.online_share"].measure
    assert slots[online.whole] != (None,)  # attendances shows it
    assert slots[online.part] == (None,)


def test_canaries_and_contributor_flags_are_never_released():
    release = released(aggregate())
    assert set(release.noised[: LAYOUT.flags.stop]) == {None}
    assert LAYOUT.flags.start == CANARIES


def test_a_total_comes_in_its_own_unit_with_a_95_per_cent_interval():
    release = released(aggregate())
    found, scale = figure(release), PLAN.scale(LAYOUT.blocks[0].family)
    variance = 6 * read_fraction(scale.share_variance) / scale.grid**2
    assert float(found.estimate) == 6 * 4000
    assert float(found.high) - float(found.estimate) == pytest.approx(
        1.959964 * float(variance) ** 0.5, abs=1e-5
    )
    assert float(found.estimate) - float(found.low) == pytest.approx(
        float(found.high) - float(found.estimate), abs=2e-6
    )


def test_fewer_reporters_bring_less_noise_and_narrower_intervals():
    six, four = released(aggregate()), released(aggregate(), members=4)
    assert float(figure(four).high) < float(figure(six).high)
    assert read_fraction(four.variances[0]) * 6 == read_fraction(six.variances[0]) * 4


def test_money_comes_in_major_units():
    price = figure(released(aggregate()), "money.average_ticket_price")
    assert float(price.estimate) == 0.5  # one step of 50 cents a ticket
    assert float(price.low) < 0.5 < float(price.high)


def test_a_histogram_has_a_cell_with_an_interval_for_each_code():
    residence = figure(released(aggregate()), "geography.residence")
    assert residence.estimate is None
    assert tuple(c.code for c in residence.cells) == CATALOGUE[residence.key].measure.of.codes
    assert all(float(c.low) < 24_000 < float(c.high) for c in residence.cells)


def test_the_released_slots_suffice_to_recompute_a_figure():
    release = released(aggregate() + np.arange(LAYOUT.width))
    leaf = CATALOGUE[ATTENDANCES].measure.of
    grid = PLAN.scale(leaf.family).grid
    assert float(figure(release).estimate) == pytest.approx(
        release.noised[LAYOUT.slots(leaf).start] / grid, abs=1e-6
    )


def test_a_release_says_what_it_cost_and_what_that_means():
    release = released(aggregate())
    rho = PLAN.figures_rho + read_fraction(PLAN.gate_rho)
    assert read_fraction(release.rho) == rho == Fraction(9, 100)
    assert float(release.epsilon) == epsilon(rho, DELTA)
    assert [float(e) for e in release.group_epsilon] == [epsilon(m * m * rho) for m in GROUPS]
    assert (release.plan, release.roster) == (PLAN.digest, CONSORTIUM.roster.digest)


def test_the_number_of_participants_is_a_band():
    assert released(aggregate()).participants == "5-9"


def test_a_releases_digest_covers_every_word_of_it():
    release = released(aggregate())
    assert Release.from_json(release.to_json()).digest == release.digest
    for changes in ({"released_at": 0}, {"participants": "3-4"}, {"noised": release.noised[:-1]}):
        assert altered(release, **changes).digest != release.digest
