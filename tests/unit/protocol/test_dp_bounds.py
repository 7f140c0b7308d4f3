"""Promise: clipping and rounding are exact, for every size and sign."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foyer_protocol.dp.bounds import clip, round_half_even_steps
from foyer_protocol.errors import LocalProtocolError


@given(st.integers(), st.integers(min_value=0))
def test_a_clipped_value_is_within_the_cap_and_unmoved_if_it_was(value, cap):
    clipped = clip(value, cap)
    assert 0 <= clipped <= cap
    assert clipped == value or not 0 <= value <= cap


@given(st.integers(), st.integers(min_value=1))
def test_rounding_agrees_with_exact_fractions(minor, step):
    assert round_half_even_steps(minor, step) == round(Fraction(minor, step))


def test_a_cap_below_zero_is_refused():
    with pytest.raises(LocalProtocolError, match="-1"):
        clip(3, -1)


def test_a_step_below_one_is_refused():
    with pytest.raises(LocalProtocolError, match="step of 0"):
        round_half_even_steps(3, 0)
