"""The door: what is open, and what another site may not make a browser do."""

import pytest

from foyer_coordinator.portal.access import is_open
from foyer_coordinator.portal.guard import is_cross_site
from foyer_web.languages import LANGUAGES


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/static/foyer.css", "/sign-in/token", "/en/sign-in", "/fi/sign-in/token"],
)
def test_the_entrance_is_open(path):
    assert is_open(path)


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/en", "/en/", "/healthz/x", "/healthzz", "/static", "/sign-in-all",
        "/en/sign-out", "/en/rounds/sign-in", "/api/v1/sign-in/x", "/xx/sign-in", "/en/en/sign-in",
        "//sign-in/x/..", "/en/static/x",
        "/api/v1/rounds", "/rounds/x.json", "/statistics/volume.bookers.json",
    ],
)  # fmt: skip
def test_all_else_needs_a_session(path):
    assert not is_open(path)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "BREW"])
@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "https://here"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, False),
        ({"origin": "https://here"}, False),
        ({"origin": "https://here.evil"}, True),
        ({"origin": "null"}, True),
        ({}, False),
    ],
)
def test_only_our_own_pages_change_something(method, headers, refused):
    assert is_cross_site(method, headers, "here") is refused


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_is_allowed_from_anywhere(method):
    assert not is_cross_site(method, {"sec-fetch-site": "cross-site"}, "here")


def test_every_language_has_an_open_entrance():
    assert all(is_open(f"/{code}/sign-in") for code in LANGUAGES)
