"""What the node's own pages show besides figures: its health, and what it has sent."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """One line of the node's health. `hint` says what to do when it is not well."""

    label: str
    well: bool
    detail: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One imported data source. Stays in the building."""

    name: str
    rows: int
    quarantined: int
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatusView:
    """What an institution's IT wants to know at a glance."""

    institution: str
    working: bool
    last_sent: datetime | None  # when this node last sent anything; nobody says it arrived
    listens_on: str  # address of these pages, to say that nothing else listens
    checks: tuple[CheckView, ...] = ()
    sources: tuple[SourceView, ...] = ()
    budget_used: str = ""  # "0.8"
    budget_total: str = ""  # "2.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentView:
    """One message that left the building. `rho` is empty when it cost nothing."""

    number: int
    at: datetime
    channel: str
    kind: str
    round_id: str
    octets: int
    recipient: str
    rho: str
    digest: str
    payload: str = ""  # pretty-printed, on the detail page only
    raw: str = field(default="", repr=False)  # every byte in hexadecimal, there too


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page of a long list, newest first. Counted from 1."""

    number: int
    last: int
