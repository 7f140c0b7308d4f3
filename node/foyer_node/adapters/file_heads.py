"""What the first bytes of a database file say of it, without its engine."""

from pathlib import Path

_ENCRYPTED_AT = 20  # little-endian flags, after a checksum, `DUCK` and the version


def is_plain(path: Path) -> bool:
    """Whether a database is there and is not encrypted."""
    try:
        with path.open("rb") as file:
            head = file.read(_ENCRYPTED_AT + 1)
    except OSError:
        return False
    return head[8:12] == b"DUCK" and not head[_ENCRYPTED_AT] & 1
