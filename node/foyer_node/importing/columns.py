"""Where a canonical row loses everything that could name a visitor."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from foyer_node.connectors.connector import CanonicalRow
from foyer_node.data_ports import Claim, IdentityVault, LineColumns
from foyer_node.importing.keys import (
    Contact,
    Domains,
    claim_of,
    keyed_hash,
    normalise_email,
    normalise_phone,
    visitor_kind,
)
from foyer_node.importing.places import Places
from foyer_node.importing.rules import (
    admissions_of,
    country_of,
    event_identity,
    is_minor,
    settled_status,
)
from foyer_node.ports import Cells

Asked = tuple[str, str, str, str]
"""What a row says of who it is from: e-mail, customer number, card, phone as written."""
_NOBODY: Asked = ("", "", "", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """What the house decided about its own data; each has its reason in `config.Data`."""

    domains: Domains = field(default_factory=Domains)
    identify_by_card: bool = True
    show_percent: int = 70
    country: str = ""  # where a phone number without a country code is from
    today: datetime = datetime.max  # UTC without tzinfo
    places: Places = field(default_factory=Places)


def event_key(source_system: str, row: CanonicalRow) -> str:
    """The id of a row's event: the same in every import of the source, and no secret."""
    return keyed_hash(b"foyer event", source_system, *event_identity(row))[:32]


def order_key(secret: bytes, source_system: str, order_id: str) -> str:
    """A keyed hash: an order number would lead whoever has the ticketing system to a name."""
    return keyed_hash(secret, "order", source_system, order_id)[:32]


