"""The closed algebra of measures: everything that can ever be asked of a node.

A *leaf* measure says how one unit of privacy (a visitor with all their lines in the
window, or one anonymous order) contributes integers to some slots, and bounds that
contribution. There is no other way to touch data: a plan names statistics by key, and
a statistic is built from these leaves only. A line belongs to a window by the UTC time
of its order, start included, end excluded; unless a leaf says otherwise only lines in
the plan's period are read.

Each leaf states `squared_sensitivity`: the largest squared L2 change of its slots when
one unit is added to or removed from one institution (add/remove relation).

Each leaf also states what it `needs`: the kinds of data without which an institution's
number would be a silent 0. Where its imports do not provide them, or do not reach into the
period, or reach back too little for a leaf that looks back, the leaf is zeros and the
institution is no contributor (`foyer_node.engine.facts`). All three are facts about files:
which columns they have and which months they cover.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Family(StrEnum):
    """Leaves that share one noise scale and are paid for together."""

    VISITS = "visits"
    SPEND = "spend"
    VISITORS = "visitors"
    LEAD_TIME = "lead_time"
    RESIDENCE = "residence"


class Window(StrEnum):
    """Where an order lies, relative to the plan's period."""

    PERIOD = "period"
    PREVIOUS = "previous"
    HISTORY = "history"


class Need(StrEnum):
    """A kind of data that not every import has.

    An order's day, its event, tickets and amount are no needs: no file is taken without.
    """

    VISITOR_KEY = "visitor_key"  # an e-mail address or a customer number
    EVENT_TIME = "event_time"
    POSTCODE = "postcode"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """Tickets of one unit in the period, each unit clipped to `cap`.

    Contribution: the sum of `quantity` over the unit's lines that pass every filter, not
    below 0 and not above `cap`. Groups count. `identified` needs nothing: an institution
    that knows no visitors truthfully adds 0 to the tickets of known ones.
    """

    cap: int
    online: bool = False  # only lines sold online
    identified: bool = False  # only lines with a visitor
    paid: bool = False  # only lines with paid_minor > 0

    family = Family.VISITS
    needs_history = False

    @property
    def needs(self) -> frozenset[Need]:
        """The channel, if only online lines count."""
        return frozenset({Need.CHANNEL}) if self.online else frozenset()

    @property
    def width(self) -> int:
        """Number of slots."""
        return 1

    @property
    def squared_sensitivity(self) -> int:
        """`cap²`: one unit fills one slot up to the cap."""
        return self.cap**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """Money of one unit in the period, in steps of `step_minor` minor units, at most `cap`.

    Contribution: `min(cap, round_half_even(sum(paid_minor) / step_minor))` over the
    unit's lines with paid_minor > 0. Rounding is once per unit, to the even step at a
    tie. Groups count.
    """

    cap: int
    step_minor: int

    family = Family.SPEND
    needs_history = False
    needs: ClassVar[frozenset[Need]] = frozenset()

    @property
    def width(self) -> int:
        """Number of slots."""
        return 1

    @property
    def squared_sensitivity(self) -> int:
        """`cap²`."""
        return self.cap**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """Visitors (known persons) who booked in every window of `booked` and none of `not_booked`.

    Contribution: 1 or 0. In every window only lines with a visitor and with `person`
    true are read: anonymous orders and organisations contribute 0, and a person's group
    booking neither makes them a booker nor ends their being new.
    """

    booked: tuple[Window, ...]
    not_booked: tuple[Window, ...] = ()
    needs_history: bool = False  # zero, and not a contributor, where history is too short

    family = Family.VISITORS
    needs: ClassVar[frozenset[Need]] = frozenset({Need.VISITOR_KEY})

    @property
    def width(self) -> int:
        """Number of slots."""
        return 1

    @property
    def squared_sensitivity(self) -> int:
        """1: one visitor is counted once."""
        return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """Visitors who booked in the period, by territory: one cell each.

    Only lines with a visitor and with `person` true are read. The territory of a visitor
    is that of their latest line in the period (ties: the greater order id by code point,
    then the greater territory), or `codes[-1]` ("UNKNOWN") when it is none of `codes`.
    """

    codes: tuple[str, ...]

    family = Family.RESIDENCE
    needs_history = False
    needs: ClassVar[frozenset[Need]] = frozenset({Need.VISITOR_KEY, Need.POSTCODE})

    @property
    def width(self) -> int:
        """Number of slots: one per code, in order."""
        return len(self.codes)

    @property
    def squared_sensitivity(self) -> int:
        """1: one visitor is in one cell."""
        return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTimes:
    """Units (persons, identified or anonymous) by days from order to event, as a tree.

    Only lines in the period with `person` true and an event time are read. Per order of
    a unit: the whole days from the earliest `ordered_at` to the earliest `event_at` of
    those lines, rounded down, and 0 if the event came first.
    Per unit: the lower median over its orders. The day falls in the leaf `i` with
    `edges[i] <= day < edges[i+1]`; days from `edges[-1]` on fall in the last leaf; the
    first edge is 0. Slots: the levels of a `branching`-ary tree below its root, coarsest
    first; a unit adds 1 to one node of each level.
    """

    edges: tuple[int, ...]  # leaf starts and one closing edge: `leaves + 1` numbers
    branching: int = 4

    family = Family.LEAD_TIME
    needs_history = False
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EVENT_TIME})

    @property
    def leaves(self) -> int:
        """Number of leaves, a power of `branching`."""
        return len(self.edges) - 1

    @property
    def levels(self) -> int:
        """Number of levels below the root.

        >>> LeadTimes(edges=tuple(range(17))).levels
        2
        """
        count, leaves = 0, self.leaves
        while leaves > 1:
            leaves //= self.branching
            count += 1
        return count

    @property
    def width(self) -> int:
        """Number of slots: `branching + branching² + … + leaves`."""
        return sum(self.branching**level for level in range(1, self.levels + 1))

    @property
    def squared_sensitivity(self) -> int:
        """`levels`: one unit adds 1 to one node of each level."""
        return self.levels


Leaf = Tickets | Spend | Visitors | Residence | LeadTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The released number is the sum of one slot."""

    of: Tickets | Spend | Visitors

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves it is read from."""
        return (self.of,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """The released number is `scale · part / whole`; `scale` turns steps into the unit."""

    part: Tickets | Spend | Visitors
    whole: Tickets | Spend | Visitors
    scale_numerator: int = 1
    scale_denominator: int = 1

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves it is read from."""
        return (self.part, self.whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """The released numbers are the cells of a histogram."""

    of: Residence

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves it is read from."""
        return (self.of,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Median:
    """The released number is the grouped-data median of a tree of counts."""

    of: LeadTimes

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves it is read from."""
        return (self.of,)


Measure = Total | Ratio | Distribution | Median
