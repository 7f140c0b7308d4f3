"""What people are shown of a release: its figures, made to agree with each other.

A release keeps every number as the noise left it, for machines and for checks. Noise does
not know that a count is not below 0, that a part is no more than its whole, or that cells
add up. This is worked out here from the release alone, so that anyone can do it again and
nothing more has to be signed: totals by the catalogue's identities, then the cells of each
histogram with their sum kept, then shares of those very cells, which make 100 %.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import inf, sqrt

import numpy as np

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.evaluate import evaluate
from foyer_protocol.catalogue.identities import IDENTITIES
from foyer_protocol.catalogue.layout import Layout, lay_out
from foyer_protocol.catalogue.measures import (
    Distribution,
    LeadTimes,
    Leaf,
    Median,
    Ratio,
    Residence,
)
from foyer_protocol.catalogue.statistic import Statistic, Unit
from foyer_protocol.dp.accuracy import Z95, ratio_interval
from foyer_protocol.dp.consistency import (
    Floats,
    SumRule,
    credible,
    least_squares,
    nearest,
    with_sum,
)
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.release import Figure, Release, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedNumber:
    """A number that can be true, between the ends of a 95 % interval that can be.

    The interval is that of least squares, less what is impossible, and reaches to the
    estimate where that was moved out of it.
    """

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedCell:
    """A cell of a histogram: the count, and its share `of_all` cells (None where they are 0)."""

    code: str
    count: AgreedNumber
    of_all: AgreedNumber | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedFigure:
    """One shown figure: a number, or the cells of a histogram."""

    key: str
    number: AgreedNumber | None = None
    cells: tuple[AgreedCell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Agreed:
    """By leaf: slots as released, after least squares, and as shown, with their variances."""

    raw: dict[Leaf, Floats]
    noise: dict[Leaf, Floats]
    squares: dict[Leaf, Floats]
    variances: dict[Leaf, Floats]
    shown: dict[Leaf, Floats]


@lru_cache(maxsize=32)
def agreed_figures(release: Release) -> tuple[AgreedFigure, ...]:
    """Every shown figure of `release`, made to agree; in the release's order.

    So of a cohort, if its figures, slots and variances are put in place of the release's.
    Empty where this version's catalogue does not know all of its statistics, or lays them
    out otherwise: what the published slots mean is then not known here.
    """
    if any(figure.key not in CATALOGUE for figure in release.figures):
        return ()
    layout = lay_out(tuple(CATALOGUE[figure.key] for figure in release.figures))
    # A plan that asks how institutions are spread has bins behind them, which stay closed.
    widths = (layout.width, replace(layout, spread=True).width)
    if len(release.noised) not in widths:
        return ()
    agreed = _agree(layout, release)
    return tuple(
        _figure(CATALOGUE[figure.key], figure, agreed)
        for figure in release.figures
        if figure.status is Status.SHOWN
    )


def _agree(layout: Layout, release: Release) -> _Agreed:
    raw, noise = _published(layout, release)
    if not raw:
        return _Agreed(raw={}, noise={}, squares={}, variances={}, shown={})
    ends = np.cumsum([leaf.width for leaf in raw])
    place = {leaf: range(end - leaf.width, end) for leaf, end in zip(raw, ends, strict=True)}
    values, spread = np.concatenate([*raw.values()]), np.concatenate([*noise.values()])
    rules = credible(values, spread, _rules(place))
    adjusted, narrowed = least_squares(values, spread, rules)
    squares = dict(zip(raw, np.split(adjusted, ends[:-1]), strict=True))
    totals = _agree_totals(squares, noise)
    return _Agreed(
        raw=raw,
        noise=noise,
        squares=squares,
        variances=dict(zip(raw, np.split(narrowed, ends[:-1]), strict=True)),
        shown={leaf: with_sum(squares[leaf], totals[leaf]) for leaf in squares},
    )


def _published(layout: Layout, release: Release) -> tuple[dict[Leaf, Floats], dict[Leaf, Floats]]:
    """Slots that were released, in raw units, with the variance of each; no trees of counts."""
    scale = {one.family: one.grid for one in release.scales}
    noise = {
        one.family: float(read_fraction(variance))
        for one, variance in zip(release.scales, release.variances, strict=True)
    }
    raw: dict[Leaf, Floats] = {}
    variances: dict[Leaf, Floats] = {}
    for leaf in layout.leaves:
        slots = [slot for slot in release.noised[layout.slots(leaf)] if slot is not None]
        if len(slots) == leaf.width and not isinstance(leaf, LeadTimes):
            raw[leaf] = np.array([slot / scale[leaf.family] for slot in slots])
            variances[leaf] = np.full(leaf.width, noise[leaf.family])
    return raw, variances


def _agree_totals(squares: dict[Leaf, Floats], variances: dict[Leaf, Floats]) -> dict[Leaf, float]:
    """The sum of each leaf's slots, so that none is below 0 or above what holds it."""
    place = {leaf: range(row, row + 1) for row, leaf in enumerate(squares)}
    sums = np.array([float(slots.sum()) for slots in squares.values()])
    spread = np.array([float(variances[leaf].sum()) for leaf in squares])
    rules = credible(sums, spread, _rules(place))
    return dict(zip(squares, map(float, nearest(sums, spread, rules)), strict=True))


