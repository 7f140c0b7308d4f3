"""Promise: shares are given for the set a helper answered and for one dead set, or not at all.

Every refusal leaves the helper's memory as it was: `admit_escrow` returns a new one or raises.
"""

from dataclasses import replace

import pytest
from tests.support.committees import (
    PATIENCE,
    a_committee,
    asked_of,
    exact_reports,
    given,
    house,
    packet_of,
    recovering,
    resigned,
    shares_of,
)
from tests.support.consortium import EXPIRES, altered, exact_sum, step_all

from foyer_protocol.crypto.escrow import SHARE_BYTES, split
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.crypto.sealing import seal
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.codec import pack
from foyer_protocol.messages.escrow import EscrowRequest, SignedAck
from foyer_protocol.messages.report import PURPOSE, Report, SignedHeader, content_digest
from foyer_protocol.messages.unmask import ACK_PURPOSE
from foyer_protocol.rounds import masking
from foyer_protocol.rounds.coordinator import escrow_requests, step
from foyer_protocol.rounds.events import (
    AnswerArrived,
    AskEscrow,
    ClockTicked,
    EscrowArrived,
    GaveUp,
    RefusalArrived,
    ReportArrived,
    Summed,
)
from foyer_protocol.rounds.helper import HelperState, open_packet
from foyer_protocol.rounds.masking import context, seal_info
from foyer_protocol.rounds.phases import Phase
from foyer_protocol.rounds.profiles import EIGHT, FIVE, THREE
from foyer_protocol.rounds.recovery import admit_escrow, recover_keys
from foyer_protocol.simulate import NOON

HELPER, LAST = house(0), house(4)


@pytest.fixture
def here():
    return a_committee(FIVE)


@pytest.fixture
def job(here):
    return here.job()


@pytest.fixture
def reports(here, job):
    return exact_reports(here, job, here.parties)


@pytest.fixture
def asked(here, job, reports):
    return asked_of(here, job, reports, (LAST,))[HELPER]


def refused(here, request, match, helper=HELPER):
    memory = here.parties[helper].memory
    with pytest.raises(RemoteProtocolError, match=match):
        admit_escrow(memory, request, here.roster, helper)
    assert here.parties[helper].memory == memory


def ack_about(here, request, place, sign_as=None, **changes):
    """The request with another ack in one place, signed by its helper or by `sign_as`."""
    one = request.acks[place]
    ack = altered(one.ack, **changes)
    identity = here.parties[sign_as or ack.helper].identity
    other = SignedAck(ack=ack, signature=identity.sign(ACK_PURPOSE, ack.to_json()))
    return replace(request, acks=(*request.acks[:place], other, *request.acks[place + 1 :]))


