"""Charts as Vega-Lite, built with Altair.

Labels stand above their marks, so that a chart keeps its reading size on a phone. Colours
are those of `palette` and no others.
"""

import json
from types import ModuleType
from typing import Any

from foyer_web.charts import Chart, Shape
from foyer_web.palette import FAINT, INK, OWN, PEERS, WIDTH
from foyer_web.specs_flat import dots, tiles
from foyer_web.specs_upright import upright

ROW = {Shape.INTERVAL: 54, Shape.BARS: 38}
PADDING = {"left": 3, "right": 3, "top": 0, "bottom": 26}


def vega_lite(chart: Chart) -> dict[str, Any]:
    """The specification of `chart`, with all data inside and no address to fetch from."""
    import altair as alt  # noqa: PLC0415 - three quarters of a second that --help must not pay

    match chart.shape:
        case Shape.TREND | Shape.SMALL:
            return upright(alt, chart)
        case Shape.TILES:
            return tiles(alt, chart)
        case Shape.DOTS:
            return dots(alt, chart)
        case Shape.INTERVAL | Shape.BARS:
            return _lines(alt, chart)


def _lines(alt: ModuleType, chart: Chart) -> dict[str, Any]:
    """A row of words and marks for each row of the chart."""
    row_height = ROW[chart.shape]
    height = row_height * len(chart.rows)
    values = [
        {
            "label": row.label,
            "text": row.text,
            "top": index * row_height + 16,
            "line": index * row_height + (34 if chart.shape is Shape.INTERVAL else 27),
            "low": row.low,
            "high": row.high,
            "at": row.estimate,
            "own": row.own,
            "mine": row.mine,
        }
        for index, row in enumerate(chart.rows)
    ]
    positions = [tick for tick, _ in chart.ticks]
    labels = [label for _, label in chart.ticks]
    axis = alt.Axis(
        values=positions,
        labelExpr=f"{json.dumps(labels)}[indexof({json.dumps(positions)}, datum.value)]",
        labelFlush=True,
        title=None,
        grid=False,
        domainColor=FAINT,
        tickColor=FAINT,
        labelColor=INK,
        labelFontSize=13,
        labelPadding=3,
        labelOverlap=True,
    )
    along = alt.Scale(domain=[positions[0], positions[-1]], nice=False, zero=False)
    down = alt.Scale(domain=[height, 0], nice=False, zero=False)
    marks = _intervals if chart.shape is Shape.INTERVAL else _bars
    layers = [*_labels(alt, down), *marks(alt, axis, along, down)]
    spec: dict[str, Any] = (
        alt.layer(*layers, data=alt.Data(values=values))
        .properties(
            width=WIDTH, height=height, background="transparent", padding=PADDING, autosize="none"
        )
        .configure_view(stroke=None)
        .to_dict()
    )
    return spec


def _labels(alt: ModuleType, down: object) -> list[Any]:
    """The label at the left and the number at the right, above each row's marks."""
    y = alt.Y("top:Q", scale=down, axis=None)
    style = {"fontSize": 14, "color": INK, "baseline": "alphabetic"}
    return [
        alt.Chart().mark_text(align="left", **style).encode(x=alt.value(0), y=y, text="label:N"),
        alt.Chart()
        .mark_text(align="right", fontWeight="bold", **style)
        .encode(x=alt.value(WIDTH), y=y, text="text:N"),
    ]


def _intervals(alt: ModuleType, axis: object, along: object, down: object) -> list[Any]:
    y = alt.Y("line:Q", scale=down, axis=None)
    x = alt.X("low:Q", scale=along, axis=axis)
    at = alt.X("at:Q", scale=along)
    rows = alt.Chart()
    return [
        rows.mark_rule(strokeWidth=1, color=FAINT).encode(x=alt.value(0), x2=alt.value(WIDTH), y=y),
        rows.transform_filter("!datum.own")
        .mark_rule(strokeWidth=8, strokeCap="round", color=PEERS, opacity=0.35)
        .encode(x=x, x2="high:Q", y=y),
        rows.transform_filter("!datum.own")
        .mark_point(filled=True, size=110, color=PEERS, opacity=1)
        .encode(x=at, y=y),
        rows.transform_filter("datum.own")
        .mark_point(filled=True, shape="diamond", size=200, color=OWN, opacity=1)
        .encode(x=at, y=y),
    ]


def _bars(alt: ModuleType, axis: object, along: object, down: object) -> list[Any]:
    y = alt.Y("line:Q", scale=down, axis=None)
    rows = alt.Chart()
    return [
        rows.mark_rule(strokeWidth=9, color=PEERS, opacity=0.45).encode(
            x=alt.X("zero:Q", scale=along, axis=axis), x2="at:Q", y=y
        ).transform_calculate(zero="0"),
        rows.mark_rule(strokeWidth=2, color=INK).encode(
            x=alt.X("low:Q", scale=along), x2="high:Q", y=y
        ),
        rows.transform_filter("isValid(datum.mine)")
        .mark_point(filled=True, shape="diamond", size=90, color=OWN, opacity=1)
        .encode(x=alt.X("mine:Q", scale=along), y=y),
    ]  # fmt: skip
