"""What every connector answers, and the canonical row that it answers with.

A connector is pure: it is given the rows of a table and yields canonical rows or
rejections. It opens nothing, keeps nothing and knows no secret; identifiers it yields
go to the vault and no further.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from foyer_node.connectors.codes import Channel, PriceClass, TicketStatus
from foyer_node.connectors.records import (
    CounterRow,
    DonationRow,
    MembershipRow,
    RecordKind,
    TouchpointRow,
)
from foyer_node.ports import Source, Table


class Reason(StrEnum):
    """Why a row was refused. Stable; shown to the steward beside the row number."""

    SHORT_ROW = "short-row"
    LONG_ROW = "long-row"
    NO_ORDER = "no-order"
    NO_EVENT = "no-event"
    NO_DATE = "no-date"
    BAD_DATE = "bad-date"
    IMPOSSIBLE_DATE = "impossible-date"
    BAD_AMOUNT = "bad-amount"
    NEGATIVE_AMOUNT = "negative-amount"
    BAD_QUANTITY = "bad-quantity"
    NEGATIVE_QUANTITY = "negative-quantity"
    OTHER_CURRENCY = "other-currency"
    UNKNOWN_STATUS = "unknown-status"
    DUPLICATE = "duplicate"
    TOTAL_ROW = "total-row"  # a sum of other rows, as reports end with


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A refused row: where and why, never what it said."""

    row: int
    reason: Reason
    column: str  # canonical field


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalRow:
    """One order line in canonical codes and units; times are UTC without tzinfo.

    Everything that could name a visitor is left out of the repr.
    """

    row: int
    order_id: str = field(repr=False)
    line_id: str = field(repr=False)
    ordered_at: datetime
    event: str
    event_at: datetime | None
    quantity: int  # at least 1
    paid_minor: int  # for the whole line, at least 0
    status: TicketStatus
    channel: Channel
    price_class: PriceClass
    excluded: str | None  # an exclusion reason of rule R20
    email: str = field(repr=False)
    customer_key: str = field(repr=False)
    postcode: str = field(repr=False)
    country: str = field(repr=False)
    birth_year: int  # 0 where not known
    scanned_at: datetime | None
    # What fewer exports have. "" and None stand for: not said.
    phone: str = field(default="", repr=False)
    card: str = field(default="", repr=False)  # loyalty or member card (R2, R12)
    gender: str = field(default="", repr=False)  # WOMAN, MAN, OTHER
    consents: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # purpose, status
    production: str = ""  # the show, where `event` is one performance of it
    venue: str = ""
    capacity: int = 0  # seats that could be sold at the event; 0: not said
    channel_label: str = ""  # the export's own word, for the coding queue
    price_label: str = ""  # the export's own word, for the coding queue
    face_minor: int | None = None  # price before reductions, for the whole line
    fee_minor: int = 0  # booking fee on top of `paid_minor`
    settlement_minor: int | None = None  # what a pass scheme pays for the admission (R12)
    due_minor: int | None = None  # owed for the whole line; above `paid_minor`: part paid (R9)
    promo: str = ""
    mode_of_sale: str = "SINGLE"  # code list of data model C.2
    package_id: str = field(default="", repr=False)  # subscription or bundle (R11)
    replaces_line: str = field(default="", repr=False)  # the line given up for it (R8)
    valid_days: int = 0  # of a festival pass (R15); 0: one admission
    is_aggregate: bool = False  # a sum over sales: its order id is made up and nobody's


Record = CanonicalRow | CounterRow | MembershipRow | DonationRow | TouchpointRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the institution's files are to be understood where they do not say so."""

    timezone: str  # IANA zone of the venue, for times without one (R22)
    currency: str = "EUR"  # the institution's; rows in another are refused
    country: str = ""  # ISO 3166-1 alpha-2, where a row has no country
    day_first: bool | None = None  # None: decided by the file's own dates, else asked
    decimal: str | None = None  # "." or ","; None: decided by the file's own amounts
    amount_in_minor: bool = False  # amounts are in minor units (R23)
    amount_per_ticket: bool = False  # amounts are for one ticket, not for the line
    today: date | None = None  # bounds what is plausible; None: only the century is
    columns: Mapping[str, str] = field(default_factory=dict)  # canonical field to column name
    only_columns: bool = False  # no field beside those of `columns` is looked for
    statuses: Mapping[str, str] = field(default_factory=dict)  # the file's word to a code
    constants: Mapping[str, str] = field(default_factory=dict)  # canonical field: said of all rows
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # as in `Plan`, decided
    # by people: for "channel", "price_type" and "excluded" (an event or price label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How one table will be read: shown in the preview before anything is taken."""

    columns: Mapping[str, int]  # canonical field to position
    reading: Reading
    day_first: Mapping[str, bool]  # per date field
    decimal: str
    refunded: frozenset[str] = field(default=frozenset(), repr=False)  # orders with a refund row
    detail: int = 2  # 2: a line is a ticket or ticket type, 1: a line is a whole order
    unique_lines: bool = False  # order and line id together may occur once
    constants: Mapping[str, str] = field(default_factory=dict)  # for fields without a column
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # field: word to a code
    minor: frozenset[str] = frozenset()  # money fields always in minor units (R23)
    negative_is_refund: bool = False  # a negative amount takes back as many tickets (R7)
    empty_amount_is_zero: bool = False
    rows_alone: bool = False  # `rows.read_table` reads it: no field is made beside it
    warnings: tuple[str, ...] = ()


class Connector(Protocol):
    """One ticketing system."""

    @property
    def name(self) -> str:
        """A slug, as in `foyer-node import --from NAME`."""

    @property
    def kind(self) -> RecordKind:
        """What its rows are."""

    def tables(self, source: Source) -> tuple[Table, ...]:
        """The tables this connector can make of a file: as they are, joined, or from JSON.

        Empty where nothing of the source is its own.
        """

    def recognises(self, header: Sequence[str]) -> float:
        """From 0 (not mine) to 1 (certainly mine)."""

    def plan(self, table: Table, reading: Reading) -> Plan:
        """Decide how to read `table`, or raise `ConnectorError` saying what is missing."""

    def read(self, table: Table, plan: Plan) -> Iterator[Record | Rejected]:
        """Every row once, in order, except that orders with refunds come last."""
