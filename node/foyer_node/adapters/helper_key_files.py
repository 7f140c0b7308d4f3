"""A helper's epoch keys on the disk: the one in use, the one to come, and the last one's end.

| Files | What holds |
|---|---|
| `helper.key` | in use |
| `helper.key`, `helper.next` | a new one was made; no roster that names it is followed yet |
| `helper.old`, `helper.next` | stopped in the middle: the new one is already the one in use |
| `helper.key`, `helper.old` | stopped near the end: the old one must still be destroyed |

Each step from one line to the next is one rename, flushed, so that a crash leaves a line of
this table; `settle` goes on from any of them. Each file holds the key and the day it was made.
"""

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from foyer_node.adapters.durable import flush_folder, storage_error, write_durably
from foyer_protocol.crypto.helper_key import PRIVATE_BYTES, HelperKey
from foyer_protocol.errors import ConfigError

KEY, NEXT, OLD = "helper.key", "helper.next", "helper.old"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKey:
    """A helper key and the day it was made (UTC); of a file without one, that of the file."""

    key: HelperKey = field(repr=False)
    made: date


class HelperKeyFiles:
    """The three files in a node's folder of keys. One running node; commands only look and add."""

    def __init__(self, folder: Path) -> None:
        self._key, self._next, self._old = (folder / name for name in (KEY, NEXT, OLD))

    def create(self) -> None:
        """Make the first key, unless there is one."""
        if not self._key.exists() and not self._next.exists():
            _write(self._key, HelperKey.generate())

    def current(self) -> KeptKey:
        """The key in use. Changes nothing.

        Raises:
            ConfigError: there is none, or it is damaged.
        """
        if not self._key.exists() and self._old.exists():
            return _read(self._next)
        return _read(self._key)

    def pending(self) -> KeptKey | None:
        """The key that no followed roster names yet."""
        return _read(self._next) if self._next.exists() and self._key.exists() else None

    def make_next(self) -> KeptKey:
        """Make the key to come, or return the one that waits already."""
        if not self._next.exists():
            _write(self._next, HelperKey.generate())
        return _read(self._next)

    def settle(self, named: str) -> HelperKey:
        """The key to open seeds with under a roster that names `named` for this node.

        If that is the key to come, it takes the place of the one in use, which is
        destroyed: no job of an earlier roster is answered any more (`rules.check_job`).

        Raises:
            StorageError: the disk refused; the next call goes on from there.
        """
        try:
            if self._key.exists():
                self._destroy_old()
            if self._is_due(named):
                if self._key.exists():
                    self._move(self._key, self._old)
                self._move(self._next, self._key)
                self._destroy_old()
        except OSError as failure:
            raise storage_error(self._key, failure) from failure
        return self.current().key

    def _is_due(self, named: str) -> bool:
        """Whether to put the key to come in use; the first step, once taken, decides."""
        if not self._next.exists():
            return False
        if not self._key.exists():
            return self._old.exists()
        return _read(self._next).key.public.hex() == named

    def _move(self, source: Path, target: Path) -> None:
        source.rename(target)
        flush_folder(target.parent)

    def _destroy_old(self) -> None:
        """Overwrite, flush, unlink. Whoever kept a copy elsewhere has it still."""
        if not self._old.exists():
            return
        with self._old.open("r+b") as file:
            file.write(bytes(self._old.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        self._old.unlink()
        flush_folder(self._old.parent)


def _write(path: Path, key: HelperKey) -> None:
    today = datetime.now(tz=UTC).date()
    write_durably(path, key.to_bytes() + f"\n{today.isoformat()}\n".encode())


def _read(path: Path) -> KeptKey:
    try:
        raw = path.read_bytes()
        changed = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()
    except FileNotFoundError:
        raise ConfigError(
            f"{path.name} is missing in {path.parent}; no seed can be opened",
            hint="`foyer-node init` makes it, once.",
        ) from None
    text = raw[PRIVATE_BYTES:].decode("ascii", "replace").strip()
    try:
        made = date.fromisoformat(text) if text else changed
    except ValueError:
        raise ConfigError(
            f"{path.name} is damaged: after the key stands no day",
            hint="Restore it from its newest copy, or make another with rotate-helper-key.",
        ) from None
    return KeptKey(key=HelperKey.from_bytes(raw[:PRIVATE_BYTES]), made=made)
