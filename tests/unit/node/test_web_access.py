"""Promise: nobody changes anything here from another site, without a token, or without a name."""

import logging

import pytest
from tests.support.local_node import CANARY
from tests.support.wizard_house import (
    House,
    danish_export,
    make_house,
    text_of,
    token_of,
    upload,
)

from foyer_node.web.access import COOKIE, LINK_FILE, Access
from foyer_node.web.accounts import CHEAPEST_FOR_TESTS, OWASP_2024, Accounts, Role
from foyer_node.web.sessions import IDLE_SECONDS, WHOLE_SECONDS, Sessions
from foyer_protocol.errors import ConfigError, StorageError

PASSWORD = "correct horse battery"


@pytest.fixture
def house(tmp_path):
    return House(make_house(tmp_path))


@pytest.fixture
def open_house(tmp_path):
    """A house whose pages are open to its network, with a viewer and a steward."""
    house = House(make_house(tmp_path), host="0.0.0.0")
    house.access.accounts = Accounts(house.config.folder, CHEAPEST_FOR_TESTS)
    house.access.accounts.add("vera", Role.VIEWER, PASSWORD)
    house.access.accounts.add("sten", Role.STEWARD, PASSWORD)
    return house


def signed_in(house, name, password=PASSWORD):
    browser = house.browser()
    return browser, browser.post("/en/sign-in", data={"name": name, "password": password})


def test_on_this_machine_reading_needs_nobody_and_importing_the_link(house):
    browser = house.browser()
    assert browser.get("/en/").status_code == 200
    for page in ("/en/import", "/en/import/abc/columns"):
        assert browser.get(page).headers["location"] == "/en/sign-in"
    assert "pages.link" in text_of(browser.get("/en/sign-in"))
    assert browser.get("/import/mappings/x.toml").status_code == 401


def test_the_link_signs_in_once_and_a_look_does_not_spend_it(house):
    first, second = house.browser(), house.browser()
    token = house.access.sessions.link_token
    assert first.get(f"/sign-in/{token}").headers["location"] == f"/en/sign-in/{token}"
    assert "Your link works once." in text_of(first.get(f"/en/sign-in/{token}"))
    answer = first.post("/en/sign-in", data={"token": token})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert first.get("/en/import").status_code == 200
    again = second.post("/en/sign-in", data={"token": token})
    assert "This sign-in link does not work" in text_of(again, 403)
    assert second.get("/en/import").status_code == 303


def test_the_link_is_for_the_nodes_own_user_only(house):
    link = house.access.write_link(house.config.folder, "http://127.0.0.1:8765/")
    file = house.config.path(LINK_FILE)
    assert file.read_text() == f"{link}\n"
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
     {"origin": "https://evil.example"}, {"origin": "null"}],
)  # fmt: skip
@pytest.mark.parametrize("page", ["/en/import", "/en/import/mappings/forget", "/en/sign-in"])
def test_another_sites_form_is_refused(house, headers, page):
    browser = house.steward()
    form = {"form_token": token_of(browser), "name": "x"}
    answer = browser.post(page, data=form, headers=headers)
    assert "The request came from another site" in text_of(answer, 403)


@pytest.mark.parametrize("token", ["", "wrong", "ø"])
def test_a_form_without_its_sessions_token_changes_nothing(house, tmp_path, token):
    browser = house.steward()
    answer = browser.post("/en/import/mappings/forget", data={"form_token": token, "name": "x"})
    assert "This page was too old to be sent" in text_of(answer, 403)
    file = danish_export(tmp_path / "x.csv")
    answer = browser.post(
        "/en/import", data={"form_token": token}, files={"file": ("x.csv", file.read_bytes())}
    )
    assert answer.status_code == 403
    assert list(house.config.path("imports").iterdir()) == []


def test_a_file_that_comes_before_its_token_is_not_written(house):
    browser = house.steward()
    token = token_of(browser)
    parts = [("file", ("x.csv", b"a;b\n1;2\n")), ("form_token", (None, token))]
    assert browser.post("/en/import", files=parts).status_code == 403
    assert list(house.config.path("imports").iterdir()) == []


def test_a_form_that_breaks_off_is_not_kept(house):
    browser = house.steward()
    token = token_of(browser)
    body = (
        f'--b\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token}\r\n'
        '--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\na;b\n1;2'
    )
    kind = {"content-type": "multipart/form-data; boundary=b"}
    answer = browser.post("/en/import", content=body.encode(), headers=kind)
    assert "No file arrived" in text_of(answer, 400)
    assert list(house.config.path("imports").iterdir()) == []


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", ""])
def test_what_is_no_form_is_refused(house, kind):
    browser = house.steward()
    headers = {"content-type": kind}
    for page in ("/en/import", "/en/import/waiting", "/en/import/mappings"):
        answer = browser.post(page, content=b"{}", headers=headers)
        assert answer.status_code in {400, 403}, page


