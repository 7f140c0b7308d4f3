"""Promise: a house reads its own week, stages and ladders on its own pages, whatever it has."""

import re

import pytest
from tests.support.busy_house import make_busy_house
from tests.support.html_reading import Outline
from tests.support.local_node import FACTS, TODAY
from tests.support.web_client import Browser

from foyer_node.config import read_config
from foyer_node.insight.lifecycle import LifecycleStage
from foyer_node.insight.maturity import Axis
from foyer_node.insight.monday import Action, Number
from foyer_node.setup import make_node
from foyer_node.web.local_files import LocalFiles
from foyer_node.web.pages import create_pages
from foyer_protocol.catalogue.measures import Need
from foyer_web import insight_words, paths
from foyer_web.languages import LANGUAGES

HERE = "http://127.0.0.1:8765"
PAGES = (paths.MONDAY, paths.LIFECYCLE, paths.MATURITY)


def site_of(config):
    node = LocalFiles(config, today=lambda: TODAY, look=lambda _: None)
    return Browser(create_pages(node, address=lambda: "127.0.0.1:8765"), HERE)


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return site_of(make_busy_house(tmp_path_factory.mktemp("known")))


@pytest.fixture(scope="module")
def till(tmp_path_factory):
    return site_of(make_busy_house(tmp_path_factory.mktemp("till"), known=False))


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("empty") / "node"
    make_node(folder, **FACTS)
    return site_of(read_config(folder))


def text_of(site, path, locale="en"):
    answer = site.get(f"/{locale}{path}")
    assert answer.status_code == 200, answer.text
    return " ".join(Outline(answer.text).text.split())


def test_a_house_with_till_sales_only_gets_its_volume_price_lead_time_and_daypart_figures_and_a_maturity_path(  # noqa: E501 - the promise, whole
    till,
):
    text = text_of(till, paths.MONDAY)
    assert re.search(r"Attendances Yours: \d+ tickets\.", text)
    assert "Average ticket price Yours: €30" in text
    assert re.search(r"Lead time Yours: \d+(\.\d)? days\.", text)
    for part in ("Morning, before 12", "Afternoon, 12 to 17", "Evening, 17 to 22", "Late, from 22"):
        assert re.search(rf"{part}\s?\d+\s?\d+(\.\d)?%", text), part
    assert "Your way up" in text
    assert "Ask for an e-mail address or a customer card at the till" in text
    path = text_of(till, paths.MATURITY)
    assert "0 of 5" in path
    assert "An e-mail address or customer number" in path
    assert "Opens: Bookers;" in path


def test_five_numbers_of_last_week_stand_with_plain_words(known):
    text = text_of(known, paths.MONDAY)
    assert "Last week, 16–22 Nov 2026." in text
    for words in insight_words.NUMBERS.values():
        assert words in text
    assert "Tickets sold24" in text


def test_a_change_is_a_sentence_with_what_was_usual(known):
    assert "Tickets sold went up: 24 last week, where 8 was usual." in text_of(known, paths.MONDAY)


def test_one_action_is_suggested_with_its_reason_and_a_link(known):
    page = known.get("/en/monday").text
    assert page.count('id="to-do"') == 1
    what, why, link, path = insight_words.ACTIONS["ask-for-consent"]
    assert what in page
    assert why in page
    assert f'<a href="/en{path}">{link}</a>' in page


def test_whoever_is_to_import_is_led_to_where_that_is_done():
    assert insight_words.ACTIONS["import"][3] == paths.IMPORT


def test_without_two_whole_weeks_there_is_no_last_week_but_the_year_stands(tmp_path):
    text = text_of(site_of(make_busy_house(tmp_path, weeks=1)), paths.MONDAY)
    assert "less than two whole weeks" in text
    assert "One thing to do" not in text
    assert "Attendances Yours: 24 tickets." in text


@pytest.mark.parametrize("path", PAGES)
def test_before_the_first_import_each_page_says_what_it_is_waiting_for(empty, path):
    assert "Nothing has been imported at this institution yet." in text_of(empty, path)


def test_seven_stages_stand_with_their_rule_share_and_change(known):
    text = text_of(known, paths.LIFECYCLE)
    assert "stale after 18 months without an order and lapsed after 36" in text
    assert "128 known visitors" in text
    assert "New1 visit, last order within 18 months128100%+60" in text
    assert "Lapsedany number of visits, last order more than 36 months ago00%±0" in text


def test_a_till_s_visitors_have_no_stages_and_the_page_says_why(till):
    text = text_of(till, paths.LIFECYCLE)
    assert "Nobody can be recognised" in text
    assert "Super active" not in text


def test_five_ladders_stand_and_the_step_is_one_that_can_be_taken(known):
    page = known.get("/en/maturity").text
    assert page.count("<meter ") == len(Axis)
    step = page.split('id="next-step"')[1]
    assert "History" in step
    assert "Surveys" not in step.split("</section>")[0]


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_in_every_language(known, path, locale):
    page = known.get(f"/{locale}{path}")
    assert page.status_code == 200
    outline = Outline(page.text)
    assert outline.all("html")[0]["lang"] == locale
    assert len(outline.all("h1")) == 1
    assert "%(" not in outline.text


def test_every_name_of_the_node_has_words():
    assert set(insight_words.NUMBERS) == set(Number)
    assert set(insight_words.STAGES) == set(insight_words.VISITS) == set(LifecycleStage)
    assert set(insight_words.LADDERS) == set(Axis)
    assert set(insight_words.ACTIONS) == set(Action)
    assert set(insight_words.NEEDS) == set(Need)


def test_a_page_in_no_language_of_ours_is_not_found(known):
    assert known.get("/xx/monday").status_code == 404
