"""Who of a lifecycle stage may be written to: the list for the house's own mail tool.

This is another purpose than statistics, so that it asks for its own consent: e-mail that the
visitor agreed to, or what the law allows towards buyers about similar offers of the same
house. Whoever objected to statistics has no stage here, and is in no list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from foyer_node.engine.ports import LineStore
from foyer_node.insight.days import midnight
from foyer_node.insight.lifecycle import (
    STANDING,
    LifecycleStage,
    StageLimits,
    limits_asked,
    stage_at,
)
from foyer_protocol.catalogue.schema import Period

AGREED = ("GIVEN", "SOFT_OPT_IN")
"""The answers to MARKETING_EMAIL under which a house may write."""

HEADER = "email,consent"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula; no address that begins so is listed."""

_ALLOWED = f"""
    SELECT v.visitor_id, c.status FROM main.visitor v
    JOIN main.consent c ON c.visitor_id = v.visitor_id AND c.purpose = 'MARKETING_EMAIL'
    WHERE c.status IN {AGREED} AND v.visitor_kind IN ('PERSON', 'HOUSEHOLD')
      AND NOT (v.is_staff OR v.is_test OR v.opted_out)"""

_MEMBERS = f"""
    SELECT s.visits, s.recency, a.visitor_id, a.status
    FROM ({STANDING}) s JOIN ({_ALLOWED}) a ON a.visitor_id = s.unit"""

_CONTACTABLE = f"""
    SELECT 0, count(DISTINCT unit)::BIGINT FROM eligible_line
    WHERE person AND ordered_at >= ? AND ordered_at < ?
      AND unit IN (SELECT visitor_id FROM ({_ALLOWED}))"""


class MemberStore(Protocol):
    """The house's own lines, in the tables of the store."""

    def execute_measure(
        self, sql: str, parameters: tuple[object, ...]
    ) -> Sequence[tuple[Any, ...]]:
        """Run one SELECT and return its rows."""


class AddressBook(Protocol):
    """What the vault knows of visitors' addresses."""

    def emails_of(self, visitors: Sequence[str]) -> Mapping[str, str]:
        """An e-mail address of each of `visitors` that has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """One line of a list."""

    email: str = field(repr=False)
    consent: str  # one of `AGREED`


def count_contactable(store: LineStore, year: Period) -> int:
    """Known persons with an order in `year` who may be written to. Exact, for home."""
    window = (midnight(year.starts), midnight(year.ends))
    ((_, persons),) = store.execute_measure(_CONTACTABLE, window)
    return persons


def find_members(
    store: MemberStore, stage: LifecycleStage, today: date, limits: StageLimits
) -> dict[str, str]:
    """The visitors at `stage` who may be written to, as visitor id and consent."""
    rows = store.execute_measure(_MEMBERS, limits_asked(today, limits))
    return {
        visitor.hex: consent
        for visits, recency, visitor, consent in rows
        if stage_at(visits, recency, today) is stage
    }


def reveal_addresses(members: Mapping[str, str], book: AddressBook) -> tuple[Addressee, ...]:
    """One address for each of `members` that has one, by the alphabet; never two alike.

    Sorted, since the order in which visitors came would tell more than was asked for.
    """
    found = book.emails_of(list(members))
    listed = {
        email: Addressee(email=email, consent=members[visitor])
        for visitor, email in found.items()
        if not email.startswith(FORMULA_STARTS)
    }
    return tuple(listed[email] for email in sorted(listed))


def write_list(addressees: Iterable[Addressee], *, bom: bool = True) -> Iterator[bytes]:
    """The list as CSV in UTF-8, a line at a time. `bom` lets a spreadsheet see the encoding."""
    yield ("\ufeff" if bom else "").encode() + f"{HEADER}\r\n".encode()
    for one in addressees:
        email = one.email.replace('"', '""')
        yield f'"{email}",{one.consent}\r\n'.encode()
