"""Vectors of integers modulo 2**bits: what is masked, sent and summed.

Signed integers enter by two's complement and leave by it; between the two, every
operation wraps. Wrapping costs usefulness, never privacy, and `fits` says beforehand
whether it can happen. No float ever comes in. Words are little-endian everywhere, since
their bytes are both what travels and what a key stream is added to.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.crypto.digests import Bulk
from foyer_protocol.errors import LocalProtocolError, RemoteProtocolError

RingVector: TypeAlias = NDArray[np.uint32 | np.uint64]
"""Shape `(width,)`, little-endian words, integers modulo 2**32 or 2**64."""

_UNSIGNED: dict[int, np.dtype[np.uint32 | np.uint64]] = {
    32: np.dtype("<u4"),
    64: np.dtype("<u8"),
}
"""The word sizes in use. A new size is a new row: everything below reads only this."""

_NOISE_DEVIATIONS_TIMES_TWO = 27
"""13.5 standard deviations of the summed noise are kept free [protocol.md 2.3]."""


def word_dtype(bits: int) -> np.dtype[np.uint32 | np.uint64]:
    """Return the dtype of one word of `bits` bits.

    Raises:
        LocalProtocolError: no ring has words of that size; nothing was made.
    """
    if bits not in _UNSIGNED:
        known = ", ".join(map(str, _UNSIGNED))
        raise LocalProtocolError(f"words of {bits} bits were asked for; the ring knows {known}")
    return _UNSIGNED[bits]


def zeros(width: int, bits: int) -> RingVector:
    """Return the neutral element of the sum: `width` words of `bits` bits."""
    return np.zeros(width, word_dtype(bits))


def to_ring(values: NDArray[np.int64], bits: int) -> RingVector:
    """Return a new vector of `values` modulo 2**bits, exact for every 64-bit integer.

    >>> to_ring(np.array([-1, 2]), 32).tolist()
    [4294967295, 2]

    Raises:
        LocalProtocolError: `values` is not a flat vector of 64-bit signed integers.
    """
    if values.dtype != np.int64 or values.ndim != 1:
        raise LocalProtocolError(
            f"an array of {values.ndim} dimensions of {values.dtype} cannot enter the ring; "
            "it takes flat vectors of int64, and nothing was converted"
        )
    return values.view(np.uint64).astype(word_dtype(bits))


def to_signed(vector: RingVector) -> NDArray[np.int64]:
    """Return a new vector of the representatives in [-2**(bits-1), 2**(bits-1)).

    >>> to_signed(np.array([4294967295, 2], "<u4")).tolist()
    [-1, 2]
    """
    require_ring(vector)
    return vector.view(f"<i{vector.itemsize}").astype(np.int64)


def to_bytes(vector: RingVector) -> bytes:
    """Return the vector as it travels: little-endian words, `width * bits / 8` bytes."""
    require_ring(vector)
    return vector.tobytes()


def as_bytes(vector: RingVector) -> memoryview:
    """Return what `to_bytes` does without copying, and make `vector` unwritable for good."""
    require_ring(vector)
    vector.flags.writeable = False
    return vector.data.cast("B")


def from_bytes(raw: Bulk, bits: int, width: int) -> RingVector:
    """Return a new, writable vector of `width` words.

    Raises:
        RemoteProtocolError: as `as_words`.
    """
    return as_words(raw, bits, width).copy()


def as_words(raw: Bulk, bits: int, width: int) -> RingVector:
    """Return the vector that `raw` holds, unwritable and without copying it.

    Raises:
        RemoteProtocolError: `raw` is not exactly `width` words long; nothing was read.
    """
    word = word_dtype(bits)
    if len(raw) != width * word.itemsize:
        raise RemoteProtocolError(
            f"a vector of {len(raw)} bytes arrived where {width} words of {bits} bits "
            f"make {width * word.itemsize}; nothing of it was read"
        )
    words: RingVector = np.frombuffer(raw, word)
    words.flags.writeable = False
    return words


def add_in_place(accumulator: RingVector, vector: RingVector) -> None:
    """Add `vector` to `accumulator` modulo 2**bits.

    Raises:
        LocalProtocolError: the two differ in width or words; `accumulator` is unchanged.
    """
    _require_alike(accumulator, vector)
    np.add(accumulator, vector, out=accumulator)


def subtract_in_place(accumulator: RingVector, vector: RingVector) -> None:
    """Subtract `vector` from `accumulator` modulo 2**bits.

    Raises:
        LocalProtocolError: the two differ in width or words; `accumulator` is unchanged.
    """
    _require_alike(accumulator, vector)
    np.subtract(accumulator, vector, out=accumulator)


def fits(bits: int, reporters: int, largest_abs: int, share_sd: int) -> bool:
    """Tell whether the noised sum of `reporters` vectors stays clear of wrapping.

    `reporters * largest_abs + 13.5 * share_sd * sqrt(reporters) < 2**(bits-1)`, decided
    exactly: both sides doubled, the root squared away. `largest_abs` and `share_sd` are
    per slot and per node, in grid units, each rounded *up* to an integer by the caller.

    >>> fits(32, 20, 107_000_000, 64), fits(32, 20, 108_000_000, 64)
    (True, False)
    """
    word_dtype(bits)
    if (room := (1 << bits) - 2 * reporters * largest_abs) <= 0:
        return False
    return (_NOISE_DEVIATIONS_TIMES_TWO * share_sd) ** 2 * reporters < room**2


def require_ring(vector: RingVector) -> None:
    """Refuse what numpy would otherwise convert in silence.

    Raises:
        LocalProtocolError: `vector` is not a flat vector of a known word; it is unchanged.
    """
    if vector.ndim != 1 or vector.dtype not in _UNSIGNED.values():
        raise LocalProtocolError(
            f"an array of {vector.ndim} dimensions of {vector.dtype} is no ring vector; "
            "nothing was computed"
        )


def _require_alike(accumulator: RingVector, vector: RingVector) -> None:
    require_ring(accumulator)
    # Equality of shapes, because numpy would stretch a vector of width 1 over all slots.
    if accumulator.dtype != vector.dtype or accumulator.shape != vector.shape:
        raise LocalProtocolError(
            f"{vector.shape} words of {vector.dtype} do not combine with {accumulator.shape} "
            f"of {accumulator.dtype}; the sum is unchanged"
        )
