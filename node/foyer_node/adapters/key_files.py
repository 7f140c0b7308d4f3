"""A node's secrets, each in a file of its own that only the node's user can read.

The two keys that encrypt the data on the disk may instead come from the environment, so
that they lie elsewhere than what they lock.
"""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from foyer_node.adapters.durable import write_durably
from foyer_node.adapters.helper_key_files import HelperKeyFiles
from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import ConfigError

SECRET_BYTES = 32
STORE_KEY = "store.secret"
VAULT_KEY = "vault.key"
ENVIRONMENT = {STORE_KEY: "FOYER_NODE_STORE_KEY", VAULT_KEY: "FOYER_NODE_VAULT_KEY"}
"""By key file: the variable that replaces it, 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKeys:
    """All of a node's secrets in memory. None of them ever leaves the building.

    `visitor_secret` keys the hash that makes visitor keys (R1); `store_key` encrypts the
    canonical store and `vault_key` the identity vault; `transport_key` (P-384, PEM) signs
    Flower's requests.
    """

    identity: Identity = field(repr=False)
    helper_key: HelperKey = field(repr=False)
    visitor_secret: bytes = field(repr=False)
    store_key: bytes = field(repr=False)
    vault_key: bytes = field(repr=False)
    transport_key: bytes = field(repr=False)


def create_keys(folder: Path) -> NodeKeys:
    """Make all keys of a new node and what an older one lacks; keep those that are there."""
    if not (folder / "identity.key").exists():
        transport = ec.generate_private_key(ec.SECP384R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_durably(folder / "transport.key", transport)
        write_durably(folder / "visitor.secret", secrets.token_bytes(SECRET_BYTES))
        make_data_key(folder / VAULT_KEY)
        HelperKeyFiles(folder).create()
        write_durably(folder / "identity.key", Identity.generate().to_bytes())
    make_data_key(folder / STORE_KEY)
    return read_keys(folder)


def make_data_key(path: Path) -> None:
    """Make a key of `ENVIRONMENT`, unless it is there or in its variable."""
    if not path.exists() and not os.environ.get(ENVIRONMENT[path.name]):
        write_durably(path, secrets.token_bytes(SECRET_BYTES))


def read_keys(folder: Path) -> NodeKeys:
    """Read the keys of a node.

    Raises:
        ConfigError: a key file is missing.
    """
    return NodeKeys(
        identity=Identity.from_bytes(_read(folder / "identity.key")),
        helper_key=HelperKeyFiles(folder).current().key,
        visitor_secret=_read(folder / "visitor.secret"),
        store_key=read_data_key(folder / STORE_KEY),
        vault_key=read_data_key(folder / VAULT_KEY),
        transport_key=_read(folder / "transport.key"),
    )


def read_data_key(path: Path) -> bytes:
    """A key of `ENVIRONMENT`, from its variable or else from its file.

    Raises:
        ConfigError: neither is there, or the variable is not 64 hexadecimal digits.
    """
    name = ENVIRONMENT[path.name]
    given = os.environ.get(name, "")
    if not given:
        return _read(path)
    try:
        return bytes.fromhex(given)
    except ValueError:
        raise ConfigError(
            f"{name} is not {2 * SECRET_BYTES} hexadecimal digits; nothing was opened",
            hint="Make one with `openssl rand -hex 32`, before the first import.",
        ) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            f"the key file {path.name} is missing; nothing was started",
            hint="`foyer-node init` makes the keys of a new node.",
        ) from None