class TestRequests:
    def test_a_lawful_request_is_served_and_remembered(self, here, asked, job, reports):
        answer = shares_of(here, asked, HELPER)
        assert here.parties[HELPER].memory.answered[job.job_id].escrowed == (LAST,)
        assert answer.shares == tuple(
            packet_of(here, job, reports[name], HELPER).shares[4] for name in sorted(reports)
        )

    def test_the_same_request_twice_is_answered_the_same(self, here, asked):
        first = shares_of(here, asked, HELPER)
        memory = here.parties[HELPER].memory
        assert shares_of(here, asked, HELPER).to_bytes() == first.to_bytes()
        assert here.parties[HELPER].memory == memory

    def test_the_order_in_which_the_coordinator_lists_reports_does_not_matter(self, here, asked):
        unmask = asked.unmask
        turned = replace(unmask, headers=unmask.headers[::-1], sealed=unmask.sealed[::-1])
        straight = shares_of(here, asked, HELPER)
        assert shares_of(here, replace(asked, unmask=turned), HELPER) == straight

    def test_a_job_that_was_not_answered_is_refused(self, here, asked):
        with pytest.raises(RemoteProtocolError, match="was not answered for these reports"):
            admit_escrow(HelperState(), asked, here.roster, HELPER)

    def test_another_set_than_the_answered_one_is_refused(self, here, asked):
        unmask = asked.unmask
        fewer = replace(unmask, headers=unmask.headers[1:], sealed=unmask.sealed[1:])
        refused(here, replace(asked, unmask=fewer), "was not answered for these reports")

    def test_a_silent_helpers_own_late_request_is_refused(self, here, job, asked, reports):
        refused(here, asked, "was not answered", helper=LAST)
        here.answer(here.request(job, reports, LAST), LAST)
        refused(here, asked, "'house-04' is called silent, and it answered", helper=LAST)

    def test_nobody_silent_is_refused(self, here, job, reports):
        whole = asked_of(here, job, reports, ())[HELPER]
        refused(here, whole, "0 helpers are called silent; the roster allows 1 to 1")

    def test_more_silent_helpers_than_the_roster_allows_are_refused(self, here, asked):
        more = replace(asked, acks=asked.acks[:-1], silent=(house(3), LAST))
        refused(here, more, "2 helpers are called silent")

    def test_a_helper_who_did_not_answer_and_is_not_named_is_refused(self, here, asked):
        refused(here, replace(asked, acks=asked.acks[:-1]), "exactly the helpers who did not")

    def test_calling_a_helper_silent_who_answered_is_refused(self, here, asked):
        refused(here, replace(asked, silent=(house(2),)), "exactly the helpers who did not")

    def test_one_ack_twice_in_place_of_another_is_refused(self, here, asked):
        twice = replace(asked, acks=(*asked.acks[:-1], asked.acks[0]))
        refused(here, twice, "exactly the helpers who did not")

    def test_a_stranger_called_silent_is_refused(self, here, asked):
        refused(here, replace(asked, silent=("ghost",)), "exactly the helpers who did not")

    def test_an_ack_of_another_set_is_refused(self, here, asked):
        refused(here, ack_about(here, asked, 1, set="0" * 64), "'house-01' answered another set")

    def test_an_ack_of_another_job_is_refused(self, here, asked):
        refused(here, ack_about(here, asked, 1, job_id="0" * 32), "'house-01' answered another")

    def test_an_ack_in_the_silent_helpers_name_is_refused(self, here, asked):
        forged = ack_about(here, asked, 1, sign_as=HELPER, helper=house(1))
        refused(here, forged, "signature")

    def test_an_ack_with_an_altered_signature_is_refused(self, here, asked):
        one = asked.acks[2]
        other = replace(one, signature=one.signature[:-1] + bytes([one.signature[-1] ^ 1]))
        refused(here, replace(asked, acks=(*asked.acks[:2], other, *asked.acks[3:])), "signature")

    def test_a_second_dead_set_for_one_job_is_refused(self, here, job, asked, reports):
        shares_of(here, asked, HELPER)
        late = here.answer(here.request(job, reports, LAST), LAST)
        acks = (*asked.acks[:3], SignedAck(ack=late.ack, signature=late.signature))
        other = replace(asked, acks=acks, silent=(house(3),))
        refused(here, other, "one dead set for each job")

    def test_fewer_dead_than_before_is_a_second_dead_set_too(self):
        here = a_committee(EIGHT)
        job = here.job()
        reports = exact_reports(here, job, list(here.parties)[:4])
        asked = asked_of(here, job, reports, (house(6), house(7)))[HELPER]
        shares_of(here, asked, HELPER)
        late = here.answer(here.request(job, reports, house(6)), house(6))
        acks = (*asked.acks, SignedAck(ack=late.ack, signature=late.signature))
        refused(here, replace(asked, acks=acks, silent=(house(7),)), "one dead set")

    def test_a_roster_with_other_limits_does_not_open_an_old_job(self, here, asked):
        later = altered(here.roster, epoch=2)
        with pytest.raises(RemoteProtocolError, match="the job names roster"):
            admit_escrow(here.parties[HELPER].memory, asked, later, HELPER)

    def test_a_roster_without_silent_helpers_never_serves(self):
        here = a_committee(THREE, others=1)
        job = here.job()
        asked = asked_of(here, job, exact_reports(here, job, here.parties), (house(2),))[HELPER]
        refused(here, asked, "the roster allows 1 to 0")


