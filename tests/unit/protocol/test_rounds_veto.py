"""Promise: an institution that dominates a figure stops it, and one that does not, does not.

One visitor's presence moves a look by less than its noise: the price is `gate_rho`.
"""

from fractions import Fraction

import numpy as np
import pytest
from tests.support.consortium import a_consortium, a_plan, even

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import CANARIES
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.kinds.veto import gate_variances, make_job, objections, vector, weigh

PLAN = a_plan()
CONSORTIUM = a_consortium(plan=PLAN)
LAYOUT = PLAN.layout()
LOOKS = 400
MINE = 4000


def veto_about(share_percent):
    """A veto about totals of which 4,000 in every slot is `share_percent` per cent."""
    parent = CONSORTIUM.job()
    whole = exact_vector(PLAN, even(PLAN, MINE)) * 100 // share_percent
    return make_job(parent, whole, "ab" * 32, job_id="0" * 32, reports_until=1, expires_at=2)


def rate_of_objections(share_percent, looks=LOOKS):
    """How often an institution of that share objects, by statistic."""
    job = veto_about(share_percent)
    objected = [
        objections(PLAN, vector(job, even(PLAN, MINE), system_entropy)) for _ in range(looks)
    ]
    return {key: sum(key in o for o in objected) / looks for key in PLAN.statistics}


def test_a_dominant_institution_objects_and_a_tenth_does_not():
    """The least sure look, at 4,000 tickets, has a deviation of 748: 2.4 and 21 deviations."""
    assert min(rate_of_objections(90).values()) > 0.9
    assert max(rate_of_objections(10).values()) == 0


def test_at_the_cap_itself_the_noise_decides():
    rates = {
        key: rate
        for cap in (25, 50)
        for key, rate in rate_of_objections(cap).items()
        if CATALOGUE[key].dominance_cap == cap
    }
    assert set(rates) == set(PLAN.statistics)
    # Fair coins: outside 0.36 … 0.64 of 400 with a chance below 10⁻⁷ each.
    assert all(0.36 < rate < 0.64 for rate in rates.values()), rates


def test_statistics_with_the_same_weight_are_judged_by_one_look():
    job = veto_about(50)
    same = {"volume.attendances", "booking.online_share", "maturity.capture_rate"}
    for _ in range(50):
        objected = objections(PLAN, vector(job, even(PLAN, MINE), system_entropy))
        assert len(objected & same) in (0, 3)


def test_the_looks_together_cost_the_price_of_the_gate():
    """Σ Δ²/2v over the weights is `gate_rho`, exactly [BS16, lemma 1.7]."""
    spent = Fraction(0)
    for leaf, variance in gate_variances(PLAN).items():
        moved = 1 if "lead" in leaf.family else leaf.squared_sensitivity
        spent += Fraction(moved) / (2 * variance)
    assert spent == read_fraction(PLAN.gate_rho)


def test_a_look_has_the_planned_variance():
    """z-test, two-sided: a false alarm in 10⁶."""
    weight = CATALOGUE["volume.attendances"].weight
    variance = float(gate_variances(PLAN)[weight])
    # Objections at the cap and one deviation above it tell the noise's deviation.
    grid = PLAN.scale(weight.family).grid
    own_total = 2 * (MINE - round(variance**0.5))
    job = veto_about(50)
    place = PLAN.statistics.index("volume.attendances")
    totals = list(job.totals)
    totals[place] = own_total * grid
    job = type(job)(**{**dict(job), "totals": tuple(totals)})
    looks = 2000
    hits = sum(
        "volume.attendances" in objections(PLAN, vector(job, even(PLAN, MINE), system_entropy))
        for _ in range(looks)
    )
    expected = 0.8413  # Φ(1)
    z = (hits / looks - expected) / (expected * (1 - expected) / looks) ** 0.5
    assert abs(z) < 4.9


def test_a_tree_weighs_its_units_once():
    leaf = CATALOGUE["booking.lead_time"].weight
    assert weigh(leaf, (1, 2, 3, 4) + (9,) * (leaf.width - 4)) == 10


def test_a_histogram_weighs_all_its_cells():
    leaf = CATALOGUE["geography.residence"].weight
    assert weigh(leaf, (2,) * leaf.width) == 2 * leaf.width


def test_canaries_stand_before_the_words():
    words = vector(veto_about(10), even(PLAN, MINE), system_entropy)
    assert words[:CANARIES].tolist() == [1] * CANARIES
    assert words.shape == (LAYOUT.flags.stop,)


def test_a_total_that_the_noise_drove_below_zero_is_objected_to():
    job = make_job(
        CONSORTIUM.job(),
        -exact_vector(PLAN, even(PLAN, MINE)),
        "ab" * 32,
        job_id="0" * 32,
        reports_until=1,
        expires_at=2,
    )
    objected = objections(PLAN, vector(job, even(PLAN, MINE), system_entropy))
    assert objected == set(PLAN.statistics)


def test_an_objection_is_a_uniform_word():
    """Mean of the words' bits: 64 · 300 fair coins, |z| < 4.9 but for a chance of 10⁻⁶."""
    job = veto_about(99)
    place = CANARIES + PLAN.statistics.index("volume.bookers")
    words = [vector(job, even(PLAN, MINE), system_entropy)[place] for _ in range(300)]
    bits = np.unpackbits(np.array(words, dtype=np.int64).view(np.uint8))
    z = (bits.mean() - 0.5) / (0.25 / bits.size) ** 0.5
    assert abs(z) < 4.9


@pytest.mark.parametrize("word", [1, -1, 2**63 - 1, -(2**63)])
def test_any_word_but_zero_is_an_objection(word):
    total = np.zeros(LAYOUT.flags.stop, dtype=np.int64)
    total[CANARIES] = word
    assert objections(PLAN, total) == {PLAN.statistics[0]}
