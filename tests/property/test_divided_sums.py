"""Promise: however a cohort is divided, its groups add up, and a division into one is none."""

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.consortium import Consortium, a_consortium, a_plan, pads_of

from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.rounds.grouping import divide, unmask_groups
from foyer_protocol.rounds.masking import mask, total_of, unmask


@cache
def consortium(groups: int) -> Consortium:
    statistics = ("volume.attendances", "volume.bookers")
    return a_consortium(*statistics, plan=a_plan(*statistics, groups=groups))


@given(
    bits=st.sampled_from([32, 64]),
    seed=st.integers(0, 2**32),
    groups=st.integers(1, 6),
    drawn=st.binary(min_size=32, max_size=32),
)
@settings(max_examples=40, deadline=None)
def test_each_group_opens_to_its_own_sum_and_the_groups_to_the_total(bits, seed, groups, drawn):
    here, lot = consortium(groups), drawn.hex()
    job, rng = here.job(bits=bits), np.random.default_rng(seed)
    vectors = {name: rng.integers(-(2**28), 2**28, job.width) for name in sorted(here.parties)}
    hidden = {
        name: mask(job, here.roster, name, vector, system_entropy)
        for name, vector in vectors.items()
    }
    divided = divide(lot, vectors, groups)
    pads = [
        b"".join(
            pads_of(here, job, {name: hidden[name] for name in group}, helper) for group in divided
        )
        for helper in here.roster.committee
    ]
    masked = {name: one.masked for name, one in hidden.items()}
    parts = unmask_groups(job, divided, masked, pads)
    for group, part in zip(divided, parts, strict=True):
        assert part.tolist() == sum(vectors[name] for name in group).tolist()
    assert total_of(job, parts).tolist() == sum(vectors.values()).tolist()
    if groups == 1:
        assert parts[0].tolist() == unmask(job, list(masked.values()), pads).tolist()
        whole = [pads_of(here, job, hidden, helper) for helper in here.roster.committee]
        assert pads == whole  # byte for byte what an undivided job is answered
