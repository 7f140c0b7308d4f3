"""Exact totals for own eyes, and who contributes: what both engines must agree on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from foyer_protocol.catalogue.layout import Layout
from foyer_protocol.catalogue.measures import Leaf
from foyer_protocol.catalogue.schema import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactTotals:
    """The sums of a `Contribution` without clipping or rounding, in the same units.

    They are shown to the house itself and to nobody else, and stay out of the repr. A
    `Spend` total is a fraction of steps, since nothing was rounded to a step.
    """

    values: Mapping[Leaf, tuple[Fraction, ...]] = field(repr=False)
    contributes: Mapping[str, bool]


def history_suffices(history_starts: date | None, period: Period) -> bool:
    """Tell whether statistics that look back may be fed (rule R28).

    >>> year = Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1))
    >>> history_suffices(date(2024, 1, 1), year), history_suffices(date(2024, 1, 2), year)
    (True, False)
    """
    return history_starts is not None and history_starts <= period.history_needed_from


def decide_flags(
    layout: Layout, values: Mapping[Leaf, Sequence[int | Fraction]]
) -> dict[str, bool]:
    """Give each statistic's contributor flag: whether the institution has any weight in it.

    No weight means that the column behind it was never imported (no visitor keys, no
    event times, no prices), that nothing lies in the period, or that the history is too
    short. A capture rate with tickets but no visitor keys is a true 0 and contributes.
    """
    return {entry.key: any(values[entry.weight]) for entry in layout.statistics}
