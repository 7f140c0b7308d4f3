"""Promise: claims C1 to C5 of the protocol hold where helpers may fall silent.

The adversary is the coordinator with c helpers and any nodes. It gets every key of the
corrupt helpers, every escrow share that honest helpers can be made to give, and every
answer. The argument is in `protocol/README.md`; nobody outside has reviewed it yet.
"""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st
from tests.support.committees import (
    a_committee,
    asked_of,
    exact_reports,
    house,
    packet_of,
    shares_of,
)
from tests.support.consortium import altered, exact_sum
from tests.support.uniformity import look_uniform

from foyer_protocol.crypto.escrow import combine, draw_element
from foyer_protocol.crypto.pads import add_pads, pad_key
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.crypto.ring import from_bytes
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.escrow import EscrowRequest, SignedAck
from foyer_protocol.messages.report import PURPOSE, SignedHeader
from foyer_protocol.messages.unmask import ACK_PURPOSE
from foyer_protocol.rounds.helper import HelperState, admit, answer
from foyer_protocol.rounds.masking import context, unmask
from foyer_protocol.rounds.profiles import FIVE, PROFILES

TOLERANT = [profile for profile in PROFILES if profile.silent]
WIDE = a_committee(FIVE, "booking.lead_time", "geography.residence", "volume.attendances", others=1)
COMMITTEE = WIDE.roster.committee
CORRUPT, HONEST = COMMITTEE[:2], COMMITTEE[2:]
TARGET = house(5)
REPEATS = 12
"""Reports that are looked at together, so that the χ² has some 40,000 bytes."""


@pytest.fixture(autouse=True)
def forgetful():
    """Helpers remember one test only."""
    for party in WIDE.parties.values():
        party.memory = HelperState()


def key_of(report, job, seed):
    """The pad key of a seed in a report."""
    header = report.signed.header
    return pad_key(seed, context(job, header.institution, bytes.fromhex(header.nonce)))


def less(report, job, seeds):
    """The masked vector less the pads of `seeds`."""
    words = from_bytes(report.masked, job.bits, job.width)
    add_pads(words, [key_of(report, job, seed) for seed in seeds], subtract=True)
    return words


def forged_ack(request, helper, chosen_set):
    """What a corrupt helper signs: any set at all."""
    model = request.acks[0].ack
    ack = altered(model, helper=helper, set=chosen_set)
    signature = WIDE.parties[helper].identity.sign(ACK_PURPOSE, ack.to_json())
    return SignedAck(ack=ack, signature=signature)


def families_within_reach(served, profile):
    """How many honest helpers' seeds are known: c shares each, and those `served`."""
    counts = [served.count(family) for family in range(profile.helpers - profile.corrupt)]
    return sum(profile.corrupt + count >= profile.threshold for count in counts)


def test_c1_some_honest_helpers_seeds_stay_out_of_reach_whomever_the_others_serve():
    """Every choice of one dead helper, or none, by each of the three honest of five."""
    honest = range(FIVE.helpers - FIVE.corrupt)
    for choice in product((None, *honest), repeat=len(honest)):
        served = [dead for place, dead in enumerate(choice) if dead not in (None, place)]
        assert families_within_reach(served, FIVE) < len(honest)


@settings(max_examples=300)
@given_any(st.sampled_from(TOLERANT), st.data())
def test_c1_some_honest_helpers_seeds_stay_out_of_reach_in_every_profile(profile, data):
    honest = profile.helpers - profile.corrupt
    served = []
    for place in range(honest):
        others = [one for one in range(honest) if one != place]
        # The adversary does best by piling shares on as few families as it can.
        favoured = sorted(others, key=lambda one: data.draw(st.integers(0, 2)))
        served += favoured[: data.draw(st.integers(0, profile.silent))]
    assert families_within_reach(served, profile) < honest
    assert profile.silent * honest // (profile.threshold - profile.corrupt) < honest


@pytest.mark.parametrize("profile", TOLERANT, ids=lambda profile: profile.name)
def test_c1_would_fail_with_a_threshold_of_c_plus_f(profile):
    """The limit: proof that the tests above could fail."""
    honest = profile.helpers - profile.corrupt
    low = profile.corrupt + profile.silent
    served = [
        (place + by) % honest for place in range(honest) for by in range(1, profile.silent + 1)
    ]
    assert all(profile.corrupt + served.count(family) >= low for family in range(honest))


