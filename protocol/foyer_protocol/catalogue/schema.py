"""The rows that a statistic may be computed from: one canonical view, at every node.

Importing turns any vendor's export into these rows; the catalogue's measures read
nothing else. The SQL of the node and the slow reference engine both work on this view,
called `eligible_line`.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

HISTORY_MONTHS = 36
"""A visitor is new when no eligible order lies in the 36 months before the period (rule R28)."""

LEAST_HISTORY_MONTHS = 24
"""Below this much imported history a node does not feed statistics that look back (R28)."""


def months_before(day: date, months: int) -> date:
    """The same day of the month `months` earlier, or that month's last day if it is shorter.

    >>> months_before(date(2024, 2, 29), 24), months_before(date(2026, 1, 31), 2)
    (datetime.date(2022, 2, 28), datetime.date(2025, 11, 30))
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_after(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day if it is shorter.

    >>> months_after(date(2026, 1, 1), 3), months_after(date(2026, 1, 31), 1)
    (datetime.date(2026, 4, 1), datetime.date(2026, 2, 28))
    """
    return months_before(day, -months)


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibleLine:
    """One admission line that counts: sold, not refunded, not staff, not a hire (R7-R25).

    `unit` is the unit of privacy: the visitor if known, else the single order
    (`"o:" + order_id`), so that an anonymous sale is one unit of its own.
    `person` is False for groups, schools, resellers and shared addresses: their tickets
    are attendances, but they are not bookers (R3, R13). An anonymous order has
    `visitor` None and `person` True (unless a group): it counts for tickets and lead
    time, never for bookers, loyalty or residence (R5).
    """

    unit: str
    visitor: str | None
    person: bool
    order: str
    ordered_at: datetime  # UTC, without tzinfo
    event_at: datetime | None  # UTC, without tzinfo; None for open-dated admission
    quantity: int  # tickets, at least 1
    paid_minor: int  # for the whole line, incl. VAT, excl. booking fee, in minor units (R23)
    online: bool  # channel WEB or APP
    territory: str  # code of `territories`, "UNKNOWN" if not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A window of whole days, `starts` included, `ends` excluded.

    Lines are dated by the day of the *order* (UTC).
    """

    starts: date
    ends: date

    def __post_init__(self) -> None:
        if self.ends <= self.starts:
            raise ValueError(f"a period ends after it starts: {self.starts} to {self.ends}")

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.ends - self.starts).days

    def previous(self) -> "Period":
        """The window of equal length just before this one.

        >>> Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1)).previous().starts
        datetime.date(2025, 1, 1)
        """
        return Period(starts=self.starts - (self.ends - self.starts), ends=self.starts)

    def history(self) -> "Period":
        """The `HISTORY_MONTHS` before this window.

        >>> Period(starts=date(2026, 7, 1), ends=date(2027, 7, 1)).history().starts
        datetime.date(2023, 7, 1)
        """
        return Period(starts=months_before(self.starts, HISTORY_MONTHS), ends=self.starts)

    @property
    def history_needed_from(self) -> date:
        """The day by which a node's history must start for statistics that look back (R28).

        `LEAST_HISTORY_MONTHS` before this window, or the start of the previous window
        where that is earlier still.

        >>> Period(starts=date(2026, 7, 1), ends=date(2027, 7, 1)).history_needed_from
        datetime.date(2024, 7, 1)
        """
        return min(months_before(self.starts, LEAST_HISTORY_MONTHS), self.previous().starts)
