"""Fires what the calendar says, once: in a thread of the serving coordinator.

Where several coordinators serve one database each looks, and the database lets one of them
claim a time. What is refused once is refused for good: the next time is another question.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction

from foyer_coordinator.planning.budget import draw_budget, price_of
from foyer_coordinator.planning.drafting import Question, draft
from foyer_coordinator.planning.weighing import Stated, refuse_unreadable, weigh
from foyer_coordinator.ports import ChargeBook, MemberBook, RoundBook, ScheduleBook
from foyer_coordinator.repeats import refuse_asked
from foyer_coordinator.schedule import (
    KeptRule,
    Occurrence,
    Outcome,
    Rule,
    occurrences,
    period_of,
    round_id_of,
)
from foyer_protocol.errors import BudgetExhausted, FoyerError
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import Roster

log = logging.getLogger("foyer.coordinator.calendar")

LOOK_SECONDS = 2.0
"""Rounds take minutes to hours: nobody notices a start that is two seconds late."""

LATE = "deadline-passed"


def question_of(rule: Rule, occurrence: Occurrence) -> Question:
    """What a schedule asks at one of its times."""
    starts, ends = period_of(rule, occurrence)
    return Question(
        round_id=round_id_of(rule, occurrence),
        starts=starts,
        ends=ends,
        statistics=rule.statistics,
        colluding=rule.colluding,
        groups=rule.groups,
        cohorts=rule.cohorts,
        prices={family: read_fraction(price) for family, price in rule.prices.items()},
    )


def still_to_come(kept: Iterable[KeptRule], roster: Roster, currency: str, now: int) -> list[Plan]:
    """A plan for each time that live schedules have left in the roster's period."""
    plans = []
    for one in kept:
        if one.is_live:
            for occurrence in occurrences(one.rule, max(one.since, now), period_end(roster)):
                plans.append(draft(question_of(one.rule, occurrence), roster, currency))
    return plans


def period_end(roster: Roster) -> int:
    """When the accounting period of a roster is over, in seconds since 1970, UTC.

    >>> from types import SimpleNamespace as Named
    >>> period_end(Named(period="2026")), period_end(Named(period="2026-12"))
    (1798761599, 1798761599)
    """
    year, _, month = roster.period.partition("-")
    months = int(year) * 12 + (int(month) if month else 12)
    over = date(months // 12, months % 12 + 1, 1)
    return int(datetime(over.year, over.month, over.day, tzinfo=UTC).timestamp()) - 1


@dataclass(slots=True, kw_only=True)
class Calendar:
    """Looks at every schedule and launches what is due. Decides nothing about privacy."""

    book: ScheduleBook
    members: MemberBook
    rounds: RoundBook
    charges: ChargeBook
    currency: str
    connected: Callable[[], Iterable[str]]
    clock: Callable[[], int]
    look_seconds: float = LOOK_SECONDS

    def keep(self, stop: threading.Event) -> None:
        """Look until `stop`; in a thread of its own, since a round may take hours."""
        while not stop.wait(self.look_seconds):
            try:
                self.look()
            except FoyerError as refusal:
                log.error("%s [%s]", refusal.message, refusal.code)

    def look(self) -> None:
        """Deal with every time that is due. One that waits for members holds back its next."""
        for kept in self.book.schedules():
            if kept.is_live:
                for one in occurrences(kept.rule, kept.since, self.clock()):
                    if not self._deal_with(kept, one):
                        break

    def _deal_with(self, kept: KeptRule, one: Occurrence) -> bool:
        """Launch, give up or refuse; False while there is still something to wait for."""
        rule, now = kept.rule, self.clock()
        if now > one.due_at + 60 * rule.wait_minutes:
            self._settle(rule, one, Outcome.MISSED, LATE)
            return True
        signed = self.members.roster()
        if signed is None or not self._has_quorum(rule, signed.roster):
            return False
        try:
            plan = self._plan(rule, one, signed.roster)
            if self.book.fire(rule.name, one.due_at, plan, now):
                log.info("round %s launched by its schedule", plan.round_id)
        except FoyerError as refusal:
            self._settle(rule, one, Outcome.REFUSED, refusal.code)
        return True

    def _has_quorum(self, rule: Rule, roster: Roster) -> bool:
        members = {member.institution for member in roster.members}
        return len(members & set(self.connected())) >= (rule.quorum or roster.minimum_cohort)

    def _plan(self, rule: Rule, one: Occurrence, roster: Roster) -> Plan:
        """The plan of one time, held to everything that `round propose` holds it to."""
        plan = draft(question_of(rule, one), roster, self.currency)
        refuse_asked(plan, roster, self.rounds, self.members)
        budget = draw_budget(roster, self.rounds.rounds(), self.charges.charges())
        cost = sum(price_of(plan).values(), Fraction(0))
        if cost > budget.left:
            raise BudgetExhausted(
                f"round {plan.round_id} costs rho {float(cost):.4f}; {float(budget.left):.4f} is"
                f" left in {budget.period}. Nothing was launched"
            )
        if not rule.accept_unreadable:
            refuse_unreadable(weigh(plan, roster, self.rounds, Stated(), Fraction(0)))
        return plan

    def _settle(self, rule: Rule, one: Occurrence, outcome: Outcome, reason: str) -> None:
        if self.book.settle(rule.name, one.due_at, outcome, reason, self.clock()):
            log.warning("round %s %s: %s", round_id_of(rule, one), outcome, reason)
