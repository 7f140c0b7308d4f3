"""A large plain file on its way into the stage in whole columns, and what the import keeps of it.

The database reads the file (`adapters.bulk_lines`); this is what it asks of the import on the
way, and what is left for the reader of rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice

from foyer_node.connectors.connector import CanonicalRow, Connector, Plan, Reading
from foyer_node.connectors.records import RecordKind
from foyer_node.data_ports import Contacts, IdentityVault
from foyer_node.importing.columns import HouseRules, Pseudonymiser, event_key
from foyer_node.importing.facets import FacetReader
from foyer_node.importing.keys import (
    EMAIL,
    Contact,
    claim_of,
    hmac_blocks,
    keyed_hash,
    normalise_email,
    normalise_phone,
    visitor_kind,
)
from foyer_node.importing.places import Home
from foyer_node.importing.rules import country_of
from foyer_node.ports import Cell, Source, Table
from foyer_protocol.errors import ConnectorError

LARGE_BYTES = 1 << 24
"""From this size on a file is read in bulk where it can be: some 200,000 rows."""

HEAD_ROWS = 100_000
"""Rows by which a large file is planned; it is planned anew if they do not stand for all."""

_BESIDE_THE_STAGE = frozenset({"due", "valid_days"})
"""Columns whose rules look at whole rows (R9, R15): such files go row by row."""


def head_of(
    source: Source, connector: Connector, table: Table, reading: Reading, large_bytes: int
) -> Plan | None:
    """The plan by the first rows of a file that may be read in bulk, None for any other file.

    A connector whose rows are more than the row says nothing of `rows_alone`.
    """
    if connector.kind is not RecordKind.SALES or source.size < large_bytes:
        return None
    try:
        plan = connector.plan(Head(table=table), reading)
    except ConnectorError:  # a later row may settle what these leave open
        return None
    asked = {*plan.columns, *plan.constants, *plan.reading.constants}
    return plan if plan.rows_alone and not plan.refunded and not _BESIDE_THE_STAGE & asked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first rows of a table, and others after them."""

    table: Table
    others: Sequence[Sequence[Cell]] = ()
    left: Table | None = None

    @property
    def header(self) -> tuple[str, ...]:
        """As of the whole table."""
        return self.table.header

    @property
    def layout(self) -> str:
        """As of the whole table."""
        return self.table.layout

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Not more than `HEAD_ROWS`; the others have no number."""
        others = ((0, cells) for cells in self.others)
        left = iter(()) if self.left is None else self.left.rows()
        return chain(islice(self.table.rows(), HEAD_ROWS), others, left)


@dataclass(slots=True, kw_only=True)
class Judge:
    """Whether what the first rows said of a table holds for all of its rows."""

    connector: Connector
    table: Table
    reading: Reading
    plan: Plan

    def ask(
        self, left: Table, kinds: Sequence[Sequence[str]]
    ) -> Sequence[tuple[int, Contacts]] | None:
        """Number and contacts of the left rows that will be taken; see `data_ports.BulkLoad`.

        None where a row takes back another (R7), or the plan would be another one.
        """
        try:
            plan = self.connector.plan(
                Head(table=self.table, others=kinds, left=left), self.reading
            )
        except ConnectorError:
            return None
        if plan.refunded or replace(plan, warnings=self.plan.warnings) != self.plan:
            return None
        self.plan = plan
        return [
            (row.row, (row.email, row.customer_key, row.card, row.phone))
            for row in self.connector.read(left, plan)
            if isinstance(row, CanonicalRow)
        ]


class WholeColumns:
    """The import's own rules about visitors, events and homes, for whole columns."""

    def __init__(
        self,
        secret: bytes,
        source_system: str,
        rules: HouseRules,
        vault: IdentityVault,
        plan: Plan,
        keys: Pseudonymiser,
    ) -> None:
        self._secret = secret
        self._source = source_system
        self._rules = rules
        self._vault = vault
        self._keys = keys
        self._usual = FacetReader(plan).usual()

    def blocks(self, kind: str) -> tuple[bytes, bytes, str]:
        """HMAC's inner and outer key block, and what goes before the text of an id."""
        return (*hmac_blocks(self._secret), f"{kind}\x1f{self._source}\x1f")

    def email_blocks(self) -> tuple[bytes, bytes, str]:
        """The same for the hash of a plain address."""
        return (*hmac_blocks(self._secret), f"{EMAIL}\x1f")

    def addressees(self, hashes: Sequence[str], addresses: Sequence[str]) -> list[str]:
        """The visitor of each plain address by its hash, where nothing else names anybody."""
        return self._vault.resolve_all(EMAIL, hashes, addresses, self._source)

    def kind_of(self, address: str) -> str:
        """What kind of visitor is behind a plain address."""
        return visitor_kind(address, self._rules.domains)

    def people(self, contacts: Sequence[Contacts]) -> tuple[list[str], list[str]]:
        """The visitor of each contact as written, "" where it names nobody; and of what kind."""
        emails = [normalise_email(email) if email else "" for email, _, _, _ in contacts]
        kinds = [self.kind_of(email) if email else "PERSON" for email in emails]
        if all(emails) and not any(any(others) for _, *others in contacts):
            hashes = [keyed_hash(self._secret, EMAIL, email) for email in emails]
            return self.addressees(hashes, emails), kinds
        country = country_of(self._rules.country)
        claims = [
            claim_of(
                self._secret,
                Contact(
                    email=email,
                    customer_no=number,
                    card=card if self._rules.identify_by_card else "",
                    phone=normalise_phone(phone, country) if phone else "",
                ),
                self._source,
            )
            for email, (_, number, card, phone) in zip(emails, contacts, strict=True)
        ]
        found = iter(self._vault.resolve([one for one in claims if one], self._source))
        return ["" if claim is None else next(found) for claim in claims], kinds

    def event_id(self, event: str, at: datetime | None) -> str:
        """The id of an event by its name and time."""
        return event_key(self._source, replace(self._usual, event=event, event_at=at))

    def place_of(self, venue: str) -> str:
        """What `home` is to be told of a venue: "" where it lies where the house does."""
        self._keys.see_venues((venue,))
        return venue.lower() if venue.lower() in self._rules.places.venues else ""

    def home(self, country: str, postcode: str, place: str) -> Home:
        """Where a buyer of a row with these cells lives."""
        row = replace(self._usual, country=country, postcode=postcode, venue=place)
        return self._rules.places.home(row)
