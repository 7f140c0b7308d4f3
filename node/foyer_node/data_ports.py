"""What importing needs from the vault and the store, and what it hands to them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from foyer_node.connectors.connector import Plan
from foyer_node.ports import Cells, Table
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.catalogue.schema import EligibleLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The identifiers of one booking: who it claims to be from. Never outside the vault.

    `identifiers` holds `(id_type, keyed hash as hex, raw value)`, the deciding one first.
    """

    identifiers: tuple[tuple[str, str, str], ...] = field(repr=False)


class IdentityVault(Protocol):
    """Keeps raw identifiers apart and hands out random visitor ids."""

    def transaction(self) -> AbstractContextManager[object]:
        """All that is done inside is kept together, or on an exception not at all."""

    def resolve(self, claims: Sequence[Claim], source_system: str) -> list[str]:
        """The visitor id of each claim; one never seen before gets a new random id."""

    def resolve_all(
        self, id_type: str, hashes: Sequence[str], values: Sequence[str], source_system: str
    ) -> list[str]:
        """As `resolve`, of claims that have one identifier each and all of one type."""

    def suppressed(self) -> Mapping[tuple[str, str], datetime]:
        """Identifiers of erased visitors, and the moment up to which rows are theirs."""

    def keep_refused(self, batch_id: str, rows: Sequence[tuple[int, Cells]]) -> None:
        """Keep the raw cells of a batch's refused rows instead of those kept before."""

    def refused(self, batch_id: str) -> list[tuple[int, Cells]]:
        """The raw cells of a batch's refused rows, by row number."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LineColumns:
    """A chunk of canonical lines, one list per column, all of one length. Nothing raw.

    The columns are those of `adapters.merge_steps.STAGE`. Times are UTC without tzinfo;
    ids and keys are 32 hexadecimal digits; "" stands for an unknown text or id, and -1
    for an unknown number where a field says so.
    """

    row_number: list[int]
    order_id: list[str]
    line_key: list[str]
    replaces_key: list[str]  # line_key of the ticket given up for this one (R8)
    package_key: list[str]
    ordered_at: list[datetime]
    event_id: list[str]
    event_name: list[str]
    event_at: list[datetime | None]
    production: list[str]  # never ""
    venue: list[str]
    capacity: list[int]  # 0 where not known
    excluded: list[str]
    visitor_id: list[str]  # "" for an anonymous sale
    visitor_kind: list[str]  # PERSON, ORGANISATION, SCHOOL, RESELLER, HOUSEHOLD, STAFF, TEST
    birth_year: list[int]  # 0 where not known
    gender: list[str]
    consents: list[str]  # PURPOSE=STATUS, parted by blanks
    territory: list[str]  # of the catalogue
    residence_country: list[str]
    residence_municipality: list[str]
    residence_nuts3: list[str]
    distance_km: list[float]  # -1 where not known
    channel: list[str]
    channel_label: list[str]
    price_label: list[str]
    price_class: list[str]
    mode_of_sale: list[str]
    promo: list[str]
    quantity: list[int]
    admissions: list[int]  # `quantity`, or the days of a pass (R15)
    is_estimate: list[bool]
    paid_minor: list[int]
    face_minor: list[int]  # -1 where not known
    fee_minor: list[int]
    settlement_minor: list[int]  # -1 where not known
    status: list[str]
    scanned_at: list[datetime | None]
    is_aggregate: list[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordColumns:
    """A chunk of rows that are no sales, by the column names of their table. Nothing raw."""

    columns: Mapping[str, list[object]] = field(repr=False)


class Dwelling(Protocol):
    """Where a buyer lives, as coarse as it is kept; see `importing.places.Home`."""

    @property
    def territory(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def municipality(self) -> str: ...
    @property
    def nuts3(self) -> str: ...
    @property
    def distance_km(self) -> float: ...


Contacts = tuple[str, str, str, str]
"""What a row says of who it is from: e-mail, customer number, card, phone as written."""


class BulkKeys(Protocol):
    """The import's rules on ids and places, asked for whole columns; see `importing.bulk`."""

    def blocks(self, kind: str) -> tuple[bytes, bytes, str]:
        """HMAC's inner and outer key block, and what goes before the text of an id."""

    def email_blocks(self) -> tuple[bytes, bytes, str]:
        """As `blocks`, for the hash that leads from a plain address to its visitor."""

    def people(self, contacts: Sequence[Contacts]) -> tuple[list[str], list[str]]:
        """Visitor ("" for nobody) and kind of each contact, resolved together."""

    def addressees(self, hashes: Sequence[str], addresses: Sequence[str]) -> list[str]:
        """The visitor of each plain address by its hash, where nothing else names anybody."""

    def kind_of(self, address: str) -> str:
        """What kind of visitor is behind a plain address."""

    def event_id(self, event: str, at: datetime | None) -> str:
        """The id of an event by its name and time."""

    def place_of(self, venue: str) -> str:
        """What `home` is to be told of a venue: "" where it lies where the house does."""

    def home(self, country: str, postcode: str, place: str) -> Dwelling:
        """Where a buyer of a row with these cells lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkCounts:
    """What a database counted of many rows at once, by the names of `importing.tally.Tally`."""

    numbers: Mapping[str, int]  # `sales` is all of them
    covered: Mapping[str, int]
    days: Mapping[date, int]
    births: Mapping[int, int]
    words: frozenset[str] = field(repr=False)
    first_event: datetime | None
    last_event: datetime | None


@dataclass(slots=True, kw_only=True)
class BulkLoad:
    """A large file to be staged at once. Where the store did, it says what it left and counted.

    `judge` is asked before anything is staged, with the rows that would be left over and with
    one row, in the order of the file, for each way in which the others sell and call what they
    sell. It answers with number and contacts of the left rows that will be taken; None where
    the file is to be read row by row after all.
    """

    table: Table
    plan: Plan
    keys: BulkKeys = field(repr=False)
    judge: Callable[[Table, Sequence[Sequence[str]]], Sequence[tuple[int, Contacts]] | None]
    chunk_rows: int  # rows whose visitors are resolved together
    left: Table | None = None
    counts: BulkCounts | None = None
    repeats: Callable[[], int] | None = None  # rows equal to the one before, once all are staged


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchKey:
    """What makes a batch the same batch: this file read with these settings."""

    batch_id: str  # 32 hexadecimal characters
    file_sha256: str
    source_system: str
    connector: str
    currency: str
    detail: int  # 2: one line per ticket type or position, 1: one line per order
    group_size: int  # an order of at least this many tickets is a group (R13)
    kind: str = "sales"  # a `records.RecordKind`
    is_complete: bool = False  # the file has every order of its days: others are deleted
    adds_rows: bool = False  # a replay: its rows join what the batch already has


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchClosing:
    """What is known once every row has been read."""

    rows: int
    rejected: tuple[tuple[int, str, str], ...]  # row, reason, column
    report: str  # the import report as JSON
    provides: frozenset[Need]  # by the columns of the file, not by what stands in them
    header: tuple[str, ...] = ()  # of the file, to replay refused rows with
    reading: str = "{}"  # how it was read, as JSON, to replay refused rows with
    quality: Mapping[str, float] = field(default_factory=dict)  # by figure, for drift
    venues: tuple[tuple[str, str, str, str], ...] = ()  # name, country, municipality, NUTS 3


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBatch:
    """An import as the store keeps it, enough to read its refused rows again."""

    key: BatchKey
    header: tuple[str, ...]
    reading: str  # as `importing.kept_plan` wrote it
    report: str
    refused: tuple[tuple[int, str, str], ...]  # row, reason, column


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What taking a batch did to what was there."""

    superseded: int = 0  # orders, or records, that an earlier batch had
    removed: int = 0  # orders that a complete export no longer has
    kinds: Mapping[str, int] = field(default_factory=dict)  # of its visitors, by kind


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseFacts:
    """The settings of the house that the store's views read. All of them are public."""

    slug: str
    name: str
    institution_type: str
    size_band: str
    country: str
    timezone: str
    currency: str
    mature_lag_days: int = 0  # R21
    consent_needed: bool = False  # statistics only of visitors who consented (decision 0020)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What the last imports of a source were like, and the words that they used."""

    quality: tuple[Mapping[str, float], ...] = ()
    words: frozenset[str] = field(default=frozenset(), repr=False)


class VisitorStore(Protocol):
    """The canonical tables of one institution."""

    def has_batch(self, batch_id: str) -> bool:
        """Whether this very batch was applied before."""

    def earlier(self, source_system: str, kind: str) -> Earlier:
        """What the last imports of a source were like."""

    def apply_batch(
        self,
        key: BatchKey,
        chunks: Iterable[LineColumns | RecordColumns | BulkLoad],
        closing: Callable[[], BatchClosing],
    ) -> Applied:
        """Take all chunks in one transaction.

        `closing` is called once, after the last chunk and just before the commit.
        Whatever `chunks` or `closing` raises leaves the store as it was.
        """

    def lines(self, starts: date, ends: date) -> Iterator[EligibleLine]:
        """Eligible lines of orders from `starts` up to but not including `ends`."""

    def execute_measure(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[int, ...]]:
        """Run one SELECT and return its rows."""

    def history_starts(self) -> date | None:
        """First day of the first month with an eligible order."""
