"""A node's secrets, each in a file of its own that only the node's user can read."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from foyer_node.adapters.durable import write_durably
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import ConfigError

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKeys:
    """All of a node's secrets in memory. None of them ever leaves the building.

    `visitor_secret` keys the hash that makes visitor keys (R1); `vault_key` seals raw
    identifiers in the vault; `transport_key` (P-384, PEM) signs Flower's requests.
    """

    identity: Identity = field(repr=False)
    helper_key: HelperKey = field(repr=False)
    visitor_secret: bytes = field(repr=False)
    vault_key: bytes = field(repr=False)
    transport_key: bytes = field(repr=False)


def create_keys(folder: Path) -> NodeKeys:
    """Make all keys of a new node, or return those that are there."""
    if not (folder / "identity.key").exists():
        transport = ec.generate_private_key(ec.SECP384R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_durably(folder / "transport.key", transport)
        write_durably(folder / "visitor.secret", secrets.token_bytes(SECRET_BYTES))
        write_durably(folder / "vault.key", secrets.token_bytes(SECRET_BYTES))
        write_durably(folder / "helper.key", HelperKey.generate().to_bytes())
        write_durably(folder / "identity.key", Identity.generate().to_bytes())
    return read_keys(folder)


def read_keys(folder: Path) -> NodeKeys:
    """Read the keys of a node.

    Raises:
        ConfigError: a key file is missing.
    """
    return NodeKeys(
        identity=Identity.from_bytes(_read(folder / "identity.key")),
        helper_key=HelperKey.from_bytes(_read(folder / "helper.key")),
        visitor_secret=_read(folder / "visitor.secret"),
        vault_key=_read(folder / "vault.key"),
        transport_key=_read(folder / "transport.key"),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            f"the key file {path.name} is missing; nothing was started",
            hint="`foyer-node init` makes the keys of a new node.",
        ) from None
