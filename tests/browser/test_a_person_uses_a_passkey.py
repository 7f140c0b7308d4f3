"""In Chromium with a virtual authenticator: an invitation becomes a passkey that signs in."""

import time

import pytest
from tests.support.chromium import browser, page

from foyer_coordinator.app import open_books
from foyer_coordinator.config import CoordinatorConfig, Network, Portal
from foyer_coordinator.people.setup import people_of
from foyer_coordinator.portal import start_portal
from foyer_coordinator.portal.roles import Role

__all__ = ["browser", "page"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
def portal(tmp_path):
    config = CoordinatorConfig(
        network=Network(slug="kulturnet"), portal=Portal(port=0), folder=tmp_path
    )
    with open_books(config) as books:
        server = start_portal(config, books, lambda: int(time.time()))
        token = people_of(books).invite("anna@mak.example", Role.AUDITOR, name="Anna Curator")
        try:
            yield f"http://localhost:{server.port}", token
        finally:
            server.stop()


@pytest.fixture
def complaints(page):
    """Everything that the browser complained of, a broken policy above all."""
    found = []
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def add_authenticator(page, *, verifies=True):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_an_invited_person_makes_a_passkey_and_signs_in_with_it(portal, page, complaints):
    base, token = portal
    add_authenticator(page)
    page.goto(f"{base}/invitation/{token}")
    page.get_by_role("button", name="Make a passkey").click()
    page.wait_for_url(f"{base}/en/")
    page.get_by_role("link", name="Anna Curator").click()
    page.get_by_text("Added on").wait_for()
    page.get_by_role("button", name="Sign out everywhere").click()
    page.wait_for_url(f"{base}/en/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{base}/en/")
    page.goto(f"{base}/en/audit")
    assert page.get_by_text("passkey-added").count() == 1
    assert complaints == []


def test_whoever_does_not_confirm_is_not_signed_in_and_is_told_so(portal, page):
    base, token = portal
    add_authenticator(page, verifies=False)
    page.goto(f"{base}/invitation/{token}")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("alert").get_by_text("The passkey was not taken").wait_for()
    assert page.goto(f"{base}/en/account").status == 401


def test_without_a_script_the_page_says_what_else_there_is(portal, browser):
    base, token = portal
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    try:
        page = context.new_page()
        page.goto(f"{base}/invitation/{token}")
        assert not page.get_by_role("button", name="Make a passkey").is_visible()
        assert page.get_by_text("Passkeys need JavaScript").is_visible()
        page.get_by_label("New password").fill("a quiet river at noon")
        page.get_by_label("The same password again").fill("a quiet river at noon")
        page.get_by_role("button", name="Keep this password").click()
        page.wait_for_url(f"{base}/en/")
    finally:
        context.close()
