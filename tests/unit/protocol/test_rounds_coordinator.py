"""Promise: the coordinator obeys one table; what it refuses changes nothing."""

from dataclasses import replace

import numpy as np
import pytest
from tests.support.consortium import (
    EXPIRES,
    NAMES,
    a_consortium,
    altered,
    answered,
    exact_sum,
    reported,
    step_all,
)

from foyer_protocol.errors import LocalProtocolError, RemoteProtocolError
from foyer_protocol.messages.unmask import ACK_PURPOSE, pads_digest
from foyer_protocol.rounds.coordinator import finished, helper_requests, step
from foyer_protocol.rounds.events import (
    AnswerArrived,
    AskHelpers,
    ClockTicked,
    GaveUp,
    Launched,
    OfferJob,
    RefusalArrived,
    ReportArrived,
    Reviewed,
    Summed,
    Withdrawn,
)
from foyer_protocol.rounds.kinds.figures import exact_vector
from foyer_protocol.rounds.phases import TRANSITIONS, Phase, advance, is_final
from foyer_protocol.simulate import NOON

CONSORTIUM = a_consortium("volume.attendances", "volume.bookers")
JOB = CONSORTIUM.job()
REPORTS = CONSORTIUM.reports(JOB)
ANSWERS = CONSORTIUM.answers(JOB, REPORTS)


def states():
    """A state of every phase, each reached by real events."""
    planned = CONSORTIUM.state(JOB)
    reporting, _ = step(planned, Launched())
    unmasking, _ = step_all(reporting, *reported(REPORTS))
    reviewing, _ = step_all(unmasking, *answered(ANSWERS))
    released, _ = step(reviewing, Reviewed())
    aborted, _ = step(reporting, Withdrawn(reason="plan-withdrawn"))
    found = (planned, reporting, unmasking, reviewing, released, aborted)
    recovering = replace(unmasking, phase=Phase.RECOVERING)  # not reachable while f = 0
    return {state.phase: state for state in (*found, recovering)}


STATES = states()

EVENTS = {
    "launched": Launched(),
    "report": ReportArrived(sender="aros", report=REPORTS["aros"]),
    "refusal": RefusalArrived(sender="folkwang", code="not-approved"),
    "helper's refusal": RefusalArrived(sender="aros", code="budget-exhausted"),
    "answer": AnswerArrived(sender="aros", answer=ANSWERS["aros"]),
    "early": ClockTicked(now=NOON - 1),
    "reports due": ClockTicked(now=NOON),
    "late": ClockTicked(now=EXPIRES),
    "reviewed": Reviewed(),
    "withdrawn": Withdrawn(reason="plan-withdrawn"),
}

STAYS = "stays"
REFUSED = "refused"

GOES = {
    (Phase.PLANNED, "launched"): Phase.REPORTING,
    (Phase.UNMASKING, "helper's refusal"): Phase.ABORTED,
    (Phase.REPORTING, "reports due"): Phase.ABORTED,  # too few: nobody has reported yet
    (Phase.REPORTING, "late"): Phase.ABORTED,
    (Phase.UNMASKING, "late"): Phase.ABORTED,
    (Phase.RECOVERING, "late"): Phase.ABORTED,
    (Phase.REVIEWING, "late"): Phase.ABORTED,
    (Phase.REVIEWING, "reviewed"): Phase.RELEASED,
}
"""Every pair of phase and event above that moves a sum, beside the orders below."""

ORDERS = {"launched", "reviewed", "withdrawn"}


def expected(phase, name):
    if (phase, name) in GOES:
        return GOES[phase, name]
    if name == "withdrawn" and not is_final(phase):
        return Phase.ABORTED
    return REFUSED if name in ORDERS else STAYS


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("phase", Phase)
def test_every_event_in_every_phase_moves_by_the_table_or_not_at_all(phase, name):
    state = STATES[phase]
    before = replace(state)
    outcome = expected(phase, name)
    if outcome == REFUSED:
        with pytest.raises(LocalProtocolError):
            step(state, EVENTS[name])
    else:
        after, _ = step(state, EVENTS[name])
        assert after.phase is (phase if outcome == STAYS else outcome)
        assert phase is after.phase or after.phase in {Phase.ABORTED, *TRANSITIONS[phase].values()}
    assert state == before


