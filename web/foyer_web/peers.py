"""A figure beside those of houses of a kind, and how the institutions themselves are spread."""

from collections.abc import Sequence
from dataclasses import replace

from foyer_web.charts import Chart, Row, Shape, axis_ticks, chart_of
from foyer_web.cohort_words import cohort_name
from foyer_web.cohorts import CohortView
from foyer_web.languages import N_
from foyer_web.rounding import possible, round_to, step_for
from foyer_web.telling import QuartileView
from foyer_web.views import FigureView, Kind
from foyer_web.words import Words

QUARTERS = ("first", "middle", "third")
MOST_COHORTS = 12
"""More do not fit a picture; all are in the table."""


def chart_of_peers(figure: FigureView, cohorts: Sequence[CohortView], words: Words) -> Chart | None:
    """The figure's chart with a row for each cohort that is shown, and for the middle half.

    None where the figure itself is not shown; a histogram stays as it is.
    """
    chart = chart_of(figure, words)
    if chart is None or chart.shape is not Shape.INTERVAL:
        return chart
    shown = [one for one in cohorts if one.figure.shown][:MOST_COHORTS]
    rows = (*chart.rows, *_spread(figure, words), *(_cohort(one, words) for one in shown))
    if rows == chart.rows:
        return chart
    lowest = 0.0 if figure.kind is Kind.TOTAL else min(row.low for row in rows)
    positions = axis_ticks(lowest, max(row.high for row in rows), figure.unit)
    ticks = tuple((float(at), words.amount(at, figure.unit, figure.currency)) for at in positions)
    return replace(chart, rows=rows, ticks=ticks)


def spread_sentence(figure: FigureView, words: Words) -> str:
    """Where the middle institution is, and the middle half; empty where it was not asked."""
    quartiles = _quartiles(figure)
    if quartiles is None:
        return ""
    low, middle, high = (_told(at, figure, words) for at in quartiles)
    return words.say(
        N_("The middle institution: about %(middle)s. Half of them: from %(low)s to %(high)s."),
        middle=middle,
        low=low,
        high=high,
    )


def _cohort(cohort: CohortView, words: Words) -> Row:
    figure = cohort.figure
    low, estimate, high = (possible(end, figure.unit) for end in figure.told)
    text = words.about(*figure.told, figure.unit, figure.currency)
    label = cohort_name(cohort, words)
    return Row(label=label, text=text, low=low, estimate=estimate, high=high)


def _spread(figure: FigureView, words: Words) -> tuple[Row, ...]:
    """Of a level alone: one institution's total beside the sum of all would say nothing."""
    quartiles = _quartiles(figure)
    if quartiles is None or figure.kind is not Kind.LEVEL:
        return ()
    label = words.say(N_("Middle half of the institutions"))
    low, middle, high = (one.estimate or 0.0 for one in quartiles)
    text = words.say(N_("about %(number)s"), number=_told(quartiles[1], figure, words))
    return (Row(label=label, text=text, low=low, estimate=middle, high=high),)


def _quartiles(figure: FigureView) -> tuple[QuartileView, ...] | None:
    """The three quartiles; None where they were not asked, are withheld or have no end."""
    spread = figure.spread
    if spread is None or len(spread.quartiles) != len(QUARTERS):
        return None
    return None if any(one.estimate is None for one in spread.quartiles) else spread.quartiles


def _told(quartile: QuartileView, figure: FigureView, words: Words) -> str:
    """The point in its range, rounded to what the range supports."""
    high = quartile.low if quartile.high is None else quartile.high
    step = step_for(quartile.low, high, figure.unit)
    return words.amount(round_to(quartile.estimate or 0.0, step), figure.unit, figure.currency)
