"""Brings over a vault of an older program, which sealed every value by itself."""

import duckdb
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foyer_protocol.errors import StorageError

_NONCE_BYTES = 12


def unseal_all(connection: duckdb.DuckDBPyConnection, vault_key: bytes, table: str) -> None:
    """Open every sealed value, all or none; `table` makes the table of today.

    Does nothing where no value is sealed.

    Raises:
        StorageError: a value was sealed under another key; nothing was changed.
    """
    columns = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = 'identifier'"
    ).fetchall()
    if ("sealed_value",) not in columns:
        return
    cipher = AESGCM(vault_key)
    rows = connection.execute(
        "SELECT id_type, keyed_hash, visitor_id, source_system, sealed_value FROM identifier"
    ).fetchall()
    opened = [(*row[:4], _opened(cipher, row[0], row[1], bytes(row[4]))) for row in rows]
    connection.execute("BEGIN")
    try:
        connection.execute("DROP TABLE identifier")
        connection.execute(table)
        if opened:
            connection.executemany("INSERT INTO identifier VALUES (?, ?, ?, ?, ?)", opened)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _opened(cipher: AESGCM, kind: str, hashed: str, sealed: bytes) -> str:
    nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return cipher.decrypt(nonce, body, f"{kind}:{hashed}".encode()).decode()
    except InvalidTag:
        raise StorageError(
            "An identifier does not open with this vault key; nothing was changed.",
            hint="Use the key the vault was made with.",
        ) from None