@pytest.mark.parametrize("phase", [phase for phase in Phase if is_final(phase)])
def test_nothing_follows_a_final_phase(phase):
    assert TRANSITIONS[phase] == {}
    with pytest.raises(LocalProtocolError, match="the sum is over"):
        advance(phase, "aborted")


def test_the_happy_path_visits_the_phases_in_their_order_and_gives_the_sum():
    _, effects = step_all(CONSORTIUM.state(JOB), Launched(), *reported(REPORTS), *answered(ANSWERS))
    offer, ask, summed = effects
    assert offer == OfferJob(to=NAMES)
    assert isinstance(ask, AskHelpers)
    assert list(ask.requests) == list(CONSORTIUM.roster.committee)
    assert isinstance(summed, Summed)
    assert summed.members == NAMES


def exact_sum_of(names, order=lambda items: items):
    job = CONSORTIUM.job()
    reports = {
        name: CONSORTIUM.report(
            name, job, exact_vector(job.plan, CONSORTIUM.parties[name].contribution)
        )
        for name in names
    }
    answers = CONSORTIUM.answers(job, reports)
    opened, _ = step(CONSORTIUM.state(job), Launched())
    closed, _ = step_all(opened, *order(reported(reports)), ClockTicked(now=NOON))
    _, effects = step_all(closed, *order(answered(answers)))
    return effects[-1]


def test_the_order_of_arrival_changes_nothing():
    end = exact_sum_of(NAMES, order=lambda items: items[::-1])
    assert end.aggregate.tolist() == exact_sum(CONSORTIUM).tolist()


class TestReports:
    """In the reporting phase."""

    state = STATES[Phase.REPORTING]

    def refuse(self, event, match):
        with pytest.raises(RemoteProtocolError, match=match):
            step(self.state, event)
        assert self.state == STATES[Phase.REPORTING]

    def test_a_second_report_is_ignored_and_the_first_stays(self):
        once, _ = step(self.state, ReportArrived(sender="aros", report=REPORTS["aros"]))
        other = replace(REPORTS["aros"], masked=REPORTS["brandts"].masked)
        assert step(once, ReportArrived(sender="aros", report=other)) == (once, ())

    def test_a_late_report_is_ignored(self):
        early = {name: REPORTS[name] for name in NAMES[:5]}
        closed, _ = step_all(self.state, *reported(early), ClockTicked(now=NOON))
        late = ReportArrived(sender="folkwang", report=REPORTS["folkwang"])
        assert step(closed, late) == (closed, ())

    def test_a_report_in_anothers_name_is_refused(self):
        self.refuse(
            ReportArrived(sender="aros", report=REPORTS["brandts"]), "another institution's name"
        )

    def test_a_report_of_somebody_not_invited_is_refused(self):
        state = replace(self.state, invited=NAMES[:5])
        with pytest.raises(RemoteProtocolError, match="was not invited"):
            step(state, ReportArrived(sender="folkwang", report=REPORTS["folkwang"]))

    def test_a_report_to_another_job_is_refused(self):
        other = CONSORTIUM.report("aros", CONSORTIUM.job())
        self.refuse(ReportArrived(sender="aros", report=other), "to another job")

    def test_a_report_with_a_forged_signature_is_refused(self):
        report = REPORTS["aros"]
        forged = replace(report, signed=replace(report.signed, signature=b"\0" * 64))
        self.refuse(ReportArrived(sender="aros", report=forged), "signature")

    def test_a_vector_of_another_length_is_refused(self):
        short = replace(REPORTS["aros"], masked=REPORTS["aros"].masked[:-8])
        self.refuse(ReportArrived(sender="aros", report=short), "bytes")

    def test_a_refusal_after_a_report_is_ignored(self):
        once, _ = step(self.state, ReportArrived(sender="aros", report=REPORTS["aros"]))
        assert step(once, RefusalArrived(sender="aros", code="not-approved")) == (once, ())

    def test_a_report_after_a_refusal_counts_once_and_does_not_close_on_the_others(self):
        first, *others = reported(REPORTS)
        state, effects = step_all(
            self.state, RefusalArrived(sender="aros", code="not-approved"), first, *others[:4]
        )
        assert (state.phase, effects) == (Phase.REPORTING, [])
        assert state.refusals == {}

    def test_with_everyone_heard_the_sum_does_not_wait_for_the_deadline(self):
        refusals = [RefusalArrived(sender=name, code="not-approved") for name in NAMES[4:]]
        first = {name: REPORTS[name] for name in NAMES[:4]}
        state, effects = step_all(self.state, *refusals, *reported(first))
        assert state.phase is Phase.UNMASKING
        assert state.chosen == NAMES[:4]
        assert isinstance(effects[-1], AskHelpers)

    def test_a_veto_needs_everyone(self):
        state = replace(self.state, everyone=True)
        first = {name: REPORTS[name] for name in NAMES[:5]}
        _, effects = step_all(state, *reported(first), ClockTicked(now=NOON))
        assert effects == [GaveUp(reason="too-few-nodes")]


