"""Promise: a helper answers once per job, about one lawful set of reports, or not at all.

Every refusal leaves the helper's memory as it was: `admit` returns a new one or raises.
"""

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.support.consortium import NAMES, a_consortium, altered

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.crypto.sealing import seal
from foyer_protocol.dp.ledger import Ledger
from foyer_protocol.errors import (
    BudgetExhausted,
    CatalogueMismatch,
    CohortTooSmall,
    PrivacyRefusal,
    RemoteProtocolError,
)
from foyer_protocol.messages.codec import fraction_text, pack, read_fraction
from foyer_protocol.messages.report import PURPOSE, SignedHeader, content_digest
from foyer_protocol.messages.unmask import UnmaskRequest
from foyer_protocol.rounds.helper import HelperState, admit, answer
from foyer_protocol.rounds.masking import context, seal_info

HELPER = "aros"


@pytest.fixture
def consortium():
    return a_consortium("volume.attendances", "volume.bookers")


@pytest.fixture
def job(consortium):
    return consortium.job()


@pytest.fixture
def reports(consortium, job):
    return consortium.reports(job)


@pytest.fixture
def request_(consortium, job, reports):
    return consortium.request(job, reports, HELPER)


def pads_of(consortium, request):
    party = consortium.parties[HELPER]
    return answer(request, consortium.roster, HELPER, party.identity, party.helper_key)


def resigned(consortium, signed, **changes):
    """A header with other fields, signed again by its own institution."""
    header = altered(signed.header, **changes)
    identity = consortium.parties[header.institution].identity
    return SignedHeader(header=header, signature=identity.sign(PURPOSE, header.to_json()))


def with_header(request, position, signed):
    headers = list(request.headers)
    headers[position] = signed
    return replace(request, headers=tuple(headers))


def test_a_lawful_request_is_answered_and_remembered(consortium, request_, job):
    memory = admit(HelperState(), request_, consortium.roster)
    assert memory.answered[job.job_id].members == NAMES
    assert memory.spent(consortium.roster.period) == job.plan.figures_rho
    assert pads_of(consortium, request_).ack.set == memory.answered[job.job_id].set_digest


def test_the_same_question_is_answered_once(consortium, request_):
    memory = admit(HelperState(), request_, consortium.roster)
    with pytest.raises(RemoteProtocolError, match="answers once"):
        admit(memory, request_, consortium.roster)


def test_another_set_for_an_answered_job_is_refused(consortium, job, reports, request_):
    memory = admit(HelperState(), request_, consortium.roster)
    fewer = {name: report for name, report in reports.items() if name != "dox"}
    with pytest.raises(RemoteProtocolError, match="answers once"):
        admit(memory, consortium.request(job, fewer, HELPER), consortium.roster)


def test_a_set_below_the_minimum_cohort_is_refused(consortium, job, reports):
    three = {name: reports[name] for name in NAMES[:3]}
    with pytest.raises(CohortTooSmall, match="3 institutions reported; the minimum is 4"):
        admit(HelperState(), consortium.request(job, three, HELPER), consortium.roster)


def test_an_institution_counted_twice_is_refused(consortium, request_):
    twice = with_header(request_, 1, request_.headers[0])
    with pytest.raises(RemoteProtocolError, match="twice"):
        admit(HelperState(), twice, consortium.roster)


def test_an_institution_that_reported_twice_is_refused(consortium, request_):
    other = resigned(consortium, request_.headers[1], counter=99)
    twice = replace(
        request_, headers=(*request_.headers, other), sealed=(*request_.sealed, b"anything")
    )
    with pytest.raises(RemoteProtocolError, match="twice"):
        admit(HelperState(), twice, consortium.roster)


def test_a_stranger_is_refused(consortium, request_):
    stranger = Identity.generate()
    header = altered(request_.headers[5].header, institution="ghost")
    forged = SignedHeader(header=header, signature=stranger.sign(PURPOSE, header.to_json()))
    with pytest.raises(RemoteProtocolError, match="'ghost' is not on roster"):
        admit(HelperState(), with_header(request_, 5, forged), consortium.roster)


def test_a_report_to_another_job_is_refused(consortium, reports):
    other = consortium.request(consortium.job(), reports, HELPER)
    with pytest.raises(RemoteProtocolError, match="to another job"):
        admit(HelperState(), other, consortium.roster)


