"""In a real browser: no page breaks its own content policy, scrolls sideways or steals focus."""

from urllib.parse import urlsplit

import pytest
from tests.support.chromium import browser, page  # noqa: F401 - fixtures, found by name
from tests.support.sample_views import FIGURES, PAGES

from foyer_web.assets import asset_named
from foyer_web.paths import STATIC
from foyer_web.render import NODE_NAV, SECURITY_HEADERS, Pages

pytestmark = pytest.mark.browser

ORIGIN = (
    "http://localhost:1"  # a trustworthy origin to the browser; every request is answered below
)


@pytest.fixture
def visited(page):  # noqa: F811 - the fixture above
    """The page, with our pages and assets answered without a server; and what it complained of."""
    pages, complaints = Pages(network="Nordic Houses", nav=NODE_NAV), []

    def answer(route):
        address = urlsplit(route.request.url)
        if address.path.startswith(STATIC):
            asset = asset_named(address.path.rpartition("/")[2])
            route.fulfill(body=asset.content, content_type=asset.media_type)
            return
        _, code, name = address.path.split("/", 2)
        context = PAGES[name.split("/")[0].replace("statistics", "statistic")]
        if address.query == "round=2026-q1":
            context = context | {"figure": FIGURES["money"]}
        html = pages.page(name if name in PAGES else "statistic", code, reader="Anna", **context)
        route.fulfill(body=html, content_type="text/html", headers=SECURITY_HEADERS)

    page.route("**/*", answer)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


@pytest.mark.parametrize("code", ["en", "fi"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone_and_keeps_its_policy(visited, code, scheme):
    page, complaints = visited  # noqa: F811 - the fixture's value
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme=scheme)
    for name in PAGES:
        page.goto(f"{ORIGIN}/{code}/{name}")
        for details in page.locator("main details").all():
            details.evaluate("element => { element.open = true }")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    assert complaints == []


def test_a_changed_filter_swaps_the_result_and_keeps_the_focus(visited):
    page, complaints = visited  # noqa: F811 - the fixture's value
    page.goto(f"{ORIGIN}/en/statistic")
    page.locator("select").focus()
    page.locator("select").dispatch_event("change")
    page.locator("#result", has_text="€18.10").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    assert page.url.endswith("/en/statistics/loyalty.first_time_share?round=2026-q1")
    assert complaints == []
