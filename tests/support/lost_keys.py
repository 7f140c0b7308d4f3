"""Whether anything in a heap of bytes opens what was sealed to a helper: a thief's own search."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

from foyer_protocol.crypto.helper_key import MLKEM_SEED_BYTES, PRIVATE_BYTES, HelperKey
from foyer_protocol.crypto.sealing import open_sealed
from foyer_protocol.errors import FoyerError


def all_bytes(folder: Path) -> Iterator[bytes]:
    """The content of every file below a folder, whatever its name."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.read_bytes()


def opens(heap: Iterable[bytes], sealed: bytes, info: bytes) -> bool:
    """Try each stretch that could be a helper key: at each start, and after each line.

    A stretch of a key's length is tried at each of the first 256 offsets of a file, and
    at the start of each of its lines.
    """
    for content in heap:
        starts = range(min(len(content), 256))
        for start in {*starts, *(at + 1 for at, byte in enumerate(content) if byte == 10)}:
            raw = content[start : start + PRIVATE_BYTES]
            if len(raw) == PRIVATE_BYTES and _opens(raw, sealed, info):
                return True
    return False


def _opens(raw: bytes, sealed: bytes, info: bytes) -> bool:
    try:
        open_sealed(sealed, HelperKey.from_bytes(raw), info)
    except FoyerError:
        return False
    return True


def holds(heap: Iterable[bytes], secret: bytes) -> bool:
    """Whether a key or one of its two halves stands anywhere, plainly or as text."""
    halves = (secret[:MLKEM_SEED_BYTES], secret[MLKEM_SEED_BYTES:])
    forms = [
        form
        for half in halves
        for form in (half, half.hex().encode(), base64.b64encode(half).rstrip(b"=")[:-1])
    ]
    return any(form in content for content in heap for form in forms)
