"""What a node's engine gives to a sum: clipped, exact, not yet noised. Never leaves as such."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from foyer_protocol.catalogue.measures import Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One institution's exact sums.

    `values[leaf]` has `leaf.width` integers, each visitor clipped as the leaf says.
    `contributes[key]` tells whether the institution feeds a statistic. It travels without
    noise, so it is a fact about the imported files (their columns, the months they cover)
    and must never be read off the values: no line of a visitor may decide it.
    """

    values: Mapping[Leaf, tuple[int, ...]] = field(repr=False)
    contributes: Mapping[str, bool]
