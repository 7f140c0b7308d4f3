"""An invitation becomes a way in, once; passwords are slow to guess; a session can be ended."""

import pytest
from argon2 import PasswordHasher, Type
from sqlalchemy import insert
from tests.support.peopled_portal import PeopledPortal, token_in

from foyer_coordinator.adapters.database_account_tables import TRY
from foyer_coordinator.adapters.database_audit import record
from foyer_coordinator.portal.audit import Act
from foyer_coordinator.portal.passwords import MOST_OF_ALL, fault_of
from foyer_coordinator.portal.people import Claim
from foyer_coordinator.portal.sign_in import hash_token
from foyer_web.languages import LANGUAGES

GOOD = "a quiet river at noon"


@pytest.fixture
def portal(database):
    return PeopledPortal(database)


def accept(portal, login, password=GOOD, again=None):
    """Set a password by the invitation; the browser and the answer."""
    browser, token = portal.browser(), portal.invitations[login]
    page = browser.get(f"/en/invitation/{token}")
    form = {"token": token, "form_token": token_in(page), "password": password}
    form["again"] = again or password
    return browser, browser.post("/en/invitation/password", data=form)


def sign_in(browser, login, password):
    page = browser.get("/en/sign-in")
    form = {"form_token": token_in(page), "name": login, "password": password}
    return browser.post("/en/sign-in/password", data=form)


def test_an_invited_person_sets_a_password_and_signs_in_with_it(portal):
    browser, done = accept(portal, "steward-of-a")
    assert (done.status_code, done.headers["location"]) == (303, "/en/")
    assert browser.get("/en/account").status_code == 200
    other = portal.browser()
    assert sign_in(other, " Steward-of-A ", GOOD).status_code == 303
    assert other.get("/en/institutions/house-a/people").status_code == 200
    assert portal.acts()[-3:] == ["password-set", "signed-in", "signed-in"]


def test_an_invitation_is_spent_by_its_use_and_not_by_a_look(portal):
    token = portal.invitations["viewer"]
    hop = portal.browser().get(f"/invitation/{token}", headers={"accept-language": "sv"})
    assert hop.headers["location"] == f"/sv/invitation/{token}"
    accept(portal, "viewer")
    again = portal.browser().get(f"/en/invitation/{token}")
    assert again.status_code == 403
    assert "<code>invitation-not-valid</code>" in again.text


def test_an_invitation_ends_after_a_week(portal):
    portal.now[0] += 7 * 24 * 3600
    token = portal.invitations["viewer"]
    assert portal.browser().get(f"/en/invitation/{token}").status_code == 403


def test_an_invitation_spent_meanwhile_keeps_nothing(portal):
    person = portal.id_of("viewer")
    accept(portal, "viewer")
    stale = Claim(person_id=person, invitation=hash_token(portal.invitations["viewer"]))
    assert portal.passwords.keep(stale, "another password 1") is False
    stolen = Claim(person_id=person, invitation=hash_token(portal.invitations["auditor"]))
    assert portal.passwords.keep(stolen, "another password 1") is False
    assert sign_in(portal.browser(), "viewer", "another password 1").status_code == 403


@pytest.mark.parametrize(
    ("password", "again", "fault"),
    [
        ("too short", "too short", "shorter than 12"),
        ("x" * 257, "x" * 257, "longer than 256"),
        ("my steward-of-a pass", "my steward-of-a pass", "contains your name"),
        (GOOD, GOOD + "!", "two passwords differ"),
    ],
)
def test_a_poor_password_is_sent_back_with_the_reason_and_nothing_is_spent(
    portal, password, again, fault
):
    _, answer = accept(portal, "steward-of-a", password, again)
    assert answer.status_code == 400
    assert fault in answer.text
    assert password not in answer.text
    assert accept(portal, "steward-of-a")[1].status_code == 303


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(portal):
    accept(portal, "viewer")
    wrong = sign_in(portal.browser(), "viewer", "wrong password 12")
    unknown = sign_in(portal.browser(), "nobody", "wrong password 12")
    assert (wrong.status_code, unknown.status_code) == (403, 403)
    assert "Name or password is wrong" in wrong.text

    def same(page):
        return page.text.replace(token_in(page), "")

    assert same(wrong) == same(unknown)


def test_after_five_wrong_tries_a_name_waits_and_others_do_not(portal):
    accept(portal, "viewer")
    accept(portal, "auditor")
    for _ in range(5):
        assert sign_in(portal.browser(), "viewer", "wrong password 12").status_code == 403
    late = sign_in(portal.browser(), "viewer", GOOD)
    assert (late.status_code, "Too many tries" in late.text) == (429, True)
    assert sign_in(portal.browser(), "auditor", GOOD).status_code == 303
    portal.now[0] += 5 * 60
    assert sign_in(portal.browser(), "viewer", GOOD).status_code == 303


def test_a_right_password_forgets_the_wrong_tries(portal):
    accept(portal, "viewer")
    for _ in range(3):
        for _ in range(4):
            sign_in(portal.browser(), "viewer", "wrong password 12")
        assert sign_in(portal.browser(), "viewer", GOOD).status_code == 303


