"""Finds the round that has asked a question before, so that nobody pays for it twice."""

from foyer_coordinator.ports import MemberBook, RoundBook, RoundRow
from foyer_protocol.errors import AlreadyAnswered, LocalProtocolError
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.phases import Phase, is_final
from foyer_protocol.rounds.repeats import question_of


def refuse_asked(plan: Plan, roster: Roster, rounds: RoundBook, members: MemberBook) -> None:
    """Refuse a plan whose question has its answer, or will have it once another round is over.

    `roster` is the one that it would run under. Aborted rounds have answered nothing.

    Raises:
        AlreadyAnswered: a release is there; it names the round.
        LocalProtocolError: another round that asks the same is proposed or runs.
    """
    question = question_of(plan, roster)
    alike = [
        row
        for row in rounds.rounds()
        if row.plan.content == plan.content and row.plan.round_id != plan.round_id
    ]
    for row in alike:
        name = row.plan.round_id
        if row.phase is Phase.RELEASED and _question_of_release(row, rounds, members) == question:
            raise AlreadyAnswered(
                f"round {name} asked the same of the same members and was released;"
                f" {plan.round_id} would only cost again. Nothing was asked and nothing charged",
                hint="Use that release. Another answer takes another plan, which costs anew.",
                round_id=name,
            )
    for row in alike:
        if not is_final(row.phase):
            raise LocalProtocolError(
                f"round {row.plan.round_id} asks the same and is {row.phase};"
                f" {plan.round_id} was not asked as well",
                hint=f"`foyer-coordinator round watch {row.plan.round_id}` waits for its answer.",
            )


def _question_of_release(row: RoundRow, rounds: RoundBook, members: MemberBook) -> str:
    """What a released round asked, over the members it was asked of; empty if unknown."""
    release = rounds.release(row.plan.round_id)
    for signed in members.rosters() if release is not None else ():
        if release is not None and signed.roster.digest == release.roster:
            return question_of(row.plan, signed.roster)
    return ""
