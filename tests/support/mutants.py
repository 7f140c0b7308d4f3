"""Networks with one mistake each. Every one of them must be caught by the audit.

Elsewhere we do not patch our own modules. Here it is the point: a mutant is the very code
that ships, with one function of it swapped while the network is observed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import count
from math import isqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.support.audited_network import HELPERS, NAMES

from foyer_node.engine import compile as compiler
from foyer_node.engine import extract
from foyer_node.engine.query import Query
from foyer_protocol import simulate
from foyer_protocol.catalogue.measures import Leaf, Tickets
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.crypto.randomness import Entropy
from foyer_protocol.dp.discrete_gaussian import draw
from foyer_protocol.messages.unmask import ACK_PURPOSE, UnmaskAnswer, pads_digest
from foyer_protocol.rounds import helper, masking
from foyer_protocol.rounds.kinds import figures

Draw = Callable[[Fraction, int, Entropy], NDArray[np.int64]]
BLOCKS = 3
"""Draws that one institution makes for one job of the audited plan."""


def _drawing(swapped: Draw) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(figures, "draw", swapped)


def _deviation_for_variance(variance: Fraction, size: int, entropy: Entropy) -> NDArray[np.int64]:
    return draw(Fraction(isqrt(int(variance * 10**6)), 10**3), size, entropy)


def _half(variance: Fraction, size: int, entropy: Entropy) -> NDArray[np.int64]:
    return draw(variance / 2, size, entropy)


def _truncated(variance: Fraction, size: int, entropy: Entropy) -> NDArray[np.int64]:
    end = isqrt(int(4 * variance))
    return np.clip(draw(variance, size, entropy), -end, end)


def _tenth_less(variance: Fraction, size: int, entropy: Entropy) -> NDArray[np.int64]:
    return draw(variance * Fraction(9, 10), size, entropy)


def _lattice(variance: Fraction, size: int, entropy: Entropy) -> NDArray[np.int64]:
    return 2 * draw(variance / 4, size, entropy)


def _drawn_once(patch: pytest.MonkeyPatch) -> None:
    """Each institution draws for its first job, and uses that for every other one."""
    calls, kept = count(), {}

    def again(variance: Fraction, size: int, entropy: Entropy) -> NDArray[np.int64]:
        place = next(calls) % (len(NAMES) * BLOCKS), size
        if place not in kept:
            kept[place] = draw(variance, size, entropy)
        return kept[place]

    patch.setattr(figures, "draw", again)


def _unclipped(patch: pytest.MonkeyPatch) -> None:
    """Tickets of one visitor count without an end."""

    def compile_leaves(leaves: Sequence[Leaf], period: Period) -> tuple[Query, ...]:
        uncapped = [
            replace(leaf, cap=2**40) if isinstance(leaf, Tickets) else leaf for leaf in leaves
        ]
        return compiler.compile_leaves(uncapped, period)

    patch.setattr(extract, "compile_leaves", compile_leaves)


def _seed_left_out(patch: pytest.MonkeyPatch) -> None:
    """A helper leaves one institution's seed out of its pads."""
    sum_pads = helper.sum_pads
    patch.setattr(helper, "sum_pads", lambda job, keys: sum_pads(job, keys[:-1]))


def _helper_left_out(patch: pytest.MonkeyPatch) -> None:
    """No node adds the last helper's pads and it gives none: sums open as if all were well."""
    add_pads, answer = masking.add_pads, simulate.answer

    def add_fewer(words, keys, **how):
        # A node has a key for each helper; a helper one for each report, which are more.
        return add_pads(words, keys[:-1] if len(keys) == HELPERS else keys, **how)

    def answer_nothing(request, roster, name, identity, key) -> UnmaskAnswer:
        given = answer(request, roster, name, identity, key)
        if name != roster.committee[-1]:
            return given
        nothing = bytes(len(given.pads))
        ack = given.ack.model_copy(update={"pads": pads_digest(nothing)})
        signature = identity.sign(ACK_PURPOSE, ack.to_json())
        return replace(given, ack=ack, signature=signature, pads=nothing)

    patch.setattr(masking, "add_pads", add_fewer)
    patch.setattr(simulate, "answer", answer_nothing)


MUTANTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], tuple[str, ...]]] = {
    "σ for σ²": (_drawing(_deviation_for_variance), ("variance", "fit", "loss_in_histogram")),
    "half the variance": (_drawing(_half), ("variance", "fit")),
    "shares truncated at 2 sd": (_drawing(_truncated), ("share_fit",)),
    "a tenth less variance": (_drawing(_tenth_less), ("variance",)),
    "no clipping": (_unclipped, ("sensitivity",)),
    "noise on even numbers only": (_drawing(_lattice), ("fit", "share_fit", "loss_in_node")),
    "one seed left out of a helper's pads": (_seed_left_out, ("opens",)),
    "one helper's pads left out by all": (_helper_left_out, ("masks",)),
    "noise drawn once": (_drawn_once, ("freshness",)),
}
"""Each mistake with the checks that must catch it, in sums as few as the daily test has."""


@contextmanager
def mutant(name: str) -> Iterator[None]:
    """The shipped code with the mistake called `name`, for as long as the block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        MUTANTS[name][0](patch)
        yield
