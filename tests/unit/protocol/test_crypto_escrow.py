"""Any T holders put a seed together again; fewer learn nothing, and a bad share shows."""

import os
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from foyer_protocol.crypto.escrow import PRIME, combine, draw_element, split
from foyer_protocol.errors import LocalProtocolError, RemoteProtocolError

SHAPES = st.integers(1, 8).flatmap(lambda m: st.tuples(st.integers(1, m), st.just(m)))


@settings(max_examples=60)
@given(SHAPES, st.integers(0, PRIME - 1), st.randoms(use_true_random=True))
def test_every_choice_of_threshold_holders_gives_the_secret(shape, number, order):
    threshold, holders = shape
    secret = number.to_bytes(32, "little")
    shares = dict(enumerate(split(secret, threshold, holders, os.urandom), start=1))
    chosen = order.sample(sorted(shares), threshold)
    assert combine({place: shares[place] for place in chosen}, threshold) == secret


def test_more_shares_than_needed_do_no_harm():
    secret = draw_element(os.urandom)
    shares = dict(enumerate(split(secret, 3, 7, os.urandom), start=1))
    for count in (3, 4, 7):
        for places in combinations(shares, count):
            assert combine({place: shares[place] for place in places}, 3) == secret


def test_shares_below_the_threshold_are_uniform_whatever_the_secret():
    """χ² of the low byte of a single share of the secret 0; false alarm 1e-9."""
    zero = bytes(32)
    lows = [split(zero, 2, 2, os.urandom)[0][0] for _ in range(51_200)]
    counts = [lows.count(value) for value in range(256)]
    assert chisquare(counts).pvalue > 1e-9


def test_one_share_too_few_gives_another_secret():
    secret = draw_element(os.urandom)
    shares = dict(enumerate(split(secret, 3, 5, os.urandom), start=1))
    assert combine({1: shares[1], 2: shares[2]}, 2) != secret


def test_a_changed_share_gives_another_secret():
    secret = draw_element(os.urandom)
    shares = dict(enumerate(split(secret, 3, 5, os.urandom), start=1))
    shares[2] = bytes([shares[2][0] ^ 1]) + shares[2][1:]
    assert combine(shares, 3) != secret


def test_too_few_shares_are_refused():
    with pytest.raises(LocalProtocolError, match="2 shares where 3"):
        combine({1: bytes(32), 2: bytes(32)}, 3)


def test_a_share_that_is_no_field_element_names_its_holder():
    with pytest.raises(RemoteProtocolError, match="holder 2"):
        combine({1: bytes(32), 2: b"\xff" * 32}, 2)


@pytest.mark.parametrize(("threshold", "holders"), [(0, 3), (4, 3), (-1, 2)])
def test_an_impossible_threshold_is_refused(threshold, holders):
    with pytest.raises(LocalProtocolError):
        split(bytes(32), threshold, holders, os.urandom)


def test_a_seed_that_is_no_field_element_is_refused():
    with pytest.raises(LocalProtocolError):
        split(b"\xff" * 32, 2, 3, os.urandom)


def test_drawn_elements_are_field_elements_and_differ():
    drawn = {draw_element(os.urandom) for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(int.from_bytes(element, "little") < PRIME for element in drawn)
