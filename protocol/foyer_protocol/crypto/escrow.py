"""Threshold escrow: a seed that f silent helpers take with them can be put together again.

Shamir's scheme [Sha79] over the integers modulo p = 2**255 - 19: a secret below p is the
value at 0 of a random polynomial of degree T - 1; holder j gets its value at j = 1 … m.
Any T shares give the secret back; T - 1 say nothing about it. Only seeds are shared, so
Python's integers are fast enough.
"""

from collections.abc import Mapping

from foyer_protocol.crypto.randomness import Entropy
from foyer_protocol.errors import LocalProtocolError, RemoteProtocolError

PRIME = 2**255 - 19
SHARE_BYTES = 32
_WIDE_BYTES = 64  # 64 bytes modulo p are within 2**-257 of uniform


def draw_element(entropy: Entropy) -> bytes:
    """A uniform field element as 32 little-endian bytes: a seed that can be shared."""
    return _to_bytes(_draw(entropy))


def split(secret: bytes, threshold: int, holders: int, entropy: Entropy) -> tuple[bytes, ...]:
    """Shares of `secret` (32 bytes, below p) for holders 1 … `holders`, in that order.

    Raises:
        LocalProtocolError: no 1 ≤ threshold ≤ holders, or the secret is no field element.
    """
    if not 1 <= threshold <= holders:
        raise LocalProtocolError(
            f"a threshold of {threshold} among {holders} holders; nothing was shared"
        )
    constant = _from_bytes(secret)
    if constant is None:
        raise LocalProtocolError("a secret that is no field element cannot be shared")
    coefficients = [constant, *(_draw(entropy) for _ in range(threshold - 1))]
    return tuple(_to_bytes(_value_at(coefficients, place)) for place in range(1, holders + 1))


def combine(shares: Mapping[int, bytes], threshold: int) -> bytes:
    """The secret behind `shares` (holder's number, from 1, to its share).

    The first `threshold` of them by number are used. A wrong share gives a wrong secret:
    compare it with the dealer's commitment.

    Raises:
        LocalProtocolError: fewer than `threshold` shares, or a holder numbered below 1.
        RemoteProtocolError: a share is no field element; the message names its holder.
    """
    if len(shares) < threshold or min(shares, default=1) < 1:
        raise LocalProtocolError(
            f"{len(shares)} shares where {threshold} are needed; no secret was made"
        )
    used = sorted(shares)[:threshold]
    total = 0
    for place in used:
        value = _from_bytes(shares[place])
        if value is None:
            raise RemoteProtocolError(f"the escrow share of holder {place} is no field element")
        total += value * _weight(place, used)
    return _to_bytes(total % PRIME)


def _draw(entropy: Entropy) -> int:
    return int.from_bytes(entropy(_WIDE_BYTES), "little") % PRIME


def _value_at(coefficients: list[int], place: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * place + coefficient) % PRIME
    return value


def _weight(place: int, used: list[int]) -> int:
    """Lagrange's weight of `place` for the value at 0."""
    above = below = 1
    for other in used:
        if other != place:
            above = above * -other % PRIME
            below = below * (place - other) % PRIME
    return above * pow(below, -1, PRIME) % PRIME


def _to_bytes(element: int) -> bytes:
    return element.to_bytes(SHARE_BYTES, "little")


def _from_bytes(raw: bytes) -> int | None:
    element = int.from_bytes(raw, "little")
    return element if len(raw) == SHARE_BYTES and element < PRIME else None
