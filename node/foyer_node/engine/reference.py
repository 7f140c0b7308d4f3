"""The slow engine: the measures in plain Python, straight from their docstrings.

It exists to be read and to disagree: the specs and a property test run it beside the SQL,
and the demo takes its pooled truth from it. It shares no code with the compiler.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import assert_never

from foyer_node.engine.facts import ImportFacts, decide_flags
from foyer_node.engine.totals import ExactTotals
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.layout import Layout
from foyer_protocol.catalogue.measures import (
    LeadTimes,
    Leaf,
    Residence,
    Spend,
    Tickets,
    Visitors,
    Window,
)
from foyer_protocol.catalogue.schema import EligibleLine, Period
from foyer_protocol.dp.bounds import clip, round_half_even_steps

Lines = list[EligibleLine]
Cells = dict[int, int | Fraction]
"""What one unit adds, by slot of the leaf; absent slots get nothing."""


def contribution(
    lines: Iterable[EligibleLine], layout: Layout, period: Period, facts: ImportFacts
) -> Contribution:
    """Return the clipped sums of every leaf of `layout`, as `Extractor.extract` does."""
    sums = _sum_leaves(lines, layout, period, facts, clipped=True)
    values = {leaf: tuple(int(total) for total in totals) for leaf, totals in sums.items()}
    return Contribution(values=values, contributes=decide_flags(layout, period, facts))


def exact_totals(
    lines: Iterable[EligibleLine], layout: Layout, period: Period, facts: ImportFacts
) -> ExactTotals:
    """Return the sums without clipping or rounding, as `Extractor.extract_exact` does."""
    return ExactTotals(values=_sum_leaves(lines, layout, period, facts, clipped=False))


def pooled(
    lines_by_institution: Mapping[str, Iterable[EligibleLine]],
    layout: Layout,
    period: Period,
    facts: Mapping[str, ImportFacts],
    *,
    clipped: bool = False,
) -> dict[Leaf, tuple[Fraction, ...]]:
    """Return the totals a network would have if it could simply pool its rows.

    A person at two institutions counts at both, as in a round.
    """
    totals = {leaf: [Fraction(0)] * leaf.width for leaf in layout.leaves}
    for institution, lines in lines_by_institution.items():
        known = facts[institution]
        for leaf, sums in _sum_leaves(lines, layout, period, known, clipped=clipped).items():
            totals[leaf] = [a + b for a, b in zip(totals[leaf], sums, strict=True)]
    return {leaf: tuple(sums) for leaf, sums in totals.items()}


def _sum_leaves(
    lines: Iterable[EligibleLine],
    layout: Layout,
    period: Period,
    facts: ImportFacts,
    *,
    clipped: bool,
) -> dict[Leaf, tuple[Fraction, ...]]:
    units: dict[str, Lines] = defaultdict(list)
    for line in lines:
        units[line.unit].append(line)
    sums = {}
    for leaf in layout.leaves:
        slots: list[int | Fraction] = [0] * leaf.width
        if facts.feed(leaf, period):
            for of_unit in units.values():
                for slot, amount in unit_cells(leaf, of_unit, period, clipped=clipped).items():
                    slots[slot] += amount
        sums[leaf] = tuple(map(Fraction, slots))
    return sums


def unit_cells(leaf: Leaf, lines: Lines, period: Period, *, clipped: bool) -> Cells:
    """Return what one unit, with all its lines, adds to the slots of `leaf`."""
    match leaf:
        case Tickets():
            return {0: _tickets(leaf, lines, period, clipped)}
        case Spend():
            return {0: _spend_steps(leaf, lines, period, clipped)}
        case Visitors():
            return {0: int(_is_counted(leaf, lines, period))}
        case Residence():
            return _residence_cell(leaf, lines, period)
        case LeadTimes():
            return _lead_time_nodes(leaf, lines, period)
        case _:
            assert_never(leaf)


def lies_in(line: EligibleLine, period: Period) -> bool:
    """Tell whether the UTC day of the line's order is a day of `period`."""
    return period.starts <= line.ordered_at.date() < period.ends


def _tickets(leaf: Tickets, lines: Lines, period: Period, clipped: bool) -> int:
    tickets = 0
    for line in lines:
        passes = (
            lies_in(line, period)
            and (line.online or not leaf.online)
            and (line.visitor is not None or not leaf.identified)
            and (line.paid_minor > 0 or not leaf.paid)
        )
        tickets += line.quantity if passes else 0
    return clip(tickets, leaf.cap) if clipped else tickets


def _spend_steps(leaf: Spend, lines: Lines, period: Period, clipped: bool) -> int | Fraction:
    paid = sum(line.paid_minor for line in lines if lies_in(line, period) and line.paid_minor > 0)
    if not clipped:
        return Fraction(paid, leaf.step_minor)
    return clip(round_half_even_steps(paid, leaf.step_minor), leaf.cap)


def _is_counted(leaf: Visitors, lines: Lines, period: Period) -> bool:
    windows = {
        Window.PERIOD: period,
        Window.PREVIOUS: period.previous(),
        Window.HISTORY: period.history(),
    }
    as_booker = [line for line in lines if line.visitor is not None and line.person]
    booked = {
        name for name, days in windows.items() if any(lies_in(line, days) for line in as_booker)
    }
    return booked >= set(leaf.booked) and not booked & set(leaf.not_booked)


def _residence_cell(leaf: Residence, lines: Lines, period: Period) -> Cells:
    as_booker = [
        line for line in lines if line.visitor is not None and line.person and lies_in(line, period)
    ]
    if not as_booker:
        return {}
    latest = max(as_booker, key=lambda line: (line.ordered_at, line.order, line.territory))
    known = latest.territory in leaf.codes
    return {leaf.codes.index(latest.territory) if known else leaf.width - 1: 1}


def _lead_time_nodes(leaf: LeadTimes, lines: Lines, period: Period) -> Cells:
    orders: dict[str, Lines] = defaultdict(list)
    for line in lines:
        if lies_in(line, period) and line.person and line.event_at is not None:
            orders[line.order].append(line)
    if not orders:
        return {}
    days = sorted(_lead_days(of_order) for of_order in orders.values())
    middle = days[(len(days) - 1) // 2]
    position = max(i for i, edge in enumerate(leaf.edges[:-1]) if edge <= middle)
    nodes: Cells = {}
    start = 0
    for level in range(1, leaf.levels + 1):
        width = leaf.branching**level
        nodes[start + position * width // leaf.leaves] = 1
        start += width
    return nodes


def _lead_days(lines: Lines) -> int:
    ordered = min(line.ordered_at for line in lines)
    event = min(line.event_at for line in lines if line.event_at is not None)
    return max(0, (event - ordered) // timedelta(days=1))
