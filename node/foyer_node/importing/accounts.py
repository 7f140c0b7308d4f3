"""Which addresses of a file are no single visitor's, before anything is loaded.

Rules R3 and R25: what is set apart, and whether its tickets count, is in `adapters.view_steps`;
once a file is loaded the store itself counts.
"""

from collections import Counter
from collections.abc import Mapping

from foyer_node.connectors.connector import Record, Rejected
from foyer_node.importing.keys import Domains, normalise_email, visitor_kind

SET_APART: Mapping[str, str] = {
    "TEST": "test accounts, left out",
    "STAFF": "accounts of your own staff, left out",
    "ORGANISATION": "shared addresses, whose tickets count and who count as no visitor",
    "RESELLER": "resellers' addresses, whose tickets count and who count as no visitor",
    "SCHOOL": "schools' addresses, whose tickets count and who count as no visitor",
}
"""By kind of visitor, in words: all that are not a person or a household."""


class Accounts:
    """Counts addresses as rows pass. Keeps those that are set apart, and no other."""

    def __init__(self, domains: Domains) -> None:
        self._domains = domains
        self._kinds: dict[str, str] = {}

    def see(self, row: Record | Rejected) -> None:
        """Look at one row of whatever kind."""
        text = getattr(row, "email", "")
        if not text or text in self._kinds:
            return
        address = normalise_email(text)
        kind = visitor_kind(address, self._domains)
        if kind in SET_APART:
            self._kinds[address] = kind

    def set_apart(self) -> tuple[tuple[str, int], ...]:
        """How many different addresses of each kind; kinds without any are left out."""
        return in_order(Counter(self._kinds.values()))


def in_order(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Counts by kind in the order of `SET_APART`, without zeros."""
    return tuple((kind, counts[kind]) for kind in SET_APART if counts.get(kind))
