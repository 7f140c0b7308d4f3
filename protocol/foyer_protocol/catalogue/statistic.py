"""What a statistic is: one entry from which query, layout, price, card and page are made."""

import re
from dataclasses import dataclass
from enum import StrEnum

from foyer_protocol.catalogue.measures import (
    Distribution,
    Leaf,
    Measure,
    Median,
    Need,
    Ratio,
    Total,
)
from foyer_protocol.ids import KEY


class Unit(StrEnum):
    """What the number counts, which decides how it is said in words."""

    TICKETS = "tickets"
    VISITORS = "visitors"
    SHARE = "share"  # 0 to 1, shown as per cent
    MONEY = "money"  # major units of the network's currency
    DAYS = "days"


class PrivacyUnit(StrEnum):
    """Whose presence the noise hides (data model D.1)."""

    VISITOR = "V"
    VISITOR_OR_ORDER = "V/O"  # a visitor with all lines, or one anonymous order


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """One published number (or histogram), in the field's words.

    `title` and `question` are English message ids; the page kit translates them.
    `least_others` is the fewest *other* institutions that must contribute before a
    member may see the figure; `dominance_cap` the largest share, in per cent, that one
    institution may hold of its weight. It is published `lag_months` after the end of its
    period at the earliest, and of no period shorter than `least_months`: what competitors
    sell now, or will, is for nobody to read [governance G.2].
    """

    key: str
    title: str
    question: str
    unit: Unit
    measure: Measure
    privacy_unit: PrivacyUnit
    least_others: int = 4
    dominance_cap: int = 50
    lag_months: int = 1
    least_months: int = 0
    source: str = ""

    def __post_init__(self) -> None:
        if re.fullmatch(KEY, self.key) is None:
            raise ValueError(f"{self.key!r} is not family.name")

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves it is read from, in reading order."""
        return self.measure.leaves

    @property
    def needs_history(self) -> bool:
        """Whether a node must hold enough history to contribute (R28)."""
        return any(leaf.needs_history for leaf in self.leaves)

    @property
    def needs(self) -> frozenset[Need]:
        """The kinds of data a node's imports must provide for it to contribute."""
        return frozenset().union(*(leaf.needs for leaf in self.leaves))

    @property
    def weight(self) -> Leaf:
        """The leaf whose total says how much an institution weighs in the figure.

        The whole of a ratio; otherwise the only leaf.
        """
        match self.measure:
            case Ratio(whole=whole):
                return whole
            case Total(of=leaf) | Distribution(of=leaf) | Median(of=leaf):
                return leaf
