"""A provider's word is taken when all of it holds, for whoever was invited, and once."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey
from tests.support.openid_provider import CLIENT, SECRET, openid_provider
from tests.support.peopled_portal import START, PeopledPortal, token_in

from foyer_coordinator.config import CoordinatorConfig, Network, read_config
from foyer_coordinator.portal.openid_providers import TENANT, entra, generic, google
from foyer_coordinator.portal.server import providers_of
from foyer_protocol.errors import ConfigError

TENANT_A, TENANT_B = (f"{n}" * 8 + "-0000-0000-0000-000000000000" for n in "ab")
FAILED = "openid-failed"


@pytest.fixture
def op():
    with openid_provider([START]) as running:
        yield running


@pytest.fixture
def portal(database, op):
    made = PeopledPortal(
        database,
        providers=(
            generic("Museum login", op.issuer, CLIENT, SECRET),
            replace(google(("house-a.example",), CLIENT, SECRET, op.issuer), slug="google"),
            replace(
                entra(op.issuer, (TENANT_A,), CLIENT, SECRET),
                issuer=f"{op.issuer}/{TENANT_A}/v2.0",
            ),
        ),
    )
    op.now = made.now
    return made


def leave(browser, path="/en/sign-in/with/openid"):
    """To the provider; the address that it sends the browser back to."""
    hop = browser.get(path)
    assert hop.status_code == 303, hop.text
    back = httpx.get(hop.headers["location"], trust_env=False).headers["location"]
    return back.removeprefix("http://localhost:7000")


def accept(portal, login="steward-of-a", provider="openid"):
    browser = portal.browser()
    path = f"/en/invitation/{portal.invitations[login]}/with/{provider}"
    return browser, browser.get(leave(browser, path))


def sign_in(portal, provider="openid"):
    browser = portal.browser()
    return browser, browser.get(leave(browser, f"/en/sign-in/with/{provider}"))


def test_an_invitation_links_an_identity_that_then_signs_in(portal, op):
    browser, done = accept(portal)
    assert (done.status_code, done.headers["location"]) == (303, "/en/")
    assert browser.get("/en/institutions/house-a/people").status_code == 200
    browser, done = sign_in(portal)
    assert done.status_code == 303
    assert "Museum login" in browser.get("/en/account").text
    assert portal.acts()[-3:] == ["identity-linked", "signed-in", "signed-in"]
    assert op.seen[-1]["client_secret"] == SECRET


def test_an_identity_that_nobody_linked_makes_no_account_whatever_address_it_claims(portal, op):
    op.claims = {"email": "steward-of-a", "email_verified": True}
    browser, refused = sign_in(portal)
    assert (refused.status_code, "openid-unknown" in refused.text) == (403, True)
    assert browser.get("/en/account").status_code == 401


def test_an_invitation_that_was_used_links_nothing_more(portal, op):
    accept(portal)
    token = portal.invitations["steward-of-a"]
    assert portal.browser().get(f"/en/invitation/{token}/with/openid").status_code == 403
    op.sub = "somebody else"
    assert sign_in(portal)[1].status_code == 403


def test_one_identity_is_of_one_person_and_a_refusal_spends_no_invitation(portal, op):
    accept(portal)
    _, refused = accept(portal, "auditor")
    assert FAILED in refused.text
    op.sub = "another at the provider"
    assert accept(portal, "auditor")[1].status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"aud": "another"}, {"aud": ["another", "third"]},
        {"aud": [CLIENT, "another"]}, {"azp": "another"}, {"iss": "https://evil.example"},
        {"exp": START - 61}, {"iat": START + 61}, {"nbf": START + 61}, {"sub": ""}, {"sub": 7},
        {"sub": "x" * 256}, {"aud": 7}, {"exp": "never"},
    ],
)  # fmt: skip
def test_a_token_with_a_wrong_claim_signs_nobody_in(portal, op, claims):
    accept(portal)
    op.claims = claims
    browser, refused = sign_in(portal)
    assert (refused.status_code, FAILED in refused.text) == (403, True)
    assert browser.get("/en/account").status_code == 401


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "iat", "nonce"])
def test_a_token_without_a_claim_that_it_needs_signs_nobody_in(portal, op, name):
    accept(portal)
    op.without = (name,)
    assert FAILED in sign_in(portal)[1].text


def test_two_audiences_are_good_when_we_are_the_one_who_asked(portal, op):
    accept(portal)
    op.claims = {"aud": [CLIENT, "another"], "azp": CLIENT}
    assert sign_in(portal)[1].status_code == 303


def test_a_token_of_a_strangers_key_signs_nobody_in(portal, op):
    accept(portal)
    op.sign_with = ECKey.generate_key("P-256", {"kid": "one"})
    assert FAILED in sign_in(portal)[1].text
    op.sign_with, op.header = op.key, {"alg": "ES256", "kid": "unknown"}
    assert FAILED in sign_in(portal)[1].text


def test_a_token_that_is_not_signed_or_by_a_public_key_signs_nobody_in(portal, op):
    accept(portal)
    op.header = {"alg": "none"}
    assert FAILED in sign_in(portal)[1].text
    op.sign_by_public_key()
    assert FAILED in sign_in(portal)[1].text


def test_a_provider_may_change_its_key(portal, op):
    accept(portal)
    op.key = op.sign_with = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})
    op.header = {"alg": "ES256", "kid": "two"}
    assert sign_in(portal)[1].status_code == 303


def test_a_state_is_good_once_in_the_browser_that_began_and_for_ten_minutes(portal):
    accept(portal)
    browser = portal.browser()
    back = leave(browser)
    stranger = portal.browser()
    leave(stranger)  # who has a cookie of their own
    assert FAILED in stranger.get(back).text
    assert browser.get(back).status_code == 303
    browser.post("/en/sign-out")
    assert FAILED in browser.get(back).text
    late = leave(browser)
    portal.now[0] += 601
    assert FAILED in browser.get(late).text


@pytest.mark.parametrize("lost", ["code", "state"])
def test_an_answer_that_lacks_something_or_says_an_error_is_refused(portal, lost):
    browser = portal.browser()
    back = urlsplit(leave(browser))
    kept = {name: values[0] for name, values in parse_qs(back.query).items() if name != lost}
    refused = browser.get(back.path, params=kept | {"error": "access_denied"})
    assert (refused.status_code, FAILED in refused.text) == (403, True)


def test_the_answer_of_one_provider_is_not_taken_for_anothers(portal):
    accept(portal)
    browser = portal.browser()
    back = leave(browser)
    assert FAILED in browser.get(back.replace("/openid/openid/", "/openid/google/")).text
    assert FAILED in browser.get(leave(browser).replace("iss=http", "iss=other")).text


def test_a_code_is_worth_nothing_without_the_browsers_verifier(portal, op):
    accept(portal)
    browser, thief = portal.browser(), portal.browser()
    stolen = parse_qs(urlsplit(leave(browser)).query)["code"][0]
    own = parse_qs(urlsplit(leave(thief)).query)["state"][0]
    answer = thief.get("/openid/openid/callback", params={"code": stolen, "state": own})
    assert FAILED in answer.text


@pytest.mark.parametrize(
    "hd", [None, "house-b.example", "gmail.com", ["house-a.example"], "HOUSE-A.example"]
)
def test_google_lets_in_the_workspace_domains_that_were_named_and_no_other(portal, op, hd):
    op.claims = {"hd": "house-a.example"}
    assert accept(portal, provider="google")[1].status_code == 303
    op.claims = {"hd": hd} if hd else {}
    assert FAILED in sign_in(portal, "google")[1].text


@pytest.mark.parametrize("tid", [None, TENANT_B, [TENANT_A], TENANT_A.upper()])
def test_entra_lets_in_the_tenants_that_were_named_and_no_other(portal, op, tid):
    op.discovery = {"issuer": f"{op.issuer}/{TENANT_A}/v2.0"}
    op.claims = {"iss": f"{op.issuer}/{TENANT_A}/v2.0", "tid": TENANT_A}
    # This provider names itself by its port in the way back, which Entra does not do.
    assert accept_without_iss(portal, op).status_code == 303
    op.claims |= {"tid": tid}
    assert FAILED in sign_in_without_iss(portal).text


def without_iss(browser, back):
    parts = urlsplit(back)
    kept = {name: values[0] for name, values in parse_qs(parts.query).items() if name != "iss"}
    return browser.get(parts.path, params=kept)


def accept_without_iss(portal, op):
    browser = portal.browser()
    path = f"/en/invitation/{portal.invitations['steward-of-a']}/with/entra"
    return without_iss(browser, leave(browser, path))


def sign_in_without_iss(portal):
    browser = portal.browser()
    return without_iss(browser, leave(browser, "/en/sign-in/with/entra"))


def test_an_app_for_several_tenants_takes_each_tenants_own_issuer_and_no_other(database, op):
    provider = entra(op.issuer, (TENANT_A, TENANT_B), CLIENT, SECRET)
    portal = PeopledPortal(database, providers=(provider,))
    op.now = portal.now
    op.discovery = {"issuer": f"{op.issuer}/{TENANT}/v2.0"}
    op.claims = {"iss": f"{op.issuer}/{TENANT_B}/v2.0", "tid": TENANT_B}
    assert accept_without_iss(portal, op).status_code == 303
    assert sign_in_without_iss(portal).status_code == 303
    op.claims |= {"tid": TENANT_A}
    assert FAILED in sign_in_without_iss(portal).text
    assert provider.owns(f"{op.issuer}/{TENANT_B}/v2.0")
    assert not provider.owns(f"{op.issuer}/{TENANT}/v2.0")


@pytest.mark.parametrize(
    "lie",
    [{"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"},
     {"jwks_uri": ""}],
)  # fmt: skip
def test_a_provider_that_calls_itself_otherwise_or_is_not_guarded_is_not_asked(portal, op, lie):
    op.discovery = lie
    refused = portal.browser().get("/en/sign-in/with/openid")
    assert (refused.status_code, FAILED in refused.text) == (403, True)


def test_a_provider_over_an_open_line_is_not_asked(database):
    portal = PeopledPortal(database, providers=(generic("t", "http://evil.example", "a", ""),))
    assert FAILED in portal.browser().get("/en/sign-in/with/openid").text


def test_an_account_links_and_unlinks_an_identity_of_its_own(portal, op):
    browser = portal.browser("auditor")
    done = browser.get(leave(browser, "/en/account/with/openid"))
    assert (done.status_code, done.headers["location"]) == (303, "/en/account")
    assert sign_in(portal)[1].status_code == 303
    form = {"form_token": token_in(browser.get("/en/account")), "provider": "openid"}
    assert browser.post("/en/account/identities/remove", data=form).status_code == 303
    assert "openid-unknown" in sign_in(portal)[1].text


def test_another_site_or_an_old_session_begins_no_link(portal):
    browser = portal.browser("auditor")
    refused = browser.get("/en/account/with/openid", headers={"sec-fetch-site": "cross-site"})
    assert "cross-site" in refused.text
    back = leave(browser, "/en/account/with/openid")
    other = portal.browser("viewer")
    other.cookies.set("foyer-portal-openid", browser.cookies["foyer-portal-openid"])
    assert FAILED in other.get(back).text  # somebody else's account
    portal.now[0] += 15 * 60
    assert "sign-in-again" in browser.get("/en/account/with/openid").text


def test_no_secret_is_in_a_repr(portal):
    shown = repr(portal.openid) + repr(generic("t", "https://a.example", CLIENT, SECRET))
    assert SECRET not in shown


def test_settings_name_who_may_sign_in_and_secrets_are_read_from_files(tmp_path):
    text = (
        '[network]\nslug = "kulturnet"\n[entra]\nclient_id = "a"\nsecret_file = "entra.secret"\n'
        f'tenants = ["{TENANT_A}"]\n[google]\nclient_id = "b"\ndomains = ["museum.example"]\n'
    )
    (tmp_path / "coordinator.toml").write_text(text)
    config = read_config(tmp_path)
    with pytest.raises(ConfigError, match="not started"):
        providers_of(config)
    (tmp_path / "entra.secret").write_text("CANARY\n")
    first, second = providers_of(config)
    assert (first.secret, second.secret) == ("CANARY", "")
    assert first.discovery == (
        f"https://login.microsoftonline.com/{TENANT_A}/v2.0/.well-known/openid-configuration"
    )
    assert "CANARY" not in repr(first) + repr(config)
    assert providers_of(CoordinatorConfig(network=Network(slug="kulturnet"))) == ()


@pytest.mark.parametrize(
    "section", ["[entra]\n", "[google]\n", "[openid]\n", '[entra]\ntenants = ["common"]\n']
)
def test_a_provider_for_everybody_is_refused(tmp_path, section):
    text = f'[network]\nslug = "kulturnet"\n{section}client_id = "a"\n'
    (tmp_path / "coordinator.toml").write_text(text)
    with pytest.raises(ConfigError):
        read_config(tmp_path)
