"""A newcomer imports an unknown semicolon file with Danish headers, by the keyboard too."""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page
from tests.support.axe import axe_script, violations
from tests.support.chromium import browser
from tests.support.wizard_house import WELL, danish_export, make_house

from foyer_node.config import NodeConfig
from foyer_node.web.access import LINK_FILE
from foyer_node.web.server import serve_local

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]

LOCALES = {"da": "da-DK", "fi": "fi-FI"}
TITLES = {
    "da": ["Hvilken kolonne er hvad?", "Hvad betyder disse ord?", "Hvad indlæsningen ville give"],
    "fi": ["Mikä sarake on mikä?", "Mitä nämä sanat tarkoittavat?", "Mitä lataaminen antaisi"],
}
LOADED = {"da": "120 rækker indlæst", "fi": "120 riviä ladattu"}
NARROW = {"width": 320, "height": 640}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A node's pages on a free port."""

    config: NodeConfig

    @property
    def link(self) -> str:
        """The one-time link that is good now."""
        return self.config.path(LINK_FILE).read_text(encoding="utf-8").strip()


@pytest.fixture
def served(tmp_path) -> Iterator[Served]:
    config = make_house(tmp_path)
    web = config.web.model_copy(update={"port": 0})
    config = config.model_copy(update={"web": web})
    stop = threading.Event()
    serving = {"announce": lambda _: None, "look": lambda _: WELL}
    thread = threading.Thread(target=serve_local, args=(config, stop), kwargs=serving)
    thread.start()
    try:
        for _ in range(400):
            if config.path(LINK_FILE).exists():
                break
            time.sleep(0.05)
        yield Served(config=config)
    finally:
        stop.set()
        thread.join(20)


@pytest.fixture(params=["da", "fi"])
def language(request) -> str:
    return request.param


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def no_sideways_scroll(page: Page) -> None:
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], page.url
    page.set_viewport_size(size)


def pages_of_an_import(page: Page, link: str, file, seen) -> None:
    """The whole path as a newcomer takes it: each proposal as it is. `seen` looks at each page."""
    page.goto(link)
    seen("sign-in")
    page.locator("main button.main").click()
    page.wait_for_url("**/import")
    seen("start")
    page.set_input_files("#file", str(file))
    page.locator("button.main").first.click()
    page.wait_for_url("**/columns")
    seen("columns")
    page.locator("button.main").click()
    page.wait_for_url("**/words")
    seen("words")
    page.locator("button.main").click()
    page.locator("#name").wait_for()
    seen("report")
    page.locator("button.main").click()
    page.locator("a.main").wait_for()
    seen("done")
    page.locator("a.main").click()
    page.wait_for_load_state()
    seen("figures")


def test_the_whole_path_from_the_link_to_ones_own_figures(
    browser: Browser, served, language, tmp_path
):
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        locale=LOCALES[language],
        reduced_motion="reduce",
    )
    page, complaints, titles = context.new_page(), [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def seen(name: str) -> None:
        titles.append(heading(page))
        assert page.locator("html").get_attribute("lang") == language
        no_sideways_scroll(page)
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)

    began = time.monotonic()
    pages_of_an_import(page, served.link, danish_export(tmp_path / "salg.csv"), seen)
    assert time.monotonic() - began < 600, "ten minutes"
    assert titles[2:5] == TITLES[language]
    assert titles[5] == LOADED[language]
    assert re.search(r"\d", page.locator("main").inner_text())
    assert complaints == []
    context.close()


def test_every_page_of_an_import_is_accessible(browser: Browser, served, tmp_path):
    script, broken = axe_script(), []
    for scheme in ("light", "dark"):
        context = browser.new_context(locale="en-GB", color_scheme=scheme, reduced_motion="reduce")
        page = context.new_page()

        def seen(name: str, page: Page = page, scheme: str = scheme) -> None:
            broken.extend((scheme, name, *one) for one in violations(page, script))

        file = danish_export(
            tmp_path / f"{scheme}.csv",
            header=f"{scheme};Købt;Titel;Vises den;Stk;Kr.;Mail;A;Hvor;B",
        )
        served.config.path("mappings", "ticket-sales.toml").unlink(missing_ok=True)
        pages_of_an_import(page, served.link, file, seen)
        context.close()
    assert broken == []


def test_the_keyboard_alone_is_enough(browser: Browser, served, tmp_path):
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.goto(served.link)
    page.locator("main button.main").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/import")
    page.set_input_files("#file", str(danish_export(tmp_path / "salg.csv")))
    page.locator("#file").focus()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.main')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/columns")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
        if page.evaluate("document.activeElement.matches('button.main')"):
            break
    assert {f"c{number}" for number in range(10)} <= reached
    assert any("scroll" in one for one in reached), "the rows scroll by keyboard"
    page.keyboard.press("Enter")
    page.wait_for_url("**/words")
    context.close()
