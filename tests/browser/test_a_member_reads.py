"""A member signs in and reads a figure with its interval; the node shows mine beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page
from tests.support.chromium import browser, page
from tests.support.network import Prepared, RealNetwork, copy_of, until

from foyer_coordinator import setup
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.messages.release import Figure, Release, Status
from foyer_web.words import words

__all__ = ["browser", "page"]

pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.timeout(300)]

KEY = "volume.bookers"
SMALL = {"width": 360, "height": 740}


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A running network after its first release."""

    network: RealNetwork
    release: Release = field(repr=False)

    @property
    def figure(self) -> Figure:
        """The figure that the tests read."""
        return next(one for one in self.release.figures if one.key == KEY)

    def link(self) -> str:
        """A new one-time link, of the running portal."""
        return setup.make_link(self.network.demo.home, "demo").strip()

    @property
    def portal(self) -> str:
        """The portal's address, without a slash."""
        return self.link().partition("/sign-in/")[0]

    def node(self, slug: str) -> str:
        """The address of a node's local pages, without a slash."""
        file = self.network.folder(slug) / "pages.url"
        until(file.exists, f"pages of {slug}")
        return file.read_text(encoding="utf-8").strip().rstrip("/")

    def interval(self, language: str) -> str:
        """The interval in words."""
        low, high = float(self.figure.low), float(self.figure.high)
        return words(language).between(low, high, CATALOGUE[KEY].unit)


@pytest.fixture(scope="module")
def released(prepared: Prepared, tmp_path_factory) -> Iterator[Released]:
    folder = tmp_path_factory.mktemp("browser")
    with copy_of(prepared, folder, report_seconds=200, answer_seconds=200) as network:
        network.start_all()
        network.launch("read-me")
        release = network.finish("read-me")
        assert release
        found = Released(network=network, release=release)
        assert found.figure.status is Status.SHOWN
        for slug in network.slugs:
            kept = network.folder(slug) / "releases" / "read-me.json"
            until(kept.exists, f"the release at {slug}")
        yield found


def sign_in(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button").click()
    page.wait_for_load_state()


def text_of(page: Page, selector: str) -> str:
    """Text as read: every kind of blank is one blank."""
    return re.sub(r"\s+", " ", page.locator(selector).first.inner_text())


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_a_member_signs_in_by_a_link_and_reads_a_figure_with_its_interval(released, page):
    sign_in(page, released.link())
    assert page.url == f"{released.portal}/en/"
    title = CATALOGUE[KEY].title
    page.goto(f"{released.portal}/en/statistics/{KEY}")
    assert page.get_by_role("heading", level=1).inner_text() == title
    said = text_of(page, ".headline")
    assert "likely between" in said
    assert plain(released.interval("en")) in said


@pytest.mark.parametrize("language", ["da", "fi"])
def test_the_same_figure_is_read_in_another_language(released, page, language):
    sign_in(page, released.link())
    page.goto(f"{released.portal}/{language}/statistics/{KEY}")
    assert page.locator("html").get_attribute("lang") == language
    said = text_of(page, ".headline")
    assert plain(released.interval(language)) in said
    assert "likely" not in said


def test_without_a_link_nothing_is_read_and_a_link_opens_the_door_once(released, browser):
    link = released.link()
    first, second = browser.new_context(locale="en-GB"), browser.new_context(locale="en-GB")
    try:
        stranger = second.new_page()
        stranger.goto(f"{released.portal}/en/statistics/{KEY}")
        assert stranger.locator(".headline").count() == 0
        sign_in(first.new_page(), link)
        sign_in(stranger, link)
        assert "/sign-in" in stranger.url
        answer = stranger.goto(f"{released.portal}/en/statistics/{KEY}")
        assert answer is not None
        assert stranger.locator(".headline").count() == 0
        assert released.figure.estimate not in stranger.content()
    finally:
        first.close()
        second.close()


def test_a_node_shows_mine_beside_the_others(released, page):
    page.goto(f"{released.node('kanalteatret')}/en/statistics/{KEY}")
    assert plain(released.interval("en")) in text_of(page, ".headline")
    said = text_of(page, ".own")
    assert re.search(r"\d", said), said
    assert "The figure for all includes yours." in said


def test_no_page_scrolls_sideways_on_a_small_screen(released, browser: Browser):
    context = browser.new_context(viewport=SMALL, locale="en-GB")
    try:
        page = context.new_page()
        sign_in(page, released.link())
        node = released.node("kanalteatret")
        wide = []
        for address in (
            *(f"{released.portal}/{path}" for path in portal_paths()),
            *(f"{node}/en/{path}" for path in ("", f"statistics/{KEY}", "status", "outbox")),
        ):
            answer = page.goto(address)
            assert answer is not None
            assert answer.ok, address
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > SMALL["width"]:
                wide.append((address.rpartition("/")[2], width))
        assert wide == []
    finally:
        context.close()


def portal_paths() -> list[str]:
    """Every kind of page; statistics in the language with the longest words."""
    return [
        "en/",
        "fi/",
        "en/rounds",
        "en/rounds/read-me",
        *(f"fi/statistics/{key}" for key in CATALOGUE),
    ]