def attack(job, reports):
    """The best that can be had: one honest helper called dead, the other two serve it."""
    dead = HONEST[2]
    asked = asked_of(WIDE, job, reports, (dead,))
    given = {name: shares_of(WIDE, asked[name], name).shares for name in HONEST[:2]}
    known = {}
    for row, name in enumerate(sorted(reports)):
        shares = {
            COMMITTEE.index(c) + 1: packet_of(WIDE, job, reports[name], c).shares[4]
            for c in CORRUPT
        }
        shares |= {COMMITTEE.index(h) + 1: given[h][row] for h in given}
        known[name] = [packet_of(WIDE, job, reports[name], c).seed for c in CORRUPT]
        known[name].append(combine(shares, FIVE.threshold))
    return known


def test_c1_with_c_corrupt_helpers_and_f_recovered_a_report_is_uniform():
    left = []
    for _ in range(REPEATS):
        job = WIDE.job()
        reports = WIDE.reports(job, COMMITTEE)
        zeros = np.zeros(job.width, dtype=np.int64)
        reports[TARGET] = WIDE.report(TARGET, job, zeros)
        seeds = attack(job, reports)[TARGET]
        assert seeds[2] == packet_of(WIDE, job, reports[TARGET], HONEST[2]).seed
        left.append(less(reports[TARGET], job, seeds))
    assert look_uniform(left)


def test_c1_with_the_seeds_of_every_helper_a_report_is_open():
    """The limit of the guarantee, and proof that the test above could fail."""
    job = WIDE.job()
    vector = np.arange(job.width, dtype=np.int64)
    report = WIDE.report(TARGET, job, vector)
    seeds = [packet_of(WIDE, job, report, helper).seed for helper in COMMITTEE]
    assert less(report, job, seeds).tolist() == vector.tolist()


@pytest.mark.parametrize("wanted", HONEST)
def test_c1_one_share_below_the_threshold_leaves_an_honest_helpers_pads_uniform(wanted):
    """c corrupt and f served shares, T - 1 in all, and every other seed; the last is guessed."""
    place = COMMITTEE.index(wanted)
    left = []
    for _ in range(REPEATS):
        job = WIDE.job()
        report = WIDE.report(TARGET, job, np.zeros(job.width, dtype=np.int64))
        holders = [*CORRUPT, *(h for h in HONEST if h != wanted)][: FIVE.threshold - 1]
        shares = {
            COMMITTEE.index(h) + 1: packet_of(WIDE, job, report, h).shares[place] for h in holders
        }
        shares[place + 1] = draw_element(system_entropy)
        others = [packet_of(WIDE, job, report, h).seed for h in COMMITTEE if h != wanted]
        left.append(less(report, job, [*others, combine(shares, FIVE.threshold)]))
    assert look_uniform(left)


def test_c1_all_that_is_learnt_is_the_sum_of_the_one_set_that_was_answered():
    job = WIDE.job()
    reports = exact_reports(WIDE, job, WIDE.parties)
    known = attack(job, reports)
    words = [less(reports[name], job, known[name]) for name in sorted(reports)]
    pads = [
        answer(
            WIDE.request(job, reports, helper), WIDE.roster, helper,
            WIDE.parties[helper].identity, WIDE.parties[helper].helper_key,
        ).pads
        for helper in HONEST[:2]
    ]  # fmt: skip
    opened = unmask(job, [one.tobytes() for one in words], pads)
    assert opened.tolist() == exact_sum(WIDE, sorted(reports)).tolist()
    fewer = {name: reports[name] for name in reports if name != TARGET}
    for helper in HONEST[:2]:
        with pytest.raises(RemoteProtocolError, match="answers once"):
            WIDE.answer(WIDE.request(job, fewer, helper), helper)


@pytest.mark.parametrize("profile", TOLERANT, ids=lambda profile: profile.name)
def test_c2_two_sets_never_both_have_enough_acks(profile):
    """However the honest are divided; the corrupt sign both."""
    honest, needed = profile.helpers - profile.corrupt, profile.helpers - profile.silent
    for first in range(honest + 1):
        acks = (first + profile.corrupt, honest - first + profile.corrupt)
        assert sum(count >= needed for count in acks) <= 1


def test_c2_where_two_sets_were_answered_one_at_most_is_recovered():
    """Two honest answered one set and one the other; the corrupt ack both."""
    job = WIDE.job()
    reports = WIDE.reports(job, WIDE.parties)
    fewer = {name: reports[name] for name in reports if name != TARGET}
    asked = asked_of(WIDE, job, reports, (HONEST[2],))
    WIDE.answer(WIDE.request(job, fewer, HONEST[2]), HONEST[2])
    for helper in HONEST[:2]:
        shares_of(WIDE, asked[helper], helper)
    other_set = WIDE.parties[HONEST[2]].memory.answered[job.job_id].set_digest
    other = WIDE.request(job, fewer, HONEST[2])
    own = WIDE.parties[HONEST[2]]
    mine = answer(other, WIDE.roster, own.name, own.identity, own.helper_key)
    acks = (
        *(forged_ack(asked[HONEST[0]], helper, other_set) for helper in CORRUPT),
        SignedAck(ack=mine.ack, signature=mine.signature),
    )
    of_other = replace(asked[HONEST[0]], unmask=other, acks=acks, silent=HONEST[:2])
    with pytest.raises(RemoteProtocolError, match="2 helpers are called silent"):
        shares_of(WIDE, of_other, HONEST[2])
    posed = replace(
        of_other,
        acks=(*acks, asked[HONEST[0]].acks[2]),  # an honest ack, but of the first set
        silent=HONEST[1:2],
    )
    with pytest.raises(RemoteProtocolError, match="answered another set"):
        shares_of(WIDE, posed, HONEST[2])


