"""Sealing: what a node sends to one helper through a coordinator that cannot read it.

HPKE [RFC 9180] in base mode with ML-KEM-768 + X25519, HKDF-SHA256 and AES-256-GCM. The
sender's key is ephemeral, so a stolen node reveals nothing sent earlier. `info` binds a
sealed message to its job, node, nonce and helper: moved anywhere else it does not open
[protocol.md 1.3, C5]. Base mode names no sender: the signed report around it does.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite

from foyer_protocol.crypto.helper_key import X25519_BYTES, HelperKey
from foyer_protocol.errors import RemoteProtocolError

PUBLIC_BYTES = 1184 + X25519_BYTES
OVERHEAD_BYTES = 1088 + 32 + 16
"""A sealed message is this much longer: two encapsulations and the tag."""

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal(plaintext: bytes, public: bytes, info: bytes) -> bytes:
    """Return `plaintext` sealed to the helper with the key `public`, bound to `info`.

    Raises:
        RemoteProtocolError: `public` is no helper key; nothing was sealed.
    """
    if len(public) != PUBLIC_BYTES:
        raise RemoteProtocolError(
            f"a helper's public key of {len(public)} bytes is in the roster, it must have "
            f"{PUBLIC_BYTES}; nothing was sealed to it"
        )
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(public[:-X25519_BYTES])
        x25519 = X25519PublicKey.from_public_bytes(public[-X25519_BYTES:])
        return _SUITE.encrypt(plaintext, MLKEM768X25519PublicKey(mlkem, x25519), info)
    except ValueError:
        raise RemoteProtocolError(
            "a helper's public key in the roster is not a point and a lattice key; "
            "nothing was sealed to it"
        ) from None


def open_sealed(sealed: bytes, key: HelperKey, info: bytes) -> bytes:
    """Return the plaintext of `sealed`.

    Why it does not open is not told apart: altered, for another helper and with another
    `info` look the same, to us and to whoever is probing.

    Raises:
        RemoteProtocolError: it does not open; nothing of it was read.
    """
    try:
        return _SUITE.decrypt(sealed, key.private, info)
    except (InvalidTag, ValueError):
        raise RemoteProtocolError(
            f"a sealed message of {len(sealed)} bytes does not open with our {key!r}: altered, "
            "or sealed for another helper, job or node; nothing of it was read"
        ) from None
