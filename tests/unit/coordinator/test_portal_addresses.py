"""Every view is an address, and the same with `.json` and `.csv`; nothing needs a script."""

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from tests.support.html_reading import Outline
from tests.support.published import PLANNED, publish, reading
from tests.support.released_quarters import CURVES, release_of_quarter

from foyer_coordinator.adapters.database import Database, sqlite_url
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_web.languages import LANGUAGES

VIEWS = {
    "/": "/overview",
    "/explore": "/explore",
    "/methods": "/methods",
    "/rounds": "/rounds",
    "/rounds/q4-2025": "/rounds/q4-2025",
    "/rounds/q1-2026": "/rounds/q1-2026",
    "/statistics/volume.bookers": "/statistics/volume.bookers",
    "/statistics/volume.bookers?view=time": "/statistics/volume.bookers",
    "/statistics/geography.residence?view=map": "/statistics/geography.residence",
    "/statistics/loyalty.retention_1y?round=q3-2024": "/statistics/loyalty.retention_1y",
}
"""The page without its language, and its document without its ending."""


@pytest.fixture(scope="module")
def browser(migrated_file, tmp_path_factory):
    """One reader before one portal: reading changes nothing, so that all tests may share it."""
    copied = shutil.copy(migrated_file, tmp_path_factory.mktemp("portal") / "book.sqlite")
    database = Database(sqlite_url(Path(copied)))
    publish(database)
    yield reading(database)
    database.close()


def table(answer):
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_a_page_a_document_and_a_table(browser, view):
    path, _, query = view.partition("?")
    page = browser.get(f"/en{view}")
    assert page.status_code == 200
    outline = Outline(page.text)
    assert outline.open == []
    ids = [found["id"] for _, found in outline.elements if "id" in found]
    assert len(ids) == len(set(ids))
    for ending in ("json", "csv"):
        answer = browser.get(f"{VIEWS[view]}.{ending}?{query}")
        assert answer.status_code == 200, (path, ending)
    linked = {link["href"].partition("?")[0] for link in outline.all("link") if "type" in link}
    assert f"{VIEWS[view]}.json" in linked


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_view_is_there_in_every_language(browser, code):
    for view in VIEWS:
        page = browser.get(f"/{code}{view}")
        assert page.status_code == 200
        assert f'<html lang="{code}">' in page.text
        assert "None" not in Outline(page.text).text


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_on_a_view_is_inline_or_from_elsewhere_and_it_stays_small(browser, view):
    page = browser.get(f"/fi{view}")
    assert "unsafe" not in page.headers["content-security-policy"]
    outline = Outline(page.text)
    assert outline.all("style") == []
    assert all(set(script) == {"src", "defer"} for script in outline.all("script"))
    for _, found in outline.elements:
        assert "style" not in found
        assert not any(name.startswith("on") for name in found)
        for place in ("href", "src", "action", "hx-get"):
            assert re.match(r"[/#]", found.get(place, "/")), found
    for landmark in outline.all("nav") + outline.all("aside") + outline.all("section"):
        assert landmark.get("aria-label") or landmark.get("aria-labelledby")
    assert len(outline.all("caption")) == len(outline.all("table"))
    assert len(outline.all("h1")) == 1
    assert len(page.content) < 40_000


def test_every_link_of_every_view_leads_somewhere(browser):
    seen = set()
    for view in VIEWS:
        for link in Outline(browser.get(f"/en{view}").text).all("a"):
            address = link["href"].partition("#")[0]
            if address and address not in seen and not address.startswith(tuple(
                f"/{code}/" for code in LANGUAGES if code != "en"
            )):  # fmt: skip
                seen.add(address)
                assert browser.get(address).status_code in (200, 303), address
    assert any(address.endswith(".csv") for address in seen)


def test_the_overview_greets_says_three_figures_and_what_changed(browser):
    outline = Outline(browser.get("/en/").text)
    assert "Welcome, A. Reader." in outline.text
    assert "released on 21 January 2026" in outline.text
    assert len([found for found in outline.all("span") if found.get("class") == "sentence"]) == 3
    assert "higher than in Q3 2025, by about" in outline.text
    assert "No clear difference: " in outline.text
    document = browser.get("/overview.json").json()
    assert document["next_round"] == PLANNED.round_id
    assert {one["outcome"] for one in document["changes"]} <= {
        "higher", "lower", "no-clear-difference",
    }  # fmt: skip


def test_a_trend_is_every_release_as_it_was_published(browser):
    rows = table(browser.get("/statistics/volume.bookers.csv?view=time"))
    assert [row["round"] for row in rows] == [release_of_quarter(n).round_id for n in range(8)]
    for n, row in enumerate(rows):
        low, estimate, high = CURVES["volume.bookers"].at(n)
        assert [float(row[name]) for name in ("low", "estimate", "high")] == [
            float(low), float(estimate), float(high),
        ]  # fmt: skip
    page = Outline(browser.get("/en/statistics/volume.bookers?view=time").text)
    assert len(page.all("svg")) == 1
    assert "As of" in page.text
    assert page.text.count("21 April 2024") == 1


