"""Run a plan's leaves against the store, one pass over the lines per leaf."""

from dataclasses import replace
from fractions import Fraction

from foyer_node.engine.compile import compile_leaf
from foyer_node.engine.ports import LineStore
from foyer_node.engine.totals import ExactTotals, decide_flags, history_suffices
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

        Where the history is too short (`history_suffices`), leaves that look back are
        zeros and their statistics are not contributed to. With nothing imported
        everything is zero and nothing is contributed to.
        """
        values = {leaf: self._sum(leaf, leaf, period) for leaf in layout.leaves}
        return Contribution(values=values, contributes=decide_flags(layout, values))

    def extract_exact(self, layout: Layout, period: Period) -> ExactTotals:
        """Return the same sums without clipping or rounding. Never to be sent."""
        sums = {leaf: self._sum(leaf, without_bound(leaf), period) for leaf in layout.leaves}
        values = {leaf: in_slot_units(leaf, found) for leaf, found in sums.items()}
        return ExactTotals(values=values, contributes=decide_flags(layout, sums))

    def _sum(self, leaf: Leaf, asked: Leaf, period: Period) -> tuple[int, ...]:
        slots = [0] * leaf.width
        if leaf.needs_history and not history_suffices(self._store.history_starts(), period):
            return tuple(slots)
        query = compile_leaf(asked, period)
        for slot, total in self._store.execute_measure(query.sql, query.parameters):
            if not 0 <= slot < leaf.width or total < 0:
                raise InternalError(
                    f"a measure of {leaf.width} slots answered for slot {slot}; "
                    "nothing was contributed",
                    hint="Run `foyer-node doctor`; the store's view may be of another version.",
                )
            slots[slot] = total
        return tuple(slots)


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
