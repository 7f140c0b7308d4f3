"""Promise: a node takes a charge back on proof only, once, and keeps the proof."""

import pytest
from tests.support.aborting_town import Town
from tests.support.committees import exact_reports, house
from tests.support.consortium import altered, signed
from tests.support.session_party import SessionParty

from foyer_node.outbox import explain
from foyer_node.stream_events import StreamEvents
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import RemoteProtocolError, StorageError
from foyer_protocol.messages.closing import AbortAsk, AbortCertificate, SignedPromise
from foyer_protocol.messages.codec import unpack
from foyer_protocol.messages.envelope import EnvelopeHeader, Kind
from foyer_protocol.messages.report import Refusal
from foyer_protocol.rounds.closing import needed, promise
from foyer_protocol.rounds.events import AnswerArrived, RefusalArrived, ReportArrived

OURS = house(0)
OTHER = "0f" * 16


@pytest.fixture
def town(tmp_path):
    made = Town(folder=tmp_path, rounds_paid=5)
    yield made
    made.close()


@pytest.fixture
def ours(town):
    return started(town)


@pytest.fixture
def job(town):
    return a_job(town)


def started(town):
    """Our node, started from its files."""
    session = town.join(OURS)
    session.follow_roster(town.signed.to_bytes())
    return SessionParty(session=session, coordinator=town.coordinator, signed=town.signed)


def a_job(town):
    now = town.now
    roster = town.signed.roster.digest
    return town.made.job(roster=roster, reports_until=now + 60, expires_at=now + 120)


def words(town, job_id, count=None, roster=None):
    """Promises of the first `count` helpers; of just enough where it is not said."""
    roster = roster or town.signed.roster
    ask = AbortAsk(job_id=job_id, roster=roster.digest)
    helpers = roster.committee[: needed(roster) if count is None else count]
    return {name: promise(ask, name, town.made.parties[name].identity) for name in helpers}


def certificate(signed):
    return AbortCertificate(promises=tuple(signed[name] for name in sorted(signed)))


def paid(ours, job, town):
    assert isinstance(ours.report(job, town.signed.roster, None), ReportArrived)


class TestTheNode:
    def test_it_books_the_refund_with_the_certificate_and_keeps_it(self, town, ours, job):
        paid(ours, job, town)
        proof = certificate(words(town, job.job_id))
        assert ours.aborted(job.job_id, proof) == job.job_id
        refunded = town.ledger(OURS).refund_of(job.job_id)
        assert (refunded.release, town.spent(OURS)) == (proof.digest, 0)
        assert AbortCertificate.from_bytes(town.files(OURS).abort(job.job_id)) == proof

    def test_years_later_it_still_holds_a_certificate_to_the_roster_it_charged_under(
        self, town, ours, job
    ):
        paid(ours, job, town)
        later = altered(town.signed.roster, epoch=7, committee=(house(2), house(3), house(4)),
                        silent=0, threshold=3, corrupt=2)  # fmt: skip
        ours.session.follow_roster(signed(later, town.governance).to_bytes())
        foreign = certificate(words(town, job.job_id, roster=later))
        with pytest.raises(RemoteProtocolError, match="no helper of the job's roster"):
            ours.aborted(job.job_id, foreign)
        assert town.spent(OURS) > 0
        again = started_without_roster(town)
        again.aborted(job.job_id, certificate(words(town, job.job_id)))
        assert town.spent(OURS) == 0

    def test_too_few_promises_give_nothing_back(self, town, ours, job):
        paid(ours, job, town)
        thin = certificate(words(town, job.job_id, count=needed(town.signed.roster) - 1))
        with pytest.raises(RemoteProtocolError, match="are needed; nothing was given back"):
            ours.aborted(job.job_id, thin)
        assert town.spent(OURS) > 0
        assert town.files(OURS).abort(job.job_id) is None

    def test_a_forged_promise_gives_nothing_back(self, town, ours, job):
        paid(ours, job, town)
        some = words(town, job.job_id)
        forged = promise(
            AbortAsk(job_id=job.job_id, roster=town.signed.roster.digest),
            house(1),
            Identity.generate(),
        )
        with pytest.raises(RemoteProtocolError):
            ours.aborted(job.job_id, certificate({**some, house(1): forged}))
        assert town.spent(OURS) > 0

    def test_a_certificate_of_another_job_gives_nothing_back(self, town, ours, job):
        paid(ours, job, town)
        with pytest.raises(RemoteProtocolError, match="about job 0f0f0f0f"):
            ours.aborted(job.job_id, certificate(words(town, OTHER)))
        assert town.spent(OURS) > 0

    def test_told_again_it_books_nothing_more(self, town, ours, job):
        paid(ours, job, town)
        proof = certificate(words(town, job.job_id))
        ours.aborted(job.job_id, proof)
        before = town.ledger(OURS)
        assert ours.aborted(job.job_id, proof) == job.job_id
        assert town.ledger(OURS) == before

    def test_another_certificate_for_what_was_given_back_is_refused(self, town, ours, job):
        paid(ours, job, town)
        ours.aborted(job.job_id, certificate(words(town, job.job_id)))
        before = town.ledger(OURS)
        with pytest.raises(RemoteProtocolError, match="was given back in entry 1 by certificate"):
            ours.aborted(job.job_id, certificate(words(town, job.job_id, count=5)))
        assert town.ledger(OURS) == before

    def test_a_job_of_no_charge_is_never_paid_for_later(self, town, ours, job):
        ours.aborted(job.job_id, certificate(words(town, job.job_id)))
        assert isinstance(ours.report(job, town.signed.roster, None), RefusalArrived)
        assert town.ledger(OURS).entries == ()

    def test_an_uncharged_job_of_another_roster_is_nothing_to_it(self, town, ours, job):
        strange = altered(town.signed.roster, epoch=9)
        ours.aborted(job.job_id, certificate(words(town, job.job_id, roster=strange)))
        assert town.files(OURS).abort(job.job_id) is None

    def test_a_forged_certificate_does_not_stop_a_job_that_is_to_come(self, town, ours, job):
        thin = certificate(words(town, job.job_id, count=1))
        with pytest.raises(RemoteProtocolError):
            ours.aborted(job.job_id, thin)
        paid(ours, job, town)

    def test_where_the_roster_was_not_kept_nothing_is_given_back(self, town, ours, job):
        paid(ours, job, town)
        (town.folder / OURS / "jobs" / f"{job.job_id}.bin").unlink()
        with pytest.raises(StorageError, match="was not kept"):
            ours.aborted(job.job_id, certificate(words(town, job.job_id)))
        assert town.spent(OURS) > 0

    def test_the_receipt_leaves_only_after_the_refund_is_booked(self, town, ours, job):
        paid(ours, job, town)
        said = []
        events = StreamEvents(
            session=ours.session,
            nudge=lambda: None,
            acknowledge=lambda told: said.append((told, town.spent(OURS))),
        )
        thin = certificate(words(town, job.job_id, count=1))
        with pytest.raises(RemoteProtocolError):
            events.on_aborted(ours._sealed(Kind.ABORTED, job.job_id, thin.to_bytes()))
        assert said == []
        good = certificate(words(town, job.job_id))
        events.on_aborted(ours._sealed(Kind.ABORTED, job.job_id, good.to_bytes()))
        assert said == [(job.job_id, 0)]

    def test_a_stranger_cannot_say_that_a_job_was_aborted(self, town, ours, job):
        paid(ours, job, town)
        ours.coordinator = Identity.generate()
        with pytest.raises(RemoteProtocolError):
            ours.aborted(job.job_id, certificate(words(town, job.job_id)))
        assert town.spent(OURS) > 0


