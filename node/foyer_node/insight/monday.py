"""The Monday view: five numbers, what changed, and one thing to do. Exact, and for home only.

A change is told only if it is more than chance: sales come in parties, so that a week's
number swings by more than its square root. Eight weeks before are the yardstick.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import fmean, stdev

from foyer_node.insight.lifecycle import LifecycleStage
from foyer_node.insight.maturity import Axis, Maturity
from foyer_node.insight.weeks import Week

WEEKS_BEFORE = 8
MOST_CHANGES = 3
CLEAR = 2.0
"""Standard deviations of the weeks before from which a change is told."""

_LEAST_POINTS = 0.05
_MUCH_STALE = 0.25
_LOW = 2


class Number(StrEnum):
    """The five numbers of a week."""

    TICKETS = "tickets"
    REVENUE = "revenue"  # minor units
    AHEAD = "ahead"  # tickets sold for the next four weeks
    KNOWN_SHARE = "known-share"  # of tickets
    NEW_VISITORS = "new-visitors"


class Action(StrEnum):
    """What to do this week; the page has the words and the link."""

    IMPORT = "import"  # nothing was sold last week, or nothing arrived
    ASK_AT_THE_TILL = "ask-at-the-till"
    ASK_FOR_CONSENT = "ask-for-consent"
    ASK_FOR_POSTCODES = "ask-for-postcodes"
    WRITE_TO_STALE = "write-to-stale"
    INVITE_SECOND_VISIT = "invite-second-visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One number that moved by more than chance."""

    number: Number
    before: float  # mean of the weeks before
    now: float

    @property
    def is_rise(self) -> bool:
        """Whether it went up."""
        return self.now > self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class MondayView:
    """What a house reads on a Monday."""

    week: Week
    numbers: Mapping[Number, float]
    changes: tuple[Change, ...]  # clearest first, at most three
    action: Action


def monday_view(
    weeks: Sequence[Week],
    *,
    ahead: int,
    stages: Mapping[LifecycleStage, int],
    maturity: Maturity,
) -> MondayView:
    """Read the last of `weeks` against those before it; at least two weeks are needed."""
    *before, week = weeks
    numbers = {**_numbers(week), Number.AHEAD: float(ahead)}
    found = [_change(number, before, week) for number in _numbers(week)]
    clear = sorted((one for one in found if one is not None), key=lambda pair: -pair[0])
    return MondayView(
        week=week,
        numbers={number: numbers[number] for number in Number},
        changes=tuple(change for _, change in clear[:MOST_CHANGES]),
        action=_action(week, stages, maturity),
    )


def _numbers(week: Week) -> dict[Number, float]:
    return {
        Number.TICKETS: float(week.tickets),
        Number.REVENUE: float(week.paid_minor),
        Number.KNOWN_SHARE: week.identified_tickets / week.tickets if week.tickets else 0.0,
        Number.NEW_VISITORS: float(week.new_visitors),
    }


def _change(number: Number, before: Sequence[Week], week: Week) -> tuple[float, Change] | None:
    """How many standard deviations a number moved, and the change; None where it did not clearly.

    Weeks without any sale are closed weeks, and no yardstick.
    """
    history = [_numbers(one)[number] for one in before if one.tickets]
    if len(history) < 2:
        return None
    mean, now = fmean(history), _numbers(week)[number]
    # Eight weeks may happen to be alike: no less than the chance of counting is allowed for.
    floor = _LEAST_POINTS if number is Number.KNOWN_SHARE else _counting(number, mean, before)
    spread = max(stdev(history), floor)
    moved = abs(now - mean) / spread if spread else 0.0
    return (moved, Change(number=number, before=mean, now=now)) if moved >= CLEAR else None


def _counting(number: Number, mean: float, before: Sequence[Week]) -> float:
    """The least spread that counts of this size have by chance, in the number's own unit."""
    if number is not Number.REVENUE:
        return sqrt(max(mean, 1.0))
    tickets = fmean(one.tickets for one in before if one.tickets)
    return mean / sqrt(max(tickets, 1.0))


def _action(week: Week, stages: Mapping[LifecycleStage, int], maturity: Maturity) -> Action:
    if not week.tickets:
        return Action.IMPORT
    scores = {one.axis: one.score for one in maturity.standings}
    if scores[Axis.CAPTURE] <= _LOW:
        return Action.ASK_AT_THE_TILL
    if scores[Axis.CONTACT] <= _LOW:
        return Action.ASK_FOR_CONSENT
    if scores[Axis.GEOGRAPHY] <= _LOW:
        return Action.ASK_FOR_POSTCODES
    kept = sum(stages.values()) - stages[LifecycleStage.LAPSED]
    if kept and stages[LifecycleStage.STALE] / kept > _MUCH_STALE:
        return Action.WRITE_TO_STALE
    return Action.INVITE_SECOND_VISIT