def _rules(place: dict[Leaf, range]) -> tuple[SumRule, ...]:
    """The catalogue's identities among the leaves that have a place."""
    return tuple(
        SumRule(
            parts=tuple(slot for part in one.parts for slot in place[part]),
            whole=place[one.whole][0],
            exact=one.exact,
        )
        for one in IDENTITIES
        if all(leaf in place for leaf in (*one.parts, one.whole))
    )


def _figure(statistic: Statistic, figure: Figure, agreed: _Agreed) -> AgreedFigure:
    measure = statistic.measure
    if isinstance(measure, Distribution):
        return AgreedFigure(key=figure.key, cells=_cells(measure.of, agreed))
    most = 1.0 if statistic.unit is Unit.SHARE else None
    estimate, low, high = (float(x or 0) for x in (figure.estimate, figure.low, figure.high))
    if isinstance(measure, Ratio):
        totals = {leaf: agreed.shown[leaf].tolist() for leaf in measure.leaves}
        found = evaluate(statistic, totals).value
        estimate = estimate if found is None else float(found)
    elif not isinstance(measure, Median):
        low, high = _interval(agreed.squares[measure.of], agreed.variances[measure.of], 0)
        estimate = float(agreed.shown[measure.of][0])
    return AgreedFigure(key=figure.key, number=_possible(estimate, low, high, most))


def _cells(leaf: Residence, agreed: _Agreed) -> tuple[AgreedCell, ...]:
    shown, squares, variances = agreed.shown[leaf], agreed.squares[leaf], agreed.variances[leaf]
    whole = float(shown.sum())
    return tuple(
        AgreedCell(
            code=code,
            count=_possible(float(shown[row]), *_interval(squares, variances, row)),
            of_all=_share(float(shown[row]) / whole, leaf, row, agreed) if whole > 0 else None,
        )
        for row, code in enumerate(leaf.codes)
    )


def _share(estimate: float, leaf: Leaf, row: int, agreed: _Agreed) -> AgreedNumber:
    """A cell's share of all. The noise of a cell and of the rest is independent, so that their
    ratio θ has Fieller's interval; the share is θ/(1 + θ), which rises with θ.
    """
    raw, noise = agreed.raw[leaf], agreed.noise[leaf]
    own, spread = float(raw[row]), float(noise[row])
    odds = ratio_interval(
        Fraction(own),
        Fraction(float(raw.sum()) - own),
        Fraction(spread),
        Fraction(float(noise.sum()) - spread),
        Fraction(1),
    )
    if odds is None:  # the rest is lost in its noise: it may be all or nothing
        return AgreedNumber(estimate=estimate, low=0.0, high=1.0)
    low, high = (max(end, 0.0) / (1.0 + max(end, 0.0)) for end in (odds.low, odds.high))
    return _possible(estimate, low, high, 1.0)


def _interval(squares: Floats, variances: Floats, row: int) -> tuple[float, float]:
    margin = Z95 * sqrt(float(variances[row]))
    return float(squares[row]) - margin, float(squares[row]) + margin


def _possible(estimate: float, low: float, high: float, most: float | None = None) -> AgreedNumber:
    top = inf if most is None else most
    told, bottom, ceiling = (min(max(end, 0.0), top) for end in (estimate, low, high))
    return AgreedNumber(estimate=told, low=min(bottom, told), high=max(ceiling, told))
