"""A large plain file on its way into the stage in whole columns, and what the import keeps of it.

The database reads the file (`adapters.bulk_lines`); this is what it asks of the import on the
way, and what is left for the reader of rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice

from foyer_node.connectors.connector import Plan
from foyer_node.connectors.refused import Refused
from foyer_node.connectors.row_reader import RowReader
from foyer_node.data_ports import BulkKeys, BulkLoad, IdentityVault
from foyer_node.importing.columns import HouseRules, event_key
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
from foyer_node.ports import Cell, Table

LARGE_BYTES = 2**62
"""From this size on a file is read in bulk where it can be. No file is so large:
its tests hold it to the generic connector only, so that it stays off until they hold all."""

HEAD_ROWS = 200_000
"""Rows by which a large file is planned; it is planned anew if it is not read in bulk."""

_BESIDE_THE_STAGE = frozenset({"due", "valid_days"})
"""Columns whose rules look at whole rows (R9, R15): such files go row by row."""


def is_possible(plan: Plan) -> bool:
    """Whether nothing in the plan asks for whole rows."""
    return not _BESIDE_THE_STAGE & {*plan.columns, *plan.constants, *plan.reading.constants}


def load_of(table: Table, plan: Plan, keys: BulkKeys) -> BulkLoad:
    """What the store is handed in place of chunks of rows."""
    return BulkLoad(table=table, plan=plan, keys=keys, suits=partial(take_nothing_back, plan))


def take_nothing_back(plan: Plan, left: Sequence[Sequence[str]]) -> bool:
    """Whether the rows left over can be read by themselves: none takes back another (R7)."""
    reader = RowReader(plan)
    for cells in left:
        try:
            _, is_refund = reader.read(0, cells)
        except Refused:
            continue
        if is_refund:
            return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftRows:
    """Rows that were left over, as the table they came from."""

    header: tuple[str, ...]
    layout: str
    left: Sequence[tuple[int, Sequence[Cell]]] = field(repr=False)

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Each with its line in the file."""
        return iter(self.left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first rows of a table."""

    table: Table

    @property
    def header(self) -> tuple[str, ...]:
        """As of the whole table."""
        return self.table.header

    @property
    def layout(self) -> str:
        """As of the whole table."""
        return self.table.layout

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Not more than `HEAD_ROWS`."""
        return islice(self.table.rows(), HEAD_ROWS)


class WholeColumns:
    """The import's own rules about visitors, events and homes, for whole columns."""

    def __init__(
        self,
        secret: bytes,
        source_system: str,
        rules: HouseRules,
        vault: IdentityVault,
        plan: Plan,
    ) -> None:
        self._secret = secret
        self._source = source_system
        self._rules = rules
        self._vault = vault
        self._usual = FacetReader(plan).usual()

    def blocks(self, kind: str) -> tuple[bytes, bytes, str]:
        """HMAC's inner and outer key block, and what goes before the text of an id."""
        return (*hmac_blocks(self._secret), f"{kind}\x1f{self._source}\x1f")

    def people(self, contacts: Sequence[tuple[str, str, str, str]]) -> tuple[list[str], list[str]]:
        """The visitor of each contact as written, "" where it names nobody; and of what kind."""
        emails = [normalise_email(email) if email else "" for email, _, _, _ in contacts]
        kinds = [
            visitor_kind(email, self._rules.domains) if email else "PERSON" for email in emails
        ]
        if all(emails) and not any(any(others) for _, *others in contacts):
            hashes = [keyed_hash(self._secret, EMAIL, email) for email in emails]
            return self._vault.resolve_all(EMAIL, hashes, emails, self._source), kinds
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

    def home(self, country: str, postcode: str, venue: str) -> Home:
        """Where a buyer of a row with these cells lives."""
        row = replace(self._usual, country=country, postcode=postcode, venue=venue)
        return self._rules.places.home(row)
