"""Who a booking is from, as a keyed hash (rules R1-R3, R25).

A keyed hash is a pseudonym, not anonymity: it stays in the vault. The store gets a
random visitor id that has nothing to do with it.
"""

import hmac
import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass, field

import idna

from foyer_node.data_ports import Claim

EMAIL = "EMAIL_HMAC"
CUSTOMER_NO = "SOURCE_CUSTOMER_NO"
CARD = "LOYALTY_CARD_HMAC"
PHONE = "PHONE_HMAC"
_CALLING = {
    "BE": "32", "CA": "1", "DE": "49", "DK": "45", "FI": "358", "FR": "33", "GB": "44",
    "NL": "31", "NO": "47", "SE": "46", "US": "1",
}  # fmt: skip
_NO_TRUNK_ZERO = frozenset({"CA", "DK", "NO", "US"})
_TEST_DOMAINS = (".example.com", ".example.net", ".test", ".invalid")
PLAIN_ADDRESS = r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}"
"""An address that is its own normal form."""
_PLAIN = re.compile(PLAIN_ADDRESS)
SHARED = frozenset({
    "info", "booking", "bookings", "bokning", "billet", "billetter", "tickets", "ticket",
    "kontakt", "contact", "kontor", "office", "admin", "administration", "mail", "post",
    "reception", "receptie", "accueil", "billetterie", "reservation", "reservations",
    "reserveringen", "salg", "sales", "verkoop", "myynti", "lipunmyynti", "skole", "skola",
    "school", "ecole", "koulu", "groups", "gruppe", "groepen", "groupes", "noreply", "no-reply",
})  # fmt: skip
"""Local parts of addresses behind which several people sit (R3)."""
_NOBODY = frozenset(
    ["", "0", "-", "n/a", "na", "none", "null", "guest", "anonymous", "anonym", "?", "nan"]
)


def normalise_email(text: str) -> str:
    """An address as one person's key, or "" if it is none (R1).

    Trimmed, NFKC, lower case, without display name and `mailto:`, domain in IDNA. Dots
    and +tags stay: they may be two people.

    >>> normalise_email(" Ada <Ada.L+x@Köln.DE> "), normalise_email("none")
    ('ada.l+x@xn--kln-sna.de', '')
    """
    address = unicodedata.normalize("NFKC", text).strip().lower()
    if address.endswith(">") and "<" in address:
        address = address[address.rfind("<") + 1 : -1].strip()
    address = address.removeprefix("mailto:")
    if _PLAIN.fullmatch(address):
        return address
    local, at, domain = address.rpartition("@")
    if not (at and local) or any(c.isspace() or c in ",;<>@" for c in local):
        return ""
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}" if "." in domain else ""
    except idna.IDNAError:
        return ""


def normalise_phone(text: str, country: str) -> str:
    """A number in E.164, or "" if it is none: too short, too long, or of an unknown country (R2).

    `country` (ISO 3166-1) is where a number without a country code is from.

    >>> normalise_phone("(0)6 12 34 56 78", "FR"), normalise_phone("20 30 40 50", "DK")
    ('+33612345678', '+4520304050')
    >>> normalise_phone("0045 20304050", ""), normalise_phone("12", "DK")
    ('+4520304050', '')
    """
    written = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(character for character in written if character in "0123456789")
    if written.startswith("+"):
        number = digits
    elif digits.startswith("00"):
        number = digits[2:]
    elif country in _CALLING:
        own = digits if country in _NO_TRUNK_ZERO else digits.removeprefix("0")
        number = _CALLING[country] + own
        digits = own
    else:
        return ""
    repeated = len(set(digits)) == 1  # what people type to get past a form
    return "" if repeated or not 8 <= len(number) <= 15 or len(digits) < 6 else f"+{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Domains:
    """Mail domains whose addresses are no single visitor's (R3, R25), as the house lists them."""

    staff: Set[str] = field(default=frozenset())
    reseller: Set[str] = field(default=frozenset())
    school: Set[str] = field(default=frozenset())


def visitor_kind(email: str, domains: Domains) -> str:
    """What kind of visitor an address is (R3, R25).

    PERSON; ORGANISATION for a shared address; RESELLER and SCHOOL for listed domains; STAFF
    for the house's own; TEST for domains that reach nobody.
    """
    local, _, domain = email.partition("@")
    listed = (("STAFF", domains.staff), ("RESELLER", domains.reseller), ("SCHOOL", domains.school))
    for kind, names in listed:
        if domain and domain in names:
            return kind
    if f".{domain}".endswith(_TEST_DOMAINS):  # whole labels: bestexample.com is somebody's
        return "TEST"
    return "ORGANISATION" if local in SHARED else "PERSON"


def keyed_hash(secret: bytes, *parts: str) -> str:
    """HMAC-SHA256 under the node's secret of `parts`, kept apart by a unit separator."""
    return hmac.digest(secret, "\x1f".join(parts).encode(), "sha256").hex()


def hmac_blocks(secret: bytes) -> tuple[bytes, bytes]:
    """The inner and the outer key block of HMAC-SHA256 (RFC 2104), for who has SHA-256 only.

    >>> import hashlib
    >>> inner, outer = hmac_blocks(b"key")
    >>> by_hand = hashlib.sha256(outer + hashlib.sha256(inner + b"a\x1fb").digest())
    >>> by_hand.hexdigest() == keyed_hash(b"key", "a", "b")
    True
    """
    block = secret.ljust(64, b"\0")
    if len(block) > 64:
        raise ValueError("a secret is at most 64 bytes")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What a row says of who it is from, normalised. Goes to the vault and no further."""

    email: str = field(default="", repr=False)
    customer_no: str = field(default="", repr=False)
    card: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


def claim_of(secret: bytes, contact: Contact, source_system: str) -> Claim | None:
    """The claim of a booking: e-mail, else customer number, else card, else phone (R1, R2).

    None for an anonymous sale: a till, a name or a postcode is never a key (R2, R6).
    """
    found = [
        (kind, keyed_hash(secret, kind, *scope, raw), raw)
        for kind, scope, raw in (
            (EMAIL, (), contact.email),
            (CUSTOMER_NO, (source_system,), _said(contact.customer_no)),
            (CARD, (), _said(contact.card)),
            (PHONE, (), contact.phone),
        )
        if raw
    ]
    return Claim(identifiers=tuple(found)) if found else None


def _said(number: str) -> str:
    """A number as written, "" for what stands in a column for nobody."""
    text = number.strip()
    return "" if text.lower() in _NOBODY or not text.strip("0") else text
