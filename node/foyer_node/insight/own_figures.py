"""The "mine" of "mine against peers": exact, unclipped, and never sent."""

from dataclasses import dataclass, field
from enum import StrEnum

from foyer_node.engine.facts import ImportFacts
from foyer_node.engine.totals import ExactTotals
from foyer_protocol.catalogue.evaluate import evaluate
from foyer_protocol.catalogue.layout import Layout
from foyer_protocol.catalogue.measures import Residence
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.catalogue.statistic import Statistic


class Absence(StrEnum):
    """Why a house has no figure of its own."""

    NONE = ""
    SHORT_HISTORY = "short-history"
    NOTHING_TO_MEASURE = "nothing-to-measure"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFigure:
    """One statistic of one house, in the statistic's unit, or why there is none.

    A histogram has `cells` (code to exact count, every code of the list) and no `value`.
    """

    key: str
    value: float | None = field(repr=False)
    cells: dict[str, int] | None = field(repr=False)
    reason: Absence


def own_figures(
    layout: Layout, totals: ExactTotals, period: Period, facts: ImportFacts
) -> tuple[OwnFigure, ...]:
    """Return a figure for each statistic of `layout`, in its order.

    `totals` come from `Extractor.extract_exact` for the same `period` and `facts`. Whether
    there is nothing to measure may depend on the totals here, since this never leaves.
    """
    return tuple(_own_figure(entry, totals, period, facts) for entry in layout.statistics)


def _own_figure(
    entry: Statistic, totals: ExactTotals, period: Period, facts: ImportFacts
) -> OwnFigure:
    if (reason := _absence(entry, totals, period, facts)) is not Absence.NONE:
        return OwnFigure(key=entry.key, value=None, cells=None, reason=reason)
    found = evaluate(entry, totals.values)
    leaf = entry.weight
    if found.cells is not None and isinstance(leaf, Residence):
        counts = dict(zip(leaf.codes, map(int, found.cells), strict=True))
        return OwnFigure(key=entry.key, value=None, cells=counts, reason=Absence.NONE)
    value = None if found.value is None else float(found.value)
    return OwnFigure(key=entry.key, value=value, cells=None, reason=Absence.NONE)


def _absence(entry: Statistic, totals: ExactTotals, period: Period, facts: ImportFacts) -> Absence:
    """Why there is no figure. A longer history would not help a house without the columns."""
    if not all(facts.reach(leaf, period) for leaf in entry.leaves):
        return Absence.NOTHING_TO_MEASURE
    if not all(facts.reach_back(leaf, period) for leaf in entry.leaves):
        return Absence.SHORT_HISTORY
    return Absence.NONE if any(totals.values[entry.weight]) else Absence.NOTHING_TO_MEASURE
