"""Exact totals for own eyes: what both engines must agree on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from foyer_protocol.catalogue.measures import Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactTotals:
    """The sums of a `Contribution` without clipping or rounding, in the same units.

    They are shown to the house itself and to nobody else, and stay out of the repr. A
    `Spend` total is a fraction of steps, since nothing was rounded to a step.
    """

    values: Mapping[Leaf, tuple[Fraction, ...]] = field(repr=False)