def test_open_to_the_network_even_reading_needs_an_account(open_house):
    stranger = open_house.browser()
    assert stranger.get("/en/").headers["location"] == "/en/sign-in"
    assert stranger.get("/api/v1/overview").status_code == 401
    assert stranger.get("/statistics/volume.bookers.json").status_code == 401
    viewer, answer = signed_in(open_house, "vera")
    assert answer.status_code == 303
    assert viewer.get("/en/").status_code == 200


def test_a_viewer_reads_and_does_not_import(open_house, tmp_path):
    viewer, _ = signed_in(open_house, "vera")
    assert "Your account may read and not change" in text_of(viewer.get("/en/import"), 403)
    steward, _ = signed_in(open_house, "sten")
    file = danish_export(tmp_path / "x.csv")
    assert upload(steward, file).status_code == 303
    assert viewer.post("/en/import", files={"file": ("x", b"a;b")}).status_code == 403


def test_wrong_names_and_passwords_are_told_apart_by_nobody_and_slowed_down(open_house, caplog):
    texts = set()
    with caplog.at_level(logging.DEBUG):
        for name in ("vera", "nobody"):
            _, answer = signed_in(open_house, name, f"{CANARY} wrong")
            texts.add(text_of(answer, 403))
    assert len(texts) == 1
    assert CANARY not in caplog.text
    for _ in range(12):
        _, answer = signed_in(open_house, "vera", "wrong again")
    assert "Too many tries" in text_of(answer, 429)
    _, answer = signed_in(open_house, "vera")
    assert answer.status_code == 429
    _, answer = signed_in(open_house, "sten")
    assert answer.status_code == 303


def test_who_is_removed_or_changed_is_signed_out(open_house):
    browser, _ = signed_in(open_house, "sten")
    accounts = Accounts(open_house.config.folder, CHEAPEST_FOR_TESTS)
    accounts.add("sten", Role.VIEWER, PASSWORD)
    assert browser.get("/en/import").headers["location"] == "/en/sign-in"
    browser, _ = signed_in(open_house, "sten")
    accounts.remove("sten")
    assert browser.get("/en/").headers["location"] == "/en/sign-in"


def test_signing_out_ends_the_session(house):
    browser = house.steward()
    cookie = browser.cookies[COOKIE]
    assert browser.post("/en/sign-out").status_code == 303
    assert house.access.session(cookie) is None


def test_a_session_ends_after_an_idle_hour_and_after_a_day_of_work():
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    cookie = sessions.begin("anna", Role.VIEWER)
    now[0] += IDLE_SECONDS
    assert sessions.find(cookie) is None
    cookie = sessions.begin("anna", Role.VIEWER)
    for _ in range(int(WHOLE_SECONDS / (IDLE_SECONDS / 2)) - 1):
        now[0] += IDLE_SECONDS / 2
        assert sessions.find(cookie) is not None
    now[0] += IDLE_SECONDS / 2
    assert sessions.find(cookie) is None


class TestAccounts:
    def test_the_file_opens_nothing(self, tmp_path):
        accounts = Accounts(tmp_path, CHEAPEST_FOR_TESTS)
        accounts.add("anna", Role.STEWARD, PASSWORD)
        kept = (tmp_path / "users.json").read_text()
        assert PASSWORD not in kept
        assert (tmp_path / "users.json").stat().st_mode & 0o077 == 0
        (anna,) = accounts.all().values()
        assert anna.digest not in repr(anna)
        assert accounts.check("anna", PASSWORD) == anna
        assert accounts.check("anna", PASSWORD + " ") is None
        assert accounts.check("bo", PASSWORD) is None

    def test_the_costs_are_those_of_the_source(self):
        assert (OWASP_2024.n, OWASP_2024.r, OWASP_2024.p) == (65536, 8, 2)

    @pytest.mark.parametrize("name", ["", "Anna", "a b", "../x", "a" * 41])
    def test_a_name_that_is_not_fit_changes_nothing(self, tmp_path, name):
        with pytest.raises(ConfigError, match="no name for an account"):
            Accounts(tmp_path).add(name, Role.VIEWER, PASSWORD)
        assert not (tmp_path / "users.json").exists()

    def test_a_short_password_is_refused_by_its_length_and_not_repeated(self, tmp_path):
        with pytest.raises(ConfigError) as refused:
            Accounts(tmp_path).add("anna", Role.VIEWER, "hunter2")
        assert "7 letters" in refused.value.message
        assert "hunter2" not in f"{refused.value.message}{refused.value.hint}"

    def test_a_damaged_file_signs_nobody_in(self, tmp_path):
        (tmp_path / "users.json").write_text('{"anna": {}}')
        with pytest.raises(StorageError, match="nobody was signed in"):
            Accounts(tmp_path).check("anna", PASSWORD)

    def test_nobody_is_removed_who_is_not_there(self, tmp_path):
        with pytest.raises(ConfigError, match="nobody is called 'bo'"):
            Accounts(tmp_path).remove("bo")


def test_a_page_that_somebody_adds_later_is_shut_to_changes():
    access = Access(
        sessions=Sessions(lambda: 0.0), accounts=Accounts.__new__(Accounts), host="127.0.0.1"
    )
    assert access.refusal("POST", "/en/anything", None) == "sign-in-first"
    assert access.refusal("GET", "/en/anything", None) == ""