def test_the_same_job_id_with_another_plan_is_refused(consortium, job, reports):
    plan = altered(job.plan, round_id="another-question")
    other = consortium.request(altered(job, plan=plan), reports, HELPER)
    with pytest.raises(RemoteProtocolError, match="to another job"):
        admit(HelperState(), other, consortium.roster)


@pytest.mark.parametrize("field", ["masked", "nonce", "ledger_head"])
def test_a_forged_header_is_refused(consortium, request_, field):
    signed = request_.headers[2]
    forged = replace(signed, header=altered(signed.header, **{field: "00" * 32}))
    with pytest.raises(RemoteProtocolError, match="signature"):
        admit(HelperState(), with_header(request_, 2, forged), consortium.roster)


def test_a_header_signed_by_another_institution_is_refused(consortium, request_):
    header = request_.headers[2].header
    other = consortium.parties["folkwang"].identity.sign(PURPOSE, header.to_json())
    forged = SignedHeader(header=header, signature=other)
    with pytest.raises(RemoteProtocolError, match="signature"):
        admit(HelperState(), with_header(request_, 2, forged), consortium.roster)


@pytest.mark.parametrize("field", ["sealed", "seed_commitments"])
def test_a_header_that_leaves_out_a_helper_is_refused(consortium, request_, field):
    short = getattr(request_.headers[0].header, field)[:-1]
    signed = resigned(consortium, request_.headers[0], **{field: short})
    with pytest.raises(RemoteProtocolError, match="one seed to each helper"):
        admit(HelperState(), with_header(request_, 0, signed), consortium.roster)


def test_a_ledger_entry_used_for_two_jobs_shows_a_restored_node(consortium, job, request_):
    memory = admit(HelperState(), request_, consortium.roster)
    consortium.parties["dox"].ledger = Ledger()  # restored from a backup before the first job
    second = consortium.job()
    again = consortium.request(second, consortium.reports(second), HELPER)
    with pytest.raises(RemoteProtocolError, match="'dox' used ledger entry 1 for two jobs"):
        admit(memory, again, consortium.roster)


def test_jobs_may_be_unmasked_in_any_order(consortium):
    first, second = consortium.job(), consortium.job()
    early, late = consortium.reports(first), consortium.reports(second)
    memory = admit(HelperState(), consortium.request(second, late, HELPER), consortium.roster)
    memory = admit(memory, consortium.request(first, early, HELPER), consortium.roster)
    assert set(memory.answered) == {first.job_id, second.job_id}


def test_the_networks_budget_ends_at_every_helper():
    consortium = a_consortium("volume.attendances", cap=Fraction(7, 100))  # a job costs 3/100
    memory = HelperState()
    for _ in range(2):
        job = consortium.job()
        asked = consortium.request(job, consortium.reports(job), HELPER)
        memory = admit(memory, asked, consortium.roster)
    job = consortium.job()
    asked = consortium.request(job, consortium.reports(job), HELPER)
    with pytest.raises(BudgetExhausted, match=r"costs rho 0\.03; the network has 0\.01 left"):
        admit(memory, asked, consortium.roster)


def test_a_new_period_has_a_new_budget(consortium, request_):
    memory = admit(HelperState(), request_, consortium.roster)
    assert memory.spent("2027") == 0


@pytest.mark.parametrize("kind", ["swapped", "altered", "cut"])
def test_a_sealed_seed_that_is_not_the_signed_one_is_refused(consortium, request_, kind):
    sealed = list(request_.sealed)
    sealed[3] = {
        "swapped": sealed[4],
        "altered": bytes([sealed[3][0] ^ 1]) + sealed[3][1:],
        "cut": sealed[3][:-1],
    }[kind]
    with pytest.raises(RemoteProtocolError, match="'dox' was altered"):
        pads_of(consortium, replace(request_, sealed=tuple(sealed)))


def test_a_seed_sealed_for_another_report_does_not_open(consortium, request_):
    """Correlated ciphertexts: ermitage signs dox's sealed seed as its own."""
    header = request_.headers[4].header
    stolen = request_.sealed[3]
    names = (content_digest(stolen), *header.sealed[1:])
    request = with_header(request_, 4, resigned(consortium, request_.headers[4], sealed=names))
    sealed = (*request.sealed[:4], stolen, *request.sealed[5:])
    admit(HelperState(), request, consortium.roster)
    with pytest.raises(RemoteProtocolError, match="does not open"):
        pads_of(consortium, replace(request, sealed=sealed))


