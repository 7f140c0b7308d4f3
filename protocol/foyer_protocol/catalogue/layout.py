"""Where each leaf of a plan lives in the vector of a private sum.

    [4 canaries][1 contributor flag per statistic][block of VISITS][SPEND][VISITORS]…[bins]

Canaries and contributor flags are facts about institutions, not visitors: they carry no
noise. Every other slot belongs to the block of one family, which has one noise scale.
A leaf that several statistics share stands once. Bins are there only where a plan asks how
institutions are spread: one slot for each range of each statistic that is not a histogram.
They hold ranges of values that carry noise already (`rounds.kinds.spread`), and get no more.
"""

from dataclasses import dataclass

from foyer_protocol.catalogue.bins import grid_of
from foyer_protocol.catalogue.measures import Family, Leaf
from foyer_protocol.catalogue.statistic import Statistic

CANARIES = 4
"""Slots that every node sets to 1, so that their sum must equal the number of reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The consecutive slots of one family."""

    family: Family
    leaves: tuple[Leaf, ...]
    start: int

    @property
    def width(self) -> int:
        """Number of slots."""
        return sum(leaf.width for leaf in self.leaves)

    @property
    def squared_sensitivity(self) -> int:
        """Squared L2 change of the block when one unit is added or removed.

        The leaves' slots are disjoint, so their squares add.
        """
        return sum(leaf.squared_sensitivity for leaf in self.leaves)

    def slots(self, leaf: Leaf) -> slice:
        """Positions of `leaf` in the whole vector."""
        position = self.start
        for candidate in self.leaves:
            if candidate == leaf:
                return slice(position, position + leaf.width)
            position += candidate.width
        raise KeyError(leaf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The vector of one plan: statistics in plan order, blocks in family order.

    `spread` tells whether there are bins.
    """

    statistics: tuple[Statistic, ...]
    blocks: tuple[Block, ...]
    spread: bool = False

    @property
    def flags(self) -> slice:
        """Positions of the contributor flags, one per statistic in plan order."""
        return slice(CANARIES, CANARIES + len(self.statistics))

    @property
    def width(self) -> int:
        """Length of the whole vector."""
        return self._bins_start + sum(int(one.stop - one.start) for one in self.bins.values())

    @property
    def _bins_start(self) -> int:
        return int(self.flags.stop) + sum(block.width for block in self.blocks)

    @property
    def bins(self) -> dict[str, slice]:
        """Positions of each statistic's bins by its key; none where `spread` is not set."""
        found, position = {}, self._bins_start
        for statistic in self.statistics if self.spread else ():
            grid = grid_of(statistic)
            if grid is not None:
                found[statistic.key] = slice(position, position + grid.width)
                position += grid.width
        return found

    def block(self, family: Family) -> Block:
        """The block of `family`."""
        return next(block for block in self.blocks if block.family is family)

    def slots(self, leaf: Leaf) -> slice:
        """Positions of `leaf` in the whole vector."""
        return self.block(leaf.family).slots(leaf)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every leaf once, in slot order."""
        return tuple(leaf for block in self.blocks for leaf in block.leaves)


def lay_out(statistics: tuple[Statistic, ...], *, spread: bool = False) -> Layout:
    """Give every leaf of `statistics` its slots, and bins their own if `spread`.

    Raises:
        ValueError: no statistic, or one named twice.
    """
    keys = [statistic.key for statistic in statistics]
    if not keys or len(set(keys)) != len(keys):
        raise ValueError(f"a plan names each statistic once and at least one; got {keys}")
    position, blocks = CANARIES + len(statistics), []
    for family in Family:
        seen = dict.fromkeys(
            leaf for entry in statistics for leaf in entry.leaves if leaf.family is family
        )
        if seen:
            block = Block(family=family, leaves=tuple(seen), start=position)
            blocks.append(block)
            position += block.width
    return Layout(statistics=statistics, blocks=tuple(blocks), spread=spread)
