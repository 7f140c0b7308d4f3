"""A picture says what its figure says, obeys the content policy and is drawn once."""

import re
from decimal import Decimal

import pytest
from tests.support.html_reading import Outline
from tests.support.sample_views import FIGURES

from foyer_protocol.catalogue.entries import RESIDENCE
from foyer_protocol.catalogue.statistic import Unit
from foyer_web.charts import MOST_BARS, Shape, axis_ticks, chart_of
from foyer_web.svg import MemorySvgCache, draw, key_of
from foyer_web.views import CellView, figure_of
from foyer_web.words import words

EN = words("en")
DRAWN = [name for name, figure in FIGURES.items() if figure.shown]


@pytest.fixture(scope="module")
def cache():
    return MemorySvgCache()


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_one_labelled_image_without_style_script_or_address(name, cache):
    chart = chart_of(FIGURES[name], EN)
    svg = str(draw(chart, cache))
    outline = Outline(svg)
    image = outline.all("svg")[0]
    assert image["role"] == "img"
    assert [element["id"] for element in outline.all("title") + outline.all("desc")] == (
        image["aria-labelledby"].split()
    )
    assert chart.description in outline.text.replace("\xa0", " ")
    attributes = {name for _, found in outline.elements for name in found}
    assert not {"style", "href", "xlink:href"} & attributes
    assert not any(name.startswith("on") for name in attributes)
    assert not {"script", "style", "image", "foreignobject"} & {tag for tag, _ in outline.elements}


def test_every_colour_has_a_class_for_the_style_sheet(cache):
    outline = Outline(str(draw(chart_of(FIGURES["histogram with mine"], EN), cache)))
    for _, attributes in outline.elements:
        for name, prefix in (("fill", "f-"), ("stroke", "s-")):
            if attributes.get(name, "none") not in ("none", "transparent"):
                assert prefix in attributes["class"], attributes


def test_absent_figures_have_no_picture():
    for name in set(FIGURES) - set(DRAWN):
        assert chart_of(FIGURES[name], EN) is None


def test_mine_is_a_row_of_its_own_without_an_interval():
    rows = chart_of(FIGURES["share with mine"], EN).rows
    assert [(row.own, row.low == row.high) for row in rows] == [(False, False), (True, True)]


def test_a_histogram_shows_the_largest_cells_and_folds_nothing():
    cells = tuple(
        CellView(code=f"DE-{n}", estimate=100.0 + n, low=90.0 + n, high=110.0 + n)
        for n in range(20)
    )
    chart = chart_of(figure_of(RESIDENCE, cells=cells), EN)
    assert chart.shape is Shape.BARS
    assert len(chart.rows) == MOST_BARS
    assert [row.estimate for row in chart.rows] == sorted(
        (cell.estimate for cell in cells), reverse=True
    )[:MOST_BARS]


def test_labels_are_words_and_not_markup(cache):
    cells = (CellView(code="<b>&", estimate=100.0, low=90.0, high=110.0),)
    svg = str(draw(chart_of(figure_of(RESIDENCE, cells=cells), EN), cache))
    assert "<b>" not in svg
    assert "&lt;b&gt;&amp;" in svg


@pytest.mark.parametrize(
    "low, high, unit",
    [(0.28, 0.34, Unit.SHARE), (0.0, 0.0, Unit.SHARE), (0.99, 1.0, Unit.SHARE),
     (123504, 125090, Unit.TICKETS), (1, 2, Unit.VISITORS), (17.8, 21.5, Unit.MONEY)],
)  # fmt: skip
def test_axes_enclose_the_numbers_and_stay_possible(low, high, unit):
    ticks = axis_ticks(low, high, unit)
    assert float(ticks[0]) <= low + 1e-9
    assert float(ticks[-1]) >= high - 1e-9
    assert ticks[0] >= 0
    assert unit is not Unit.SHARE or ticks[-1] <= Decimal(1)
    assert 2 <= len(ticks) <= 8
    assert len(set(ticks)) == len(ticks)


def test_an_equal_chart_is_drawn_once_and_another_language_is_another_picture():
    class CountingCache(MemorySvgCache):
        puts = 0

        def put(self, key, svg):
            self.puts += 1
            super().put(key, svg)

    counting = CountingCache()
    for code in ("en", "en", "da"):
        draw(chart_of(FIGURES["share"], words(code)), counting)
    assert counting.puts == 2


def test_the_memory_keeps_the_most_recently_used():
    kept = MemorySvgCache(most=2)
    for key in ("a", "b"):
        kept.put(key, key)
    kept.get("a")
    kept.put("c", "c")
    assert [kept.get(key) for key in ("a", "b", "c")] == ["a", None, "c"]


def test_the_key_is_of_the_content():
    one, other = chart_of(FIGURES["share"], EN), chart_of(FIGURES["share with mine"], EN)
    assert re.fullmatch(r"[0-9a-f]{64}", key_of(one))
    assert key_of(one) != key_of(other)
