"""When two plans ask for the same answer, and what a node makes of being asked twice.

A question is a plan's content, everything but the round's name, over one membership. Who
asks it again gets the release that is there; drawing the noise anew would cost again and
serve to average it away. This spares budgets. What bounds the loss of privacy is the
ledger, which charges the slightest variation of a plan in full.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from foyer_protocol.crypto.digests import digest
from foyer_protocol.dp.ledger import Ledger
from foyer_protocol.errors import AlreadyAnswered
from foyer_protocol.messages.codec import pack
from foyer_protocol.messages.history import History, HistoryKind
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import Member, Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that a node was about to pay for, and the job and round it came in."""

    question: str
    job_id: str
    round_id: str


def question_of(plan: Plan, roster: Roster) -> str:
    """The fingerprint of a plan's content over the institutions of `roster`, as hexadecimal.

    Not the roster's own digest: an epoch that only renews keys or the budget's period asks
    nothing new, while the figures of other members are other figures. So are those of other
    cohorts: a plan by cohort asks about its members' codes, too.
    """
    told = sorted((member.institution, _code(plan, member)) for member in roster.members)
    members = pack(*(text.encode() for both in told for text in both if text))
    return digest("foyer/question/v1", bytes.fromhex(plan.content), members).hex()


def _code(plan: Plan, member: Member) -> str:
    return "" if plan.cohorts is None else member.fact(plan.cohorts)


def answered_before(
    question: str, asked: Iterable[Asked], ledger: Ledger, history: History
) -> Asked | None:
    """The time that this node paid for `question`, unless it was for nothing.

    It was for nothing where the charge was given back, and where the coordinator announced
    to everybody that the round ended without a release. A note without a charge is what a
    crash in between has left, and costs nobody anything.
    """
    for one in asked:
        if one.question == question and was_answered(one, ledger, history):
            return one
    return None


def was_answered(asked: Asked, ledger: Ledger, history: History) -> bool:
    """Whether this node paid for a question, and neither was refunded nor told that it failed."""
    if ledger.charge_of(asked.job_id) is None or ledger.refund_of(asked.job_id) is not None:
        return False
    return not _was_given_up(asked.round_id, history)


def refuse_repeat(round_id: str, before: Asked) -> AlreadyAnswered:
    """The refusal of a round that asks what `before` had asked."""
    return AlreadyAnswered(
        f"round {round_id} asks what this node answered in round {before.round_id} (job"
        f" {before.job_id[:8]}): the same figures with the same noise of the same members."
        " Nothing was charged and nothing was sent",
        hint=f"Read the release of {before.round_id}; another answer takes another plan.",
        round_id=before.round_id,
    )


def _was_given_up(round_id: str, history: History) -> bool:
    kinds = {entry.kind for entry in history.entries if entry.round_id == round_id}
    return HistoryKind.ABORT in kinds and HistoryKind.RELEASE not in kinds
