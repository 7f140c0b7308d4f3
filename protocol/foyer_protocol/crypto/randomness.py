"""The only door by which entropy enters the protocol.

Whatever needs randomness takes an `Entropy` as an argument, so that a test, a simulation
and a conformance vector can hold it still. One source is out of our reach: HPKE draws its
ephemeral key inside the `cryptography` library.
"""

import secrets
from collections.abc import Callable

Entropy = Callable[[int], bytes]
"""`entropy(count)` is `count` fresh bytes, uniform and secret."""


def system_entropy(count: int) -> bytes:
    """Return `count` bytes from the operating system's generator."""
    return secrets.token_bytes(count)
