"""Where a canonical row loses everything that could name a visitor."""

from collections.abc import Sequence, Set

from foyer_node.connectors.connector import CanonicalRow
from foyer_node.importing.keys import claim_of, keyed_hash, normalise_email, visitor_kind
from foyer_node.importing.rules import event_identity, residence
from foyer_node.ports import Claim, IdentityVault, LineColumns


class Pseudonymiser:
    """Turns canonical rows into columns with random visitor ids and keyed order ids."""

    def __init__(
        self, secret: bytes, source_system: str, staff_domains: Set[str], vault: IdentityVault
    ) -> None:
        self._secret = secret
        self._source = source_system
        self._staff = staff_domains
        self._vault = vault
        self._emails: dict[str, tuple[str, str]] = {"": ("", "PERSON")}
        self._known: dict[tuple[str, str], str | None] = {}
        self._events: dict[tuple[str, str], str] = {}
        self._territories: dict[tuple[str, str], str] = {}

    def columns(self, rows: Sequence[CanonicalRow]) -> LineColumns:
        """One chunk. New visitors are made in the vault, whose transaction is the caller's."""
        people = [self._person(row.email) for row in rows]
        asked = [(email, row.customer_key) for (email, _), row in zip(people, rows, strict=True)]
        orders = {text: self._order_id(text) for text in {row.order_id for row in rows}}
        return LineColumns(
            row=[row.row for row in rows],
            order_id=[orders[row.order_id] for row in rows],
            event_id=[self._event_id(row) for row in rows],
            event_name=[row.event for row in rows],
            event_at=[row.event_at for row in rows],
            excluded=[row.excluded for row in rows],
            ordered_at=[row.ordered_at for row in rows],
            visitor_id=self._visitors(asked),
            visitor_kind=[kind for _, kind in people],
            birth_year=[row.birth_year for row in rows],
            channel=[row.channel.value for row in rows],
            territory=[self._territory(row.country, row.postcode) for row in rows],
            quantity=[row.quantity for row in rows],
            paid_minor=[row.paid_minor for row in rows],
            status=[row.status.value for row in rows],
            price_class=[row.price_class.value for row in rows],
            scanned_at=[row.scanned_at for row in rows],
        )

    def _visitors(self, asked: Sequence[tuple[str, str]]) -> list[str | None]:
        """The visitor of each (e-mail address, customer number); None if it names nobody."""
        claims: dict[tuple[str, str], Claim] = {}
        for pair in dict.fromkeys(asked):
            if pair not in self._known:
                claim = claim_of(self._secret, *pair, self._source)
                self._known[pair] = None
                if claim is not None:
                    claims[pair] = claim
        visitors = self._vault.resolve(tuple(claims.values()), self._source)
        self._known.update(zip(claims, visitors, strict=True))
        return [self._known[pair] for pair in asked]

    def _person(self, text: str) -> tuple[str, str]:
        """The normalised address and the kind of visitor behind it."""
        if text not in self._emails:
            email = normalise_email(text)
            self._emails[text] = email, visitor_kind(email, self._staff)
        return self._emails[text]

    def _order_id(self, order_id: str) -> str:
        """A keyed hash: an order number would lead whoever has the ticketing system to a name."""
        return keyed_hash(self._secret, "order", self._source, order_id)[:32]

    def _event_id(self, row: CanonicalRow) -> str:
        key = event_identity(row)
        if key not in self._events:
            self._events[key] = keyed_hash(b"foyer event", self._source, *key)[:32]
        return self._events[key]

    def _territory(self, country: str, postcode: str) -> str:
        key = (country, postcode)
        if key not in self._territories:
            self._territories[key] = residence(country, postcode)
        return self._territories[key]
