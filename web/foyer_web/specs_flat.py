"""Vega-Lite of charts without an axis of numbers upwards: tiles on a grid, dots in rows."""

import json
from collections import Counter
from types import ModuleType
from typing import Any

from foyer_web.charts import Chart
from foyer_web.palette import FAINT, INK, PEERS, WIDTH

TILE, GAP = 26, 3
TILES_ACROSS = 13
"""A phone shows so many tiles legibly; a country with more wraps onto a second line."""

NAME = 20
DARKEST = 0.62
"""Of the tile's colour: darker, and the letter on it could not be read."""

ROW, DOT = 92, 60
SHADES = 5


def tiles(alt: ModuleType, chart: Chart) -> dict[str, Any]:
    """A name and a line of tiles for each country; the tile's letter begins its postcodes."""
    values, names, height = _placed(chart)
    side = alt.Scale(domain=[0, WIDTH], nice=False, zero=False)
    down = alt.Scale(domain=[height, 0], nice=False, zero=False)
    x, y = alt.X("x:Q", scale=side, axis=None), alt.Y("y:Q", scale=down, axis=None)
    squares, letters = alt.Chart(alt.Data(values=values)), alt.Chart(alt.Data(values=names))
    frame = squares.mark_rect(fill="transparent", stroke=FAINT, strokeWidth=1)
    layers = [
        frame.encode(x=x, x2="x2:Q", y=y, y2="y2:Q"),
        *(
            squares.transform_filter(f"datum.shade == {shade}")
            .mark_rect(color=PEERS, opacity=DARKEST * shade / SHADES)
            .encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
            for shade in range(1, SHADES + 1)
            if any(value["shade"] == shade for value in values)
        ),
        squares.mark_text(fontSize=12, color=INK, baseline="middle").encode(
            x=alt.X("mx:Q", scale=side, axis=None),
            y=alt.Y("my:Q", scale=down, axis=None),
            text="text:N",
        ),
        letters.mark_text(align="left", fontSize=14, color=INK, baseline="bottom").encode(
            x=alt.value(0), y=y, text="name:N"
        ),
    ]
    return _finish(alt, layers, height, bottom=3)


def _placed(chart: Chart) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Where each tile and each name stands, in pixels, and how high it all is."""
    largest = chart.ticks[-1][0] or 1.0
    across = Counter(row.line for row in chart.rows)
    values: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    top = 0
    for line, count in across.items():
        names.append({"x": 0, "y": top + NAME - 3, "name": line.partition(" ")[2]})
        for row in (row for row in chart.rows if row.line == line):
            wrapped, column = divmod(int(row.place), TILES_ACROSS)
            x, y = column * (TILE + GAP), top + NAME + wrapped * (TILE + GAP)
            shade = 0 if not row.estimate else 1 + int((SHADES - 1) * row.estimate / largest)
            values.append(
                {"x": x, "x2": x + TILE, "y": y, "y2": y + TILE, "mx": x + TILE / 2,
                 "my": y + TILE / 2 + 1, "shade": shade, "text": row.label}
            )  # fmt: skip
        top += NAME + (1 + (count - 1) // TILES_ACROSS) * (TILE + GAP) + 8
    return values, names, top


def dots(alt: ModuleType, chart: Chart) -> dict[str, Any]:
    """Rows of dots, one dot an equally likely number; dots that would overlap are stacked."""
    positions = [at for at, _ in chart.ticks]
    labels = [label for _, label in chart.ticks]
    lines = list(dict.fromkeys(row.line for row in chart.rows))
    values = _stacked(chart, positions[-1] - positions[0])
    heads = [
        {"y": index * ROW + 16, "label": row.label, "text": row.text}
        for index, line in enumerate(lines)
        for row in [next(one for one in chart.rows if one.line == line)]
    ]
    height = ROW * len(lines)
    along = alt.Scale(domain=[positions[0], positions[-1]], nice=False, zero=False)
    down = alt.Scale(domain=[height, 0], nice=False, zero=False)
    axis = alt.Axis(
        values=positions,
        labelExpr=f"{json.dumps(labels)}[indexof({json.dumps(positions)}, datum.value)]",
        labelFlush=True, title=None, grid=False, domainColor=FAINT, tickColor=FAINT,
        labelColor=INK, labelFontSize=13, labelPadding=3, labelOverlap=True,
    )  # fmt: skip
    marks, names = alt.Chart(alt.Data(values=values)), alt.Chart(alt.Data(values=heads))
    y, text = alt.Y("y:Q", scale=down, axis=None), {"fontSize": 14, "color": INK}
    layers = [
        marks.mark_point(filled=True, size=DOT, color=PEERS, opacity=1).encode(
            x=alt.X("at:Q", scale=along, axis=axis), y=y
        ),
        names.mark_text(align="left", **text).encode(x=alt.value(0), y=y, text="label:N"),
        names.mark_text(align="right", fontWeight="bold", **text).encode(
            x=alt.value(WIDTH), y=y, text="text:N"
        ),
    ]
    return _finish(alt, layers, height, bottom=26)


def _stacked(chart: Chart, span: float) -> list[dict[str, Any]]:
    """Dots by columns of 9 pixels; the first of a column lies on the line."""
    filled: Counter[tuple[str, int]] = Counter()
    lines = list(dict.fromkeys(row.line for row in chart.rows))
    placed = []
    for row in chart.rows:
        column = round(row.estimate / span * WIDTH / 9)
        foot = (lines.index(row.line) + 1) * ROW - 8
        rise = min(filled[row.line, column] * 8, ROW - 36)
        placed.append({"at": column * 9 * span / WIDTH, "y": foot - rise})
        filled[row.line, column] += 1
    return placed


def _finish(alt: ModuleType, layers: list[Any], height: int, *, bottom: int) -> dict[str, Any]:
    spec: dict[str, Any] = (
        alt.layer(*layers)
        .properties(
            width=WIDTH,
            height=height,
            background="transparent",
            padding={"left": 3, "right": 3, "top": 0, "bottom": bottom},
            autosize="none",
        )
        .configure_view(stroke=None)
        .to_dict()
    )
    return spec
