"""Every page is complete, accessible by construction, and obeys a strict content policy."""

import re

import jinja2
import pytest
from tests.support.html_reading import Outline
from tests.support.sample_views import FIGURES, PAGES, ROUND

from foyer_protocol.errors import every_error
from foyer_web.assets import asset_named, assets
from foyer_web.languages import LANGUAGES
from foyer_web.problems import PROBLEMS
from foyer_web.render import NODE_NAV, SECURITY_HEADERS, Pages
from foyer_web.views import OverviewView

NOISE = "Numbers carry a small amount of random noise so that no visitor can be singled out."


@pytest.fixture(scope="module")
def pages():
    return Pages(network="Nordic <Houses>", nav=NODE_NAV)


def render(pages, name, code="en"):
    return pages.page(name, code, reader="Anna", **PAGES[name])


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_has_its_language_one_heading_and_labelled_landmarks(pages, name, code):
    outline = Outline(render(pages, name, code))
    assert outline.open == []
    assert outline.all("html") == [{"lang": code}]
    assert (
        len(outline.all("h1"))
        == len(outline.all("main"))
        == len(outline.all("title")) - len(outline.all("svg"))
    )
    for landmark in outline.all("nav") + outline.all("aside") + outline.all("section"):
        assert landmark.get("aria-label") or landmark.get("aria-labelledby")
    assert outline.all("a")[0]["href"] == "#main"
    assert len(outline.all("footer")) == 1


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(pages, name):
    outline = Outline(render(pages, name))
    assert outline.all("style") == []
    assert all(set(script) == {"src", "defer"} for script in outline.all("script"))
    for _, attributes in outline.elements:
        assert "style" not in attributes
        assert not any(attribute.startswith("on") for attribute in attributes)
        for place in ("href", "src", "action", "hx-get"):
            assert re.match(r"[/#]", attributes.get(place, "/")), attributes


@pytest.mark.parametrize("name", PAGES)
def test_tables_have_headers_and_captions_and_ids_are_unique(pages, name):
    outline = Outline(render(pages, name))
    assert len(outline.all("caption")) == len(outline.all("table"))
    assert all("scope" in header for header in outline.all("th"))
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_kind_of_figure_has_its_page(pages, name, code):
    figure = FIGURES[name]
    html = pages.page("statistic", code, path="/x", figure=figure, round=ROUND, filters=())
    outline = Outline(html)
    assert len(outline.all("svg")) == (1 if figure.shown else 0)
    assert len(outline.all("table")) == figure.shown + bool(figure.own_cells)
    assert not re.search(r"%\(\w+\)s|\bNone\b|\bnan\b", outline.text)


def test_the_privacy_sentence_is_on_every_page_and_epsilon_behind_details(pages):
    for name in PAGES:
        assert NOISE in Outline(render(pages, name)).text
    html = render(pages, "statistic")
    assert html.index("<details>", html.index("<aside")) < html.index("ε =")


def test_a_filter_swaps_the_result_and_never_the_control(pages):
    html = render(pages, "statistic")
    form = Outline(html).all("form")[1]
    assert form["method"] == "get"
    assert form["hx-target"] == "#result"
    assert html.index("</form>", html.index('class="filters"')) < html.index('id="result"')


def test_what_others_wrote_is_escaped(pages):
    assert "&lt;not markup&gt;" in render(pages, "sent")
    assert "Nordic &lt;Houses&gt;" in render(pages, "overview")


def test_an_unreleased_network_says_what_will_happen(pages):
    empty = OverviewView(figures=(), latest=None)
    text = Outline(pages.page("overview", "en", path="/", overview=empty)).text
    assert "No round has been released yet." in text
    assert "Next round not yet planned" in text or "Next roundnot yet planned" in text


def test_the_sign_in_page_leads_nowhere_that_needs_signing_in(pages):
    labels = [nav["aria-label"] for nav in Outline(render(pages, "sign_in")).all("nav")]
    assert labels == ["Language"]


def test_a_missing_context_is_refused_and_not_left_blank(pages):
    with pytest.raises(jinja2.UndefinedError):
        pages.page("overview", "en", path="/")


def test_an_unknown_language_gets_the_default(pages):
    assert Outline(pages.page("sign_in", "xx", **PAGES["sign_in"] | {"token": ""})).all("html") == [
        {"lang": "en"}
    ]


@pytest.mark.parametrize("code", [*PROBLEMS, "never-heard-of"])
def test_a_problem_says_what_why_and_what_next_with_its_code(pages, code):
    status, html = pages.problem(code, "da", path="/x")
    assert 400 <= status < 600
    assert Outline(html).text.count(code) == 1
    assert len(Outline(html).all("p")) >= 4


def test_problem_codes_are_those_of_the_errors_or_of_the_web():
    of_the_web = {
        "not-found", "sign-in-needed", "link-not-valid", "cross-site", "wrong-host",
        "sign-in-first", "steward-needed", "stale-form", "wrong-password", "too-many-tries",
        "upload-too-large", "upload-unreadable", "import-gone", "import-running",
        "not-confirmed", "invitation-not-valid", "role-needed", "account-shut", "sign-in-again",
        "passkey-failed", "openid-failed", "openid-unknown",
    }  # fmt: skip
    assert set(PROBLEMS) - of_the_web <= {error.code for error in every_error()}


def test_pages_and_style_stay_small(pages):
    assert len(assets()["foyer.css"].content) < 6 * 1024
    assert len(assets()["forms.css"].content) < 3 * 1024
    assert len(assets()["insight.css"].content) < 2 * 1024
    for name in PAGES:
        assert len(render(pages, name).encode()) < 12_000


def test_assets_are_found_by_their_hashed_name_only():
    style = assets()["foyer.css"]
    assert re.fullmatch(r"foyer\.[0-9a-f]{10}\.css", style.name)
    assert asset_named(style.name) is style
    assert asset_named("foyer.css") is None
    assert asset_named("../render.py") is None


def test_the_policy_allows_nothing_inline():
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
