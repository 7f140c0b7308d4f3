"""Houses of a kind and the spread of institutions are shown beside the figure of all."""

import re

import pytest
from tests.support.html_reading import Outline
from tests.support.released_quarters import quarters, release_by_kind
from tests.support.sample_views import FIGURES

from foyer_coordinator.portal import documents
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.grid import PARENTS, WHOLE
from foyer_web import sheets
from foyer_web.cohort_words import NAMES, cohort_name
from foyer_web.cohorts import CohortView, cohorts_of
from foyer_web.languages import LANGUAGES
from foyer_web.peers import chart_of_peers, spread_sentence
from foyer_web.render import Pages
from foyer_web.svg import MemorySvgCache, draw
from foyer_web.trends import Trend, views_of
from foyer_web.views import Reason
from foyer_web.words import words

EN = words("en")
RELEASE, PLAN = release_by_kind()
ONLINE = "booking.online_share"


def cohort(code, rest=False):
    return CohortView(code=code, rest=rest, depth=0, figure=FIGURES["share"])


def test_every_cohort_has_the_figure_of_its_own_sum_and_its_place():
    found = cohorts_of("volume.bookers", RELEASE)
    assert [(one.code, one.rest, one.depth) for one in found] == [
        ("MUSEUM", False, 0), ("MUSEUM_ART", False, 1), ("MUSEUM", True, 1),
        ("THEATRE", False, 0), ("ALL", True, 0),
    ]  # fmt: skip
    published = [
        next(float(f.estimate) for f in one.figures if f.key == "volume.bookers")
        for one in RELEASE.cohorts
    ]
    assert [one.figure.estimate for one in found] == published


def test_a_release_of_everybody_has_no_cohorts():
    assert cohorts_of("volume.bookers", quarters(1)[0]) == ()
    assert cohorts_of("volume.bookers", None) == ()
    assert cohorts_of("volume.none", RELEASE) == ()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_code_of_the_grid_has_a_name_in_every_language(code):
    for dimension, parents in PARENTS.items():
        said = [cohort_name(cohort(one), words(code)) for one in parents]
        assert len(set(said)) == len(parents), dimension
        assert not any(re.fullmatch(r"[A-Z_]{3,}", one) for one in said)
    assert cohort_name(cohort(WHOLE, rest=True), words(code)) != WHOLE


def test_a_region_is_said_with_its_country_and_the_rest_of_a_kind_as_the_others():
    assert cohort_name(cohort("DK01"), EN) == "Denmark, DK01"
    assert cohort_name(cohort("UKI"), EN) == "United Kingdom, UKI"
    assert cohort_name(cohort("SE"), EN) == "Sweden"
    assert cohort_name(cohort("MUSEUM", rest=True), EN) == "Museums: the others"
    assert not set(NAMES) & {WHOLE}


def test_the_picture_has_a_row_for_all_for_the_middle_half_and_for_each_kind():
    figure = views_of(RELEASE)[ONLINE]
    chart = chart_of_peers(figure, cohorts_of(ONLINE, RELEASE), EN)
    assert [row.label for row in chart.rows] == [
        "All institutions together", "Middle half of the institutions", "Museums", "Art museums",
        "Museums: the others", "Theatre", "All others",
    ]  # fmt: skip
    assert chart.ticks[0][0] <= min(row.low for row in chart.rows)
    assert chart.ticks[-1][0] >= max(row.high for row in chart.rows)
    svg = str(draw(chart, MemorySvgCache()))
    assert svg.count("Art museums") == 1


def test_a_kind_that_is_withheld_has_no_row_and_says_why():
    key = "loyalty.retention_1y"
    found = cohorts_of(key, RELEASE)
    assert [one.figure.reason for one in found] == [
        None, Reason.ROLLED_UP, Reason.ROLLED_UP, None, None,
    ]  # fmt: skip
    chart = chart_of_peers(views_of(RELEASE)[key], found, EN)
    assert "Art museums" not in [row.label for row in chart.rows]


def test_the_spread_is_said_in_the_steps_that_its_ranges_support():
    said = spread_sentence(views_of(RELEASE)[ONLINE], EN)
    assert said == "The middle institution: about 62%. Half of them: from 52% to 72%."
    assert spread_sentence(FIGURES["share"], EN) == ""


def test_one_institutions_total_is_not_drawn_beside_the_sum_of_all():
    key = "volume.bookers"
    chart = chart_of_peers(views_of(RELEASE)[key], (), EN)
    assert [row.label for row in chart.rows] == ["All institutions together"]


def test_a_histogram_and_an_absent_figure_are_drawn_as_before():
    cohorts = cohorts_of("geography.residence", RELEASE)
    assert chart_of_peers(FIGURES["too few"], cohorts, EN) is None
    bars = chart_of_peers(FIGURES["histogram"], cohorts, EN)
    assert "Museums" not in [row.label for row in bars.rows]


@pytest.mark.parametrize("key", CATALOGUE)
@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_page_has_a_table_of_kinds_with_every_status_in_words(key, code):
    html = Pages(network="N").page(
        "statistic", code, path="/x", figure=views_of(RELEASE)[key], round=None, view="",
        cohorts=cohorts_of(key, RELEASE), trend=Trend(points=()), tabs=(), filters=(),
    )  # fmt: skip
    outline = Outline(html)
    assert outline.open == []
    assert len(outline.all("table")) == 2
    assert len(outline.all("caption")) == 2
    assert not re.search(r"%\(|None", outline.text)


def test_a_page_says_what_the_band_of_the_institutions_is_and_only_where_it_is():
    pages = Pages(network="N")
    said = "That of the institutions shows the middle half of them."
    for key in (ONLINE, "volume.bookers", "loyalty.first_time_share"):
        html = pages.page(
            "statistic", "en", path="/x", figure=views_of(RELEASE)[key], round=None, view="",
            cohorts=(), trend=Trend(points=()), tabs=(), filters=(),
        )  # fmt: skip
        assert (said in html) == (key == ONLINE)


def test_documents_and_tables_have_a_row_a_cohort():
    found = cohorts_of("loyalty.retention_1y", RELEASE)
    rows = list(sheets.cohort_rows(found, None, None, None))
    assert [row["cohort"] for row in rows] == [
        "MUSEUM", "MUSEUM_ART", "MUSEUM (rest)", "THEATRE", "ALL (rest)",
    ]  # fmt: skip
    assert [row["code"] for row in rows] == ["", "c", "c", "", ""]
    listed = documents.cohorts_of(found)
    assert [one["status"] for one in listed] == [row["status"] for row in rows]
    assert "estimate" not in listed[1]
