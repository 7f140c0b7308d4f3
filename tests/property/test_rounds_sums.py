"""Promise: whoever reports, the opened sum is the plaintext sum; below the minimum, nothing is."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.consortium import (
    NAMES,
    a_consortium,
    exact_sum,
    open_sum,
    pads_of,
    reported,
    step_all,
)

from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.rounds.events import ClockTicked, GaveUp, Launched, OfferJob, Summed
from foyer_protocol.rounds.helper import HelperState
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.masking import mask, unmask
from foyer_protocol.simulate import NOON

CONSORTIUM = a_consortium("volume.attendances", "volume.bookers", "loyalty.retention_1y")
ENOUGH = [group for size in (4, 5, 6) for group in combinations(NAMES, size)]
TOO_FEW = [group for size in (0, 1, 2, 3) for group in combinations(NAMES, size)]


def exact_reports(reporters):
    """Reports of vectors without noise: noise is subtracted by never having been added."""
    job = CONSORTIUM.job()
    reports = {
        name: CONSORTIUM.report(
            name, job, exact_vector(job.plan, CONSORTIUM.parties[name].contribution)
        )
        for name in reporters
    }
    return job, reports


@pytest.mark.parametrize("reporters", ENOUGH, ids=lambda group: f"{len(group)} report")
def test_without_noise_the_opened_sum_is_the_plaintext_sum(reporters):
    for party in CONSORTIUM.parties.values():
        party.memory = HelperState()  # no round of others before this one
    end = open_sum(CONSORTIUM, *exact_reports(reporters))
    assert isinstance(end, Summed)
    assert end.members == reporters
    assert end.aggregate.tolist() == exact_sum(CONSORTIUM, reporters).tolist()


@pytest.mark.parametrize("reporters", TOO_FEW, ids=lambda group: f"{len(group)} report")
def test_below_the_minimum_cohort_the_sum_gives_up_and_no_helper_is_asked(reporters):
    job, reports = exact_reports(reporters)
    _, effects = step_all(
        CONSORTIUM.state(job), Launched(), *reported(reports), ClockTicked(now=NOON)
    )
    assert effects == [OfferJob(to=NAMES), GaveUp(reason="too-few-nodes")]


@given(
    bits=st.sampled_from([32, 64]),
    seed=st.integers(0, 2**32),
    reporters=st.sets(st.sampled_from(NAMES), min_size=1).map(sorted),
)
@settings(max_examples=25, deadline=None)
def test_masks_cancel_for_every_word_and_every_set_of_reporters(bits, seed, reporters):
    job = CONSORTIUM.job(bits=bits)
    rng = np.random.default_rng(seed)
    vectors = {name: rng.integers(-(2**28), 2**28, job.width) for name in reporters}
    hidden = {
        name: mask(job, CONSORTIUM.roster, name, vector, system_entropy)
        for name, vector in vectors.items()
    }
    pads = [pads_of(CONSORTIUM, job, hidden, helper) for helper in CONSORTIUM.roster.committee]
    opened = unmask(job, [masked.masked for masked in hidden.values()], pads)
    assert opened.tolist() == sum(vectors.values()).tolist()
