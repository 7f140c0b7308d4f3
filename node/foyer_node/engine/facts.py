"""What the imports provide, and with that who contributes: never a look at a line.

A contributor flag travels without noise. It is decided here from the columns that the
imported files have and the months they cover, so that no single visitor decides it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from foyer_protocol.catalogue.layout import Layout
from foyer_protocol.catalogue.measures import Leaf, Need
from foyer_protocol.catalogue.schema import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One import: which kinds of data it has columns for, and the whole months it covers."""

    provides: frozenset[Need]
    starts: date  # first day of the month of its first order
    ends: date  # excluded: first day of the month after that of its last order


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFacts:
    """Every import that was applied. Two stores with equal facts have equal flags."""

    imports: tuple[Coverage, ...] = ()

    def reach(self, leaf: Leaf, period: Period) -> bool:
        """Tell whether some import has what `leaf` needs and covers a month of `period`."""
        return any(one.starts < period.ends and period.starts < one.ends for one in self._for(leaf))

    def reach_back(self, leaf: Leaf, period: Period) -> bool:
        """Tell whether imports with what `leaf` needs start early enough for it (rule R28).

        Months without what it needs are no history: everybody would be new after them.
        """
        if not leaf.needs_history:
            return True
        return any(one.starts <= period.history_needed_from for one in self._for(leaf))

    def feed(self, leaf: Leaf, period: Period) -> bool:
        """Tell whether `leaf` is to be computed; otherwise its slots are zeros."""
        return self.reach(leaf, period) and self.reach_back(leaf, period)

    def _for(self, leaf: Leaf) -> tuple[Coverage, ...]:
        return tuple(one for one in self.imports if leaf.needs <= one.provides)


def decide_flags(layout: Layout, period: Period, facts: ImportFacts) -> Mapping[str, bool]:
    """Give each statistic's contributor flag: whether the imports feed all of its leaves.

    A capture rate needs no visitor keys: without them it is a true 0 and is contributed to.
    An institution whose columns are there and empty contributes, with zeros.
    """
    return {
        entry.key: all(facts.feed(leaf, period) for leaf in entry.leaves)
        for entry in layout.statistics
    }
