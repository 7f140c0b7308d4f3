"""Charts as SVG, drawn on the server once and kept.

The picture carries no style attribute, script, address or font: the pages' content
security policy forbids them. Colours are attributes, with a class for the style sheet.
"""

import hashlib
import json
import re
import threading
import xml.etree.ElementTree as ET
from collections import OrderedDict
from dataclasses import replace
from typing import Protocol

from markupsafe import Markup

from foyer_web.charts import Chart, Shape
from foyer_web.palette import COLOUR_CLASSES
from foyer_web.specs import vega_lite

SVG = "http://www.w3.org/2000/svg"
DRAWING = 1
"""Raise when the drawing changes, so that kept pictures are drawn anew."""

_KEPT = {
    "d", "transform", "x", "y", "x2", "y2", "fill", "stroke", "stroke-width", "stroke-linecap",
    "opacity", "text-anchor", "font-size", "font-weight",
}  # fmt: skip
_LONG = re.compile(r"-?\d+\.\d\d+")  # more digits than a screen has pixels
_RENDERING = threading.Lock()  # the renderer is one engine: one thread at a time

ET.register_namespace("", SVG)


class SvgCache(Protocol):
    """Keeps pictures by the hash of their content; a face may keep them with the release."""

    def get(self, key: str) -> str | None:
        """The picture kept under `key`, if any."""

    def put(self, key: str, svg: str) -> None:
        """Keep `svg` under `key`."""


class MemorySvgCache:
    """Keeps the most recently used pictures of this process."""

    def __init__(self, most: int = 2048) -> None:
        """`most` pictures, of some 5 kB each: those of several releases in every language."""
        self._most = most
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> str | None:
        """The picture kept under `key`, if any; it becomes the most recent."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, svg: str) -> None:
        """Keep `svg`, and forget the least recently used if there are too many."""
        with self._lock:
            self._kept[key] = svg
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def key_of(chart: Chart) -> str:
    """The hash by which a picture of `chart` is kept."""
    return hashlib.sha256(f"{DRAWING} {chart!r}".encode()).hexdigest()


def draw(chart: Chart, cache: SvgCache) -> Markup:
    """The picture of `chart`, from `cache` or drawn and put there."""
    key = key_of(chart)
    kept = cache.get(key)
    if kept is None:
        kept = clean(_raw(chart, cache), chart, "c" + key[:8])
        cache.put(key, kept)
    return Markup(kept)  # noqa: S704 - built from escaped text by our own renderer


def _raw(chart: Chart, cache: SvgCache) -> str:
    """The engine's picture. One without words is the same in every language: drawn once for all."""
    if chart.shape is not Shape.SMALL:
        return _render(chart)
    mute = _without_words(chart)
    key = f"{key_of(mute)}-raw"
    raw = cache.get(key)
    if raw is None:
        raw = _render(mute)
        cache.put(key, raw)
    return raw


def _without_words(chart: Chart) -> Chart:
    rows = tuple(replace(row, label="", text="") for row in chart.rows)
    ticks = tuple((at, "") for at, _ in chart.ticks)
    return replace(chart, title="", description="", rows=rows, ticks=ticks)


def _render(chart: Chart) -> str:
    import vl_convert  # noqa: PLC0415 - some 270 MB of engine, only once a chart is wanted

    with _RENDERING:
        return str(vl_convert.vegalite_to_svg(json.dumps(vega_lite(chart)), allowed_base_urls=[]))


def clean(raw: str, chart: Chart, name: str) -> str:
    """Strip a rendered SVG to marks, give it a title and description, and class its colours."""
    root = ET.fromstring(raw)  # noqa: S314 - our own renderer's output
    box = root.get("viewBox", "")
    _strip(root)
    root.attrib.clear()
    root.attrib |= {
        "class": "chart",
        "viewBox": box,
        "font-family": "system-ui, sans-serif",
        "role": "img",
        "aria-labelledby": f"{name}-t {name}-d",
    }
    for position, (tag, text) in enumerate((("title", chart.title), ("desc", chart.description))):
        element = ET.Element(f"{{{SVG}}}{tag}", {"id": f"{name}-{tag[0]}"})
        element.text = text
        root.insert(position, element)
    return ET.tostring(root, encoding="unicode")


def _strip(element: ET.Element) -> None:
    """Keep what is seen: drop empty paths and groups, and attributes for scripts and readers."""
    for child in list(element):
        _strip(child)
        colours = [child.get("fill", ""), child.get("stroke", "")]
        names = [
            prefix + COLOUR_CLASSES[colour]
            for prefix, colour in zip(("f-", "s-"), colours, strict=True)
            if colour in COLOUR_CLASSES
        ]
        kept = {
            name: value
            for name, value in child.attrib.items()
            if name in _KEPT and (name, value) not in (("opacity", "1"), ("stroke-width", "1"))
        }
        if kept.get("transform") == "translate(0,0)":
            del kept["transform"]
        tag = child.tag.rpartition("}")[2]
        empty_path = tag == "path" and ("display" in child.attrib or kept.get("d", "")[:1] != "M")
        background = "background" in child.get("class", "")
        kept = {n: v if n == "opacity" else _LONG.sub(_shorter, v) for n, v in kept.items()}
        child.attrib.clear()
        child.attrib |= kept | ({"class": " ".join(names)} if names else {})
        if empty_path or background or (tag == "g" and not len(child)):
            element.remove(child)
        elif tag == "g" and not child.attrib:
            place = list(element).index(child)
            element[place : place + 1] = list(child)


def _shorter(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")
