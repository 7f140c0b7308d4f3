"""From a trend to its picture: dots on upright intervals, along time. Pure."""

from foyer_web.charts import Chart, Row, Shape, axis_ticks
from foyer_web.languages import N_
from foyer_web.rounding import possible
from foyer_web.trends import Point, Trend
from foyer_web.views import Kind
from foyer_web.words import Words

FEWEST_POINTS = 2
MOST_POINTS = 12
"""More do not fit a phone; the earlier ones are in the table."""


def chart_of_trend(trend: Trend, words: Words, *, small: bool = False) -> Chart | None:
    """The chart of the last releases, or None where there are not two numbers to compare."""
    points = trend.shown[-MOST_POINTS:]
    if len(points) < FEWEST_POINTS or points[-1].figure.kind is Kind.DISTRIBUTION:
        return None
    figure = points[-1].figure
    rows = tuple(_row(point, trend.chosen, words) for point in points)
    lowest, highest = min(row.low for row in rows), max(row.high for row in rows)
    positions = axis_ticks(lowest, highest, figure.unit, 3)
    return Chart(
        shape=Shape.SMALL if small else Shape.TREND,
        title=words.say(figure.title),
        description=_described(rows, words),
        rows=rows,
        ticks=tuple(
            (float(at), words.amount(at, figure.unit, figure.currency)) for at in positions
        ),
    )


def _row(point: Point, chosen: str, words: Words) -> Row:
    figure = point.figure
    low, estimate, high = (possible(end, figure.unit) for end in figure.told)
    middle = point.starts + (point.ends - point.starts) / 2
    return Row(
        label=words.short_period(point.starts, point.ends),
        text=words.rounded(*figure.told, figure.unit, figure.currency),
        low=low,
        estimate=estimate,
        high=high,
        place=float(middle.toordinal()),
        marked=figure.round_id == chosen,
    )


def _described(rows: tuple[Row, ...], words: Words) -> str:
    """The same for those who do not see it: first and last."""
    return words.say(
        N_("From %(first)s in %(then)s to %(last)s in %(now)s."),
        first=rows[0].text,
        then=rows[0].label,
        last=rows[-1].text,
        now=rows[-1].label,
    )
