"""Vega-Lite of charts that run along time, and of the small ones on a page of many."""

import json
from types import ModuleType
from typing import Any

from foyer_web.charts import Chart, Row, Shape
from foyer_web.palette import FAINT, INK, PEERS, WIDTH

LEFT = 76
"""Where the first dot may stand: the numbers of the axis are written before it."""

HEIGHT, SMALL_HEIGHT, SMALL_WIDTH = 210, 64, 220
AIR, AIR_RIGHT = 14, 40
LABELS, LONG_LABELS, LONG = 4, 3, 9
"""As many names as fit below the axis, and fewer of them where they are long."""


def upright(alt: ModuleType, chart: Chart) -> dict[str, Any]:
    """Dots on upright intervals from the left (earlier) to the right (later)."""
    small = chart.shape is Shape.SMALL
    width, height = (SMALL_WIDTH, SMALL_HEIGHT) if small else (WIDTH, HEIGHT)
    left = AIR if small else LEFT
    places = [row.place for row in chart.rows]
    along = alt.Scale(
        domain=[places[0], places[-1]], range=[left, width - (AIR if small else AIR_RIGHT)],
        nice=False, zero=False,
    )  # fmt: skip
    positions = [at for at, _ in chart.ticks]
    if small:  # no numbers are written, so that all of the height shows the course
        positions = [min(row.low for row in chart.rows), max(row.high for row in chart.rows)]
    up = alt.Scale(
        domain=[positions[0], positions[-1]], range=[height - 4, 14], nice=False, zero=False
    )
    x = alt.X("place:Q", scale=along, axis=None if small else _axis(alt, chart))
    layers = [*([] if small else _rungs(alt, chart, up)), *_marks(alt, chart, x, up)]
    spec: dict[str, Any] = (
        alt.layer(*layers)
        .properties(
            width=width,
            height=height,
            background="transparent",
            padding={"left": 3, "right": 3, "top": 0, "bottom": 3 if small else 26},
            autosize="none",
        )
        .configure_view(stroke=None)
        .to_dict()
    )
    return spec


def _value(row: Row) -> dict[str, Any]:
    return {
        "place": row.place, "low": row.low, "high": row.high, "at": row.estimate,
        "marked": row.marked,
    }  # fmt: skip


def _axis(alt: ModuleType, chart: Chart) -> object:
    most = LONG_LABELS if max(len(row.label) for row in chart.rows) >= LONG else LABELS
    every = -(-len(chart.rows) // most)
    named = chart.rows[::-1][::every][::-1]  # the last one always, and as many as fit
    places, labels = [row.place for row in named], [row.label for row in named]
    return alt.Axis(
        values=places,
        labelExpr=f"{json.dumps(labels)}[indexof({json.dumps(places)}, datum.value)]",
        title=None, grid=False, domain=False, tickColor=FAINT, labelColor=INK,
        labelFontSize=13, labelPadding=3, labelOverlap=False, labelFlush=False,
    )  # fmt: skip


def _rungs(alt: ModuleType, chart: Chart, up: object) -> list[Any]:
    """Faint lines across, each with its number at the left, above the line."""
    data = alt.Data(values=[{"at": at, "text": text} for at, text in chart.ticks])
    rungs, y = alt.Chart(data), alt.Y("at:Q", scale=up, axis=None)
    return [
        rungs.mark_rule(color=FAINT).encode(x=alt.value(0), x2=alt.value(WIDTH), y=y),
        rungs.mark_text(align="left", baseline="bottom", dy=-2, fontSize=13, color=INK).encode(
            x=alt.value(0), y=y, text="text:N"
        ),
    ]  # fmt: skip


def _marks(alt: ModuleType, chart: Chart, x: object, up: object) -> list[Any]:
    rows = alt.Chart(alt.Data(values=[_value(row) for row in chart.rows]))
    y = alt.Y("at:Q", scale=up, axis=None)
    band, dot = (4, 28) if chart.shape is Shape.SMALL else (8, 80)
    return [
        rows.mark_line(strokeWidth=1.5, color=PEERS, opacity=0.5).encode(x=x, y=y),
        rows.mark_rule(strokeWidth=band, strokeCap="round", color=PEERS, opacity=0.35).encode(
            x=x, y=alt.Y("low:Q", scale=up, axis=None), y2="high:Q"
        ),
        rows.transform_filter("!datum.marked")
        .mark_point(filled=True, size=dot, color=PEERS, opacity=1)
        .encode(x=x, y=y),
        rows.transform_filter("datum.marked")
        .mark_point(filled=True, size=dot * 1.6, color=PEERS, opacity=1)
        .encode(x=x, y=y),
    ]
