"""Promise: a pad is AES-256-CTR of an HKDF key, uniform, and a bad key changes nothing."""

import hashlib
import hmac

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from scipy.stats import chi2

from foyer_protocol.crypto.pads import CHUNK_BYTES, add_pads, pad_key
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.crypto.ring import to_bytes, to_ring, zeros
from foyer_protocol.errors import LocalProtocolError

FALSE_ALARM = 1e-9


def aes_by_blocks(key: bytes, count: int) -> bytes:
    """CTR from its definition: ECB of the big-endian block number."""
    blocks = b"".join(number.to_bytes(16, "big") for number in range(-(-count // 16)))
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(blocks)[:count]


def byte_statistic(raw: bytes) -> float:
    seen = np.bincount(np.frombuffer(raw, np.uint8), minlength=256)
    expected = len(raw) / 256
    return float(((seen - expected) ** 2 / expected).sum())


def looks_uniform(raw: bytes) -> bool:
    """Two-sided, so that a stream too even to be random fails as well."""
    low, high = chi2.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], 255)
    return bool(low < byte_statistic(raw) < high)


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("size", [8, CHUNK_BYTES - 8, CHUNK_BYTES, 2 * CHUNK_BYTES + 8])
def test_a_pad_is_aes_256_in_counter_mode_from_zero(bits, size):
    key = bytes(range(32))
    vector = zeros(size * 8 // bits, bits)
    add_pads(vector, [key])
    assert to_bytes(vector) == aes_by_blocks(key, size)


def test_the_first_block_of_a_pad_is_the_published_one():
    # McGrew and Viega, "The Galois/Counter Mode of Operation", test case 13: the value H
    # is AES-256 of a block of zeros under a key of zeros.
    vector = zeros(4, 32)
    add_pads(vector, [bytes(32)])
    assert to_bytes(vector).hex() == "dc95c078a2408989ad48a21492842087"


def test_a_pad_key_is_hkdf_with_the_context_as_salt():
    seed, context = bytes(range(32)), b"upload"
    extracted = hmac.digest(context, seed, hashlib.sha256)
    expected = hmac.digest(extracted, b"foyer/pad/v1\x01", hashlib.sha256)
    assert pad_key(seed, context) == expected


def test_another_seed_and_another_context_give_other_keys():
    seeds, contexts = (bytes(32), b"\1" + bytes(31)), (b"first upload", b"second upload")
    assert len({pad_key(seed, context) for seed in seeds for context in contexts}) == 4


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_seed_of_another_length_is_refused(length):
    with pytest.raises(LocalProtocolError, match=f"seed of {length} bytes"):
        pad_key(bytes(length), b"context")


@pytest.mark.parametrize("length", [0, 16, 24, 33])
def test_one_bad_key_among_good_ones_is_refused_and_changes_nothing(length):
    vector = to_ring(np.array([1, 2, 3]), 32)
    with pytest.raises(LocalProtocolError, match=f"pad key of {length} bytes"):
        add_pads(vector, [bytes(32), bytes(length)])
    assert vector.tolist() == [1, 2, 3]


def test_a_vector_of_floats_takes_no_pad():
    vector = np.ones(3)
    with pytest.raises(LocalProtocolError, match="no ring vector"):
        add_pads(vector, [bytes(32)])
    assert vector.tolist() == [1, 1, 1]


@pytest.mark.parametrize("bits", [32, 64])
def test_subtracting_undoes_adding_and_a_wrong_key_does_not(bits):
    vector = to_ring(np.arange(20_000), bits)
    add_pads(vector, [b"a" * 32, b"b" * 32])
    wrong = vector.copy()
    add_pads(vector, [b"b" * 32, b"a" * 32], subtract=True)
    add_pads(wrong, [b"b" * 32, b"c" * 32], subtract=True)
    assert vector.tolist() == list(range(20_000))
    assert np.count_nonzero(wrong == vector) < 3  # 20,000 words of 32 bits: chance 2**-56


@pytest.mark.parametrize("bits", [32, 64])
def test_a_masked_vector_of_small_counts_is_uniform(bits):
    """χ² on 256 byte values, fresh seeds; fails by chance once in 10⁹ runs."""
    vector = to_ring(np.arange(50_000) % 7, bits)
    assert not looks_uniform(to_bytes(vector))
    add_pads(vector, [pad_key(system_entropy(32), b"upload")])
    assert looks_uniform(to_bytes(vector))


def test_the_difference_of_two_uploads_of_one_contribution_is_uniform():
    """χ² as above: a restored node reports again under a fresh seed, nothing cancels."""
    first, second = (to_ring(np.arange(50_000) % 7, 32) for _ in range(2))
    add_pads(first, [pad_key(system_entropy(32), b"upload")])
    add_pads(second, [pad_key(system_entropy(32), b"upload again")])
    assert looks_uniform(to_bytes(first - second))


def test_the_uniformity_test_sees_one_biased_bit():
    raw = bytearray(system_entropy(200_000))
    raw[::8] = bytes(byte & 0x7F for byte in raw[::8])
    assert not looks_uniform(bytes(raw))