class Pseudonymiser:
    """Turns canonical rows into columns with random visitor ids and keyed order ids."""

    def __init__(
        self, secret: bytes, source_system: str, rules: HouseRules, vault: IdentityVault
    ) -> None:
        self._secret = secret
        self._source = source_system
        self._rules = rules
        self._vault = vault
        self._erased = vault.suppressed()
        self._emails: dict[str, tuple[str, str]] = {"": ("", "PERSON")}
        self._claims: dict[Asked, Claim | None] = {_NOBODY: None}
        self._until: dict[Asked, datetime] = {}
        self._known: dict[Asked, str] = {}
        self._events: dict[tuple[str, str], str] = {}
        self._venues: set[str] = set()

    def columns(self, rows: Sequence[CanonicalRow]) -> LineColumns:
        """One chunk. New visitors are made in the vault, whose transaction is the caller's."""
        kinds = [self._person(row.email)[1] for row in rows]
        orders = {text: self.order_id(text) for text in {row.order_id for row in rows}}
        homes = [self._rules.places.home(row) for row in rows]
        admissions = [admissions_of(row, self._rules.show_percent) for row in rows]
        minors = [is_minor(row) for row in rows]
        self.see_venues(row.venue for row in rows)
        return LineColumns(
            row_number=[row.row for row in rows],
            order_id=[orders[row.order_id] for row in rows],
            line_key=[self.key("line", row.line_id) for row in rows],
            replaces_key=[self.key("line", row.replaces_line) for row in rows],
            package_key=[self.key("package", row.package_id) for row in rows],
            ordered_at=[row.ordered_at for row in rows],
            event_id=[self._event_id(row) for row in rows],
            event_name=[row.event for row in rows],
            event_at=[row.event_at for row in rows],
            production=[row.production or row.event for row in rows],
            venue=[row.venue for row in rows],
            capacity=[row.capacity for row in rows],
            excluded=[row.excluded or "" for row in rows],
            visitor_id=self.visitors([(self._asked(row), row.ordered_at) for row in rows]),
            visitor_kind=kinds,
            birth_year=[
                0 if minor else row.birth_year for row, minor in zip(rows, minors, strict=True)
            ],
            gender=["" if minor else row.gender for row, minor in zip(rows, minors, strict=True)],
            consents=[" ".join(f"{what}={word}" for what, word in row.consents) for row in rows],
            territory=[home.territory for home in homes],
            residence_country=[home.country for home in homes],
            residence_municipality=[home.municipality for home in homes],
            residence_nuts3=[home.nuts3 for home in homes],
            distance_km=[home.distance_km for home in homes],
            channel=[row.channel.value for row in rows],
            channel_label=[row.channel_label for row in rows],
            price_label=[row.price_label for row in rows],
            price_class=[row.price_class.value for row in rows],
            mode_of_sale=[row.mode_of_sale for row in rows],
            promo=[row.promo for row in rows],
            quantity=[row.quantity for row in rows],
            admissions=[count for count, _ in admissions],
            is_estimate=[guessed for _, guessed in admissions],
            paid_minor=[row.paid_minor for row in rows],
            face_minor=[-1 if row.face_minor is None else row.face_minor for row in rows],
            fee_minor=[row.fee_minor for row in rows],
            settlement_minor=[
                -1 if row.settlement_minor is None else row.settlement_minor for row in rows
            ],
            status=[settled_status(row, self._rules.today).value for row in rows],
            scanned_at=[row.scanned_at for row in rows],
            is_aggregate=[row.is_aggregate for row in rows],
        )

    def see_venues(self, names: Iterable[str]) -> None:
        """Note venues, to say afterwards where they lie."""
        self._venues.update(name for name in names if name)

    def venues(self) -> tuple[tuple[str, str, str, str], ...]:
        """Name, country, municipality and NUTS 3 region of every venue that was seen."""
        return tuple((name, *self._rules.places.venue(name)) for name in sorted(self._venues))

    def visitors(self, asked: Sequence[tuple[Asked, datetime]]) -> list[str]:
        """The visitor of each row by its contact and date; "" where it names nobody.

        A row dated before the erasure of whom it names is nobody's.
        """
        claims: dict[Asked, Claim] = {}
        for contact, _ in asked:
            if contact not in self._claims:
                claim = self._claim(contact)
                self._claims[contact] = claim
                hits = [
                    self._erased[kind, hashed]
                    for kind, hashed, _ in (claim.identifiers if claim else ())
                    if (kind, hashed) in self._erased
                ]
                if hits:
                    self._until[contact] = max(hits)
        for contact, at in asked:
            claim = self._claims[contact]
            if claim is not None and contact not in self._known and not self.is_erased(contact, at):
                claims[contact] = claim
        found = self._vault.resolve(tuple(claims.values()), self._source)
        self._known.update(zip(claims, found, strict=True))
        return [
            self._known.get(contact, "") if not self.is_erased(contact, at) else ""
            for contact, at in asked
        ]

    def is_erased(self, contact: Asked, at: datetime) -> bool:
        """Whether a row of that moment names somebody who was erased since; after `visitors`."""
        return contact in self._until and at <= self._until[contact]

    def unless_erased(self, rows: Sequence[tuple[int, Cells]]) -> list[tuple[int, Cells]]:
        """Refused rows without those that name somebody who was erased, in whatever column."""
        return [
            (number, cells)
            for number, cells in rows
            if not self._erased
            or self._erased.keys().isdisjoint(
                reading
                for cell in cells
                if cell not in {None, ""}
                for reading in self._readings(str(cell))
            )
        ]

    def _readings(self, text: str) -> Iterator[tuple[str, str]]:
        """Every identifier that a cell could be."""
        contacts = (("", text, "", ""), ("", "", text, ""), ("", "", "", text))
        for contact in ((text, "", "", ""),) if "@" in text else contacts:
            claim = self._claim(contact)
            for kind, hashed, _ in claim.identifiers if claim else ():
                yield kind, hashed

    def _asked(self, row: CanonicalRow) -> Asked:
        card = row.card if self._rules.identify_by_card else ""
        return self._person(row.email)[0], row.customer_key, card, row.phone

    def _claim(self, asked: Asked) -> Claim | None:
        email, customer_no, card, phone = asked
        contact = Contact(
            email=normalise_email(email) if email else "",
            customer_no=customer_no,
            card=card,
            phone=normalise_phone(phone, country_of(self._rules.country)) if phone else "",
        )
        return claim_of(self._secret, contact, self._source)

    def _person(self, text: str) -> tuple[str, str]:
        """The normalised address and the kind of visitor behind it."""
        if text not in self._emails:
            email = normalise_email(text)
            self._emails[text] = email, visitor_kind(email, self._rules.domains)
        return self._emails[text]

    def order_id(self, order_id: str) -> str:
        """The order's id in the store."""
        return order_key(self._secret, self._source, order_id)

    def key(self, kind: str, text: str) -> str:
        """A keyed hash of an id of the source, "" for none."""
        return keyed_hash(self._secret, kind, self._source, text)[:32] if text else ""

    def contact(self, *, email: str, customer_key: str, card: str = "") -> Asked:
        """What a row that is no sale says of who it is from, for `visitors`."""
        kept = card if self._rules.identify_by_card else ""
        return self._person(email)[0], customer_key, kept, ""

    def _event_id(self, row: CanonicalRow) -> str:
        key = event_identity(row)
        if key not in self._events:
            self._events[key] = event_key(self._source, row)
        return self._events[key]
