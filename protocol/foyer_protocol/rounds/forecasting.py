"""Will it be readable? The interval of every figure before anybody is charged, and its price.

The intervals are those of a release, by the same functions (`rounds.estimating`): what is
forecast for given totals is exactly what a release of these totals would say. A figure is
too uncertain where its 95 % interval reaches further than half of it to each side, a share
where it reaches further than ten points.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from foyer_protocol.catalogue.measures import Family
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.catalogue.statistic import Statistic, Unit
from foyer_protocol.dp.accountant import epsilon
from foyer_protocol.dp.accuracy import Interval
from foyer_protocol.dp.noise_shares import plan_noise, total_variance
from foyer_protocol.errors import LocalProtocolError
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.plan import Plan
from foyer_protocol.rounds.estimating import Noised, estimate
from foyer_protocol.rounds.expectations import Expectation
from foyer_protocol.rounds.rules import noise_scale

MOST_OF_IT = 0.5
"""A half-width above half of the estimate says little more than that there is something."""

MOST_OF_SHARE = 0.10
"""Ten points: two institutions that differ less than that cannot be told apart by it."""

PRICE_STEP = Fraction(1, 10_000)
"""Prices are proposed in whole steps of zCDP."""

MOST_DAYS = 3 * 366
"""No longer period is proposed: data of more than three years are another question."""

Found = Interval | tuple[Interval, ...] | None
Prices = Mapping[Family, Fraction]


class Verdict(StrEnum):
    """What can be said of a figure before it is asked."""

    READABLE = "readable"
    UNCERTAIN = "too-uncertain"
    FEW = "few-contributors"  # withheld by the gate, whatever the noise
    UNKNOWN = "unknown"  # nothing is known that an expectation could rest on


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureForecast:
    """One figure as it would be released; of a histogram `reading` cells are readable."""

    key: str
    verdict: Verdict
    found: Found
    half_width: float | None
    allowed: float | None
    reading: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Every figure of a plan, and what the round costs each ledger that answers."""

    institutions: int
    figures: tuple[FigureForecast, ...]
    prices: Prices
    gate: Fraction
    spread: Fraction = Fraction(0)

    @property
    def rho(self) -> Fraction:
        """zCDP of the figures, of the look at dominance and of that at one's own values."""
        return sum(self.prices.values(), self.gate + self.spread)

    @property
    def epsilon(self) -> float:
        """The same at the network's delta."""
        return epsilon(self.rho)

    @property
    def unreadable(self) -> tuple[FigureForecast, ...]:
        """The figures that would be withheld or could not be read."""
        return tuple(f for f in self.figures if f.verdict in (Verdict.UNCERTAIN, Verdict.FEW))


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What would make the uncertain figures of a plan readable; None where nothing in reach does.

    `prices` are the lowest at which each reads, in the plan's own proportions where a figure
    needs two families; `period` is the shortest, ending on the same day, if as many come a day.
    """

    prices: Prices | None
    rho: Fraction | None
    period: Period | None


def forecast(plan: Plan, expectation: Expectation) -> Forecast:
    """The figures of `plan` if its institutions report what is expected of them."""
    return Forecast(
        institutions=expectation.institutions,
        figures=tuple(foresee(plan, entry, expectation) for entry in plan.layout().statistics),
        prices=_prices(plan),
        gate=read_fraction(plan.gate_rho),
        spread=read_fraction(plan.spread_rho),
    )


def interval(plan: Plan, statistic: Statistic, expectation: Expectation, prices: Prices) -> Found:
    """The figure with its interval, of expected totals with the noise that `prices` buy.

    Of a family that is not in `prices`, with the noise of the plan itself.

    Raises:
        LocalProtocolError: a price that no noise within the sampler's range can meet.
    """
    variances = {}
    for leaf in statistic.leaves:
        scale, block = noise_scale(plan.scale(leaf.family)), plan.layout().block(leaf.family)
        price = prices.get(leaf.family, scale.rho)
        if price != scale.rho:
            scale = plan_noise(block.squared_sensitivity, block.width, price, plan.honest)
        variances[leaf] = total_variance(scale, expectation.institutions)
    return estimate(statistic, Noised(values=expectation.totals, variances=variances))


def reads(statistic: Statistic, found: Found) -> bool:
    """Whether a figure can be read: a histogram if cells that can hold half of its total."""
    if isinstance(found, tuple):
        whole = sum(abs(cell.estimate) for cell in found)
        told = sum(abs(cell.estimate) for cell in found if _is_narrow(statistic, cell))
        return whole > 0 and 2 * told >= whole
    return found is not None and _is_narrow(statistic, found)


def half_width(found: Interval) -> float:
    """Half of an interval's length, in the statistic's unit."""
    return (found.high - found.low) / 2


def advise(plan: Plan, expectation: Expectation, most: Fraction) -> Advice:
    """How to make the uncertain figures readable for at most `most` zCDP a figure."""
    weak = [
        entry
        for entry in plan.layout().statistics
        if foresee(plan, entry, expectation).verdict is Verdict.UNCERTAIN
    ]
    prices = _merged(plan, [least_price(plan, entry, expectation, most) for entry in weak])
    days = [days for entry in weak if (days := least_days(plan, entry, expectation)) is not None]
    beside = read_fraction(plan.gate_rho) + read_fraction(plan.spread_rho)
    rho = None if prices is None else sum(prices.values(), beside)
    period = None
    if days and len(days) == len(weak):
        period = Period(starts=plan.ends - timedelta(days=max(days)), ends=plan.ends)
    return Advice(prices=prices, rho=rho, period=period)


def least_price(
    plan: Plan, statistic: Statistic, expectation: Expectation, most: Fraction
) -> Prices | None:
    """The lowest price by family at which a figure reads, at most `most` together; else None.

    The figure's families keep the proportion of the plan. An interval only narrows as its
    price rises, so that the search by halves finds the very first step that reads.
    """
    ours = _prices(plan)
    families = tuple(dict.fromkeys(leaf.family for leaf in statistic.leaves))
    together = sum((ours[family] for family in families), Fraction(0))

    def at(steps: int) -> Prices:
        return {family: ours[family] / together * steps * PRICE_STEP for family in families}

    def is_enough(steps: int) -> bool:
        try:
            return reads(statistic, interval(plan, statistic, expectation, at(steps)))
        except LocalProtocolError:  # noise beyond the sampler: far too cheap
            return False

    steps = _least(int(most / PRICE_STEP), is_enough)
    return None if steps is None else at(steps)


def least_days(plan: Plan, statistic: Statistic, expectation: Expectation) -> int | None:
    """The fewest days over which a figure reads at the plan's price, if as many come a day.

    A visitor weighs no more in a longer period than in a short one, so that it costs the same.
    """
    days = (plan.ends - plan.starts).days

    def is_enough(longer: int) -> bool:
        grown = expectation.scaled(Fraction(longer, days))
        return reads(statistic, interval(plan, statistic, grown, {}))

    return _least(MOST_DAYS, is_enough)


def foresee(plan: Plan, statistic: Statistic, expectation: Expectation) -> FigureForecast:
    """One figure of a plan if what is expected comes."""
    sources = [expectation.sources.get(leaf, "") for leaf in statistic.leaves]
    if "" in sources:
        return FigureForecast(
            key=statistic.key, verdict=Verdict.UNKNOWN, found=None,
            half_width=None, allowed=None, reading=0, source="",
        )  # fmt: skip
    found = interval(plan, statistic, expectation, {})
    verdict = Verdict.READABLE if reads(statistic, found) else Verdict.UNCERTAIN
    if expectation.institutions - 1 < statistic.least_others:
        verdict = Verdict.FEW
    cells = found if isinstance(found, tuple) else ()
    one = found if isinstance(found, Interval) else None
    return FigureForecast(
        key=statistic.key,
        verdict=verdict,
        found=found,
        half_width=half_width(one or cells[0]) if one or cells else None,
        allowed=_allowed(statistic, one.estimate) if one else None,
        reading=sum(_is_narrow(statistic, cell) for cell in cells),
        source=", ".join(dict.fromkeys(sources)),
    )


def _is_narrow(statistic: Statistic, found: Interval) -> bool:
    return half_width(found) <= _allowed(statistic, found.estimate)


def _allowed(statistic: Statistic, value: float) -> float:
    return MOST_OF_SHARE if statistic.unit is Unit.SHARE else MOST_OF_IT * abs(value)


def _prices(plan: Plan) -> dict[Family, Fraction]:
    return {scale.family: read_fraction(scale.rho) for scale in plan.scales}


def _merged(plan: Plan, needed: list[Prices | None]) -> Prices | None:
    """The plan's prices, raised to what each figure needs; None if one has no price."""
    prices = _prices(plan)
    for one in needed:
        if one is None:
            return None
        for family, price in one.items():
            prices[family] = max(prices[family], price)
    return prices


def _least(most: int, is_enough: Callable[[int], bool]) -> int | None:
    """The smallest whole number from 1 to `most` that is enough, where more always is."""
    if most < 1 or not is_enough(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
