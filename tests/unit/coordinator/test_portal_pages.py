"""The portal over HTTP: nothing without a session, and the released numbers with one."""

import json
import threading

import pytest
from sqlalchemy import text
from tests.support.simulated_round import NAMES, plan_of, simulated_round
from tests.support.web_client import Browser

from foyer_coordinator.adapters.database_members import DatabaseMembers
from foyer_coordinator.adapters.database_rounds import DatabaseRounds
from foyer_coordinator.adapters.database_sign_in import DatabaseSignIn
from foyer_coordinator.portal.app import Books, Settings, create_app
from foyer_coordinator.portal.sign_in import SignIn
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.messages.release import Release
from foyer_protocol.rounds.phases import Phase
from foyer_web.languages import LANGUAGES
from foyer_web.render import Pages

PAGES = Pages(network="Kulturnet")
SHUT = (
    "/", "/en/", "/en/rounds", "/en/rounds/round-2026", "/en/statistics/volume.bookers",
    "/rounds/round-2026.json", "/statistics/volume.bookers.json", "/api/v1/overview",
    "/api/v1/rounds", "/api/v1/rounds/round-2026", "/api/v1/statistics/volume.bookers",
    "/api/v1/releases/round-2026", "/anything/else", "/docs", "/openapi.json",
)  # fmt: skip


class Portal:
    """A portal over a database, and the desk that makes its links."""

    def __init__(self, database, settings=Settings(), base="http://127.0.0.1:7000"):
        self.now = [1000]
        self.desk = SignIn(
            book=DatabaseSignIn(database), clock=lambda: self.now[0], entropy=system_entropy,
            link_seconds=60, session_seconds=600,
        )  # fmt: skip
        self.rounds = DatabaseRounds(database)
        books = Books(members=DatabaseMembers(database), rounds=self.rounds)
        self.app = create_app(books=books, sign_in=self.desk, pages=PAGES, settings=settings)
        self.base = base

    def browser(self, *, signed_in=True, raise_faults=True):
        made = Browser(self.app, self.base, raise_faults=raise_faults)
        if signed_in:
            made.post("/en/sign-in", data={"token": self.desk.invite("A. Reader")})
        return made


@pytest.fixture
def portal(database):
    made = Portal(database)
    done = simulated_round()
    made.rounds.add_round(done.plan, 1)
    made.rounds.move_round("round-2026", Phase.REPORTING, 2)
    made.rounds.publish(done.release)
    made.rounds.move_round("round-2026", Phase.RELEASED, 3)
    return made


@pytest.fixture
def browser(portal):
    return portal.browser()


def test_without_a_session_nothing_is_shown(portal):
    browser = portal.browser(signed_in=False)
    browser.cookies.set("foyer-portal", "x" * 43)
    for path in SHUT:
        answer = browser.get(path)
        assert answer.status_code == 401, path
        assert "sign-in-needed" in answer.text
        assert simulated_round().release.digest not in answer.text
        assert "institutions" not in answer.text


def test_a_link_signs_in_once_and_only_by_its_button(portal):
    browser = portal.browser(signed_in=False)
    token = portal.desk.invite("A. Reader")
    hop = browser.get(f"/sign-in/{token}", headers={"accept-language": "da"})
    assert (hop.status_code, hop.headers["location"]) == (303, f"/da/sign-in/{token}")
    for _ in range(2):  # looking at the link spends nothing
        assert f'value="{token}"' in browser.get(f"/da/sign-in/{token}").text
    done = browser.post("/da/sign-in", data={"token": token})
    assert (done.status_code, done.headers["location"]) == (303, "/da/")
    assert "A. Reader" in browser.get("/da/").text
    again = portal.browser(signed_in=False).post("/da/sign-in", data={"token": token})
    assert again.status_code == 403
    assert "<code>link-not-valid</code>" in again.text


