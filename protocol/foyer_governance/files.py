"""A signer's files: a key that only its holder reads, drafts, signatures, signed rosters."""

import os
from pathlib import Path

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import ConfigError, RemoteProtocolError
from foyer_protocol.messages.roster import SignedRoster
from foyer_protocol.messages.roster_draft import RosterDraft, RosterSignature

KEY_BYTES = 32


def make_key(path: Path) -> Identity:
    """Write a new key that nobody but its owner can read (0600).

    Raises:
        ConfigError: there is a file already, or the place cannot be written.
    """
    key = Identity.generate()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.to_bytes())
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise ConfigError(
            f"{path} is there already; no key was made and nothing was overwritten",
            hint="Choose another name, or show that key with `foyer-governance key show`.",
        ) from None
    except OSError as failure:
        raise ConfigError(
            f"{path} cannot be written: {failure.strerror}; no key was made"
        ) from None
    return key


def read_key(path: Path) -> Identity:
    """Read a key.

    Raises:
        ConfigError: it cannot be read, is no key, or others than its owner can read it.
    """
    content = _read(path)
    if len(content) != KEY_BYTES:
        raise ConfigError(f"{path} is no governance key; nothing was signed")
    if path.stat().st_mode & 0o077:
        raise ConfigError(
            f"{path} can be read by others on this machine; nothing was signed",
            hint=f"chmod 600 {path}; if others may have read it, make a new key.",
        )
    return Identity.from_bytes(content)


def read_draft(path: Path) -> RosterDraft:
    """Read what the coordinator drew up.

    Raises:
        ConfigError: it cannot be read, or is no draft of a roster that could be followed.
    """
    try:
        return RosterDraft.from_json(_read(path))
    except RemoteProtocolError as refusal:
        raise ConfigError(f"{path} is no draft of a roster: {refusal.message}") from None


def read_signed(path: Path) -> SignedRoster:
    """Read a signed roster.

    Raises:
        ConfigError: it cannot be read or is none.
    """
    try:
        return SignedRoster.from_bytes(_read(path))
    except RemoteProtocolError as refusal:
        raise ConfigError(f"{path} is no signed roster: {refusal.message}") from None


def write_signature(path: Path, signature: RosterSignature) -> None:
    """Write a signature, in place of one that was there.

    Raises:
        ConfigError: the place cannot be written.
    """
    try:
        path.write_bytes(signature.to_json() + b"\n")
    except OSError as failure:
        raise ConfigError(f"{path} cannot be written: {failure.strerror}") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failure:
        raise ConfigError(f"{path} cannot be read: {failure.strerror}") from None
