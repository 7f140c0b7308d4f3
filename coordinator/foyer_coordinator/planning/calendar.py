"""Fires what the calendar says, once: in a thread of the serving coordinator.

Where several coordinators serve one database each looks, and the database lets one of them
claim a time. What is refused once is refused for good: the next time is another question.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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
from foyer_protocol.errors import BudgetExhausted, FoyerError, LocalProtocolError
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.lag import check_lag
from foyer_protocol.rounds.phases import Phase

log = logging.getLogger("foyer.coordinator.calendar")

LOOK_SECONDS = 2.0
"""Rounds take minutes to hours: nobody notices a start that is two seconds late."""

LATE = "deadline-passed"
WITHDRAWN = "plan-withdrawn"

AGAIN_SECONDS = 3600
"""A plan that cannot be announced yet, such as one that would say too little, may be later."""

DAY = 24 * 3600


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


def still_to_come(
    kept: Iterable[KeptRule],
    roster: Roster,
    currency: str,
    now: int,
    known: frozenset[str] = frozenset(),
) -> list[Plan]:
    """A plan for each time that live schedules have left in the roster's period.

    Without those of `known` rounds: what was announced is proposed already.
    """
    return [
        draft(question_of(one.rule, occurrence), roster, currency)
        for one in kept
        if one.is_live
        for occurrence in occurrences(one.rule, max(one.since, now), period_end(roster))
        if round_id_of(one.rule, occurrence) not in known
    ]


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
    _quiet: dict[str, int] = field(default_factory=dict, repr=False)
    """When to try again to announce a round, in seconds since 1970, by its name."""

    def keep(self, stop: threading.Event) -> None:
        """Look until `stop`; in a thread of its own, since a round may take hours."""
        while not stop.wait(self.look_seconds):
            try:
                self.look()
            except FoyerError as refusal:
                log.error("%s [%s]", refusal.message, refusal.code)

    def look(self) -> None:
        """Deal with every time that is due, and announce those that soon will be.

        One that waits for members holds back the next of its schedule.
        """
        for kept in self.book.schedules():
            now = self.clock()
            for one in occurrences(kept.rule, kept.since, now + DAY * kept.rule.notice_days):
                if not kept.is_live:
                    break
                if one.due_at > now:
                    self._announce(kept.rule, one)
                elif not self._deal_with(kept.rule, one):
                    break

    def _announce(self, rule: Rule, one: Occurrence) -> None:
        """Show a plan to the members ahead of its time, once it can be made."""
        name, now, signed = round_id_of(rule, one), self.clock(), self.members.roster()
        if signed is None or now < self._quiet.get(name, 0):
            return
        self._quiet[name] = now + AGAIN_SECONDS
        if self.rounds.round(name) is not None:
            return
        try:
            if self.book.announce(rule.name, self._plan(rule, one, signed.roster), now):
                log.info("round %s announced by its schedule", name)
        except FoyerError as refusal:
            log.warning("round %s not announced: %s", name, refusal.code)

    def _deal_with(self, rule: Rule, one: Occurrence) -> bool:
        """Launch, give up or refuse; False while there is still something to wait for."""
        now, known = self.clock(), self.rounds.round(round_id_of(rule, one))
        if known is not None and known.phase is Phase.ABORTED:
            self._settle(rule, one, Outcome.REFUSED, WITHDRAWN)
            return True
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
        check_lag(plan, one.due_at)
        refuse_asked(plan, roster, self.rounds, self.members)
        others = [row for row in self.rounds.rounds() if row.plan.round_id != plan.round_id]
        budget = draw_budget(roster, others, self.charges.charges())
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
        name, now = round_id_of(rule, one), self.clock()
        if self.book.settle(rule.name, one.due_at, outcome, reason, now):
            log.warning("round %s %s: %s", name, outcome, reason)
        announced = self.rounds.round(name)
        if (
            announced is not None
            and announced.phase is Phase.PLANNED
            and reason != LocalProtocolError.code  # that one is of somebody else
        ):
            self.rounds.move_round(name, Phase.ABORTED, now, WITHDRAWN)
