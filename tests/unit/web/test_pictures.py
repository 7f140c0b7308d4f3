"""The pictures along time, on tiles and of the toy say what their numbers say."""

import re
from dataclasses import replace
from datetime import date

import pytest
from tests.support.html_reading import Outline
from tests.support.released_quarters import CURVES, quarters, release_of_quarter
from tests.support.sample_views import FIGURES

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_web.charts import Shape
from foyer_web.languages import LANGUAGES
from foyer_web.svg import MemorySvgCache, draw
from foyer_web.tile_charts import chart_of_tiles, is_of_territories
from foyer_web.time_charts import MOST_POINTS, chart_of_trend
from foyer_web.toy import DOTS, MOST_NOISE, VISITORS, Toy, chart_of_toy, sentence
from foyer_web.trends import trend_of, views_of
from foyer_web.words import words

EN = words("en")
RELEASES = quarters(8)
RESIDENCE = views_of(RELEASES[-1])["geography.residence"]


def trend(key, count=8):
    return trend_of(key, RELEASES[count - 1], RELEASES[:count])


@pytest.fixture(scope="module")
def cache():
    return MemorySvgCache()


def every_chart():
    return [
        chart_of_trend(trend("money.average_ticket_price"), EN),
        chart_of_trend(trend("booking.online_share"), EN, small=True),
        chart_of_tiles(RESIDENCE, EN),
        chart_of_toy(Toy(noise=3), EN),
    ]


@pytest.mark.parametrize("chart", every_chart(), ids=lambda chart: chart.shape)
def test_a_picture_is_one_labelled_image_that_keeps_the_policy(chart, cache):
    outline = Outline(str(draw(chart, cache)))
    image = outline.all("svg")[0]
    assert image["role"] == "img"
    assert [element["id"] for element in outline.all("title") + outline.all("desc")] == (
        image["aria-labelledby"].split()
    )
    attributes = {name for _, found in outline.elements for name in found}
    assert not {"style", "href", "xlink:href", "fill-opacity"} & attributes
    assert not {"script", "style", "image"} & {tag for tag, _ in outline.elements}
    for _, found in outline.elements:
        for name, prefix in (("fill", "f-"), ("stroke", "s-")):
            if found.get(name, "none") not in ("none", "transparent"):
                assert prefix in found["class"], found


def test_a_picture_without_words_is_drawn_once_for_all_languages():
    class Counting(MemorySvgCache):
        raw = 0

        def put(self, key, svg):
            self.raw += key.endswith("-raw")
            super().put(key, svg)

    counting = Counting()
    drawn = {
        str(draw(chart_of_trend(trend("booking.online_share"), words(code), small=True), counting))
        for code in LANGUAGES
    }
    assert (counting.raw, len(drawn)) == (1, len(LANGUAGES))


def test_a_trend_stands_in_time_and_marks_what_is_read():
    chart = chart_of_trend(trend("money.average_ticket_price", 5), EN)
    assert [row.label for row in chart.rows] == [
        "Q1 2024", "Q2 2024", "Q3 2024", "Q4 2024", "Q1 2025",
    ]  # fmt: skip
    assert [row.marked for row in chart.rows] == [False] * 4 + [True]
    places = [row.place for row in chart.rows]
    assert places == sorted(places)
    assert chart.description == "From €16.20 in Q1 2024 to €17.30 in Q1 2025."


def test_a_withheld_quarter_leaves_a_gap_in_time_and_no_point():
    chart = chart_of_trend(trend("loyalty.retention_1y", 5), EN)
    assert [row.label for row in chart.rows] == ["Q1 2024", "Q2 2024", "Q4 2024", "Q1 2025"]
    steps = [b.place - a.place for a, b in zip(chart.rows, chart.rows[1:], strict=False)]
    assert steps[1] > 1.8 * steps[0]


def test_one_release_is_no_trend_and_a_histogram_has_no_line():
    assert chart_of_trend(trend("volume.bookers", 1), EN) is None
    assert chart_of_trend(trend("geography.residence"), EN) is None


def test_a_long_trend_shows_the_last_points_that_fit():
    many = [release_of_quarter(n) for n in range(16)]
    chart = chart_of_trend(trend_of("volume.bookers", many[-1], many), EN)
    assert len(chart.rows) == MOST_POINTS
    assert chart.rows[-1].label == "Q4 2027"


@pytest.mark.parametrize("key", CURVES)
def test_the_axis_holds_every_interval(key):
    chart = chart_of_trend(trend(key), EN)
    assert chart.ticks[0][0] <= min(row.low for row in chart.rows)
    assert chart.ticks[-1][0] >= max(row.high for row in chart.rows)


def test_the_map_has_a_tile_for_each_postal_region_of_a_country_that_may_be_shown():
    chart = chart_of_tiles(RESIDENCE, EN)
    assert chart.shape is Shape.TILES
    lines = list(dict.fromkeys(row.line.partition(" ")[2] for row in chart.rows))
    assert lines == ["Denmark", "Sweden", "Germany", "Netherlands", "Finland", "United Kingdom"]
    tiles = {(row.line[3:], row.label): row for row in chart.rows}
    assert tiles["Denmark", "2"].estimate > tiles["Denmark", "1"].estimate > 0
    assert tiles["Denmark", "0"].estimate == 0
    assert tiles["Denmark", "0"].text == ""


def test_only_a_histogram_of_territories_has_a_map():
    assert [key for key, one in CATALOGUE.items() if is_of_territories(figure_like(one))] == [
        "geography.residence"
    ]
    for name in ("share", "too few", "not asked"):
        assert chart_of_tiles(FIGURES[name], EN) is None
    unsure = tuple(replace(cell, low=-99.0, high=99.0, estimate=0.0) for cell in RESIDENCE.cells)
    assert chart_of_tiles(replace(RESIDENCE, cells=unsure), EN) is None


def figure_like(statistic):
    return replace(FIGURES["share"], key=statistic.key)


def test_the_toy_grows_less_telling_with_its_noise():
    right = [Toy(noise=noise).guesses_right for noise in range(MOST_NOISE + 1)]
    assert right == sorted(right, reverse=True)
    assert right[0] == 1
    assert right[-1] < 0.53


@pytest.mark.parametrize("noise", [0, 1, 3, MOST_NOISE])
def test_the_toys_dots_are_around_the_truth_and_on_the_axis(noise):
    chart = chart_of_toy(Toy(noise=noise), EN)
    assert len(chart.rows) == 2 * DOTS
    for line, truth in (("0", VISITORS), ("1", VISITORS - 1)):
        dots = [row.estimate for row in chart.rows if row.line == line]
        assert sum(dots) / DOTS == pytest.approx(truth)
        assert chart.ticks[0][0] <= min(dots)
        assert max(dots) <= chart.ticks[-1][0]


def test_the_toy_is_the_same_whenever_it_is_asked():
    assert chart_of_toy(Toy(noise=5), EN) == chart_of_toy(Toy(noise=5), EN)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_toy_and_the_periods_are_said_in_every_language(code):
    for noise in (0, 4):
        assert not re.search(r"%\(|None", sentence(Toy(noise=noise), words(code)))
    spans = [
        (date(2026, 1, 1), date(2027, 1, 1)), (date(2026, 4, 1), date(2026, 7, 1)),
        (date(2026, 2, 1), date(2026, 3, 1)), (date(2026, 2, 3), date(2026, 3, 9)),
    ]  # fmt: skip
    said = [words(code).short_period(*span) for span in spans]
    assert len(set(said)) == 4
    assert all("2026" in one for one in said)
