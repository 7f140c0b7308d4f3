"""From a figure to what its chart says: rows, axis and the sentence for those who cannot see it.

Pure: no drawing here. `specs` turns a `Chart` into Vega-Lite, `svg` into a picture.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from foyer_protocol.catalogue.statistic import Unit
from foyer_web.headlines import headline, own_sentence
from foyer_web.languages import N_
from foyer_web.rounding import possible
from foyer_web.views import CellView, FigureView, Kind
from foyer_web.words import Words

MOST_BARS = 12
"""The rest is in the table. It is not folded into "other": that sum has no interval of its own."""


class Shape(StrEnum):
    """How a chart is drawn."""

    INTERVAL = "interval"  # a dot on its interval, one row each
    BARS = "bars"  # a bar from zero with the interval at its end
    TREND = "trend"  # dots on upright intervals, along time
    SMALL = "small"  # the same without words, for a page of many
    TILES = "tiles"  # a tile for each territory, a line of tiles for each country
    DOTS = "dots"  # equally likely numbers, a row of dots each


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. `own` rows are exact and drawn as a bold mark; bars carry theirs as `mine`.

    `place` is where it stands on the other axis (days, or a column), where there is one;
    `marked` is the one that is being read; `line` names what it stands in line with.
    """

    label: str
    text: str
    low: float
    estimate: float
    high: float
    own: bool = False
    mine: float | None = None
    place: float = 0.0
    marked: bool = False
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Everything a picture shows, in the reader's language. Equal charts look equal."""

    shape: Shape
    title: str
    description: str
    rows: tuple[Row, ...]
    ticks: tuple[
        tuple[float, str], ...
    ]  # position and label, from one end of the axis to the other


def chart_of(figure: FigureView, words: Words) -> Chart | None:
    """The chart of `figure`, or None where there is nothing to draw."""
    if not figure.shown or (figure.kind is Kind.DISTRIBUTION and not figure.ranked):
        return None
    if figure.kind is Kind.DISTRIBUTION:
        shape, rows = Shape.BARS, [_bar(cell, figure, words) for cell in figure.ranked[:MOST_BARS]]
    else:
        shape, rows = Shape.INTERVAL, _intervals(figure, words)
    ends = [end for row in rows for end in (row.low, row.high, row.mine or 0.0)]
    from_zero = shape is Shape.BARS or figure.kind is Kind.TOTAL
    lowest = 0.0 if from_zero else min(row.low for row in rows)
    positions = axis_ticks(lowest, max(ends), figure.unit)
    described = f"{headline(figure, words)} {own_sentence(figure, words)}".strip()
    return Chart(
        shape=shape,
        title=words.say(figure.title),
        description=described,
        rows=tuple(rows),
        ticks=tuple(
            (float(at), words.amount(at, figure.unit, figure.currency)) for at in positions
        ),
    )


def axis_ticks(low: float, high: float, unit: Unit, wanted: int = 4) -> tuple[Decimal, ...]:
    """Round positions that enclose `[low, high]` with some air, and never the impossible.

    An axis that would start close to zero starts there.

    >>> [str(tick) for tick in axis_ticks(0.28, 0.34, Unit.SHARE)]
    ['0.26', '0.28', '0.30', '0.32', '0.34', '0.36']
    """
    span = max(high - low, 0.1 * abs(high), 1e-9)
    start, stop = low - 0.2 * span, high + 0.1 * span
    if start < 0.3 * stop:
        start = 0.0
    rough = (stop - start) / wanted
    power = Decimal(1).scaleb(math.floor(math.log10(rough)))
    step = next(power * times for times in (1, 2, 5, 10) if float(power * times) >= rough * 0.85)
    if unit in (Unit.TICKETS, Unit.VISITORS):
        step = max(step, Decimal(1))
    first = math.floor(possible(start, unit) / float(step) + 1e-9)
    last = math.ceil(possible(stop, unit) / float(step) - 1e-9)
    return tuple(step * place for place in range(first, max(last, first + 1) + 1))


def _intervals(figure: FigureView, words: Words) -> list[Row]:
    low, estimate, high = (possible(end, figure.unit) for end in figure.told)
    about = words.about(*figure.told, figure.unit, figure.currency)
    rows = [
        Row(label=words.say(TOGETHER), text=about, low=low, estimate=estimate, high=high),
    ]
    if figure.mine is not None:
        text = words.exact(figure.mine, figure.unit, figure.currency)
        mine = figure.mine
        label = words.say(YOURS)
        rows.append(Row(label=label, text=text, low=mine, estimate=mine, high=mine, own=True))
    return rows


def _bar(cell: CellView, figure: FigureView, words: Words) -> Row:
    low, estimate, high = (possible(end, figure.unit) for end in cell.told)
    return Row(
        label=words.category(cell.code),
        text=words.rounded(*cell.told, figure.unit, figure.currency),
        low=low,
        estimate=estimate,
        high=high,
        mine=cell.mine,
    )


TOGETHER = N_("All institutions together")
YOURS = N_("Yours")
