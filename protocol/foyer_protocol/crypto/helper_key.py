"""A helper's epoch key: the private half opens the seeds that are sealed to it.

ML-KEM-768 and X25519 together, so that a recording made today stays shut unless both
fall. The library's hybrid key has no serialised form: the two component keys are kept,
and the hybrid is rebuilt from them. One key serves one epoch and is then destroyed.
"""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

from foyer_protocol.crypto.digests import digest
from foyer_protocol.crypto.randomness import Entropy, system_entropy
from foyer_protocol.errors import ConfigError

MLKEM_SEED_BYTES = 64
X25519_BYTES = 32
PRIVATE_BYTES = MLKEM_SEED_BYTES + X25519_BYTES


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class HelperKey:
    """The private key of one helper in one epoch. Its repr shows the public half's digest."""

    public: bytes
    """1216 bytes: the ML-KEM-768 public key, then the X25519 one. Goes into the roster."""

    private: MLKEM768X25519PrivateKey = field(repr=False)
    """What the library opens with; holds no readable bytes."""

    _serialised: bytes = field(repr=False)

    @classmethod
    def generate(cls, entropy: Entropy = system_entropy) -> "HelperKey":
        """Return a new key from 96 bytes of `entropy`."""
        return cls.from_bytes(entropy(PRIVATE_BYTES))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "HelperKey":
        """Return the key that `to_bytes` wrote.

        Raises:
            ConfigError: `raw` is not 96 bytes, so the key file is damaged; no key was read.
        """
        if len(raw) != PRIVATE_BYTES:
            raise ConfigError(
                f"a helper key of {len(raw)} bytes cannot be read, it has {PRIVATE_BYTES}; "
                "no seed can be opened with it",
                hint="Restore the key file from a copy, or ask governance for a new epoch.",
            )
        mlkem = MLKEM768PrivateKey.from_seed_bytes(raw[:MLKEM_SEED_BYTES])
        x25519 = X25519PrivateKey.from_private_bytes(raw[MLKEM_SEED_BYTES:])
        return cls(
            public=mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw(),
            private=MLKEM768X25519PrivateKey(mlkem, x25519),
            _serialised=raw,
        )

    def to_bytes(self) -> bytes:
        """Return the secret 96 bytes: the ML-KEM seed, then the X25519 scalar. For a key file."""
        return self._serialised

    def __repr__(self) -> str:
        return f"HelperKey(public digest {digest('helper-key', self.public).hex()[:16]})"
