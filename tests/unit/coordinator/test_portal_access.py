"""Every route of the portal as every role: what is not allowed by name is shut."""

import shutil

import pytest
from tests.support.peopled_portal import PEOPLE, PeopledPortal
from tests.support.simulated_round import simulated_round

from foyer_coordinator.adapters.database import Database, sqlite_url
from foyer_coordinator.portal.access import ACCESS, OPEN, refusal
from foyer_coordinator.portal.roles import Role
from foyer_coordinator.portal.sign_in import Session, Way
from foyer_protocol.rounds.phases import Phase

NOBODY = "nobody"
WHO = (NOBODY, *PEOPLE)
EVERYBODY = frozenset(WHO)
SIGNED_IN = EVERYBODY - {NOBODY}
OVERSEERS = frozenset({"administrator", "auditor"})

EXPECTED: dict[str, frozenset[str]] = {
    "GET /healthz": EVERYBODY,
    "GET /static/{name}": EVERYBODY,
    "GET /sign-in/{token}": EVERYBODY,
    "GET /{locale}/sign-in": EVERYBODY,
    "GET /{locale}/sign-in/{token}": EVERYBODY,
    "POST /{locale}/sign-in": EVERYBODY,
    "POST /{locale}/sign-in/password": EVERYBODY,
    "GET /invitation/{token}": EVERYBODY,
    "GET /{locale}/invitation/{token}": EVERYBODY,
    "POST /{locale}/invitation/password": EVERYBODY,
    "GET /{locale}/sign-in/with/{provider}": EVERYBODY,
    "GET /{locale}/invitation/{token}/with/{provider}": EVERYBODY,
    "GET /openid/{provider}/callback": EVERYBODY,
    "GET /{locale}/account/with/{provider}": SIGNED_IN,
    "POST /{locale}/account/identities/remove": SIGNED_IN,
    "POST /passkeys/sign-in/options": EVERYBODY,
    "POST /passkeys/sign-in/done": EVERYBODY,
    "POST /passkeys/invitation/options": EVERYBODY,
    "POST /passkeys/invitation/done": EVERYBODY,
    "POST /passkeys/account/options": SIGNED_IN,
    "POST /passkeys/account/done": SIGNED_IN,
    "POST /{locale}/account/passkeys/remove": SIGNED_IN,
    "POST /{locale}/sign-out": SIGNED_IN,
    "GET /{locale}/account": SIGNED_IN,
    "POST /{locale}/account/password": SIGNED_IN,
    "POST /{locale}/account/sign-out-everywhere": SIGNED_IN,
    "GET /{locale}/people": OVERSEERS,
    "GET /{locale}/institutions/{institution}/people": OVERSEERS | {"steward-of-a"},
    "GET /{locale}/audit": OVERSEERS,
    "GET /audit.json": OVERSEERS,
}
"""Who gets past, by route; `{institution}` is house-a. Figures are for all who signed in."""

FIGURES = (
    "GET /", "GET /{locale}", "GET /api/v1/", "GET /{locale}/rounds", "GET /{locale}/statistics/",
    "GET /{locale}/explore", "GET /{locale}/methods", "GET /rounds", "GET /statistics/",
    "GET /overview.", "GET /explore.", "GET /methods.",
)  # fmt: skip
"""Where the addresses of figures begin."""

VALUES = {
    "locale": "en", "institution": "house-a", "round_id": "round-2026", "key": "volume.bookers",
    "token": "x" * 43, "name": "none.css", "provider": "none",
}  # fmt: skip
SHUT = ("sign-in-needed", "role-needed")


@pytest.fixture(scope="module")
def portal(tmp_path_factory, migrated_file):
    file = shutil.copy(migrated_file, tmp_path_factory.mktemp("walk") / "book.sqlite")
    database = Database(sqlite_url(file))
    made = PeopledPortal(database)
    done = simulated_round()
    made.rounds.add_round(done.plan, 1)
    made.rounds.publish(done.release)
    made.rounds.move_round("round-2026", Phase.RELEASED, 3)
    yield made
    database.close()