def test_a_flood_over_many_names_pauses_passwords_and_nothing_else(portal, database):
    accept(portal, "viewer")
    rows = [
        {"try_id": f"{n:032x}", "login_hash": f"{n:064x}", "at": portal.now[0]}
        for n in range(MOST_OF_ALL - 1)
    ]
    with database.writing() as connection:
        connection.execute(insert(TRY), rows)
    assert sign_in(portal.browser(), "someone", "wrong password 12").status_code == 403
    assert portal.acts()[-1] == "passwords-paused"
    assert sign_in(portal.browser(), "viewer", GOOD).status_code == 429
    link = portal.desk.invite("viewer")
    assert portal.browser().post("/en/sign-in", data={"token": link}).status_code == 303


def test_a_password_is_kept_as_argon2id_with_the_costs_of_the_rfc(portal):
    assert (PasswordHasher().memory_cost, PasswordHasher().type) == (65536, Type.ID)
    accept(portal, "viewer")
    _, hashed = portal.ways.password("viewer")
    assert hashed.startswith("$argon2id$")
    assert GOOD not in hashed


def test_no_password_is_in_a_repr(portal):
    assert GOOD not in repr(portal.passwords)
    assert "$argon2" not in repr(portal.passwords)


def test_how_one_signs_in_is_changed_only_shortly_after_signing_in(portal):
    browser, _ = accept(portal, "viewer")
    form = {"form_token": token_in(browser.get("/en/account")), "password": "another one 12 345"}
    form["again"] = form["password"]
    portal.now[0] += 15 * 60
    refused = browser.post("/en/account/password", data=form)
    assert (refused.status_code, "sign-in-again" in refused.text) == (403, True)
    assert sign_in(browser, "viewer", GOOD).status_code == 303
    form["form_token"] = token_in(browser.get("/en/account"))
    assert browser.post("/en/account/password", data=form).status_code == 303
    assert sign_in(portal.browser(), "viewer", GOOD).status_code == 403
    assert sign_in(portal.browser(), "viewer", "another one 12 345").status_code == 303


def test_signing_out_everywhere_ends_every_session_and_no_one_elses(portal):
    here, there, other = (portal.browser(name) for name in ("viewer", "viewer", "auditor"))
    token = token_in(here.get("/en/account"))
    done = here.post("/en/account/sign-out-everywhere", data={"form_token": token})
    assert (done.status_code, done.headers["location"]) == (303, "/en/sign-in")
    assert there.get("/en/account").status_code == 401
    assert other.get("/en/account").status_code == 200


def test_a_form_token_is_of_one_browser_and_one_session(portal):
    mine, theirs = portal.browser("viewer"), portal.browser("auditor")
    token = token_in(theirs.get("/en/account"))
    refused = mine.post("/en/account/sign-out-everywhere", data={"form_token": token})
    assert (refused.status_code, "stale-form" in refused.text) == (403, True)
    assert mine.get("/en/account").status_code == 200


def test_a_browser_that_says_not_where_from_needs_the_token_of_the_links_page(portal):
    link, browser = portal.desk.invite("viewer"), portal.browser()
    page = browser.get(f"/en/sign-in/{link}")
    refused = portal.browser().send("POST", "/en/sign-in", data={"token": link})
    assert "stale-form" in refused.text
    form = {"token": link, "form_token": token_in(page)}
    assert browser.send("POST", "/en/sign-in", data=form).status_code == 303


def test_an_account_that_is_shut_has_no_way_in(portal):
    browser, _ = accept(portal, "viewer")
    portal.people.disable("viewer")
    assert browser.get("/en/").status_code == 401
    assert sign_in(portal.browser(), "viewer", GOOD).status_code == 403


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_page_of_accounts_is_there_in_every_language(portal, locale):
    browser = portal.browser("auditor")
    invitation = f"invitation/{portal.invitations['viewer']}"
    for path in ("account", "people", "audit", "sign-in", invitation):
        page = browser.get(f"/{locale}/{path}")
        assert page.status_code == 200
        assert f'<html lang="{locale}">' in page.text


def test_the_audit_page_names_people_and_goes_back_leaf_by_leaf(portal, database):
    with database.writing() as connection:
        for n in range(100):
            record(connection, Act.LINK_MADE, f"subject-{n}", at=n)
    browser = portal.browser("auditor")
    page = browser.get("/en/audit").text
    assert "subject-99<" in page
    assert portal.audit.newest(1)[0].digest in page
    assert "?before=" in page
    before = page.split("?before=")[1].split('"')[0]
    assert "person-invited" in browser.get(f"/en/audit?before={before}").text
    document = browser.get("/audit.json").json()
    assert document["head"] == portal.audit.newest(1)[0].digest
    assert len(document["entries"]) == len(portal.audit.entries())


def test_rules_for_passwords_know_nothing_of_a_short_name():
    assert fault_of("abcdefghijkl", "abcdefghijkl", ("ab",)) == ""
