"""Whole rounds of the demo's consortium, and how often their intervals hold the truth.

Every round is a real one: six institutions, three of them helpers, real keys, seals,
masks, noise and veto, in memory. Truth is the exact sum of the same clipped contributions:
intervals speak of noise, not of what was clipped. The consortium is the demo's, read by
the plain reference engine.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing import get_context

import numpy as np
from tests.support.eligible_lines import imported

from foyer_demo.book import Book
from foyer_demo.truth import Sale, list_sales
from foyer_demo.world import WorldConfig, generate
from foyer_node.engine.facts import ImportFacts
from foyer_node.engine.reference import contribution
from foyer_protocol.catalogue.contribution import Contribution
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.evaluate import evaluate
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.catalogue.schema import EligibleLine, Period
from foyer_protocol.dp.ledger import Ledger
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.release import Cell, Figure, Release, Status
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.helper import HelperState
from foyer_protocol.rounds.planning import Wish, make_plan
from foyer_protocol.simulate import Party, make_network, run_round

RESIDENCE = "geography.residence"
LARGEST = 10
"""Cells of the histogram that are also looked at one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A network that can run any number of rounds, and the truth they are held to."""

    plan: Plan
    roster: Roster
    parties: dict[str, Party] = field(repr=False)
    values: dict[str, float]
    cells: tuple[int, ...]

    @property
    def largest(self) -> tuple[int, ...]:
        """Positions of the largest cells of the histogram, greatest first."""
        return tuple(np.argsort(np.array(self.cells))[::-1][:LARGEST].tolist())


@dataclass(slots=True, kw_only=True)
class Tally:
    """How many intervals were published, and how many of them held the truth."""

    shown: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)

    def add(self, case: str, shown: int, held: int) -> None:
        """Count `shown` intervals."""
        self.shown[case] = self.shown.get(case, 0) + shown
        self.held[case] = self.held.get(case, 0) + held

    def merge(self, other: "Tally") -> None:
        """Count what another process counted."""
        for case, shown in other.shown.items():
            self.add(case, shown, other.held[case])

    def share(self, case: str) -> float:
        """Coverage of a case in per cent."""
        return 100 * self.held[case] / self.shown[case]


def measure(known: Known, rounds: int, processes: int = 1) -> Tally:
    """Run `rounds` whole rounds and count."""
    if processes == 1:
        return _some(known, rounds)
    total = Tally()
    parts = [rounds // processes + (i < rounds % processes) for i in range(processes)]
    # Forked, because key objects of the network cannot be sent to another process.
    global _SHARED  # noqa: PLW0603 - how a forked process finds what is not sent to it
    _SHARED = known
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        for tally in pool.map(_some_shared, parts):
            total.merge(tally)
    return total


_SHARED: Known | None = None


def _some_shared(rounds: int) -> Tally:
    if _SHARED is None:
        raise RuntimeError("a forked process has no network")
    return _some(_SHARED, rounds)


def _some(known: Known, rounds: int) -> Tally:
    tally = Tally()
    for _ in range(rounds):
        for party in known.parties.values():  # a new year: old entries would only slow us down
            party.ledger, party.memory = Ledger(), HelperState()
        release = run_round(known.plan, known.roster, known.parties)
        if not isinstance(release, Release):
            raise RuntimeError(f"a round without dropouts gave up: {release.reason}")
        for figure in release.figures:
            _count(tally, figure, known)
    return tally


def _count(tally: Tally, figure: Figure, known: Known) -> None:
    if figure.status is not Status.SHOWN:
        return
    if not figure.cells:
        tally.add(figure.key, 1, _holds(figure, known.values[figure.key]))
        return
    held = [_holds(cell, truth) for cell, truth in zip(figure.cells, known.cells, strict=True)]
    tally.add(figure.key, len(held), sum(held))
    for position in known.largest:
        tally.add(f"{figure.key}#{position}", 1, held[position])


def _holds(figure: Figure | Cell, truth: float) -> bool:
    return float(figure.low or "nan") <= truth <= float(figure.high or "nan")


def know(scale: float) -> Known:
    """The demo's six institutions at `scale`, their network, and their pooled truth."""
    world = generate(WorldConfig(scale=scale))
    period = world.config.period
    wish = Wish(
        round_id="coverage",
        network="simulated",
        statistics=tuple(CATALOGUE),
        period=period,
        currency="EUR",
        minimum_cohort=4,
        colluding=1,
    )
    plan = make_plan(wish)
    layout = plan.layout()
    parts = {
        book.profile.slug: contribution(
            list(eligible_lines(list_sales(book))), layout, period, facts_of(book, period)
        )
        for book in world.books
    }
    roster, parties = make_network(parts)
    return Known(plan=plan, roster=roster, parties=parties, **_truth(plan, parts))


def _truth(plan: Plan, parts: dict[str, Contribution]) -> dict[str, object]:
    layout = plan.layout()
    totals = {
        leaf: [sum(slot) for slot in zip(*(p.values[leaf] for p in parts.values()), strict=True)]
        for leaf in layout.leaves
    }
    pooled = {entry.key: evaluate(entry, totals) for entry in layout.statistics}
    values = {key: float(found.value) for key, found in pooled.items() if found.value is not None}
    return {"values": values, "cells": pooled[RESIDENCE].cells or ()}


def facts_of(book: Book, period: Period) -> ImportFacts:
    """One import of the years up to the period's end; a till's file has six columns."""
    provides = Need if book.profile.knows_visitors else (Need.EVENT_TIME,)
    return imported(period.history().starts, period.ends, provides=provides)


def eligible_lines(sales: Iterable[Sale]) -> Iterator[EligibleLine]:
    """The demo's sales as the rows that measures read."""
    for sale in sales:
        visitor = None if sale.customer < 0 else f"v{sale.customer}"
        placed = sale.placed.replace(tzinfo=None)
        for tickets, cents in sale.lines:
            yield EligibleLine(
                unit=visitor or f"o{sale.number}",
                visitor=visitor,
                person=sale.person,
                order=sale.number,
                ordered_at=placed,
                event_at=placed + timedelta(days=sale.lead),
                quantity=tickets,
                paid_minor=cents,
                online=sale.online,
                territory=sale.territory,
            )
