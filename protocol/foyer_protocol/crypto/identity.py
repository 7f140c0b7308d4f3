"""Who says so: an institution's long-term Ed25519 key, its signatures and its fingerprint.

Every signature covers a purpose as well as a message, so that one made for a report can
never be shown as one for a roster. Public keys are 64 lower-case hexadecimal digits
wherever they are written; the fingerprint is what two people compare aloud.
"""

import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from foyer_protocol.crypto.digests import digest
from foyer_protocol.crypto.randomness import Entropy, system_entropy
from foyer_protocol.errors import ConfigError, RemoteProtocolError
from foyer_protocol.ids import HEX64

PRIVATE_BYTES = 32
_FINGERPRINT_DIGITS = 16
_GROUP = 4


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Identity:
    """The private side of an institution or a governance signer."""

    public: str
    """The public key, 64 hexadecimal digits. Pinned in the roster."""

    _private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls, entropy: Entropy = system_entropy) -> "Identity":
        """Return a new identity from 32 bytes of `entropy`."""
        return cls.from_bytes(entropy(PRIVATE_BYTES))

    @classmethod
    def from_bytes(cls, raw32: bytes) -> "Identity":
        """Return the identity that `to_bytes` wrote.

        Raises:
            ConfigError: not 32 bytes, so the key file is damaged; no key was read.
        """
        if len(raw32) != PRIVATE_BYTES:
            raise ConfigError(
                f"an identity key of {len(raw32)} bytes cannot be read, it has {PRIVATE_BYTES}; "
                "nothing can be signed with it",
                hint="Restore the key file from a copy, or enrol this institution anew.",
            )
        private = Ed25519PrivateKey.from_private_bytes(raw32)
        return cls(public=private.public_key().public_bytes_raw().hex(), _private=private)

    def to_bytes(self) -> bytes:
        """Return the secret 32 bytes [RFC 8032, 5.1.5]. For a key file."""
        return self._private.private_bytes_raw()

    def sign(self, purpose: str, message: bytes) -> bytes:
        """Return the 64-byte signature of `message` for `purpose` and for no other."""
        return self._private.sign(_signed_bytes(purpose, message))

    def __repr__(self) -> str:
        return f"Identity({fingerprint(self.public)})"


def verify(public: str, purpose: str, message: bytes, signature: bytes) -> None:
    """Return if `public` signed `message` for `purpose`; refuse otherwise.

    Raises:
        RemoteProtocolError: the signature is not that, or `public` is no key; the message
            must not be used.
    """
    signer = fingerprint(public)
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(signature, _signed_bytes(purpose, message))
    except (InvalidSignature, ValueError):
        raise RemoteProtocolError(
            f"a signature for {purpose!r} is not by the key {signer}; what it covers was not used",
            hint="Compare the fingerprint with the institution's, by telephone and not by e-mail.",
        ) from None


def fingerprint(public: str) -> str:
    """Return 16 digits in four groups that two people compare aloud.

    The first 64 bits of the digest of the public key, for recognising a key: software
    compares the whole key.

    >>> fingerprint("00" * 32)
    '3a63 3b62 1e12 d78f'

    Raises:
        RemoteProtocolError: `public` is not 64 lower-case hexadecimal digits.
    """
    if re.fullmatch(HEX64, public) is None:
        raise RemoteProtocolError(
            f"a public key of {len(public)} characters was given where 64 lower-case "
            "hexadecimal digits are needed; it names nobody"
        )
    digits = digest("fingerprint", bytes.fromhex(public)).hex()[:_FINGERPRINT_DIGITS]
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


def _signed_bytes(purpose: str, message: bytes) -> bytes:
    # The digest has a fixed length, so purpose and message cannot be shifted into each other.
    return digest("signature", purpose.encode()) + message
