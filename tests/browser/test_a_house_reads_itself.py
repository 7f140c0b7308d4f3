"""A house reads its own insight, pauses, decides and makes a list, by the keyboard alone."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page
from tests.support.axe import axe_script, violations
from tests.support.busy_house import make_busy_house
from tests.support.chromium import browser
from tests.support.local_node import plan_for

from foyer_node.adapters.outbox_files import Outbox
from foyer_node.adapters.round_files import RoundFiles
from foyer_node.config import NodeConfig
from foyer_node.doctor import Findings
from foyer_node.sharing.steering import decisions_of
from foyer_node.web.access import LINK_FILE
from foyer_node.web.server import serve_local

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]

ROUND = "season-2027"
PATHS = ("monday", "lifecycle", "maturity", "outbox", "outbox/1", f"rounds/{ROUND}")
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
LONG_AGO = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A node's pages on a free port."""

    config: NodeConfig

    @property
    def link(self) -> str:
        """The one-time link that is good now."""
        return self.config.path(LINK_FILE).read_text(encoding="utf-8").strip()

    @property
    def base(self) -> str:
        """The address, without a slash."""
        return self.link.partition("/sign-in/")[0]


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    config = make_busy_house(tmp_path_factory.mktemp("house"))
    RoundFiles(config.folder).keep_plan(ROUND, plan_for(ROUND).to_json())
    Outbox(config.path("outbox"), lambda: LONG_AGO).record(b"", channel="control", kind="status")
    web = config.web.model_copy(update={"port": 0})
    config = config.model_copy(update={"web": web})
    stop = threading.Event()
    serving = {"announce": lambda _: None, "look": lambda _: Findings(all=())}
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


@pytest.fixture(params=[(WIDE, "light"), (NARROW, "dark")], ids=["wide-light", "narrow-dark"])
def steward(request, browser: Browser, served) -> Iterator[Page]:
    """The page of a steward who has signed in by the link."""
    viewport, scheme = request.param
    context = browser.new_context(viewport=viewport, color_scheme=scheme, locale="en-GB")
    page = context.new_page()
    page.goto(served.link)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_load_state()
    yield page
    context.close()


def width_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def reach(page: Page, role: str, name: str) -> None:
    """Move the focus by the keyboard alone until it is on the element of this name."""
    wanted = page.get_by_role("main").get_by_role(role, name=name)
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {name!r}")


@pytest.mark.parametrize("language", ["en", "fi"])
def test_no_page_breaks_a_rule_of_access_or_scrolls_sideways(served, steward, language):
    script = axe_script()
    for path in PATHS:
        answer = steward.goto(f"{served.base}/{language}/{path}")
        assert answer is not None
        assert answer.ok, path
        assert width_of(steward) <= steward.viewport_size["width"], path
        assert violations(steward, script) == [], path


def test_all_sharing_is_paused_and_taken_up_by_the_keyboard(served, steward):
    steward.goto(f"{served.base}/en/outbox")
    reach(steward, "textbox", "Reason, for your own records")
    steward.keyboard.type("a question of our officer")
    steward.keyboard.press("Tab")
    steward.keyboard.press("Enter")
    steward.get_by_text("Nothing is shared.").wait_for()
    assert decisions_of(served.config).pause.reason == "a question of our officer"
    reach(steward, "button", "Take part again")
    steward.keyboard.press("Enter")
    steward.get_by_text("This house takes part in rounds").wait_for()
    assert decisions_of(served.config).pause is None


def test_a_round_is_declined_from_its_notice_by_the_keyboard(served, steward):
    steward.goto(f"{served.base}/en/rounds/{ROUND}")
    reach(steward, "button", "Decline")
    steward.keyboard.press("Enter")
    steward.get_by_text("Declined on").wait_for()
    assert decisions_of(served.config).of(ROUND).act == "decline"


def test_a_list_is_downloaded_once_the_box_is_ticked_by_the_keyboard(served, steward):
    steward.goto(f"{served.base}/en/lifecycle")
    reach(steward, "checkbox", "I know that the list is personal data")
    steward.keyboard.press("Space")
    reach(steward, "button", "Download the list (CSV)")
    with steward.expect_download() as taken:
        steward.keyboard.press("Enter")
    assert taken.value.suggested_filename == "new.csv"
