"""A house with an export that no connector knows, and a browser without a screen at its pages."""

import re
import time
from datetime import datetime, timedelta
from pathlib import Path

from tests.support.html_reading import Outline
from tests.support.local_node import CANARY, FACTS, TODAY
from tests.support.web_client import Browser

from foyer_node.config import NodeConfig, read_config
from foyer_node.doctor import Finding, Findings, Mark
from foyer_node.setup import make_node
from foyer_node.web.access import Access, open_access
from foyer_node.web.local_files import LocalFiles
from foyer_node.web.pages import create_pages

HERE = "http://127.0.0.1:8765"
WELL = Findings(all=(Finding(name="disk", mark=Mark.GOOD, text="9 MiB free"),))
DANISH = "Bilagsnr;Købt;Titel;Vises den;Stk;Kr.;Mail;Postnr;Hvor;Slags"


def danish_export(path: Path, *, header: str = DANISH, rows: int = 120, first: int = 1000) -> Path:
    """Semicolons, cp1252, CR LF, words of its own; every visitor is a canary. One row is bad."""
    lines = [header]
    for number in range(rows):
        at = datetime(2025, 1, 3, 12) + timedelta(days=3 * number)
        event = at + timedelta(days=12)
        title = "Gavekort 500 kr" if number % 20 == 7 else ("Hamlet", "Julerevy")[number % 2]
        lines.append(
            f"{first + number};{at:%d-%m-%Y %H:%M};{title};{event:%d-%m-%Y} 20:00;{1 + number % 3};"
            f"{(1 + number % 3) * 175},00;{CANARY}-{number % 40}@example.org;"
            f"{('2100', '8000', '5000')[number % 3]};"
            f"{('Netbutik', 'Billetkontor', 'Ungebod', 'Web-shop (ny)')[number % 4]};"
            f"{('Voksen', 'Studerende', 'Balkon', 'Barn')[number % 4]}"
        )
    lines.append(f"{first + rows};{CANARY};Hamlet;12-12-2025;1;100,00;;2100;Netbutik;Voksen")
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))
    return path


def make_house(folder: Path) -> NodeConfig:
    """A node that has imported nothing."""
    make_node(folder / "node", **{**FACTS, "currency": "DKK"})
    return read_config(folder / "node")


class House:
    """The pages of one node in this process, and what its steward does there."""

    def __init__(self, config: NodeConfig, *, host: str = "127.0.0.1") -> None:
        web = config.web.model_copy(update={"host": host})
        self.config = config.model_copy(update={"web": web})
        self.access: Access = open_access(config.folder, host)
        node = LocalFiles(self.config, today=lambda: TODAY, look=lambda _: WELL)
        self.site = create_pages(node, address=lambda: "127.0.0.1:8765", access=self.access)

    def browser(self) -> Browser:
        """One that is not signed in."""
        return Browser(self.site, HERE)

    def steward(self) -> Browser:
        """One that is signed in by the node's own link."""
        browser = self.browser()
        form = {"token": self.access.sessions.link_token}
        assert browser.post("/en/sign-in", data=form).status_code == 303
        return browser


def token_of(browser: Browser, page: str = "/en/import") -> str:
    """The token that a page's forms carry."""
    found = re.search(r'name="form_token" value="([^"]+)"', browser.get(page).text)
    assert found, page
    return found[1]


def upload(browser: Browser, file: Path, name: str = "salg.csv", **options):
    """Send a file as the first page does."""
    return browser.post(
        "/en/import",
        data={"form_token": token_of(browser)},
        files={"file": (name, file.read_bytes())},
        **options,
    )


def press_on(browser: Browser, page: str, step: str = "", **answers: str):
    """Answer a step with the values that its form proposes, and `answers`."""
    shown = browser.get(page)
    assert shown.status_code == 200, shown.text
    form = proposed(shown.text) | answers
    return browser.post(page if not step else page.rsplit("/", 1)[0] + f"/{step}", data=form)


def proposed(html: str) -> dict[str, str]:
    """What a page's forms would send as they are: hidden and text fields, and selected options."""
    found: dict[str, str] = {}
    select = ""
    for tag, attributes in Outline(html).elements:
        if tag == "select":
            select = attributes.get("name", "")
        elif tag == "option" and select and ("selected" in attributes or select not in found):
            if "selected" in attributes or attributes["value"] == "":
                found[select] = attributes["value"]
        elif tag == "input" and attributes.get("type") != "file" and "name" in attributes:
            found[attributes["name"]] = attributes.get("value", "")
    return found


def until_over(browser: Browser, page: str):
    """A page of a job that is no longer under way."""
    for _ in range(200):
        shown = browser.get(page)
        if 'http-equiv="refresh"' not in shown.text:
            return shown
        time.sleep(0.05)
    raise AssertionError(f"{page} is never over")


def text_of(answer, status: int = 200) -> str:
    """What a reader sees."""
    assert answer.status_code == status, answer.text
    return Outline(answer.text).text