def test_a_copied_report_under_another_name_does_not_open(consortium, request_):
    """The copy keeps vector, nonce and seeds, and is signed by the thief."""
    copied = altered(request_.headers[3].header, institution="ermitage", counter=1)
    identity = consortium.parties["ermitage"].identity
    signed = SignedHeader(header=copied, signature=identity.sign(PURPOSE, copied.to_json()))
    sealed = (*request_.sealed[:4], request_.sealed[3], *request_.sealed[5:])
    request = replace(with_header(request_, 4, signed), sealed=sealed)
    with pytest.raises(RemoteProtocolError, match="does not open"):
        pads_of(consortium, request)


def test_a_dealer_whose_seed_is_not_the_one_committed_to_is_named(consortium, request_):
    commitments = ("00" * 32, *request_.headers[0].header.seed_commitments[1:])
    signed = resigned(consortium, request_.headers[0], seed_commitments=commitments)
    with pytest.raises(RemoteProtocolError, match="'aros' is not the one it committed to"):
        pads_of(consortium, with_header(request_, 0, signed))


class TestPlansAHelperWillNotServe:
    """`admit` holds the job to roster, catalogue and theorem before anything else."""

    def refuse(self, consortium, job, error, match, roster=None):
        request = UnmaskRequest(job=job, headers=(), sealed=())
        with pytest.raises(error, match=match):
            admit(HelperState(), request, roster or consortium.roster)

    def test_another_roster(self, consortium, job):
        self.refuse(consortium, altered(job, roster="00" * 32), RemoteProtocolError, "names roster")

    def test_an_expired_epoch(self, consortium):
        roster = altered(consortium.roster, epoch=2)
        job = consortium.job(roster=roster.digest, expires_epoch=1)
        self.refuse(consortium, job, RemoteProtocolError, "expired with epoch 1", roster)

    def test_another_network(self, consortium, job):
        plan = altered(job.plan, network="elsewhere")
        self.refuse(consortium, altered(job, plan=plan), RemoteProtocolError, "of network")

    def test_a_smaller_cohort_than_the_rosters(self, consortium, job):
        plan = altered(job.plan, minimum_cohort=3)
        self.refuse(consortium, altered(job, plan=plan), CohortTooSmall, "release 3 institutions")

    def test_another_catalogue(self, consortium, job):
        plan = altered(job.plan, catalogue="00" * 32)
        self.refuse(consortium, altered(job, plan=plan), CatalogueMismatch, "catalogue 0000")

    def test_a_statistic_that_the_catalogue_does_not_define(self, consortium, job):
        plan = altered(job.plan, statistics=("volume.attendances", "volume.everything"))
        self.refuse(
            consortium, altered(job, plan=plan), CatalogueMismatch, "asks for volume.everything"
        )

    def with_scale(self, job, **changes):
        first, *others = job.plan.scales
        plan = altered(job.plan, scales=(altered(first, **changes), *others))
        return altered(job, plan=plan)

    def test_a_wrong_sensitivity(self, consortium, job):
        bad = self.with_scale(job, squared_sensitivity=1)
        self.refuse(consortium, bad, PrivacyRefusal, "bounds visits by 1; the catalogue says 1600")

    def test_too_little_noise(self, consortium, job):
        first = job.plan.scales[0]
        less = read_fraction(first.share_variance) * Fraction(999_999, 10**6)
        less = self.with_scale(job, share_variance=fraction_text(less))
        self.refuse(consortium, less, PrivacyRefusal, "costs rho")

    @pytest.mark.parametrize("variance", ["0/1", "1/4", f"{5000**2}/1"])
    def test_noise_that_has_no_price(self, consortium, job, variance):
        bad = self.with_scale(job, share_variance=variance)
        self.refuse(consortium, bad, PrivacyRefusal, "has no price")

    def test_a_fraction_that_is_not_in_lowest_terms(self, consortium, job):
        bad = self.with_scale(job, rho="6/200")
        self.refuse(consortium, bad, RemoteProtocolError, "lowest terms")

    def test_families_that_are_not_those_of_the_statistics(self, consortium, job):
        plan = altered(job.plan, scales=job.plan.scales[:1])
        self.refuse(consortium, altered(job, plan=plan), PrivacyRefusal, "does not name")

    @pytest.mark.parametrize(
        "rho, match", [("0/1", "pays nothing"), ("1/1000000", "be drawn"), ("99999/1", "be drawn")]
    )
    def test_a_look_at_dominance_that_cannot_be_had_for_the_price(
        self, consortium, job, rho, match
    ):
        plan = altered(job.plan, gate_rho=rho)
        self.refuse(consortium, altered(job, plan=plan), PrivacyRefusal, match)

    def test_a_vector_of_another_width(self, consortium, job):
        self.refuse(consortium, altered(job, width=job.width + 1), RemoteProtocolError, "slots")

    def test_a_price_that_is_not_the_plans(self, consortium, job):
        self.refuse(consortium, altered(job, rho="1/1000"), RemoteProtocolError, "claims rho")

    def test_a_veto_without_a_total_for_each_statistic(self, consortium, job):
        veto = consortium.veto_job(job, (1,), "00" * 32)
        self.refuse(consortium, veto, RemoteProtocolError, "one total for each")


