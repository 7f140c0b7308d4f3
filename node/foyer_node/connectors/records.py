"""What connectors yield besides order lines: readings, memberships, donations, touchpoints.

Like `CanonicalRow`, each is in canonical codes and units: times are UTC without tzinfo,
money is integer minor units of the institution's currency. What could name a visitor is
left out of the repr and goes to the vault and no further.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class RecordKind(StrEnum):
    """What a connector's rows are; one connector yields one kind."""

    SALES = "sales"
    COUNTERS = "counters"
    MEMBERSHIPS = "memberships"
    DONATIONS = "donations"
    TOUCHPOINTS = "touchpoints"


class CountMethod(StrEnum):
    """How people were counted (data model C.1, counter_reading)."""

    TURNSTILE = "TURNSTILE"
    IR_BEAM = "IR_BEAM"
    CAMERA_COUNT = "CAMERA_COUNT"
    WIFI_ESTIMATE = "WIFI_ESTIMATE"
    MANUAL_CLICKER = "MANUAL_CLICKER"
    TICKET_DERIVED = "TICKET_DERIVED"
    UNKNOWN = "UNKNOWN"


class MembershipKind(StrEnum):
    """What was taken out (data model C.1, package)."""

    SUB_FIXED = "SUB_FIXED"
    SUB_FLEX = "SUB_FLEX"
    MEMBERSHIP = "MEMBERSHIP"
    FRIENDS = "FRIENDS"
    MUSEUM_PASS = "MUSEUM_PASS"  # noqa: S105 - a card
    CULTURE_PASS = "CULTURE_PASS"  # noqa: S105 - a card
    UNLIMITED_CINEMA = "UNLIMITED_CINEMA"
    VOUCHER_BUNDLE = "VOUCHER_BUNDLE"


class MembershipStatus(StrEnum):
    """Where a membership stands."""

    ACTIVE = "ACTIVE"
    LAPSED = "LAPSED"
    CANCELLED = "CANCELLED"
    PENDING = "PENDING"


class DonationKind(StrEnum):
    """How a donation came about."""

    ONE_OFF = "ONE_OFF"
    RECURRING = "RECURRING"
    ROUND_UP = "ROUND_UP"
    MEMBERSHIP_PART = "MEMBERSHIP_PART"


class Stage(StrEnum):
    """A step of a visitor's journey."""

    EMAIL_SENT = "EMAIL_SENT"
    EMAIL_OPENED = "EMAIL_OPENED"
    EMAIL_CLICKED = "EMAIL_CLICKED"
    PAGE_VIEW = "PAGE_VIEW"
    EVENT_VIEW = "EVENT_VIEW"
    BASKET = "BASKET"
    ORDER = "ORDER"
    CHECK_IN = "CHECK_IN"
    SURVEY_SENT = "SURVEY_SENT"
    SURVEY_DONE = "SURVEY_DONE"
    SERVICE_CONTACT = "SERVICE_CONTACT"
    RETURN_ORDER = "RETURN_ORDER"


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterRow:
    """People counted at one place in one window. Visits, never visitors (R18)."""

    row: int
    place: str  # venue, entrance or zone, as the export calls it
    starts_at: datetime
    ends_at: datetime
    count_in: int  # at least 0
    count_out: int  # at least 0; 0 where not counted
    method: CountMethod
    is_estimate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRow:
    """One term of a membership, subscription or pass."""

    row: int
    membership_id: str = field(repr=False)
    email: str = field(repr=False)
    customer_key: str = field(repr=False)
    card: str = field(repr=False)  # number of the card, "" where there is none
    kind: MembershipKind
    scheme: str
    level: str
    starts_on: date
    ends_on: date | None  # last day it is good for; None: without end
    price_minor: int  # at least 0
    renews: bool | None  # None where not said
    status: MembershipStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DonationRow:
    """One gift. A refunded one is not yielded."""

    row: int
    donation_id: str = field(repr=False)
    email: str = field(repr=False)
    customer_key: str = field(repr=False)
    at: datetime
    amount_minor: int  # at least 1
    kind: DonationKind
    campaign: str
    channel: str  # a code of `codes.Channel`


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchpointRow:
    """One contact on a visitor's journey."""

    row: int
    touch_id: str = field(repr=False)
    email: str = field(repr=False)
    customer_key: str = field(repr=False)
    at: datetime
    stage: Stage
    event: str  # as in order lines, "" where there is none
    channel: str  # a code of `codes.Channel`
