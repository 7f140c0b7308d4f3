"""A passkey opens its own account from its own address, and no other answer opens any."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.support.peopled_portal import BASE, PeopledPortal, token_in
from tests.support.soft_authenticator import PRESENT, SoftPasskey


@pytest.fixture
def portal(database):
    return PeopledPortal(database)


class Script:
    """What `passkeys.js` does, with a passkey in memory."""

    def __init__(self, portal, login="", page="/en/sign-in"):
        self.browser = portal.browser(login)
        self.form_token = token_in(self.browser.get(page))

    def send(self, address, **said):
        body = {"form_token": self.form_token, "locale": "da", **said}
        return self.browser.post(f"/passkeys/{address}", json=body)


def enrol(portal, login="viewer", **lies):
    """A passkey made by an invitation, and the answer to it."""
    token = portal.invitations[login]
    script = Script(portal, page=f"/en/invitation/{token}")
    asked = script.send("invitation/options", token=token)
    key = SoftPasskey(**{"origin": BASE, **lies})
    return key, script.send("invitation/done", answer=key.create(asked.text)), script


def sign_in(portal, key):
    script = Script(portal)
    return script.send("sign-in/done", answer=key.get(script.send("sign-in/options").text)), script


def test_an_invitation_makes_a_passkey_that_signs_in(portal):
    key, done, script = enrol(portal, "steward-of-a")
    assert done.json() == {"next": "/da/"}
    assert script.browser.get("/en/account").status_code == 200
    key.count = 1
    answer, script = sign_in(portal, key)
    assert answer.json() == {"next": "/da/"}
    assert script.browser.get("/en/institutions/house-a/people").status_code == 200
    assert portal.acts()[-3:] == ["passkey-added", "signed-in", "signed-in"]


def test_the_browser_is_asked_for_a_verified_person_and_a_key_that_it_can_find(portal):
    token = portal.invitations["viewer"]
    script = Script(portal, page=f"/en/invitation/{token}")
    asked = script.send("invitation/options", token=token).json()
    assert asked["rp"] == {"id": "localhost", "name": "Kulturnet"}
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["attestation"] == "none"
    assert script.send("sign-in/options").json()["userVerification"] == "required"


@pytest.mark.parametrize(
    "lies",
    [{"origin": "http://localhost:7001"}, {"origin": "https://evil.example"}, {"host": "evil"},
     {"flags": PRESENT}, {"flags": 0}],
)  # fmt: skip
def test_a_lie_makes_no_passkey_and_spends_no_invitation(portal, lies):
    key, done, _ = enrol(portal, **lies)
    assert (done.status_code, "passkey-failed" in done.text) == (403, True)
    _, done, _ = enrol(portal)
    assert done.status_code == 200
    assert sign_in(portal, key)[0].status_code in (200, 403)


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"}, {"host": "evil"}, {"flags": PRESENT},
        {"user_handle": b"someone else"}, {"credential_id": b"d" * 16}, {"count": 5},
        {"key": ec.generate_private_key(ec.SECP256R1())},
    ],
)  # fmt: skip
def test_a_lie_signs_nobody_in(portal, lie):
    key, _, _ = enrol(portal)
    key.count = 5
    assert sign_in(portal, key)[0].status_code == 200  # and the count 5 is kept
    key.count = 6
    for name, value in lie.items():
        setattr(key, name, value)
    answer, script = sign_in(portal, key)
    assert (answer.status_code, "passkey-failed" in answer.text) == (403, True)
    assert script.browser.get("/en/account").status_code == 401


def test_an_answer_is_good_once_and_for_ten_minutes(portal):
    key, _, _ = enrol(portal)
    script = Script(portal)
    answer = key.get(script.send("sign-in/options").text)
    late = key.get(script.send("sign-in/options").text)
    assert script.send("sign-in/done", answer=answer).status_code == 200
    again = Script(portal)
    assert again.send("sign-in/done", answer=answer).status_code == 403
    portal.now[0] += 601
    assert again.send("sign-in/done", answer=late).status_code == 403


def test_a_challenge_for_one_thing_is_good_for_no_other(portal):
    key, _, _ = enrol(portal)
    mine = Script(portal, "auditor", "/en/account")
    asked = mine.send("account/options").text
    other = SoftPasskey(origin=BASE, credential_id=b"e" * 16)
    answer = other.create(asked)
    thief = Script(portal, "viewer", "/en/account")
    assert thief.send("account/done", answer=answer).status_code == 403
    assert thief.send("invitation/done", answer=answer).status_code == 403
    assert mine.send("account/done", answer=answer).status_code == 403  # it was spent
    assert Script(portal).send("sign-in/done", answer=key.get(asked)).status_code == 403


def test_a_passkey_is_added_to_and_removed_from_ones_own_account(portal):
    mine = Script(portal, "auditor", "/en/account")
    key = SoftPasskey(origin=BASE)
    done = mine.send("account/done", answer=key.create(mine.send("account/options").text))
    assert done.json() == {"next": "/da/account"}
    assert sign_in(portal, key)[0].status_code == 200
    page = mine.browser.get("/en/account").text
    name = page.split('name="credential" value="')[1].split('"')[0]
    form = {"form_token": mine.form_token, "credential": name}
    other = Script(portal, "viewer", "/en/account")
    other.browser.post("/en/account/passkeys/remove", data={**form, "form_token": other.form_token})
    assert sign_in(portal, key)[0].status_code == 200  # it is not theirs to remove
    assert mine.browser.post("/en/account/passkeys/remove", data=form).status_code == 303
    assert sign_in(portal, key)[0].status_code == 403


def test_an_old_session_adds_no_passkey(portal):
    mine = Script(portal, "auditor", "/en/account")
    asked = mine.send("account/options").text
    portal.now[0] += 15 * 60
    late = mine.send("account/done", answer=SoftPasskey(origin=BASE).create(asked))
    assert "sign-in-again" in late.text
    assert "sign-in-again" in mine.send("account/options").text


def test_a_shut_account_has_no_passkey(portal):
    key, _, _ = enrol(portal)
    portal.people.disable("viewer")
    assert sign_in(portal, key)[0].status_code == 403


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", "not json", '{"id": 1}', json.dumps({"id": "x", "rawId": "x"}),
     json.dumps({"id": "YQ", "rawId": "YQ", "type": "public-key", "response":
                 {"clientDataJSON": "YQ", "authenticatorData": "", "signature": ""}})],
)  # fmt: skip
def test_what_is_no_answer_is_refused_and_is_no_fault_of_ours(portal, answer):
    script = Script(portal)
    assert script.send("sign-in/done", answer=answer).status_code == 403
    assert script.send("invitation/done", answer=answer).status_code == 403


def test_without_the_form_token_or_on_another_address_nothing_is_asked(portal):
    script = Script(portal)
    script.form_token = "x"
    assert "stale-form" in script.send("sign-in/options").text
    portal.base = "http://127.0.0.1:7000"
    page = portal.browser().get("/en/sign-in")
    assert "data-passkey" not in page.text
    assert "passkey-failed" in Script(portal).send("sign-in/options").text
