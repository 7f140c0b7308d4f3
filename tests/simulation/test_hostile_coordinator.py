"""Promise: whatever the coordinator asks, one sum of at least the minimum cohort is all it gets.

It knows every public value and, here, the secrets of all helpers but one. The χ² tests are
on bytes, 255 degrees of freedom; each raises a false alarm with a chance of 10⁻⁶.
"""

import numpy as np
import pytest
from tests.support.consortium import NAMES, a_consortium, exact_sum, open_sum
from tests.support.uniformity import look_uniform

from foyer_protocol.crypto.pads import add_pads, pad_key
from foyer_protocol.crypto.ring import from_bytes, to_signed
from foyer_protocol.crypto.sealing import open_sealed
from foyer_protocol.dp.ledger import Ledger
from foyer_protocol.errors import CohortTooSmall, RemoteProtocolError
from foyer_protocol.messages.codec import read_fraction, unpack
from foyer_protocol.rounds.events import Summed
from foyer_protocol.rounds.helper import HelperState
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.masking import context, seal_info, unmask
from foyer_protocol.simulate import make_network

WIDE = a_consortium("booking.lead_time", "geography.residence", "volume.attendances")
REPEATS = 12
"""Sums or reports that are looked at together, so that the χ² has some 40,000 bytes."""


def new_helpers():
    """Helpers that remember nothing."""
    for party in WIDE.parties.values():
        party.memory = HelperState()


@pytest.fixture(autouse=True)
def another_town():
    new_helpers()


def split_view():
    """Two helpers answer about all six, the third about the last five: its exact opening."""
    job = WIDE.job()
    reports = {
        name: WIDE.report(name, job, exact_vector(job.plan, WIDE.parties[name].contribution))
        for name in NAMES
    }
    fewer = {name: reports[name] for name in NAMES[1:]}
    views = {"aros": reports, "brandts": reports, "ccb": fewer}
    pads = [WIDE.answer(WIDE.request(job, view, h), h).pads for h, view in views.items()]
    return [
        unmask(job, [report.masked for report in view.values()], pads) for view in (reports, fewer)
    ]


def test_two_views_of_one_job_open_to_uniform_words_and_never_to_a_sum():
    for of_all, of_fewer in (openings := [split_view() for _ in range(REPEATS)]):
        assert not np.any(of_all == exact_sum(WIDE))
        assert not np.any(of_fewer == exact_sum(WIDE, NAMES[1:]))
    assert look_uniform([of_all for of_all, _ in openings])
    assert look_uniform([of_fewer for _, of_fewer in openings])


def test_the_difference_of_two_sets_cannot_be_asked_for():
    job = WIDE.job()
    reports = WIDE.reports(job)
    WIDE.answers(job, reports)
    fewer = {name: reports[name] for name in NAMES[1:]}
    for helper in WIDE.roster.committee:
        with pytest.raises(RemoteProtocolError, match="answers once"):
            WIDE.answer(WIDE.request(job, fewer, helper), helper)


def without_the_known_pads(report, job, corrupt):
    """A masked vector less the pads of the `corrupt` helpers, who told the coordinator."""
    header = report.signed.header
    bound = context(job, header.institution, bytes.fromhex(header.nonce))
    keys = []
    for helper in corrupt:
        position, key = WIDE.roster.committee.index(helper), WIDE.parties[helper].helper_key
        (seed,) = unpack(open_sealed(report.sealed[position], key, seal_info(bound, helper)))
        keys.append(pad_key(seed, bound))
    words = from_bytes(report.masked, job.bits, job.width)
    add_pads(words, keys, subtract=True)
    return words


@pytest.mark.parametrize("honest", WIDE.roster.committee)
def test_with_all_helpers_but_one_corrupt_a_report_is_uniform(honest):
    corrupt = [helper for helper in WIDE.roster.committee if helper != honest]
    job = WIDE.job()
    zeros = np.zeros(job.width, dtype=np.int64)
    left = [
        without_the_known_pads(WIDE.report("folkwang", job, zeros), job, corrupt)
        for job in (WIDE.job() for _ in range(REPEATS))
    ]
    assert look_uniform(left)


