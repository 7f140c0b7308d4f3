"""Who may join: what an applicant must show, and the institution that it then is."""

import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from foyer_coordinator.enrolment import EnrolRequest
from foyer_coordinator.ports import Institution, MemberBook
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.ids import HEX64
from foyer_protocol.messages.roster import verify_helper_key

HELPER_KEY_BYTES = 1216
LONGEST_KEY_TEXT = 1000

FACTS: dict[str, str] = {
    "name": r"[^\x00-\x1f\x7f]{0,120}",
    "country": r"([A-Z]{2})?",
    "kind": r"[A-Z_]{0,40}",
    "size_band": r"(XS|S|M|L|XL)?",
}
"""The form of each public fact; an empty one was not told."""


def check_application(request: EnrolRequest) -> None:
    """Hold an application to the forms of its keys and facts: the enrolment desk's `vouch`.

    An empty helper key is an institution that never helps.

    Raises:
        RemoteProtocolError: a key or a fact has another form, or the helper key does not
            carry the signature of the signing key.
    """
    for name, form in FACTS.items():
        if re.fullmatch(form, getattr(request.facts, name)) is None:
            raise RemoteProtocolError(f"the fact {name!r} is not written {form}; nobody enrolled")
    if re.fullmatch(HEX64, request.signing_key) is None:
        raise RemoteProtocolError("the signing key is not 64 hexadecimal digits; nobody enrolled")
    if not _is_transport_key(request.transport_key_pem):
        raise RemoteProtocolError("the transport key is not a P-384 key in PEM; nobody enrolled")
    if not request.helper_key:
        return
    check_helper_key(request.signing_key, request.helper_key, request.helper_key_signature)


def check_helper_key(signing_key: str, public: bytes, signature: bytes) -> None:
    """Hold a helper key to its form and to its institution.

    Raises:
        RemoteProtocolError: it has another length, or does not carry the signature of
            `signing_key`; it was not kept.
    """
    if len(public) != HELPER_KEY_BYTES:
        raise RemoteProtocolError(
            f"the helper key has {len(public)} bytes, not {HELPER_KEY_BYTES}; it was not kept"
        )
    verify_helper_key(signing_key, public, signature)


def renew_helper_key(book: MemberBook, slug: str, public: bytes, signature: bytes) -> bool:
    """Keep the helper key that an institution wants next; whether it is another than was kept.

    Raises:
        RemoteProtocolError: as `check_helper_key`, and of whoever is not enrolled.
    """
    known = book.institution(slug)
    check_helper_key(known.signing_key if known else "", public, signature)
    if known is None or known.helper_key == public.hex():
        return False
    book.renew_helper_key(slug, public.hex(), signature.hex())
    return True


def _is_transport_key(pem: str) -> bool:
    if len(pem) > LONGEST_KEY_TEXT:
        return False
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        return False
    return isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP384R1)


def admit(
    slug: str, request: EnrolRequest, *, at: int, before: Institution | None = None
) -> Institution:
    """The institution that an application makes, under the name of its invitation.

    `before` is the institution as it was known, if it enrols again: keys and told facts
    are new, and all else, a suspension above all, stays.
    """
    facts = request.facts
    return Institution(
        slug=slug,
        name=facts.name or (before.name if before else slug),
        country=facts.country or (before.country if before else ""),
        type=facts.kind or (before.type if before else ""),
        size_band=facts.size_band or (before.size_band if before else ""),
        signing_key=request.signing_key,
        transport_key=request.transport_key_pem,
        helper_key=request.helper_key.hex(),
        helper_signature=request.helper_key_signature.hex() if request.helper_key else "",
        enrolled_at=at,
        data_until=before.data_until if before else None,
        last_seen_at=before.last_seen_at if before else None,
        suspended=before.suspended if before else False,
        discipline=before.discipline if before else "",
        territory=before.territory if before else "",
    )
