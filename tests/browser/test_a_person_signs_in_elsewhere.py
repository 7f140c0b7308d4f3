"""In Chromium, to a provider and back: our policy and cookies let exactly that through."""

import time

import pytest
from tests.support.chromium import browser, page
from tests.support.openid_provider import CLIENT, SECRET, openid_provider

from foyer_coordinator.adapters.openid_http import HttpOpenId
from foyer_coordinator.app import open_books
from foyer_coordinator.config import CoordinatorConfig, Network, OpenIdProvider, Portal
from foyer_coordinator.people.setup import people_of
from foyer_coordinator.portal import start_portal
from foyer_coordinator.portal.roles import Role

__all__ = ["browser", "page"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
def portal(tmp_path):
    (tmp_path / "openid.secret").write_text(SECRET)
    with openid_provider([int(time.time())]) as op:
        config = CoordinatorConfig(
            network=Network(slug="kulturnet"),
            portal=Portal(port=0),
            openid=OpenIdProvider(
                client_id=CLIENT, secret_file="openid.secret", issuer=op.issuer, title="Museum"
            ),
            folder=tmp_path,
        )
        with open_books(config) as books:
            server = start_portal(config, books, lambda: op.now[0], HttpOpenId())
            token = people_of(books).invite("anna@mak.example", Role.AUDITOR, name="Anna Curator")
            try:
                yield f"http://localhost:{server.port}", token, op
            finally:
                server.stop()


def test_an_invited_person_links_a_provider_and_comes_back_by_it(portal, page):
    base, token, op = portal
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{base}/invitation/{token}")
    page.get_by_role("link", name="Use Museum").click()
    page.wait_for_url(f"{base}/en/")
    page.goto(f"{base}/en/account")
    page.get_by_text("Linked: Museum").wait_for()
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("link", name="Sign in with Museum").click()
    page.wait_for_url(f"{base}/en/")
    page.goto(f"{base}/en/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    op.sub = "a stranger"
    page.get_by_role("link", name="Sign in with Museum").click()
    page.get_by_role("heading", name="Nobody here has this account").wait_for()
    assert [text for text in complaints if "403" not in text] == []
