"""Promise: what is not a whole vector of the agreed words is refused and changes nothing."""

import numpy as np
import pytest

from foyer_protocol.crypto.ring import (
    add_in_place,
    as_bytes,
    as_words,
    fits,
    from_bytes,
    subtract_in_place,
    to_bytes,
    to_ring,
    to_signed,
    word_dtype,
    zeros,
)
from foyer_protocol.errors import LocalProtocolError, RemoteProtocolError


@pytest.mark.parametrize("length", [0, 1, 11, 13, 16, 24])
def test_bytes_of_another_length_are_refused_by_both_numbers(length):
    with pytest.raises(RemoteProtocolError, match=f"vector of {length} bytes.* make 12"):
        from_bytes(bytes(length), 32, 3)


def test_a_vector_read_from_the_wire_can_be_summed_into():
    vector = from_bytes(bytes(8), 32, 2)
    add_in_place(vector, to_ring(np.array([1, -1]), 32))
    assert to_signed(vector).tolist() == [1, -1]


@pytest.mark.parametrize("combine", [add_in_place, subtract_in_place])
@pytest.mark.parametrize("other", [zeros(3, 32) + 1, zeros(1, 32) + 1, zeros(2, 64) + 1])
def test_vectors_that_differ_do_not_combine_and_the_sum_is_unchanged(combine, other):
    accumulator = to_ring(np.array([5, 6]), 32)
    with pytest.raises(LocalProtocolError, match="sum is unchanged"):
        combine(accumulator, other)
    assert accumulator.tolist() == [5, 6]


@pytest.mark.parametrize("bits", [0, 1, 8, 16, 31, 128])
def test_a_word_size_outside_the_table_is_refused(bits):
    with pytest.raises(LocalProtocolError, match=f"{bits} bits.*32, 64"):
        word_dtype(bits)


@pytest.mark.parametrize(
    "values", [np.zeros(2), np.zeros(2, np.int32), np.zeros(2, np.uint64), np.zeros((2, 2), int)]
)
def test_floats_and_other_shapes_never_enter_the_ring(values):
    with pytest.raises(LocalProtocolError, match="cannot enter the ring"):
        to_ring(values, 64)


@pytest.mark.parametrize("leave", [to_signed, to_bytes])
def test_what_is_no_ring_vector_does_not_leave_it(leave):
    with pytest.raises(LocalProtocolError, match="no ring vector"):
        leave(np.zeros(2))


@pytest.mark.parametrize("bits", [32, 64])
def test_entering_and_leaving_the_ring_copies(bits):
    values = np.array([1, 2], np.int64)
    vector = to_ring(values, bits)
    to_signed(vector)[:] = 9
    vector[:] = 8
    assert values.tolist() == [1, 2]


def test_the_sum_itself_wraps_modulo_the_word():
    vector = to_ring(np.array([2**31 - 1]), 32)
    add_in_place(vector, to_ring(np.array([1]), 32))
    assert to_signed(vector).tolist() == [-(2**31)]


@pytest.mark.parametrize(
    "bits, reporters, largest, share_sd, expected",
    [
        (32, 1, 2**31 - 1, 0, True),
        (32, 1, 2**31, 0, False),
        (32, 4, 0, 79_536_431, True),  # 13.5 * sd * 2 = 2**31 - 11
        (32, 4, 0, 79_536_432, False),
        (64, 12, 2**59, 4096, True),
        (64, 16, 2**59, 0, False),
    ],
)
def test_the_modulus_rule_is_exact_at_its_edge(bits, reporters, largest, share_sd, expected):
    assert fits(bits, reporters, largest, share_sd) is expected


@pytest.mark.parametrize("bits", [32, 64])
def test_a_view_of_a_vector_is_its_bytes_and_cannot_be_written_afterwards(bits):
    vector = to_ring(np.array([1, -2, 3]), bits)
    expected = to_bytes(vector)
    view = as_bytes(vector)
    assert view == expected
    assert as_words(view, bits, 3).tolist() == vector.tolist()
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 5


def test_words_seen_in_bytes_cannot_be_summed_into_by_mistake():
    with pytest.raises(ValueError, match="read-only"):
        add_in_place(as_words(bytearray(8), 32, 2), to_ring(np.array([1, -1]), 32))
