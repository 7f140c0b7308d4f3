"""How anything is hashed: SHA-256 over length-prefixed parts, one domain per purpose.

Length prefixes make the encoding injective, so moving a byte from one part to the next
gives another digest; the purpose stands first, so a digest made for one use never serves
another.
"""

import hashlib

Bulk = bytes | memoryview
"""Bytes that may be many: a view (of single bytes) saves a copy of a long vector."""

_LENGTH_BYTES = 8


def digest(purpose: str, *parts: Bulk) -> bytes:
    """Return 32 bytes that bind `parts`, in order, to `purpose`.

    SHA-256 of `len ‖ bytes` for the purpose (UTF-8) and then for each part; every
    length is a little-endian unsigned 64-bit integer.

    >>> digest("a", b"bc").hex()[:16], digest("ab", b"c").hex()[:16]
    ('9a8acca1b6c6c0be', '43ee655579de01ca')
    """
    hashed = hashlib.sha256()
    for part in (purpose.encode(), *parts):
        hashed.update(len(part).to_bytes(_LENGTH_BYTES, "little"))
        hashed.update(part)
    return hashed.digest()
