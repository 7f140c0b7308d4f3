"""Promise: a charge comes back only when at least one honest helper will never answer its job.

The coordinator is hostile here: it shows what it likes, and c helpers sign for it.
"""

from dataclasses import replace

import pytest
from tests.support.committees import a_committee, exact_reports, house

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.dp.ledger import Ledger, charge, settle
from foyer_protocol.errors import LocalProtocolError, RemoteProtocolError
from foyer_protocol.messages.closing import AbortAsk, AbortCertificate, SignedPromise
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.rounds.closing import (
    admit_promise,
    certify,
    check_certificate,
    needed,
    promise,
    refund_by,
)
from foyer_protocol.rounds.helper import HelperState, admit
from foyer_protocol.rounds.profiles import EIGHT, FIVE, THREE

OTHER = "0f" * 16
EVERY = pytest.mark.parametrize("profile", [THREE, FIVE, EIGHT], ids=lambda one: one.name)


@pytest.fixture
def here():
    return a_committee(FIVE)


@pytest.fixture
def job(here):
    return here.job()


def promises(here, job, count=None, job_id=None):
    """Signed promises of the first `count` helpers of the committee, by name."""
    ask = AbortAsk(job_id=job_id or job.job_id, roster=here.roster.digest)
    helpers = here.roster.committee[: needed(here.roster) if count is None else count]
    return {name: promise(ask, name, here.parties[name].identity) for name in helpers}


def shown(signed):
    return AbortCertificate(promises=tuple(signed[name] for name in sorted(signed)))


def charged(here, job):
    return charge(
        Ledger(),
        job_id=job.job_id,
        round_id=job.plan.round_id,
        rho=read_fraction(job.rho),
        period=here.roster.period,
        cap=read_fraction(here.roster.period_rho_cap),
    )


@EVERY
def test_the_promises_of_all_but_f_helpers_give_the_charge_back(profile):
    here = a_committee(profile)
    job = here.job()
    ledger = charged(here, job)
    certificate = certify(promises(here, job), here.roster)
    again = AbortCertificate.from_bytes(certificate.to_bytes())
    after = refund_by(ledger, again, job.job_id, here.roster)
    assert after.spent(here.roster.period) == 0
    assert after.refund_of(job.job_id).release == certificate.digest


@EVERY
def test_one_promise_too_few_gives_nothing_back(profile):
    here = a_committee(profile)
    job = here.job()
    few = promises(here, job, needed(here.roster) - 1)
    assert certify(few, here.roster) is None
    with pytest.raises(RemoteProtocolError, match="are needed; nothing was given back"):
        refund_by(charged(here, job), shown(few), job.job_id, here.roster)


@EVERY
def test_where_c_promises_lie_more_honest_helpers_than_may_be_silent_never_answer(profile):
    honest = profile.helpers - profile.silent - profile.corrupt
    assert honest > profile.silent


def test_the_same_helper_does_not_count_twice(here, job):
    few = promises(here, job, needed(here.roster) - 1)
    first = min(few)
    twice = AbortCertificate(promises=(few[first], *shown(few).promises))
    with pytest.raises(RemoteProtocolError, match="once each"):
        check_certificate(twice, job.job_id, here.roster)


def test_a_forged_promise_is_refused(here, job):
    signed = promises(here, job)
    name = min(signed)
    ask = AbortAsk(job_id=job.job_id, roster=here.roster.digest)
    forged = {**signed, name: promise(ask, name, Identity.generate())}
    with pytest.raises(RemoteProtocolError):
        check_certificate(shown(forged), job.job_id, here.roster)


def test_a_promise_under_another_helpers_name_is_refused(here, job):
    signed = promises(here, job)
    first, second = sorted(signed)[:2]
    word = signed[first].promise.model_copy(update={"helper": second})
    moved = {**signed, second: SignedPromise(promise=word, signature=signed[first].signature)}
    with pytest.raises(RemoteProtocolError):
        check_certificate(shown(moved), job.job_id, here.roster)


def test_promises_about_another_job_are_refused(here, job):
    other = shown(promises(here, job, job_id=OTHER))
    with pytest.raises(RemoteProtocolError, match="about job 0f0f0f0f"):
        check_certificate(other, job.job_id, here.roster)


def test_promises_of_members_who_do_not_help_are_refused(job):
    here = a_committee(FIVE, others=1)
    member = next(name for name in here.parties if name not in here.roster.committee)
    ask = AbortAsk(job_id=job.job_id, roster=here.roster.digest)
    signed = promises(here, job)
    signed[member] = promise(ask, member, here.parties[member].identity)
    with pytest.raises(RemoteProtocolError, match="no helper of the job's roster"):
        check_certificate(shown(signed), job.job_id, here.roster)


def test_another_committee_cannot_give_back_what_this_one_may_have_answered(here, job):
    """A later roster's helpers promise gladly: they never had the job."""
    elsewhere = a_committee(FIVE)
    signed = shown(promises(elsewhere, job))
    check_certificate(signed, job.job_id, elsewhere.roster)
    with pytest.raises(RemoteProtocolError):
        refund_by(charged(here, job), signed, job.job_id, here.roster)


def test_a_charge_is_given_back_once_and_never_after_its_release(here, job):
    certificate = shown(promises(here, job))
    ledger = charged(here, job)
    once = refund_by(ledger, certificate, job.job_id, here.roster)
    with pytest.raises(LocalProtocolError, match="no open charge"):
        refund_by(once, certificate, job.job_id, here.roster)
    settled = settle(ledger, job.job_id, "ab" * 32)
    with pytest.raises(LocalProtocolError, match="no open charge"):
        refund_by(settled, certificate, job.job_id, here.roster)


def test_a_helper_that_promised_never_answers_the_job_nor_another_of_its_id(here, job):
    reports = exact_reports(here, job, here.parties)
    request = here.request(job, reports, house(0))
    ask = AbortAsk(job_id=job.job_id, roster=here.roster.digest)
    sworn = admit_promise(HelperState(), ask)
    with pytest.raises(RemoteProtocolError, match="promised never to answer"):
        admit(sworn, request, here.roster)
    later = job.model_copy(update={"expires_at": job.expires_at + 1})
    with pytest.raises(RemoteProtocolError, match="promised never to answer"):
        admit(sworn, replace(request, job=later), here.roster)


def test_a_helper_that_answered_does_not_promise(here, job):
    reports = exact_reports(here, job, here.parties)
    request = here.request(job, reports, house(0))
    answered = admit(HelperState(), request, here.roster)
    ask = AbortAsk(job_id=job.job_id, roster=here.roster.digest)
    with pytest.raises(RemoteProtocolError, match="was answered"):
        admit_promise(answered, ask)


def test_a_promise_may_be_asked_for_again(here, job):
    ask = AbortAsk(job_id=job.job_id, roster=here.roster.digest)
    once = admit_promise(HelperState(), ask)
    assert admit_promise(once, ask) == once


@pytest.mark.parametrize("length", range(0, 60, 7))
def test_a_certificate_cut_short_is_refused(here, job, length):
    raw = shown(promises(here, job)).to_bytes()
    with pytest.raises(RemoteProtocolError):
        AbortCertificate.from_bytes(raw[: max(1, len(raw) - 1 - length)])
