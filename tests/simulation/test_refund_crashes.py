"""Promise: killed before any effect of a promise or a refund, everybody comes to the same end.

Every boundary is tried, not a sample: a script is run once to count its effects, and then
once for each of them with the process killed just before it and started again.
"""

import pytest
from tests.support.aborting_town import Fuse, Killed, Town
from tests.support.committees import exact_reports, house
from tests.support.session_party import SessionParty

from foyer_protocol.messages.closing import AbortAsk
from foyer_protocol.messages.envelope import Kind
from foyer_protocol.rounds.closing import certify, promise
from foyer_protocol.rounds.events import AnswerArrived, ReportArrived
from foyer_protocol.rounds.phases import Phase

OURS = house(0)


@pytest.fixture
def towns(tmp_path):
    """As many new towns as a test asks for."""
    made = []

    def new():
        made.append(Town(folder=tmp_path / str(len(made)), rounds_paid=5))
        return made[-1]

    yield new
    for town in made:
        town.close()


def party(town, fuse=None):
    """Our node, started from its files."""
    session = town.join(OURS, fuse)
    return SessionParty(session=session, coordinator=town.coordinator, signed=town.signed)


def a_job(town):
    now = town.now
    return town.made.job(
        roster=town.signed.roster.digest, reports_until=now + 60, expires_at=now + 120
    )


def certificate_of(town, job):
    ask = AbortAsk(job_id=job.job_id, roster=town.signed.roster.digest)
    sworn = {
        name: promise(ask, name, member.identity)
        for name, member in town.made.parties.items()
        if name != OURS
    }
    return certify(sworn, town.signed.roster)


def boundaries(script, new):
    """`script(town, fuse)` killed before each effect; yields the town and what was lost."""
    count, at = Fuse(), 0
    script(new(), count)
    assert count.burnt > 0
    for at in range(count.burnt):
        town = new()
        with pytest.raises(Killed) as lost:
            script(town, Fuse(at=at))
        yield town, str(lost.value)


def test_a_node_killed_anywhere_between_an_offer_and_its_refund_is_refunded_once(towns):
    jobs = {}

    def script(town, fuse):
        job = jobs[id(town)] = a_job(town)
        ours = party(town, fuse)
        assert isinstance(ours.report(job, town.signed.roster, None), ReportArrived)
        ours.aborted(job.job_id, certificate_of(town, job))

    seen = set()
    for town, lost in boundaries(script, towns):
        seen.add(lost)
        job, files = jobs[id(town)], town.files(OURS)
        if files.ledger().charge_of(job.job_id) is not None:
            assert files.job(job.job_id) is not None, "charged under a roster that is not kept"
        if files.ledger().refund_of(job.job_id) is not None:
            assert files.abort(job.job_id) is not None, "refunded without its proof"
        again = party(town)
        again.report(job, town.signed.roster, None)  # offered once more: at most one charge
        certificate = certificate_of(town, job)
        assert again.aborted(job.job_id, certificate) == job.job_id
        assert again.aborted(job.job_id, certificate) == job.job_id
        assert town.spent(OURS) == 0
        kinds = [entry.kind for entry in town.ledger(OURS).entries]
        assert kinds in ([], ["charge", "refund"])
        late = again.report(a_job(town), town.signed.roster, None)
        assert isinstance(late, ReportArrived), "the period can be used again"
    assert {"keep_job", "append", "keep_abort", "show", "journal"} <= seen


def asked_both(town, job, ours, order):
    """Put both questions to a helper; what left it, as kinds."""
    reports = jobs_reports(town, job)
    left = []
    for kind in order:
        if kind is Kind.UNMASK:
            request = town.made.request(job, reports, OURS)
            left.append(isinstance(ours.unmask(request, town.signed.roster), AnswerArrived))
        else:
            ask = AbortAsk(job_id=job.job_id, roster=town.signed.roster.digest)
            left.append(ours.promise(ask).header.kind is Kind.ABORT_PROMISE)
    return {kind for kind, did in zip(order, left, strict=True) if did}


def jobs_reports(town, job):
    if job.job_id not in town.reported:
        town.reported[job.job_id] = exact_reports(town.made, job, town.made.parties)
    return town.reported[job.job_id]


ORDERS = [(Kind.UNMASK, Kind.ABORT_ASK), (Kind.ABORT_ASK, Kind.UNMASK)]


@pytest.mark.parametrize("first", ORDERS, ids=["answer-first", "promise-first"])
@pytest.mark.parametrize("then", ORDERS, ids=["answer-again", "promise-again"])
def test_a_helper_killed_anywhere_never_answers_and_promises(towns, first, then):
    jobs, left = {}, {}

    def script(town, fuse):
        job = jobs[id(town)] = a_job(town)
        town.made.roster = town.signed.roster
        ours = party(town, fuse)
        ours.session.follow_roster(town.signed.to_bytes())
        for kind in first:
            left.setdefault(id(town), set()).update(asked_both(town, job, ours, [kind]))

    seen = set()
    for town, lost in boundaries(script, towns):
        seen.add(lost)
        job = jobs[id(town)]
        said = left.get(id(town), set())
        state = town.files(OURS).helper_state()
        if Kind.ABORT_ASK in said:
            assert job.job_id in state.promised, "a promise left that is not remembered"
        if Kind.UNMASK in said:
            assert job.job_id in state.answered
        again = party(town)
        again.session.follow_roster(town.signed.to_bytes())
        said = said | asked_both(town, job, again, then)
        said = said | asked_both(town, job, party(town), then)
        assert said in ({Kind.UNMASK}, {Kind.ABORT_ASK}, set())
    assert {"remember_promise" if first[0] is Kind.ABORT_ASK else "remember_answer"} <= seen


def too_few(town):
    """Two of five refuse to report: the round will be aborted, with three nodes charged."""
    town.paused = {house(3), house(4)}
    for name in town.made.parties:
        town.join(name)
    town.launch()


def test_a_coordinator_killed_anywhere_gives_every_charge_back_before_the_round_counts_as_over(
    towns,
):
    def script(town, fuse):
        too_few(town)
        town.serve(fuse)

    seen = set()
    for town, lost in boundaries(script, towns):
        seen.add(lost)
        if town.phase() is Phase.ABORTED:
            assert town.closings.given_up() == [], "aborted before the promises were asked for"
        town.serve(turns=3)
        assert town.phase() is Phase.ABORTED
        assert town.closings.owed() == []
        for name in town.made.parties:
            kinds = [entry.kind for entry in town.ledger(name).entries]
            assert kinds == ([] if name in town.paused else ["charge", "refund"])
            assert town.spent(name) == 0
    effects = {"save_sum", "send", "keep_promise", "keep_certificate", "move_round", "aborted"}
    assert effects | {"note_receipt"} <= seen
