"""Rules an entry must keep before it may be asked of anybody. Run as a test.

A rule is a function from one entry to the sentences of what is wrong with it.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from foyer_protocol.catalogue.entries import PRICES
from foyer_protocol.catalogue.measures import (
    Distribution,
    LeadTimes,
    Leaf,
    Median,
    Ratio,
    Residence,
    Spend,
    Tickets,
    Total,
    Visitors,
)
from foyer_protocol.catalogue.statistic import PrivacyUnit, Statistic, Unit
from foyer_protocol.catalogue.territories import UNKNOWN

CHAPTERS = (
    "volume", "money", "booking", "loyalty", "repertoire",
    "geography", "people", "segments_mix", "maturity", "surveys",
)  # fmt: skip
"""The first half of a key: the chapters of the KPI catalogue."""

FEWEST_OTHERS = 4
LARGEST_SHARE = 50
SHORTEST_LAG = 1
LONGEST_TITLE = 40


def problems(catalogue: Mapping[str, Statistic]) -> list[str]:
    """Return every broken rule as `key: sentence`; an empty list is a sound catalogue."""
    found = [
        f"{entry.key}: {sentence}"
        for entry in catalogue.values()
        for rule in (_wording, _disclosure, _leaf_bounds, _unit_fits, _ratio_is_sound)
        for sentence in rule(entry)
    ]
    found += [f"{e.key}: filed under {key}" for key, e in catalogue.items() if key != e.key]
    titles = [entry.title for entry in catalogue.values()]
    found += [
        f"{e.key}: another entry is also called {e.title!r}"
        for e in catalogue.values()
        if titles.count(e.title) > 1
    ]
    return found


def _wording(entry: Statistic) -> Iterator[str]:
    if entry.key.split(".")[0] not in CHAPTERS:
        yield f"no chapter of that name; there are {', '.join(CHAPTERS)}"
    if not 1 <= len(entry.title.strip()) <= LONGEST_TITLE:
        yield f"the title has {len(entry.title)} characters, 1 to {LONGEST_TITLE} fit a card"
    if not entry.question.endswith("?"):
        yield "the question does not end as a question"


def _disclosure(entry: Statistic) -> Iterator[str]:
    if entry.least_others < FEWEST_OTHERS:
        yield f"{entry.least_others} others suffice, the house asks for {FEWEST_OTHERS}"
    if not 0 < entry.dominance_cap <= LARGEST_SHARE:
        yield f"a dominance cap of {entry.dominance_cap} per cent, outside 1 to {LARGEST_SHARE}"
    if entry.lag_months < SHORTEST_LAG:
        yield f"published {entry.lag_months} months after its period, not {SHORTEST_LAG}"
    told = {name: getattr(entry, name) for name in PRICES}
    if entry.unit is Unit.MONEY and told != PRICES:
        yield f"money is published under {told}, not under the gate of prices"
    if entry.weight not in entry.leaves:
        yield "its weight is not one of its leaves"
    by_visitor = all(isinstance(leaf, Visitors | Residence) for leaf in entry.leaves)
    fitting = PrivacyUnit.VISITOR if by_visitor else PrivacyUnit.VISITOR_OR_ORDER
    if entry.privacy_unit is not fitting:
        yield f"hides a unit of {entry.privacy_unit}, its leaves count {fitting}"


def _leaf_bounds(entry: Statistic) -> Iterator[str]:
    for leaf in entry.leaves:
        if leaf.width < 1 or leaf.squared_sensitivity < 1:
            yield f"a leaf of {leaf.width} slots and squared sensitivity {leaf.squared_sensitivity}"
        yield from _leaf_shape(leaf)


def _leaf_shape(leaf: Leaf) -> Iterator[str]:
    match leaf:
        case Tickets(cap=cap) if cap < 1:
            yield f"a cap of {cap} tickets lets nobody count"
        case Spend(cap=cap, step_minor=step) if cap < 1 or step < 1:
            yield f"a cap of {cap} steps of {step} lets nobody count"
        case Visitors(booked=booked, not_booked=absent):
            if not booked:
                yield "visitors who booked in no window cannot be listed"
            if set(booked) & set(absent):
                yield "a window is both booked and not booked"
        case Residence(codes=codes):
            if len(set(codes)) != len(codes) or codes[-1:] != (UNKNOWN,):
                yield f"codes are not distinct, or do not end with {UNKNOWN}"
        case LeadTimes(edges=edges, branching=branching):
            if edges[0] != 0 or any(a >= b for a, b in pairwise(edges)):
                yield "edges do not start at 0 and rise"
            if branching < 2 or leaf.leaves != branching**leaf.levels:
                yield f"{leaf.leaves} leaves are not a power of {branching}"


def _unit_fits(entry: Statistic) -> Iterator[str]:
    match entry.measure, entry.unit:
        case Total(of=Tickets()), Unit.TICKETS:
            return
        case Total(of=Visitors()) | Distribution(), Unit.VISITORS:
            return
        case Median(), Unit.DAYS:
            return
        case Ratio(part=Spend()), Unit.MONEY:
            return
        case Ratio(scale_numerator=1, scale_denominator=1), Unit.SHARE:
            return
        case measure, unit:
            yield f"a {type(measure).__name__} of these leaves is not in {unit}"


def _ratio_is_sound(entry: Statistic) -> Iterator[str]:
    if not isinstance(entry.measure, Ratio):
        return
    if entry.measure.scale_numerator < 1 or entry.measure.scale_denominator < 1:
        yield "its scale is not positive"
    match entry.measure.part, entry.measure.whole:
        case Visitors() as part, Visitors() as whole:
            if part.needs_history != whole.needs_history:
                yield "only one side of the ratio waits for enough history"
            if not set(part.booked) >= set(whole.booked):
                yield "its part is not within its whole"
        case Tickets() as part, Tickets() as whole:
            if part.cap != whole.cap:
                yield f"caps of {part.cap} and {whole.cap} tickets bias a share"
            narrower = (part.online, part.identified, part.paid)
            wider = (whole.online, whole.identified, whole.paid)
            if any(w and not n for n, w in zip(narrower, wider, strict=True)):
                yield "its part is not within its whole"
        case Spend(), Tickets(paid=paid):
            if not paid:
                yield "a price is per paid ticket"
        case part, whole:
            yield f"a {type(part).__name__} per {type(whole).__name__} has no meaning yet"