def test_with_every_helper_corrupt_a_report_is_open():
    """The limit of the guarantee, and proof that the test above could fail."""
    job = WIDE.job()
    vector = np.arange(job.width, dtype=np.int64)
    report = WIDE.report("folkwang", job, vector)
    assert without_the_known_pads(report, job, WIDE.roster.committee).tolist() == vector.tolist()


def test_a_missing_helpers_pads_leave_uniform_words():
    opened = []
    for _ in range(REPEATS):
        job = WIDE.job()
        reports = WIDE.reports(job)
        pads = [
            WIDE.answer(WIDE.request(job, reports, helper), helper).pads
            for helper in WIDE.roster.committee[1:]
        ]
        opened.append(unmask(job, [report.masked for report in reports.values()], pads))
    assert look_uniform(opened)


def test_a_node_restored_from_a_backup_never_uses_a_pad_twice():
    left, here = [], a_consortium(plan=WIDE.plan)
    for _ in range(REPEATS):
        job = here.job()
        first = here.report("dox", job, np.zeros(job.width, dtype=np.int64))
        here.parties["dox"].ledger = Ledger()
        second = here.report("dox", job, np.ones(job.width, dtype=np.int64))
        one, two = (from_bytes(r.masked, job.bits, job.width) for r in (first, second))
        left.append(to_signed(one - two))
    assert look_uniform(left)


def test_a_node_does_not_take_up_a_job_of_another_roster():
    elsewhere, _ = make_network({name: party.contribution for name, party in WIDE.parties.items()})
    job = WIDE.job(roster=elsewhere.digest)
    refused = WIDE.parties["dox"].report(job, WIDE.roster, bytes)
    assert refused.code == "protocol-violation"


def test_an_honest_coordinator_gets_the_sum_of_the_same_parties():
    job = WIDE.job()
    reports = {
        name: WIDE.report(name, job, exact_vector(job.plan, WIDE.parties[name].contribution))
        for name in NAMES
    }
    end = open_sum(WIDE, job, reports)
    assert isinstance(end, Summed)
    assert end.aggregate.tolist() == exact_sum(WIDE).tolist()


def test_a_second_sum_without_one_institution_is_refused_by_every_helper():
    """The difference would show its total to within the noise, which hides visitors only."""
    first = WIDE.job()
    assert isinstance(open_sum(WIDE, first, WIDE.reports(first)), Summed)
    second = WIDE.job()
    reports = WIDE.reports(second, NAMES[:5])
    for helper in WIDE.roster.committee:
        with pytest.raises(CohortTooSmall, match="the difference would leave 1"):
            WIDE.answer(WIDE.request(second, reports, helper), helper)


def test_with_every_helper_corrupt_two_sums_show_an_institution_to_within_noise():
    """The limit: helpers that forget what they answered. Each job is charged in full."""
    ends = []
    for reporters in (NAMES, NAMES[:5]):
        new_helpers()
        job = WIDE.job()
        ends.append(open_sum(WIDE, job, WIDE.reports(job, reporters)).aggregate)
    own = exact_vector(WIDE.plan, WIDE.parties["folkwang"].contribution)
    leaf = WIDE.plan.layout().leaves[0]
    slot = WIDE.plan.layout().slots(leaf).start
    scale = WIDE.plan.scale(leaf.family)
    deviation = float(11 * read_fraction(scale.share_variance)) ** 0.5
    assert abs(int(ends[0][slot] - ends[1][slot]) - int(own[slot])) < 5.5 * deviation


def test_if_all_other_reporters_tell_what_they_sent_the_last_one_is_open():
    job = WIDE.job()
    vectors = {name: np.full(job.width, place) for place, name in enumerate(NAMES)}
    for vector in vectors.values():
        vector[:4] = 1
    reports = {name: WIDE.report(name, job, vector) for name, vector in vectors.items()}
    end = open_sum(WIDE, job, reports)
    others = sum(vector for name, vector in vectors.items() if name != "folkwang")
    assert (end.aggregate - others).tolist() == vectors["folkwang"].tolist()
