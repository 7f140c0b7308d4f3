"""What opens reports, on the disk: one file a job, sealed, with the time it is kept until.

AES-256-GCM under a key derived from the vault's, which already guards the raw identifiers
and is backed up, or not, with them. Job and time are bound to the seal, so that a file
cannot be renamed or kept for longer. Deleting is what the file system makes of it: on
flash, old blocks may outlive their file, and only the key's end ends them.
"""

import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from foyer_node.adapters.durable import write_durably
from foyer_protocol.errors import StorageError
from foyer_protocol.messages.codec import pack

_INFO = b"foyer/openings/v1"
_NONCE_BYTES = 12
_TIME_BYTES = 8


class OpeningFiles:
    """The folder `openings/` of a node."""

    def __init__(self, folder: Path, vault_key: bytes) -> None:
        self._folder = folder
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, _INFO).derive(vault_key))

    def keep(self, job_id: str, until: int, opening: bytes) -> None:
        """Seal and keep, flushed; `until` in seconds since 1970."""
        time, nonce = until.to_bytes(_TIME_BYTES, "big"), secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, opening, pack(job_id.encode(), time))
        write_durably(self._path(job_id), time + nonce + sealed)

    def read(self, job_id: str) -> bytes | None:
        """What `keep` was given, or nothing.

        Raises:
            StorageError: it was altered, or sealed under another vault key.
        """
        path = self._path(job_id)
        if not path.exists():
            return None
        raw = path.read_bytes()
        time, nonce, sealed = (
            raw[:_TIME_BYTES],
            raw[_TIME_BYTES : _TIME_BYTES + _NONCE_BYTES],
            raw[_TIME_BYTES + _NONCE_BYTES :],
        )
        try:
            return self._cipher.decrypt(nonce, sealed, pack(job_id.encode(), time))
        except (InvalidTag, ValueError):
            raise StorageError(
                f"the opening of job {job_id[:8]} does not open: altered, or sealed with "
                "another vault.key; nothing can be said of its report"
            ) from None

    def forget(self, now: int) -> None:
        """Delete what is kept until `now` or earlier."""
        for path in self._folder.glob("*.sealed"):
            with path.open("rb") as file:
                until = int.from_bytes(file.read(_TIME_BYTES), "big")
            if until <= now:
                path.unlink()

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.sealed"