class TestAnswers:
    """In the unmasking phase."""

    state = STATES[Phase.UNMASKING]

    def refuse(self, answer, match, sender="aros"):
        with pytest.raises(RemoteProtocolError, match=match):
            step(self.state, AnswerArrived(sender=sender, answer=answer))

    def resigned(self, name, **changes):
        answer = ANSWERS[name]
        ack = altered(answer.ack, **changes)
        signature = CONSORTIUM.parties[name].identity.sign(ACK_PURPOSE, ack.to_json())
        return replace(answer, ack=ack, signature=signature)

    def test_an_answer_of_a_node_that_is_no_helper_is_refused(self):
        self.refuse(ANSWERS["aros"], "answered as a helper", sender="folkwang")

    def test_an_answer_in_another_helpers_name_is_refused(self):
        self.refuse(ANSWERS["brandts"], "answered as a helper")

    def test_an_answer_with_a_forged_signature_is_refused(self):
        self.refuse(replace(ANSWERS["aros"], signature=b"\0" * 64), "signature")

    def test_an_answer_about_another_set_is_refused(self):
        self.refuse(self.resigned("aros", set="00" * 32), "another set of reports")

    def test_an_answer_to_another_job_is_refused(self):
        self.refuse(self.resigned("aros", job_id="00" * 16), "another set of reports")

    def test_pads_of_another_length_are_refused(self):
        pads = ANSWERS["aros"].pads[:-8]
        short = replace(self.resigned("aros", pads=pads_digest(pads)), pads=pads)
        self.refuse(short, "bytes")

    def test_a_second_answer_is_ignored(self):
        once, _ = step(self.state, AnswerArrived(sender="aros", answer=ANSWERS["aros"]))
        assert step(once, AnswerArrived(sender="aros", answer=ANSWERS["aros"])) == (once, ())

    def test_pads_that_are_not_the_helpers_show_in_the_canaries(self):
        words = np.frombuffer(ANSWERS["ccb"].pads, np.uint64) + np.uint64(1)
        pads = words.tobytes()
        wrong = replace(self.resigned("ccb", pads=pads_digest(pads)), pads=pads)
        state, effects = step_all(self.state, *answered({**ANSWERS, "ccb": wrong}))
        assert effects == [GaveUp(reason="canaries-differ")]
        assert state.phase is Phase.ABORTED

    def test_a_silent_helper_ends_the_sum_with_nothing(self):
        two = {name: ANSWERS[name] for name in ("aros", "brandts")}
        state, effects = step_all(self.state, *answered(two), ClockTicked(now=EXPIRES))
        assert effects == [GaveUp(reason="deadline-passed")]
        assert state.reason == "deadline-passed"

    def test_a_helpers_refusal_ends_the_sum_with_nothing(self):
        _, effects = step(self.state, RefusalArrived(sender="ccb", code="budget-exhausted"))
        assert effects == (GaveUp(reason="helper-refused"),)

    def test_a_refusal_of_the_report_that_comes_twice_does_not_end_the_sum(self):
        refusal = RefusalArrived(sender="ccb", code="not-approved")
        others = {name: report for name, report in REPORTS.items() if name != "ccb"}
        state, _ = step_all(STATES[Phase.REPORTING], refusal, *reported(others))
        assert state.phase is Phase.UNMASKING
        assert step(state, refusal) == (state, ())


def test_what_must_be_asked_again_after_a_restart_is_in_the_state():
    unmasking, reviewing = STATES[Phase.UNMASKING], STATES[Phase.REVIEWING]
    _, (ask,) = step_all(STATES[Phase.REPORTING], *reported(REPORTS))
    _, (summed,) = step_all(unmasking, *answered(ANSWERS))
    assert helper_requests(unmasking) == ask.requests
    again = finished(reviewing)
    assert again.aggregate.tolist() == summed.aggregate.tolist()
    assert (again.members, again.set_digest) == (summed.members, summed.set_digest)
