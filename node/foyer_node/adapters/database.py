"""Encrypted DuckDB files that can reach nothing but themselves.

DuckDB writes an encrypted file (AES-256-GCM, the write-ahead log and what it spills
included) only with the OpenSSL of its extension `httpfs`, which comes as a wheel and is
loaded by its path: nothing is ever downloaded. The file is attached to an instance in
memory, external access is switched off and the configuration locked before the first
query. Each such instance keeps its own book of the file, so a lock file beside it holds
writers and readers apart, in this process as between processes.
"""

import fcntl
import os
import time
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import duckdb

import foyer_node.adapters.duckdb_cells  # noqa: F401 - makes giving columns fast
from foyer_node.adapters.durable import flush_folder
from foyer_node.adapters.file_heads import is_plain
from foyer_protocol.errors import ConfigError, StorageError

KEY_BYTES = 32
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_file_encryption": "true",
    "threads": "2",
}
PATIENCE_SECONDS = 5.0
"""How long to wait for another reader or writer of this node to finish."""
_NAME = "store"  # of the attached file, whatever it holds
_TRY_SECONDS = 0.05


@dataclass(slots=True, kw_only=True)
class Database:
    """One attached file and the lock on it."""

    connection: duckdb.DuckDBPyConnection
    _lock: int = field(repr=False)

    def cursor(self, schema: str = "main") -> duckdb.DuckDBPyConnection:
        """Another connection to the same instance, in `schema` of the file."""
        cursor = self.connection.cursor()
        cursor.execute(f"USE {_NAME}.{schema}")
        return cursor

    def close(self) -> None:
        """Write what is in the log to the file, and let go of both."""
        self.connection.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def open_database(
    path: Path,
    key: bytes,
    *,
    read_only: bool = False,
    memory_limit: str = "1GB",
    patience: float = PATIENCE_SECONDS,
    reads: Path | None = None,
) -> Database:
    """Open an encrypted file, making it unless `read_only`.

    A file that an older program left in clear is encrypted first, once: a crash leaves
    the old file or the new one. `reads` is the one other file that may be read: an export
    that is imported.

    Raises:
        ConfigError: the key is not 32 bytes.
        StorageError: the file is not ours, damaged, of another key, or held by another.
    """
    if len(key) != KEY_BYTES:
        raise ConfigError(
            f"The key of {path.name} has {len(key)} bytes, not {KEY_BYTES}; nothing was opened.",
            hint="Point to the key that `foyer-node init` made.",
        )
    if is_plain(path):
        lock = _hold(path, shared=False, patience=patience)
        try:
            _encrypt(path, key, memory_limit)
        except (duckdb.Error, OSError):
            raise _unopenable() from None
        finally:
            os.close(lock)
    lock = _hold(path, shared=read_only, patience=patience)
    try:
        connection = _attached(
            path, key, read_only=read_only, memory_limit=memory_limit, reads=reads
        )
        if not read_only:
            path.chmod(0o600)  # the institution's own eyes only
    except (duckdb.Error, OSError):
        os.close(lock)
        raise _unopenable() from None  # its text may quote the statement, and that the key
    return Database(connection=connection, _lock=lock)


def _hold(path: Path, *, shared: bool, patience: float) -> int:
    """A descriptor that holds the lock file, until it is closed or the process ends."""
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    until = time.monotonic() + patience
    try:
        lock = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        raise _unopenable() from None
    while True:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
            return lock
        except OSError:
            if time.monotonic() >= until:
                os.close(lock)
                raise _unopenable() from None
            time.sleep(_TRY_SECONDS)


def _attached(
    path: Path, key: bytes, *, read_only: bool, memory_limit: str, reads: Path | None
) -> duckdb.DuckDBPyConnection:
    connection = _instance(path, memory_limit)
    try:
        mode = ", READ_ONLY" if read_only else ""
        connection.execute(
            f"ATTACH {_quoted(path)} AS {_NAME} (ENCRYPTION_KEY '{key.hex()}'{mode})"
        )
        connection.execute(f"USE {_NAME}")
        if reads is not None:
            connection.execute(f"SET allowed_paths = [{_quoted(reads)}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except BaseException:
        connection.close()
        raise
    return connection


def _instance(path: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """An instance in memory that can encrypt, and spills beside `path`."""
    settings = {
        **SETTINGS,
        "memory_limit": memory_limit,
        "temp_directory": str(path.with_name(f"{path.name}.spill")),
    }
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute(f"LOAD {_quoted(_extension())}")
    return connection


def _extension() -> Path:
    version = f"v{duckdb.__version__}"
    held = files("duckdb_extension_httpfs").joinpath("extensions", version)
    return Path(str(held.joinpath("httpfs.duckdb_extension")))


def _encrypt(path: Path, key: bytes, memory_limit: str) -> None:
    """Copy a file in clear into an encrypted one and put that in its place."""
    if not is_plain(path):  # another process was first
        return
    copy = path.with_name(f".{path.name}.encrypted")
    for left in (copy, copy.with_name(f"{copy.name}.wal")):
        left.unlink(missing_ok=True)
    connection = _instance(path, memory_limit)
    try:
        connection.execute(f"ATTACH {_quoted(path)} AS plain")
        # Its log has to be in it: beside the new file it would be another database's.
        connection.execute("CHECKPOINT plain")
        connection.execute(f"ATTACH {_quoted(copy)} AS sealed (ENCRYPTION_KEY '{key.hex()}')")
        connection.execute("COPY FROM DATABASE plain TO sealed")
        connection.execute("CHECKPOINT sealed")
    finally:
        connection.close()
    copy.chmod(0o600)
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    copy.replace(path)
    flush_folder(path.parent)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _unopenable() -> StorageError:
    return StorageError(
        "The database file could not be opened: another process may hold it, its key is"
        " another one, or it is damaged. Nothing was changed.",
        hint="Stop the other foyer-node, put the key back, or restore the file from its copy.",
    )