def test_a_document_has_the_same_numbers_as_the_table(browser):
    over_time = browser.get("/statistics/volume.bookers.json").json()["over_time"]
    rows = table(browser.get("/statistics/volume.bookers.csv?view=time"))
    assert [one["estimate"] for one in over_time] == [float(row["estimate"]) for row in rows]


def test_a_withheld_figure_is_words_on_the_page_and_a_letter_in_the_table(browser):
    address = "/statistics/loyalty.retention_1y"
    (row,) = table(browser.get(f"{address}.csv?round=q3-2024"))
    assert (row["status"], row["reason"], row["code"], row["estimate"]) == (
        "withheld", "few-contributors", "c", "",
    )  # fmt: skip
    page = Outline(browser.get(f"/en{address}?round=q3-2024").text)
    assert "Not shown: too few institutions contributed" in page.text
    assert page.all("svg") == []
    trend = Outline(browser.get(f"/en{address}?round=q3-2024&view=time").text)
    assert "Not shown: too few institutions contributed" in trend.text
    assert len(trend.all("svg")) == 1


@pytest.mark.parametrize(
    "key, view, there",
    [
        ("volume.bookers", "", True),
        ("volume.bookers", "time", True),
        ("geography.residence", "map", True),
        ("geography.residence", "time", False),
        ("volume.none", "", False),
    ],
)
def test_a_picture_is_a_file_where_there_is_one(browser, key, view, there):
    answer = browser.get(f"/da/statistics/{key}.svg?view={view}")
    assert answer.status_code == (200 if there else 404)
    if there:
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert answer.text.startswith("<svg xmlns=")


def test_the_state_of_a_view_is_in_its_address_and_a_filter_swaps_only_the_result(browser):
    page = Outline(browser.get("/en/statistics/volume.bookers?round=q1-2025&view=time").text)
    (form,) = [form for form in page.all("form") if form.get("class") == "filters"]
    assert (form["method"], form["hx-target"]) == ("get", "#result")
    assert {"type": "hidden", "name": "view", "value": "time"} in page.all("input")
    current = [link["href"] for link in page.all("a") if link.get("aria-current") == "page"]
    assert "/en/statistics/volume.bookers?round=q1-2025&view=time" in current
    assert page.all("option")[3]["value"] == "q1-2025"
    assert "selected" in page.all("option")[3]


def test_exploring_is_a_list_of_links_with_a_picture_each(browser):
    page = Outline(browser.get("/en/explore?round=q2-2025").text)
    links = [link["href"] for link in page.all("a")]
    for key in CATALOGUE:
        assert f"/en/statistics/{key}?round=q2-2025" in links
    assert len(page.all("svg")) == len(CURVES)
    rows = table(browser.get("/explore.csv?round=q2-2025"))
    assert {row["statistic"] for row in rows} == set(CATALOGUE)
    assert "q3-2025" not in {row["round"] for row in rows}


def test_methods_explains_the_noise_without_a_script(browser):
    plain = Outline(browser.get("/en/methods").text)
    assert plain.all("script") == []
    (slider,) = [found for found in plain.all("input") if found.get("type") == "range"]
    assert slider["value"] == "3"
    assert "Used 0.72 of 10." in plain.text
    assert "The latest round cost 0.09." in plain.text
    more = Outline(browser.get("/en/methods?noise=8").text)
    assert "lie within ± 16 of the true one" in more.text
    assert Outline(browser.get("/en/methods?noise=<b>").text).open == []
    assert {found["id"] for found in plain.all("details") if "id" in found} == set(CATALOGUE)


def test_a_planned_round_reads_like_a_notice(browser):
    page = Outline(browser.get("/en/rounds/q1-2026").text)
    for words in ("What is asked", "What is read of your data", "What it costs", "Who decides"):
        assert words in page.text
    assert "0.09 of the privacy budget (zCDP); 9.28 is left in this period." in page.text
    assert len(page.all("form")) == 1  # to sign out: deciding is for the institution's own pages
    assert table(browser.get("/rounds/q1-2026.csv")) == []


@pytest.mark.parametrize("path", ["/rounds/none.csv", "/statistics/volume.none.csv", "/x.csv"])
def test_a_table_that_is_not_there_is_a_problem_document(browser, path):
    answer = browser.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:foyer:problem:not-found")


def test_before_the_first_release_every_view_says_so(database):
    browser = reading(database)
    for path in ("/", "/explore", "/methods", "/rounds", "/statistics/geography.residence"):
        assert browser.get(f"/en{path}").status_code == 200
    assert "No round has been released yet." in browser.get("/en/methods").text
    assert table(browser.get("/overview.csv")) == table(browser.get("/explore.csv")) == []
    assert browser.get("/explore.json").json()["round"] is None
