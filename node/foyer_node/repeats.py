"""This node's memory of what it was asked: nobody gets the same answer drawn anew from it.

A coordinator is to hand out the release that is there. It cannot be trusted with that, so
that each node looks into its own notes, whoever asks.
"""

from foyer_node.ports import HistoryStore, RoundStore
from foyer_protocol.messages.plan import Job, JobKind
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.repeats import Asked, answered_before, question_of, refuse_repeat


def refuse_if_answered(store: RoundStore, history: HistoryStore, job: Job, roster: Roster) -> None:
    """Refuse figures that another job has had; a veto is about the sum that it names.

    Raises:
        AlreadyAnswered: the same question was paid for before. Nothing was charged.
    """
    if job.kind is not JobKind.FIGURES:
        return
    others = [one for one in store.questions() if one.job_id != job.job_id]
    question = question_of(job.plan, roster)
    before = answered_before(question, others, store.ledger(), history.history())
    if before is not None:
        store.note_repeat(before, job.plan.round_id)
        raise refuse_repeat(job.plan.round_id, before)


def note_question(store: RoundStore, job: Job, roster: Roster) -> None:
    """Note what a job asks, before it is charged: a note without a charge counts for nothing."""
    if job.kind is JobKind.FIGURES and job.job_id not in {one.job_id for one in store.questions()}:
        question = question_of(job.plan, roster)
        store.note_question(Asked(question=question, job_id=job.job_id, round_id=job.plan.round_id))