class TestVetoes:
    """A veto is asked of exactly those whose figures it is about."""

    @pytest.fixture
    def memory(self, consortium, request_):
        return admit(HelperState(), request_, consortium.roster)

    def veto_about(self, consortium, parent, parent_set, names=NAMES):
        job = consortium.veto_job(parent, (10**6, 10**6), parent_set)
        return consortium.request(job, consortium.reports(job, names), HELPER)

    def test_a_veto_about_an_answered_set_is_answered(self, consortium, job, memory):
        parent_set = memory.answered[job.job_id].set_digest
        asked = self.veto_about(consortium, job, parent_set)
        after = admit(memory, asked, consortium.roster)
        assert len(after.answered) == 2

    def test_a_second_veto_about_one_sum_is_refused(self, consortium, job, memory):
        parent_set = memory.answered[job.job_id].set_digest
        once = admit(memory, self.veto_about(consortium, job, parent_set), consortium.roster)
        again = self.veto_about(consortium, job, parent_set)
        with pytest.raises(RemoteProtocolError, match="was answered before"):
            admit(once, again, consortium.roster)

    def test_a_veto_that_leaves_somebody_out_is_refused(self, consortium, job, memory):
        parent_set = memory.answered[job.job_id].set_digest
        asked = self.veto_about(consortium, job, parent_set, NAMES[:5])
        with pytest.raises(RemoteProtocolError, match="leaves out an institution"):
            admit(memory, asked, consortium.roster)

    def test_a_veto_about_another_set_is_refused(self, consortium, job, memory):
        asked = self.veto_about(consortium, job, "00" * 32)
        with pytest.raises(RemoteProtocolError, match="did not answer"):
            admit(memory, asked, consortium.roster)

    def test_a_veto_about_a_sum_this_helper_never_saw_is_refused(self, consortium, job, memory):
        parent_set = memory.answered[job.job_id].set_digest
        asked = self.veto_about(consortium, job, parent_set)
        with pytest.raises(RemoteProtocolError, match="did not answer"):
            admit(HelperState(), asked, consortium.roster)


def test_a_request_with_more_headers_than_seeds_cannot_be_read(request_):
    short = pack(
        request_.job.to_json(),
        pack(*(signed.to_bytes() for signed in request_.headers)),
        pack(*request_.sealed[1:]),
    )
    with pytest.raises(RemoteProtocolError, match="6 headers and 5 sealed seeds"):
        UnmaskRequest.from_bytes(short)


def test_a_sealed_message_that_is_no_seed_is_refused_and_its_dealer_named(consortium, request_):
    header = request_.headers[0].header
    bound = context(request_.job, "aros", bytes.fromhex(header.nonce))
    public = consortium.parties[HELPER].helper_key.public
    sealed = seal(pack(b"too short"), public, seal_info(bound, HELPER))
    names = (content_digest(sealed), *header.sealed[1:])
    request = with_header(request_, 0, resigned(consortium, request_.headers[0], sealed=names))
    with pytest.raises(RemoteProtocolError, match="'aros' has another shape"):
        pads_of(consortium, replace(request, sealed=(sealed, *request.sealed[1:])))
