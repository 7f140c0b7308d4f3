"""Rounds that come by themselves: which days, at what local time, over which months.

A rule is in local time, as people mean it. Twice a year that time is odd: where clocks jump
forward over it the round comes as much later as they jump, and where it is passed twice it
comes once, the first time. So each month of a rule has exactly one moment.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.catalogue.measures import Family
from foyer_protocol.ids import Key, Slug
from foyer_protocol.messages.codec import FractionText, Message

LONGEST_NAME = 50
"""A round is called after its schedule, with a year and a month behind: 58 of 63 characters."""


class Every(StrEnum):
    """How often."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


STRIDES = {Every.YEAR: 12, Every.QUARTER: 3, Every.MONTH: 1}
"""Months from one time to the next."""


class Rule(Message):
    """A recurring round.

    `month` is the first month of the year in which it comes. A `day` that a month does not
    have is its last. The period asked is `covers_months` whole months, of which the last
    ended `lag_months` before the month in which the round comes. It is launched once
    `quorum` members are online, or as many as the minimum cohort where that is 0, and not at
    all where they are not within `wait_minutes`. Its plan is shown to members `notice_days`
    before, so that stewards can look at it.
    """

    name: Slug = Field(max_length=LONGEST_NAME)
    every: Every
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    hour: int = Field(ge=0, le=23)
    minute: int = Field(ge=0, le=59)
    zone: str
    covers_months: int = Field(ge=1, le=36)
    lag_months: int = Field(ge=0, le=12)
    quorum: int = Field(ge=0)
    wait_minutes: int = Field(ge=1, le=31 * 24 * 60)
    notice_days: int = Field(default=0, ge=0, le=28)
    statistics: tuple[Key, ...] = ()
    colluding: int = Field(default=1, ge=0)
    groups: int = Field(default=1, ge=1)
    cohorts: Dimension | None = None
    prices: dict[Family, FractionText] = Field(default_factory=dict)
    accept_unreadable: bool = False

    @model_validator(mode="after")
    def _has_a_zone(self) -> Self:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("the time zone is none of the IANA data base") from None
        return self

    @property
    def months(self) -> tuple[int, ...]:
        """The months of a year in which it comes."""
        stride = STRIDES[self.every]
        return tuple(month for month in range(1, 13) if (month - self.month) % stride == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRule:
    """A rule with who stands behind it. `since`: all its times up to then are dealt with.

    It rests while it is paused, and until somebody else than `proposed_by` has approved it.
    """

    rule: Rule
    proposed_by: str
    approved_by: str
    paused: bool
    since: int

    @property
    def is_live(self) -> bool:
        """Whether its rounds come."""
        return bool(self.approved_by) and not self.paused


class Outcome(StrEnum):
    """What became of one time."""

    LAUNCHED = "launched"
    MISSED = "missed"  # too few were online until its deadline
    REFUSED = "refused"  # by a rule; the reason is the refusal's code


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One time of a schedule, dealt with for ever. `round_id` is empty unless it was launched."""

    name: str
    due_at: int
    outcome: Outcome
    reason: str
    round_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time at which a round is due, in seconds since 1970, UTC, and the month it is for."""

    due_at: int
    year: int
    month: int


def due_at(rule: Rule, year: int, month: int) -> int:
    """When the round of a month is due, in seconds since 1970, UTC.

    With `fold=0` a time that does not exist is read with the offset before the jump, which
    puts it as much later as clocks jump, and a time that comes twice is the first [PEP 495].
    """
    day = min(rule.day, monthrange(year, month)[1])
    local = datetime(year, month, day, rule.hour, rule.minute, tzinfo=ZoneInfo(rule.zone), fold=0)
    return int(local.timestamp())


def occurrences(rule: Rule, after: int, until: int) -> Iterator[Occurrence]:
    """The times later than `after` and not later than `until`, in order."""
    first = datetime.fromtimestamp(after, tz=UTC).year - 1  # zones reach into the next year
    last = datetime.fromtimestamp(until, tz=UTC).year + 1
    for year in range(first, last + 1):
        for month in rule.months:
            due = due_at(rule, year, month)
            if after < due <= until:
                yield Occurrence(due_at=due, year=year, month=month)


def period_of(rule: Rule, occurrence: Occurrence) -> tuple[date, date]:
    """The days that the round asks about: the first, and the first that is no longer in it."""
    ends = occurrence.year * 12 + occurrence.month - 1 - rule.lag_months
    return _first_of(ends - rule.covers_months), _first_of(ends)


def round_id_of(rule: Rule, occurrence: Occurrence) -> str:
    """What the round is called: after its schedule and its month."""
    return f"{rule.name}-{occurrence.year}-{occurrence.month:02d}"


def _first_of(months: int) -> date:
    year, month = divmod(months, 12)
    return date(year, month + 1, 1)
