"""Who a booking is from, as a keyed hash (rules R1-R3).

A keyed hash is a pseudonym, not anonymity: it stays in the vault. The store gets a
random visitor id that has nothing to do with it.
"""

import hmac
import re
import unicodedata
from collections.abc import Set

import idna

from foyer_node.ports import Claim

EMAIL = "EMAIL_HMAC"
CUSTOMER_NO = "SOURCE_CUSTOMER_NO"
_PLAIN = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}")
_SHARED = frozenset({
    "info", "booking", "bookings", "bokning", "billet", "billetter", "tickets", "ticket",
    "kontakt", "contact", "kontor", "office", "admin", "administration", "mail", "post",
    "reception", "receptie", "accueil", "billetterie", "reservation", "reservations",
    "reserveringen", "salg", "sales", "verkoop", "myynti", "lipunmyynti", "skole", "skola",
    "school", "ecole", "koulu", "groups", "gruppe", "groepen", "groupes", "noreply", "no-reply",
})  # fmt: skip
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


def visitor_kind(email: str, staff_domains: Set[str]) -> str:
    """PERSON, ORGANISATION for a shared address (R3), STAFF for the house's own domains (R25)."""
    local, _, domain = email.partition("@")
    if domain and domain in staff_domains:
        return "STAFF"
    return "ORGANISATION" if local in _SHARED else "PERSON"


def keyed_hash(secret: bytes, *parts: str) -> str:
    """HMAC-SHA256 under the node's secret of `parts`, kept apart by a unit separator."""
    return hmac.digest(secret, "\x1f".join(parts).encode(), "sha256").hex()


def claim_of(secret: bytes, email: str, customer_no: str, source_system: str) -> Claim | None:
    """The claim of a booking, the e-mail address deciding, else the customer number (R2).

    `email` is normalised. None for an anonymous sale: a till, a name or a postcode is
    never a key (R2, R6).
    """
    found = []
    if email:
        found.append((EMAIL, keyed_hash(secret, EMAIL, email), email))
    number = customer_no.strip()
    if number.lower() not in _NOBODY and number.strip("0"):
        hashed = keyed_hash(secret, CUSTOMER_NO, source_system, number)
        found.append((CUSTOMER_NO, hashed, number))
    return Claim(identifiers=tuple(found)) if found else None
