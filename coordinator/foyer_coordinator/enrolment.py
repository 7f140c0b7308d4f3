"""One-time codes: their form, when one is good, and what spending one gives.

Decided here and nowhere else:

- A code is 100 random bits, written in Crockford's base 32. That much entropy is why a
  plain SHA-256 may guard it at rest: there is nothing to guess, so nothing to slow down.
- A code is spent once, by one set of keys. The reply to the spending may be lost on the
  way, so *the same keys* may ask again until the code expires and get the very same
  certificate. Any other keys are refused, before and after expiry. A lost reply never
  makes the code usable again.
- The certificate names the institution the invitation was made for. Nothing that the
  applicant sends can change that.

Time and entropy are arguments. Who keeps the book is `enrolment_desk`.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from foyer_protocol.errors import EnrolmentRefused, LocalProtocolError
from foyer_protocol.ids import InstitutionId

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a code can be read out on the telephone."""

CODE_CHARACTERS = 20
"""Five bits each: 100 bits."""

ENTROPY_BYTES = 13
"""Least number of random bytes that `format_code` needs: 104 bits, of which it uses 100."""

CODE_LIFETIME = timedelta(hours=24)
"""Long enough to reach a colleague on the next working day, short enough to be forgotten."""

_GROUP = 4
_LOOKALIKES = str.maketrans("ILO", "110", "- ")
_NEXT = "Ask the network's operator for a new invitation."


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFacts:
    """What anyone can read on the institution's own door. Empty means not told."""

    name: str = ""
    country: str = ""
    kind: str = ""
    size_band: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolRequest:
    """What an applicant sends. All keys are public halves."""

    code: str = field(repr=False)
    protocol_version: int
    signing_key: str = field(repr=False)
    transport_key_pem: str = field(repr=False)
    helper_key: bytes = field(repr=False)
    helper_key_signature: bytes = field(repr=False)
    certificate_request_pem: str = field(repr=False)
    facts: PublicFacts = PublicFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkCard:
    """What every institution of the network is told at enrolment; all of it is public."""

    network: str
    authority_pem: str = field(repr=False)
    coordinator_key: str = field(repr=False)
    governance_keys: tuple[str, ...] = field(repr=False)
    governance_quorum: int
    control_address: str
    fleet_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolGrant:
    """What a spent code gives."""

    institution: InstitutionId
    certificate_pem: str = field(repr=False)
    card: NetworkCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One row of the operator's book. The code itself is nowhere in it.

    `keys_digest` and `certificate_pem` are set together, when the code is spent.
    """

    institution: InstitutionId
    code_hash: str = field(repr=False)
    expires_at: datetime
    keys_digest: str | None = field(default=None, repr=False)
    certificate_pem: str | None = field(default=None, repr=False)


def format_code(entropy: bytes) -> str:
    """Return a code in groups of four, from at least `ENTROPY_BYTES` random bytes.

    >>> format_code(bytes(range(13)))
    '000G-40R4-0M30-E209-185G'
    """
    if len(entropy) < ENTROPY_BYTES:
        raise LocalProtocolError(
            f"a code needs {ENTROPY_BYTES} random bytes and got {len(entropy)}; no code was made"
        )
    number = int.from_bytes(entropy[:ENTROPY_BYTES]) >> (ENTROPY_BYTES * 8 - CODE_CHARACTERS * 5)
    text = "".join(ALPHABET[number >> 5 * at & 31] for at in reversed(range(CODE_CHARACTERS)))
    return "-".join(text[at : at + _GROUP] for at in range(0, CODE_CHARACTERS, _GROUP))


def hash_code(code: str) -> str:
    """Return what is stored of a code: 64 hexadecimal digits.

    Case, hyphens, spaces and the lookalikes I, L and O do not matter.

    >>> hash_code("000G-40R4-0M30-E209-185G") == hash_code("ooog 40r4 om3o e2o9 i85g")
    True
    """
    normal = code.upper().translate(_LOOKALIKES)
    return hashlib.sha256(b"foyer enrolment code\x00" + normal.encode()).hexdigest()


def invitation_text(*, host: str, port: int, code: str, fingerprint: str) -> str:
    """Return the one line that a person is given; the node reads it (`foyer_node.enrolment`).

    >>> invitation_text(host="127.0.0.1", port=7001, code="AAAA", fingerprint="ab12")
    'foyer1:127.0.0.1:7001:AAAA:ab12'
    """
    where = f"[{host}]" if ":" in host else host
    return f"foyer1:{where}:{port}:{code}:{fingerprint}"


def digest_keys(request: EnrolRequest, certificate_key: bytes) -> str:
    """Return a digest of every public key in the request: who is asking.

    Signatures are left out, since ECDSA makes another one each time for the same key.
    """
    digest = hashlib.sha256(b"foyer enrolment keys\x00")
    for part in (
        request.signing_key.encode(),
        request.transport_key_pem.encode(),
        request.helper_key,
        certificate_key,
    ):
        digest.update(len(part).to_bytes(4))
        digest.update(part)
    return digest.hexdigest()


def find(code: str, invitations: Iterable[Invitation]) -> Invitation:
    """Return the invitation that `code` opens, comparing in constant time.

    Raises:
        EnrolmentRefused: the code opens none of them.
    """
    wanted = hash_code(code)
    found: Invitation | None = None
    for invitation in invitations:
        if hmac.compare_digest(invitation.code_hash, wanted):
            found = invitation
    if found is None:
        raise EnrolmentRefused(
            "this code opens no invitation of this network; nothing was enrolled",
            hint=f"Compare it with the invitation, character by character. {_NEXT}",
        )
    return found


def is_repeat(invitation: Invitation, keys_digest: str, now: datetime) -> bool:
    """Tell whether the same keys ask again (True) or the code is still unspent (False).

    Raises:
        EnrolmentRefused: the code has expired, or other keys have spent it.
    """
    if now >= invitation.expires_at:
        raise EnrolmentRefused(
            f"this code was good until {invitation.expires_at:%Y-%m-%d %H:%M} UTC and it is"
            f" {now:%Y-%m-%d %H:%M} UTC; nothing was enrolled",
            hint=_NEXT,
        )
    if invitation.keys_digest is None:
        return False
    if not hmac.compare_digest(invitation.keys_digest, keys_digest):
        raise EnrolmentRefused(
            "this code has been used, with other keys than these; nothing was enrolled",
            hint=f"If nobody at your institution used it, tell the operator today. {_NEXT}",
        )
    return True
