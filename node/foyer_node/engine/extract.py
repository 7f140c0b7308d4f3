"""Run a plan's leaves against the store, in the few passes that `compile` makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from foyer_node.engine.compile import compile_leaves
from foyer_node.engine.facts import ImportFacts, decide_flags
from foyer_node.engine.ports import LineStore
from foyer_node.engine.totals import ExactTotals
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.layout import Layout
from foyer_protocol.catalogue.measures import Leaf, Spend, Tickets
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.errors import InternalError

NO_CAP = 2**62
"""Above any sum a store can hold in 64 bits."""


class Extractor:
    """Computes what a node contributes, and the exact figures its own people see."""

    def __init__(self, store: LineStore) -> None:
        self._store = store

    def extract(self, layout: Layout, period: Period) -> Contribution:
        """Return the clipped sums of every leaf of `layout`, before noise and masks.

        Leaves that the imports do not feed (`ImportFacts.feed`) are zeros, and their
        statistics are not contributed to. With nothing imported everything is zero and
        nothing is contributed to.
        """
        facts = self._store.facts()
        values = self._sums({leaf: leaf for leaf in layout.leaves}, period, facts)
        return Contribution(values=values, contributes=decide_flags(layout, period, facts))

    def extract_exact(self, layout: Layout, period: Period) -> ExactTotals:
        """Return the same sums without clipping or rounding. Never to be sent."""
        unbounded = {leaf: without_bound(leaf) for leaf in layout.leaves}
        sums = self._sums(unbounded, period, self._store.facts())
        return ExactTotals(values={leaf: in_slot_units(leaf, sums[leaf]) for leaf in sums})

    def _sums(
        self, asked: Mapping[Leaf, Leaf], period: Period, facts: ImportFacts
    ) -> dict[Leaf, tuple[int, ...]]:
        sums = {leaf: [0] * leaf.width for leaf in asked}
        fed = [leaf for leaf in asked if facts.feed(leaf, period)]
        for query in compile_leaves([asked[leaf] for leaf in fed], period):
            for number, slot, total in self._store.execute_measure(query.sql, query.parameters):
                sums[_leaf_of(fed, number, slot, total)][slot] = total
        return {leaf: tuple(slots) for leaf, slots in sums.items()}


def _leaf_of(fed: Sequence[Leaf], number: int, slot: int, total: int) -> Leaf:
    if 0 <= number < len(fed) and 0 <= slot < fed[number].width and total >= 0:
        return fed[number]
    raise InternalError(
        f"a plan of {len(fed)} measures was answered for slot {slot} of measure {number}; "
        "nothing was contributed",
        hint="Run `foyer-node doctor`; the store's view may be of another version.",
    )


def without_bound(leaf: Leaf) -> Leaf:
    """Return `leaf` with no cap that can be reached and money in minor units."""
    match leaf:
        case Tickets():
            return replace(leaf, cap=NO_CAP)
        case Spend():
            return replace(leaf, cap=NO_CAP, step_minor=1)
        case _:
            return leaf


def in_slot_units(leaf: Leaf, sums: tuple[int, ...]) -> tuple[Fraction, ...]:
    """Turn sums of `without_bound(leaf)` back into the units of `leaf`'s slots."""
    per_unit = leaf.step_minor if isinstance(leaf, Spend) else 1
    return tuple(Fraction(total, per_unit) for total in sums)