def dealt_anew(here, job, report, packets):
    """A report whose helpers get other packets, signed by its institution: a bad dealer."""
    header, roster = report.signed.header, here.roster
    bound = context(job, header.institution, bytes.fromhex(header.nonce))
    sealed = tuple(
        seal(packet, bytes.fromhex(roster.member(helper).helper_key), seal_info(bound, helper))
        for helper, packet in zip(roster.committee, packets, strict=True)
    )
    header = altered(header, sealed=tuple(content_digest(part) for part in sealed))
    identity = here.parties[header.institution].identity
    signed = SignedHeader(header=header, signature=identity.sign(PURPOSE, header.to_json()))
    return Report(signed=signed, masked=report.masked, sealed=sealed)


def packets_of(here, job, report):
    return [packet_of(here, job, report, helper) for helper in here.roster.committee]


class TestShares:
    def test_a_dealer_whose_shares_are_not_of_the_committed_seed_is_named(self, here, job, reports):
        parts = packets_of(here, job, reports["house-02"])
        wrong = split(bytes(SHARE_BYTES), FIVE.threshold, FIVE.helpers, system_entropy)
        packets = [
            pack(part.seed, *part.shares[:4], wrong[place]) for place, part in enumerate(parts)
        ]
        reports["house-02"] = dealt_anew(here, job, reports["house-02"], packets)
        state, effects = recovering(here, job, reports, (LAST,))
        shares = given(here, effects)
        with pytest.raises(
            RemoteProtocolError, match="'house-02' committed to for helper 'house-04"
        ):
            recover_keys(job, here.roster, state.members, tuple(one.answer for one in shares))
        state, effects = step_all(state, *shares)
        assert effects == [GaveUp(reason="escrow-failed")]
        assert state.phase is Phase.ABORTED

    def test_a_bad_dealer_stops_nothing_while_nobody_is_silent(self, here, job, reports):
        parts = packets_of(here, job, reports["house-02"])
        packets = [pack(part.seed, *(bytes(SHARE_BYTES),) * FIVE.helpers) for part in parts]
        reports["house-02"] = dealt_anew(here, job, reports["house-02"], packets)
        answers = here.answers(job, reports)
        state, _ = step_all(
            here.state(job, phase=Phase.UNMASKING, reports=reports, chosen=tuple(sorted(reports))),
            *(AnswerArrived(sender=name, answer=answer) for name, answer in answers.items()),
        )
        assert state.phase is Phase.REVIEWING

    @pytest.mark.parametrize(
        "shape",
        [
            lambda part: pack(part.seed),
            lambda part: pack(part.seed, *part.shares[:-1]),
            lambda part: pack(part.seed, *part.shares, part.shares[0]),
            lambda part: pack(part.seed, *part.shares[:-1], part.shares[-1][:-1]),
            lambda part: pack(part.seed[:-1], *part.shares),
        ],
        ids=["no shares", "one too few", "one too many", "a short share", "a short seed"],
    )
    def test_a_packet_of_another_shape_is_refused_and_its_dealer_named(
        self, here, job, reports, shape
    ):
        packets = [shape(part) for part in packets_of(here, job, reports["house-02"])]
        report = dealt_anew(here, job, reports["house-02"], packets)
        key = here.parties[HELPER].helper_key
        with pytest.raises(RemoteProtocolError, match="sealed by 'house-02' has another shape"):
            open_packet(report.signed, report.sealed[0], job, here.roster, HELPER, key)

    def test_where_nobody_may_be_silent_a_packet_with_shares_is_refused(self):
        here = a_committee(THREE, others=1)
        job = here.job()
        report = exact_reports(here, job, here.parties)["house-02"]
        packets = [pack(one.seed, *(one.seed,) * 3) for one in packets_of(here, job, report)]
        assert all(one.shares == () for one in packets_of(here, job, report))
        with pytest.raises(RemoteProtocolError, match="another shape"):
            packet_of(here, job, dealt_anew(here, job, report, packets), HELPER)

    def test_every_threshold_of_holders_gives_every_seed(self, here, job, reports):
        state, effects = recovering(here, job, reports, (LAST,))
        answers = tuple(one.answer for one in given(here, effects))
        expected = [
            masking.pad_key(
                packet_of(here, job, report, LAST).seed,
                context(job, name, bytes.fromhex(report.signed.header.nonce)),
            )
            for name, report in sorted(reports.items())
        ]
        assert recover_keys(job, here.roster, state.members, answers) == expected