def started_without_roster(town):
    session = town.join(OURS)
    return SessionParty(session=session, coordinator=town.coordinator, signed=town.signed)


class TestTheHelper:
    def ask(self, town, job):
        return AbortAsk(job_id=job.job_id, roster=town.signed.roster.digest)

    def request(self, town, job):
        town.made.roster = town.signed.roster
        return town.made.request(job, exact_reports(town.made, job, town.made.parties), OURS)

    def test_after_its_promise_it_answers_nothing_about_the_job_also_after_a_restart(
        self, town, ours, job
    ):
        assert ours.promise(self.ask(town, job)).header.kind is Kind.ABORT_PROMISE
        request = self.request(town, job)
        for node in (ours, started(town)):
            assert isinstance(node.unmask(request, town.signed.roster), RefusalArrived)
        assert job.job_id not in town.files(OURS).helper_state().answered

    def test_after_its_answer_it_promises_nothing_also_after_a_restart(self, town, ours, job):
        assert isinstance(ours.unmask(self.request(town, job), town.signed.roster), AnswerArrived)
        for node in (ours, started(town)):
            reply = node.promise(self.ask(town, job))
            assert reply.header.kind is Kind.REFUSAL
            assert Refusal.from_json(reply.body).code == "protocol-violation"
        assert town.files(OURS).helper_state().promised == frozenset()

    def test_asked_again_it_says_the_same(self, town, ours, job):
        first = ours.promise(self.ask(town, job))
        again = started(town).promise(self.ask(town, job))
        assert (first.body, first.header) == (again.body, again.header)

    def test_an_envelope_about_another_job_is_refused(self, town, ours, job):
        opened = ours._ask(Kind.ABORT_ASK, OTHER, self.ask(town, job).to_json())
        assert opened.header.kind is Kind.REFUSAL
        assert town.files(OURS).helper_state().promised == frozenset()

    def test_the_outbox_says_what_was_promised(self, town, ours, job):
        ours.promise(self.ask(town, job))
        raw = ours.replies[-1]
        kind = EnvelopeHeader.from_json(unpack(raw)[0]).kind
        assert kind is Kind.ABORT_PROMISE
        sworn = SignedPromise.from_bytes(unpack(raw)[2])
        assert sworn.promise.helper == OURS
        assert explain(Shown(), raw)["body"]["promise"]["job_id"] == job.job_id


class Shown:
    """As much of an outbox line as the explanation looks at."""

    channel, kind = "fleet", "abort-promise"
