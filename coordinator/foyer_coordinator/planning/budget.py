"""What a period's budget has left, by family: taken, proposed, and to come by the calendar.

Counted for a node that took part in everything. Others have more left; a steward's own cap
may be lower than the roster's, and only the node knows that. The ledgers decide, not this.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from foyer_coordinator.ports import Charged, RoundRow
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import JobKind, Plan
from foyer_protocol.messages.roster import Roster
from foyer_protocol.rounds.phases import is_final

GATE = "dominance"
"""The look at dominance is a line of its own: it belongs to no family."""

SPREAD = "spread"
"""So is each institution's look at its own values, where a plan asks how they are spread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """zCDP of one family in the period."""

    family: str
    taken: Fraction = Fraction(0)
    proposed: Fraction = Fraction(0)
    scheduled: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A period's cap and its lines, in the order of the catalogue's families."""

    period: str
    cap: Fraction
    lines: tuple[Line, ...]

    @property
    def taken(self) -> Fraction:
        """What released and running sums cost."""
        return sum((line.taken for line in self.lines), Fraction(0))

    @property
    def proposed(self) -> Fraction:
        """What rounds will take that are proposed or not through."""
        return sum((line.proposed for line in self.lines), Fraction(0))

    @property
    def scheduled(self) -> Fraction:
        """What the calendar will ask until the period ends."""
        return sum((line.scheduled for line in self.lines), Fraction(0))

    @property
    def left(self) -> Fraction:
        """What nobody has asked for; below 0 where more is planned than there is."""
        return self.cap - self.taken - self.proposed - self.scheduled


def price_of(plan: Plan) -> dict[str, Fraction]:
    """What a whole round costs, by family."""
    prices = {scale.family.value: read_fraction(scale.rho) for scale in plan.scales}
    spread = read_fraction(plan.spread_rho)
    if spread:
        prices[SPREAD] = spread
    return {**prices, GATE: read_fraction(plan.gate_rho)}


def draw_budget(
    roster: Roster,
    rows: Sequence[RoundRow],
    charges: Sequence[Charged],
    scheduled: Iterable[Plan] = (),
) -> Budget:
    """The budget of the roster's period. `scheduled` has a plan for each time it will be asked.

    A round that is proposed or runs is counted to this period: that is when it will be paid.
    """
    paid = [one for one in charges if one.period == roster.period and not one.is_given_back]
    taken = _sum(_charged(one) for one in paid)
    open_ones = [row.plan for row in rows if not is_final(row.phase)]
    asked = {plan.round_id for plan in open_ones}
    whole = _sum(price_of(plan) for plan in open_ones)
    begun = _sum(_charged(one) for one in paid if one.round_id in asked)
    coming = _sum(price_of(plan) for plan in scheduled)
    families = list(dict.fromkeys([*taken, *whole, *coming]))
    zero = Fraction(0)
    lines = tuple(
        Line(
            family=family,
            taken=taken.get(family, zero),
            proposed=whole.get(family, zero) - begun.get(family, zero),
            scheduled=coming.get(family, zero),
        )
        for family in sorted(families, key=lambda name: (name == GATE, families.index(name)))
    )
    return Budget(period=roster.period, cap=read_fraction(roster.period_rho_cap), lines=lines)


def _charged(one: Charged) -> dict[str, Fraction]:
    """What one sum of a round costs, by family."""
    price = price_of(one.job.plan)
    gate = price.pop(GATE)
    return price if one.job.kind is JobKind.FIGURES else {GATE: gate}


def _sum(prices: Iterable[Mapping[str, Fraction]]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = {}
    for price in prices:
        for family, rho in price.items():
            total[family] = total.get(family, Fraction(0)) + rho
    return total