def test_c3_a_node_restored_from_a_backup_uses_no_pad_and_no_share_twice():
    job, here = WIDE.job(), WIDE.parties[TARGET]
    before = here.ledger
    first = WIDE.report(TARGET, job)
    here.ledger = before  # as a backup would have it
    second = WIDE.report(TARGET, job)
    assert first.signed.header.counter == second.signed.header.counter
    assert first.signed.header.nonce != second.signed.header.nonce
    for helper in COMMITTEE:
        one, two = (packet_of(WIDE, job, report, helper) for report in (first, second))
        assert not {one.seed, *one.shares} & {two.seed, *two.shares}
    difference = []
    for _ in range(REPEATS):
        pair = []
        for _ in "ab":
            here.ledger = before
            report = WIDE.report(TARGET, job, np.zeros(job.width, dtype=np.int64))
            pair.append(from_bytes(report.masked, job.bits, job.width))
        difference.append(pair[0] - pair[1])
    assert look_uniform(difference)


def test_c4_a_late_or_excluded_report_stays_masked_for_ever():
    """After the sum was opened by escrow, nobody serves the report, and it is uniform."""
    left = []
    for number in range(REPEATS):
        job = WIDE.job()
        zeros = np.zeros(job.width, dtype=np.int64)
        late = WIDE.report(TARGET, job, zeros)
        reports = WIDE.reports(job, COMMITTEE)
        attack(job, reports)
        seeds = [packet_of(WIDE, job, late, helper).seed for helper in CORRUPT]
        left.append(less(late, job, seeds))
        if number == 0:
            nobody_serves(job, reports, late)
    assert look_uniform(left)


def nobody_serves(job, reports, late):
    """Neither pads nor shares of a set with the late report, by those who answered."""
    for chosen in ({**reports, TARGET: late}, {**dict(list(reports.items())[2:]), TARGET: late}):
        for helper in HONEST[:2]:
            request = WIDE.request(job, chosen, helper)
            with pytest.raises(RemoteProtocolError, match="answers once"):
                admit(WIDE.parties[helper].memory, request, WIDE.roster)
            asked = asked_again(job, reports, helper)
            with pytest.raises(RemoteProtocolError, match="was not answered for these reports"):
                shares_of(WIDE, replace(asked, unmask=request), helper)


def asked_again(job, reports, helper):
    """The escrow request that `helper` served."""
    acks = []
    for name in COMMITTEE[:4]:
        party = WIDE.parties[name]
        request = WIDE.request(job, reports, name)
        one = answer(request, WIDE.roster, name, party.identity, party.helper_key)
        acks.append(SignedAck(ack=one.ack, signature=one.signature))
    unmask_request = WIDE.request(job, reports, helper)
    return EscrowRequest(unmask=unmask_request, acks=tuple(acks), silent=(COMMITTEE[4],))


def test_c5_a_report_under_another_name_opens_for_no_helper():
    """Neither the seed nor the shares beside it: both are sealed to job, node and nonce."""
    job = WIDE.job()
    report = WIDE.report(TARGET, job)
    thief = WIDE.parties[house(4)]
    header = altered(report.signed.header, institution=thief.name)
    signed = SignedHeader(header=header, signature=thief.identity.sign(PURPOSE, header.to_json()))
    copied = replace(report, signed=signed)
    for helper in COMMITTEE:
        packet_of(WIDE, job, report, helper)
        with pytest.raises(RemoteProtocolError, match="does not open"):
            packet_of(WIDE, job, copied, helper)


def test_c5_a_report_carried_to_another_job_opens_for_no_helper():
    job, other = WIDE.job(), WIDE.job()
    report = WIDE.report(TARGET, job)
    header = altered(report.signed.header, job_id=other.job_id, job_digest=other.digest.hex())
    identity = WIDE.parties[TARGET].identity
    signed = SignedHeader(header=header, signature=identity.sign(PURPOSE, header.to_json()))
    for helper in COMMITTEE:
        with pytest.raises(RemoteProtocolError, match="does not open"):
            packet_of(WIDE, other, replace(report, signed=signed), helper)
