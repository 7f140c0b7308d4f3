"""The identity vault: raw identifiers, encrypted, in a file of their own.

The only thing it tells is a random visitor id. Rounds never open it.
"""

import secrets
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foyer_node.adapters.duckdb_store import connect
from foyer_node.ports import Claim
from foyer_protocol.errors import ConfigError, StorageError

_NONCE_BYTES = 12
_Found = dict[tuple[str, str], str]


class VaultStore:
    """Identifiers of one institution. `vault_key` is 32 bytes and is kept elsewhere."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, vault_key: bytes) -> None:
        self._connection = connection
        self._cipher = AESGCM(vault_key)

    @classmethod
    def open(cls, path: Path, vault_key: bytes) -> "VaultStore":
        """Open the vault, creating it where it is not there.

        Raises:
            ConfigError: the key is not 32 bytes.
            StorageError: the file cannot be opened.
        """
        if len(vault_key) != 32:
            raise ConfigError(
                f"The vault's key has {len(vault_key)} bytes, not 32; nothing was opened.",
                hint="Point to the key that `foyer-node init` made.",
            )
        vault = cls(connect(path, memory_limit="512MB"), vault_key)
        vault._connection.execute(
            """CREATE TABLE IF NOT EXISTS identifier (
                id_type VARCHAR NOT NULL, keyed_hash VARCHAR NOT NULL,
                visitor_id VARCHAR NOT NULL, source_system VARCHAR NOT NULL,
                sealed_value BLOB NOT NULL, PRIMARY KEY (id_type, keyed_hash))"""
        )
        return vault

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> "VaultStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is resolved inside is kept together, or on an exception not at all."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        try:
            self._connection.execute("COMMIT")
        except duckdb.Error as error:
            raise StorageError("The vault could not be written.", hint="Check the disk.") from error

    def resolve(self, claims: Sequence[Claim], source_system: str) -> list[str]:
        """The visitor id of each claim; one never seen before gets a new random id.

        A claim's first identifier decides. Its others then lead to the same visitor
        too, unless they already lead to another: two visitors are never merged here.
        """
        known = self._known(claims)
        added: list[tuple[str, str, str, str, bytes]] = []
        for claim in sorted(claims, key=lambda claim: -len(claim.identifiers)):
            deciding = claim.identifiers[0][:2]
            visitor = known.get(deciding) or uuid.uuid4().hex
            for kind, hashed, raw in claim.identifiers:
                if (kind, hashed) not in known:
                    known[kind, hashed] = visitor
                    added.append(
                        (kind, hashed, visitor, source_system, self._seal(kind, hashed, raw))
                    )
        self._add(added)
        return [known[claim.identifiers[0][:2]] for claim in claims]

    def _known(self, claims: Sequence[Claim]) -> _Found:
        keys = [(kind, hashed) for claim in claims for kind, hashed, _ in claim.identifiers]
        if not keys:
            return {}
        self._connection.register(
            "asked",
            {
                "id_type": np.array([kind for kind, _ in keys], dtype=object),
                "keyed_hash": np.array([hashed for _, hashed in keys], dtype=object),
            },
        )
        rows = self._connection.execute(
            """SELECT DISTINCT id_type, keyed_hash, visitor_id
               FROM identifier SEMI JOIN asked USING (id_type, keyed_hash)"""
        ).fetchall()
        self._connection.unregister("asked")
        return {(kind, hashed): visitor for kind, hashed, visitor in rows}

    def _seal(self, kind: str, hashed: str, raw: str) -> bytes:
        """AES-256-GCM under the vault's key, bound to its hash; a random nonce goes first."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, raw.encode(), f"{kind}:{hashed}".encode())

    def reveal(self, visitor_id: str) -> list[tuple[str, str]]:
        """The identifiers of one visitor, for the visitor's own requests (access, erasure)."""
        rows = self._connection.execute(
            "SELECT id_type, keyed_hash, sealed_value FROM identifier WHERE visitor_id = ?",
            [visitor_id],
        ).fetchall()
        return sorted(
            (kind, self._unseal(kind, hashed, bytes(sealed))) for kind, hashed, sealed in rows
        )

    def _unseal(self, kind: str, hashed: str, sealed: bytes) -> str:
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, body, f"{kind}:{hashed}".encode()).decode()
        except InvalidTag as error:
            raise StorageError(
                "An identifier does not open with this vault key; nothing was revealed.",
                hint="Use the key the vault was made with.",
            ) from error

    def _add(self, added: Sequence[tuple[str, str, str, str, bytes]]) -> None:
        if not added:
            return
        names = ("id_type", "keyed_hash", "visitor_id", "source_system", "sealed_value")
        columns = {
            name: np.array(list(values), dtype=object)
            for name, values in zip(names, zip(*added, strict=True), strict=True)
        }
        self._connection.register("added", columns)
        self._connection.execute("INSERT INTO identifier SELECT * FROM added")
        self._connection.unregister("added")
