"""Promise: pads cancel exactly, whoever reports, and until they do nothing shows through."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from foyer_protocol.crypto.pads import SEED_BYTES, add_pads, pad_key
from foyer_protocol.crypto.ring import (
    add_in_place,
    fits,
    from_bytes,
    subtract_in_place,
    to_bytes,
    to_ring,
    to_signed,
    zeros,
)

BITS = st.sampled_from([32, 64])
INT64 = st.integers(-(2**63), 2**63 - 1)


def seed(node: int, helper: int, salt: bytes) -> bytes:
    return (bytes([node, helper]) + salt).ljust(SEED_BYTES, b"\0")


def keys(node: int, helpers: range, salt: bytes) -> list[bytes]:
    return [pad_key(seed(node, helper, salt), b"upload %d" % node) for helper in helpers]


def masked(values: np.ndarray, node: int, helpers: range, bits: int, salt: bytes) -> np.ndarray:
    vector = to_ring(values, bits)
    add_pads(vector, keys(node, helpers, salt))
    return vector


@given(
    data=st.data(),
    reporters=st.sets(st.integers(0, 9), min_size=1, max_size=6),
    helpers=st.integers(1, 5).map(range),
    width=st.sampled_from([0, 1, 7, 8191, 8192, 8193, 16384, 16385, 40000]),
    bits=BITS,
    salt=st.binary(max_size=30),
)
def test_the_masks_of_whoever_reported_cancel_and_leave_the_sum(
    data, reporters, helpers, width, bits, salt
):
    entropy = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    values = {node: entropy.integers(-(2**24), 2**24, width) for node in reporters}
    total = zeros(width, bits)
    for node in reporters:
        add_in_place(total, masked(values[node], node, helpers, bits, salt))
    for helper in helpers:
        unmasking = zeros(width, bits)
        only = range(helper, helper + 1)
        add_pads(unmasking, [key for node in reporters for key in keys(node, only, salt)])
        subtract_in_place(total, unmasking)
    assert to_signed(total).tolist() == sum(values.values()).tolist()


@given(bits=BITS, node=st.integers(0, 9), missing=st.integers(0, 2), salt=st.binary(max_size=30))
def test_one_missing_helper_leaves_no_slot_in_the_clear(bits, node, missing, salt):
    helpers = range(3)
    values = np.ones(4096, np.int64)
    vector = masked(values, node, helpers, bits, salt)
    known = [key for at, key in enumerate(keys(node, helpers, salt)) if at != missing]
    add_pads(vector, known, subtract=True)
    # A uniform 32-bit word equals 1 with chance 2**-32: two in 4096 is chance 2**-41.
    assert np.count_nonzero(to_signed(vector) == values) < 2


@given(values=st.lists(INT64, max_size=40), bits=BITS)
def test_entering_and_leaving_the_ring_is_twos_complement(values, bits):
    vector = to_ring(np.array(values, np.int64), bits)
    assert vector.tolist() == [value % 2**bits for value in values]
    half = 2 ** (bits - 1)
    assert to_signed(vector).tolist() == [(value + half) % 2**bits - half for value in values]


@given(values=st.lists(INT64, max_size=40), bits=BITS)
def test_a_vector_survives_the_wire(values, bits):
    vector = to_ring(np.array(values, np.int64), bits)
    raw = to_bytes(vector)
    assert raw == b"".join((value % 2**bits).to_bytes(bits // 8, "little") for value in values)
    assert from_bytes(raw, bits, len(values)).tolist() == vector.tolist()


@given(
    reporters=st.integers(1, 30),
    largest=st.integers(0, 2**28),
    share_sd=st.integers(0, 2**20),
)
def test_a_sum_that_fits_never_wraps_with_noise_of_thirteen_deviations(
    reporters, largest, share_sd
):
    top = reporters * largest + 13.5 * share_sd * reporters**0.5
    assert fits(32, reporters, largest, share_sd) == (top < 2**31)
    if fits(32, reporters, largest, share_sd):
        edge = np.array([int(top), -int(top)], np.int64)
        assert to_signed(to_ring(edge, 32)).tolist() == edge.tolist()