def routes_of(portal):
    return [
        f"{method.upper()} {path}"
        for path, methods in portal.app.openapi()["paths"].items()
        for method in methods
    ]


def expected(route):
    if route in EXPECTED:
        return EXPECTED[route]
    assert route == "GET /" or route.startswith(FIGURES[1:]), f"say who may use {route}"
    return SIGNED_IN


def ask(browser, route, values=VALUES):
    method, path = route.split(" ", 1)
    return (
        browser.send(
            method, path.format(**values), headers={"sec-fetch-site": "same-origin"}, content=b""
        )
        if method != "GET"
        else browser.get(path.format(**values))
    )


def gets_past(answer, route):
    if "{institution}" in route:  # nothing is said of another's, so that 404 is a refusal
        return answer.status_code == 200
    return not any(code in answer.text for code in SHUT)


@pytest.mark.parametrize("who", WHO)
def test_every_route_is_open_to_exactly_who_is_named(portal, who):
    found, wanted = {}, {}
    for route in routes_of(portal):
        # Each route with a fresh browser: one of them signs out.
        answer = ask(portal.browser("" if who == NOBODY else who), route)
        assert answer.status_code != 500, route
        found[route] = gets_past(answer, route)
        wanted[route] = who in expected(route)
    assert found == wanted


def test_the_table_has_every_route_and_no_other(portal):
    assert set(routes_of(portal)) == set(ACCESS)


def test_a_route_that_nobody_thought_of_is_shut_to_everybody(portal):
    @portal.app.get("/forgotten/page/here")
    def forgotten() -> str:
        return "secret"

    try:
        for who in WHO:
            answer = portal.browser("" if who == NOBODY else who).get("/forgotten/page/here")
            assert answer.status_code in (401, 403)
            assert "secret" not in answer.text
    finally:
        portal.app.router.routes.pop()
        portal.app.openapi_schema = None


@pytest.mark.parametrize(
    ("who", "house", "status"),
    [
        ("steward-of-a", "house-a", 200), ("steward-of-a", "house-b", 404),
        ("steward-of-b", "house-a", 404), ("viewer-of-a", "house-a", 403),
        ("viewer-of-a", "house-b", 403), ("analyst", "house-a", 403),
        ("auditor", "house-b", 200), ("administrator", "house-a", 200),
        ("administrator", "no-house", 404), ("steward-of-a", "no-house", 404),
    ],
)  # fmt: skip
def test_people_of_one_institution_never_read_what_is_of_another(portal, who, house, status):
    answer = portal.browser(who).get(f"/en/institutions/{house}/people")
    assert answer.status_code == status
    for other in {"house-a", "house-b"} - {house}:
        assert f"steward-of-{other[-1]}" not in answer.text or f"steward-of-{other[-1]}" == who
    if status != 200:
        assert "viewer-of-a" not in answer.text.replace(who, "")


def session(role, house):
    return Session(
        session_hash="h", person_id="p", reader="r", role=role, institution=house, way=Way.LINK,
        created_at=0, expires_at=1,
    )  # fmt: skip


@pytest.mark.parametrize("route", [one for one in ACCESS if "{institution}" in one])
@pytest.mark.parametrize("role", Role)
def test_whatever_names_an_institution_is_of_that_one_only(route, role):
    code = refusal(route, session(role, "house-b"), {"institution": "house-a"})
    assert (code == "") is (role in (Role.ADMINISTRATOR, Role.AUDITOR))


def test_what_changes_something_is_open_to_strangers_only_to_sign_in():
    opened = {route for route, roles in ACCESS.items() if roles is OPEN and "GET" not in route}
    ends = {route.rsplit("/", 1)[1] for route in opened}
    assert ends <= {"sign-in", "password", "options", "done"}


@pytest.mark.parametrize("who", ["viewer", "auditor"])
def test_every_form_needs_the_token_of_a_page_of_ours(portal, who):
    waived = {"POST /{locale}/sign-in", "POST /{locale}/sign-out"}
    for route in routes_of(portal):
        if route.startswith("POST") and route not in waived:
            answer = ask(portal.browser(who), route)
            assert answer.status_code == 403, route
            assert "stale-form" in answer.text, route
