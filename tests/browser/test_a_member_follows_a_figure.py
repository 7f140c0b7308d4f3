"""A member's way through the portal in a real browser: no script needed, and nobody shut out.

The portal is served over a database with invented releases: what is tested is what a member
meets, not how a round is run.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.support.axe import axe_script, violations
from tests.support.chromium import browser
from tests.support.published import publish

from foyer_coordinator.adapters.database import Database
from foyer_coordinator.adapters.migrations import upgrade
from foyer_coordinator.app import now, open_books
from foyer_coordinator.config import CoordinatorConfig, Network, Portal
from foyer_coordinator.portal import start_portal
from foyer_coordinator.portal.context import PLAIN_COOKIE
from foyer_coordinator.portal.sign_in import SignIn
from foyer_protocol.crypto.randomness import system_entropy

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WIDE, SMALL = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
VIEWS = (
    "/", "/explore", "/methods", "/rounds", "/rounds/q4-2025", "/rounds/q1-2026",
    "/statistics/money.average_ticket_price", "/statistics/money.average_ticket_price?view=time",
    "/statistics/geography.residence?view=map", "/statistics/loyalty.retention_1y?round=q3-2024",
)  # fmt: skip


@pytest.fixture(scope="module")
def portal(tmp_path_factory) -> Iterator[tuple[str, str]]:
    """A running portal's address, and the cookie of a session there."""
    folder: Path = tmp_path_factory.mktemp("portal")
    config = CoordinatorConfig(
        network=Network(slug="kulturnet"), portal=Portal(port=0), folder=folder
    )
    upgrade(config.database_url)
    database = Database(config.database_url)
    publish(database)
    database.close()
    with open_books(config) as books:
        desk = SignIn(
            book=books.sign_in, clock=now, entropy=system_entropy,
            link_seconds=60, session_seconds=3600,
        )  # fmt: skip
        server = start_portal(config, books, now)
        try:
            yield server.address, desk.redeem(desk.invite("A. Reader"))
        finally:
            server.stop()
    shutil.rmtree(folder)


def open_page(browser: Browser, portal: tuple[str, str], **options) -> Page:
    """A page of a signed-in browser; its complaints are kept in `page.complaints`."""
    context = browser.new_context(locale="en-GB", **options)
    context.add_cookies([{"name": PLAIN_COOKIE, "value": portal[1], "url": portal[0]}])
    return context.new_page()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, SMALL], ids=["wide", "small"])
def test_no_view_breaks_a_rule_of_access_or_its_policy_or_scrolls_sideways(
    browser, portal, scheme, size
):
    script = axe_script()
    page = open_page(browser, portal, viewport=size, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found = []
    for code, view in ((code, view) for code in ("en", "fi") for view in VIEWS):
        page.goto(f"{portal[0]}/{code}{view}")
        for details in page.locator("main details").all():
            details.evaluate("element => { element.open = true }")
        found += [(code, view, *broken) for broken in violations(page, script)]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], view
    assert found == []
    assert complaints == []
    page.context.close()


def test_a_member_goes_from_a_headline_to_its_course_by_links_alone(browser, portal):
    page = open_page(browser, portal, viewport=WIDE, java_script_enabled=False)
    page.goto(f"{portal[0]}/en/")
    page.get_by_role("link", name="Average ticket price").first.click()
    page.get_by_role("link", name="Over time").click()
    assert page.url.endswith("/en/statistics/money.average_ticket_price?round=q4-2025&view=time")
    page.get_by_label("Period").select_option("q1-2025")
    page.get_by_role("button", name="Show").click()
    assert "round=q1-2025" in page.url
    assert "view=time" in page.url
    assert "about €17.30" in page.locator(".headline").inner_text()
    page.get_by_role("link", name="Definition").click()
    assert page.url.endswith("/en/methods#money.average_ticket_price")
    page.context.close()


def test_a_changed_period_swaps_the_result_and_keeps_the_way_of_looking(browser, portal):
    page = open_page(browser, portal, viewport=WIDE)
    page.goto(f"{portal[0]}/en/statistics/money.average_ticket_price?view=time")
    chooser = page.get_by_label("Period")
    chooser.focus()
    chooser.select_option("q1-2025")
    page.locator("#result .headline", has_text="€17.30").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    assert "view=time" in page.url
    assert page.locator("#result svg").count() == 1
    page.go_back()
    page.locator("#result .headline", has_text="€18.50").wait_for()
    page.context.close()


def test_every_small_picture_is_reached_by_the_keyboard(browser, portal):
    page = open_page(browser, portal, viewport=WIDE)
    page.goto(f"{portal[0]}/en/explore")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('href') || ''"))
    links = [link.get_attribute("href") for link in page.locator(".multiples a").all()]
    assert links
    assert set(links) <= reached
    page.context.close()


def test_the_slider_of_the_toy_works_without_a_script(browser, portal):
    page = open_page(browser, portal, viewport=SMALL, java_script_enabled=False)
    page.goto(f"{portal[0]}/da/methods")
    page.get_by_role("slider").press("End")
    page.get_by_role("button", name="Vis").click()
    assert "noise=8" in page.url
    assert "± 16" in page.locator("figcaption").inner_text()
    page.context.close()