def lie(here, arrived, shift=1):
    """The same answer with the low bit of every share turned, signed by its helper."""
    shares = tuple(bytes([one[0] ^ shift]) + one[1:] for one in arrived.answer.shares)
    return replace(arrived, answer=resigned(here, arrived.answer, shares))


class TestCoordinator:
    @pytest.fixture
    def eight(self):
        return a_committee(EIGHT)

    def recovering_eight(self, eight, silent):
        job = eight.job()
        reports = exact_reports(eight, job, list(eight.parties)[:4])
        state, effects = recovering(eight, job, reports, silent)
        return state, given(eight, effects)

    @pytest.mark.parametrize("liar", [0, 3, 6])
    def test_a_lying_holder_is_outvoted_where_enough_others_exist(self, eight, liar):
        state, shares = self.recovering_eight(eight, (house(7),))
        shares[liar] = lie(eight, shares[liar])
        state, effects = step_all(state, *shares)
        assert effects[-1].aggregate.tolist() == exact_sum(eight, state.chosen).tolist()

    def test_a_share_that_is_no_field_element_is_outvoted_too(self, eight):
        state, shares = self.recovering_eight(eight, (house(7),))
        huge = (b"\xff" * SHARE_BYTES,) * len(shares[0].answer.shares)
        shares[0] = replace(shares[0], answer=resigned(eight, shares[0].answer, huge))
        state, effects = step_all(state, *shares)
        assert effects[-1].aggregate.tolist() == exact_sum(eight, state.chosen).tolist()

    def test_a_lying_holder_ends_the_sum_where_all_others_are_too_few(self, eight):
        state, shares = self.recovering_eight(eight, (house(6), house(7)))
        shares[2] = lie(eight, shares[2])
        state, effects = step_all(state, *shares)
        assert effects == [GaveUp(reason="escrow-failed")]
        assert state.phase is Phase.ABORTED

    def test_the_threshold_suffices_and_further_shares_change_nothing(self, eight):
        state, shares = self.recovering_eight(eight, (house(7),))
        state, effects = step_all(state, *shares[: EIGHT.threshold - 1])
        assert (state.phase, effects) == (Phase.RECOVERING, [])
        done, (summed,) = step(state, shares[EIGHT.threshold - 1])
        assert isinstance(summed, Summed)
        assert step(done, shares[-1]) == (done, ())

    def test_late_answers_and_reports_of_the_dead_are_ignored(self, here, job, reports):
        late_report = reports.pop(house(3))
        state, _ = recovering(here, job, reports, (LAST,))
        late = here.answer(here.request(job, reports, LAST), LAST)
        for event in (
            AnswerArrived(sender=LAST, answer=late),
            ReportArrived(sender=house(3), report=late_report),
            RefusalArrived(sender=LAST, code="not-approved"),
        ):
            assert step(state, event) == (state, ())

    def test_shares_of_the_dead_are_refused(self, here, job, reports):
        state, effects = recovering(here, job, reports, (LAST,))
        answer = given(here, effects)[0].answer
        with pytest.raises(RemoteProtocolError, match="without having answered"):
            step(state, EscrowArrived(sender=LAST, answer=answer))
        with pytest.raises(RemoteProtocolError, match="without having answered"):
            step(state, EscrowArrived(sender=house(1), answer=answer))

    @pytest.mark.parametrize(
        "changes",
        [{"job_id": "0" * 32}, {"set": "0" * 64}, {"silent": (house(3),)}, {"silent": ()}],
    )
    def test_shares_about_something_else_are_refused(self, here, job, reports, changes):
        state, effects = recovering(here, job, reports, (LAST,))
        one = given(here, effects)[0]
        other = replace(one.answer, ack=altered(one.answer.ack, **changes))
        other = resigned(here, other, other.shares)
        with pytest.raises(RemoteProtocolError, match="another set or dead set"):
            step(state, replace(one, answer=other))

    def test_a_share_too_few_or_too_many_is_refused(self, here, job, reports):
        state, effects = recovering(here, job, reports, (LAST,))
        one = given(here, effects)[0]
        for shares in (one.answer.shares[1:], (*one.answer.shares, bytes(SHARE_BYTES))):
            with pytest.raises(RemoteProtocolError, match=rf"gave {len(shares)} shares"):
                step(state, replace(one, answer=resigned(here, one.answer, shares)))

    def test_shares_that_the_helper_did_not_sign_are_refused(self, here, job, reports):
        state, effects = recovering(here, job, reports, (LAST,))
        one = given(here, effects)[0]
        forged = replace(one.answer, signature=bytes(64))
        with pytest.raises(RemoteProtocolError, match="signature"):
            step(state, replace(one, answer=forged))

    def test_nobody_is_asked_for_shares_before_patience_ends(self, here, job, reports):
        present = here.roster.committee[:4]
        answers = [
            AnswerArrived(sender=name, answer=here.answer(here.request(job, reports, name), name))
            for name in present
        ]
        start = here.state(
            job, phase=Phase.UNMASKING, reports=reports, chosen=tuple(sorted(reports))
        )
        state, effects = step_all(
            start, *answers, ClockTicked(now=NOON), ClockTicked(now=PATIENCE - 1)
        )
        assert (state.phase, effects) == (Phase.UNMASKING, [])
        state, (asked,) = step(state, ClockTicked(now=PATIENCE))
        assert isinstance(asked, AskEscrow)
        assert set(asked.requests) == set(present)
        assert asked.requests == escrow_requests(state)

    def test_a_refusing_helper_counts_as_silent(self, here, job, reports):
        chosen = tuple(sorted(reports))
        start = here.state(job, phase=Phase.UNMASKING, reports=reports, chosen=chosen)
        said_no = RefusalArrived(sender=LAST, code="not-approved")
        assert step(start, said_no) == (start, ())
        state, effects = recovering(here, job, reports, (LAST,))
        state, effects = step_all(state, said_no, *given(here, effects))
        assert effects[-1].aggregate.tolist() == exact_sum(here, chosen).tolist()

    def test_where_nobody_may_be_silent_a_sum_never_recovers(self):
        here = a_committee(THREE, others=1)
        job = here.job()
        reports = exact_reports(here, job, here.parties)
        state, effects = recovering(here, job, reports, (house(2),))
        assert state.phase is Phase.UNMASKING
        assert not any(isinstance(effect, AskEscrow) for effect in effects)
        state, effects = step(state, ClockTicked(now=EXPIRES))
        assert effects == (GaveUp(reason="deadline-passed"),)

    def test_a_recovery_that_stalls_ends_at_the_deadline(self, here, job, reports):
        state, effects = recovering(here, job, reports, (LAST,))
        state, _ = step_all(state, *given(here, effects)[:-1])
        state, effects = step(state, ClockTicked(now=EXPIRES))
        assert effects == (GaveUp(reason="deadline-passed"),)


def test_a_request_comes_back_from_its_bytes(asked):
    assert EscrowRequest.from_bytes(asked.to_bytes()) == asked