def test_the_cookie_is_kept_from_scripts_and_other_sites(portal):
    token = portal.desk.invite("A. Reader")
    said = portal.browser(signed_in=False).post("/en/sign-in", data={"token": token})
    cookie = said.headers["set-cookie"]
    assert cookie.startswith("foyer-portal=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_bound_to_it(database):
    public = "https://figures.example.org"
    portal = Portal(database, Settings(public_url=public), base=public)
    token = portal.desk.invite("A. Reader")
    browser = portal.browser(signed_in=False)
    cookie = browser.post("/en/sign-in", data={"token": token}).headers["set-cookie"]
    assert cookie.startswith("__Host-foyer-portal=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert browser.get("/en/").status_code == 200


def test_signing_out_ends_the_session_and_not_only_the_cookie(portal, browser):
    stolen = portal.browser(signed_in=False)
    stolen.cookies.update(browser.cookies)
    assert stolen.get("/en/").status_code == 200
    left = browser.post("/en/sign-out")
    assert (left.status_code, left.headers["location"]) == (303, "/en/sign-in")
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert stolen.get("/en/").status_code == 401


def test_a_session_ends_by_itself(portal, browser):
    portal.now[0] += 599
    assert browser.get("/en/").status_code == 200
    portal.now[0] += 1
    assert browser.get("/en/").status_code == 401


def test_another_site_cannot_sign_anyone_in_or_out(portal, browser):
    token = portal.desk.invite("Mallory")
    for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}):
        for path, form in (("/en/sign-in", {"token": token}), ("/en/sign-out", {})):
            refused = browser.post(path, data=form, headers=headers)
            assert (refused.status_code, "cross-site" in refused.text) == (403, True)
    assert "A. Reader" in browser.get("/en/").text


def test_a_large_form_is_refused_before_it_is_read(portal):
    browser = portal.browser(signed_in=False)
    assert browser.post("/en/sign-in", data={"token": "x" * 5000}).status_code == 413
    assert browser.post("/en/sign-in", content=in_pieces()).status_code == 413


async def in_pieces():
    """A body that does not say how long it is."""
    yield b"token=x"


@pytest.mark.parametrize("path", ["/healthz", "/en/sign-in", "/en/", "/en/none", "/api/v1/none"])
def test_every_answer_carries_the_strict_headers(browser, path):
    headers = browser.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "public" not in headers["cache-control"]


def test_the_root_chooses_the_readers_language(browser):
    hop = browser.get("/", headers={"accept-language": "sv-SE, en;q=0.5"})
    assert (hop.status_code, hop.headers["location"]) == (303, "/sv/")
    assert browser.get("/sv").headers["location"] == "/sv/"


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_page_is_there_in_every_language(browser, locale):
    for path in ("/", "/rounds", "/rounds/round-2026", "/statistics/volume.bookers"):
        page = browser.get(f"/{locale}{path}")
        assert page.status_code == 200
        assert f'<html lang="{locale}">' in page.text


def test_a_figure_is_read_with_its_interval(browser):
    page = browser.get("/en/statistics/volume.bookers").text
    assert "visitors</strong>" in page
    assert "likely between" in page
    assert "<svg" in page
    assert "5 to 9 institutions" in page


def test_a_page_shows_no_institution(portal, browser):
    for path in ("/en/", "/en/rounds", "/en/rounds/round-2026", "/en/statistics/volume.bookers"):
        text_of_page = browser.get(path).text.lower()
        assert not any(f">{name}<" in text_of_page or f'"{name}"' in text_of_page for name in NAMES)


def test_documents_carry_the_numbers_as_released_with_their_origin(browser):
    release = simulated_round().release
    entry = next(figure for figure in release.figures if figure.key == "volume.bookers")
    for path in ("/api/v1/statistics/volume.bookers", "/statistics/volume.bookers.json"):
        document = browser.get(path).json()
        assert document["estimate"] == float(entry.estimate)
        origin = document["provenance"]
        assert (origin["plan"], origin["roster"]) == (release.plan, release.roster)
        assert (origin["rho"], origin["epsilon"]) == (release.rho, release.epsilon)
        assert (origin["delta"], origin["participants"]) == (release.delta, "5-9")
        assert list(origin["noise_variances"].values()) == list(release.variances)
    round_document = browser.get("/rounds/round-2026.json").json()
    assert round_document == browser.get("/api/v1/rounds/round-2026").json()
    assert round_document["provenance"] == origin


def test_a_release_can_be_had_in_the_bytes_its_fingerprint_is_of(browser):
    answer = browser.get("/api/v1/releases/round-2026")
    assert answer.headers["content-type"] == "application/json"
    assert Release.from_json(answer.content).digest == simulated_round().release.digest


def test_the_overview_and_the_list_are_documents_too(browser):
    assert browser.get("/api/v1/overview").json()["latest"]["round"] == "round-2026"
    (only,) = browser.get("/api/v1/rounds").json()["rounds"]
    assert (only["round"], only["state"]) == ("round-2026", "released")


def test_an_earlier_round_can_be_chosen(portal, browser):
    done = simulated_round()
    portal.rounds.add_round(plan_of("round-2027"), 10)
    later = done.release.model_copy(
        update={"round_id": "round-2027", "released_at": done.release.released_at + 9}
    )
    portal.rounds.publish(later)
    page = browser.get("/en/statistics/volume.bookers").text
    assert '<option value="round-2027" selected>' in page
    page = browser.get("/en/statistics/volume.bookers?round=round-2026").text
    assert '<option value="round-2026" selected>' in page
    assert browser.get("/statistics/volume.bookers.json?round=round-2026").json()["round"] == (
        "round-2026"
    )


@pytest.mark.parametrize(
    "path",
    [
        "/en/none", "/xx/rounds", "/xx", "/en/rounds/none", "/en/statistics/volume.none",
        "/en/statistics/volume.bookers?round=none", "/static/none.css", "/static/../app.py",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_page_with_a_code(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "<code>not-found</code>" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/none", "/api/v1/rounds/none", "/api/v1/releases/none", "/rounds/none.json",
        "/api/v1/statistics/volume.none", "/api/v1/statistics/volume.bookers?round=none",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_document(browser, path):
    answer = browser.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:foyer:problem:not-found")


def test_an_aborted_and_a_planned_round_have_pages(portal, browser):
    for name, phase in (("given-up", Phase.ABORTED), ("planned", None)):
        portal.rounds.add_round(plan_of(name), 5)
        if phase:
            portal.rounds.move_round(name, phase, 6, "too-few-nodes")
    assert "ended without a release" in browser.get("/en/rounds/given-up").text
    assert browser.get("/api/v1/rounds/given-up").json()["reason"] == "too-few-nodes"
    assert browser.get("/en/rounds/planned").status_code == 200
    assert browser.get("/api/v1/rounds/planned").json()["provenance"] is None


def test_a_network_without_a_release_has_an_overview(database):
    browser = Portal(database).browser()
    assert "No round has been released yet." in browser.get("/en/").text
    assert browser.get("/api/v1/overview").json()["latest"] is None
    assert (
        "No round has released this figure yet."
        in browser.get("/en/statistics/volume.bookers").text
    )


def test_style_sheets_may_be_kept_for_ever(portal):
    browser = portal.browser(signed_in=False)
    page = browser.get("/en/sign-in").text
    name = page.split('href="/static/')[1].split('"')[0]
    answer = browser.get(f"/static/{name}")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")


def test_a_failing_database_is_our_fault_and_says_nothing(portal, database):
    browser = portal.browser(signed_in=True, raise_faults=False)
    assert browser.get("/healthz").text == "ok"
    with database.writing() as connection:
        connection.execute(text("DROP TABLE roster"))
        connection.execute(text("ALTER TABLE release RENAME TO elsewhere"))
    for path in ("/healthz", "/en/", "/api/v1/overview"):
        answer = browser.get(path)
        assert answer.status_code == 500
        assert "elsewhere" not in answer.text
        assert "SELECT" not in answer.text
        assert "default-src 'self'" in answer.headers["content-security-policy"]
    document = json.loads(answer.text)
    assert document["type"] == "urn:foyer:problem:internal"


def test_many_readers_at_once_see_the_same(portal):
    browsers = [portal.browser() for _ in range(6)]
    seen = []

    def read(browser):
        seen.append(browser.get("/api/v1/statistics/volume.bookers").text)

    threads = [threading.Thread(target=read, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 6
    assert len(set(seen)) == 1
