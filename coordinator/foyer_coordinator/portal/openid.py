"""Signing in elsewhere: authorization code with PKCE, bound to the browser that began.

The browser holds a random cookie; the code verifier, the nonce and the key under which the
sign-in is kept are all drawn from it and the state, so that a copy of the database lets
nobody finish a sign-in. A state is good once, for ten minutes, in that browser.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from foyer_coordinator.portal.flows import Flow, Flows
from foyer_coordinator.portal.openid_providers import TENANT, Provider, SignInFailed
from foyer_coordinator.portal.openid_tokens import subject_of
from foyer_coordinator.portal.people import Claim
from foyer_coordinator.portal.sign_in import new_token

KEPT_SECONDS = 3600
"""How long a provider's addresses and keys are believed; an unknown key asks again sooner."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Web(Protocol):
    """Fetches what a provider serves. It follows no redirect and gives up after seconds."""

    def get(self, address: str) -> bytes:
        """Raises `SignInFailed` where nothing usable came."""

    def post(self, address: str, form: Mapping[str, str], basic: tuple[str, str] | None) -> bytes:
        """Raises `SignInFailed` where nothing usable came."""


class Nowhere:
    """A `Web` in which nothing is."""

    def get(self, address: str) -> bytes:
        """Raises `SignInFailed`."""
        raise SignInFailed("nowhere")

    def post(self, address: str, form: Mapping[str, str], basic: tuple[str, str] | None) -> bytes:
        """Raises `SignInFailed`."""
        raise SignInFailed("nowhere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a provider said of somebody, and what the sign-in was begun for."""

    issuer: str
    subject: str = field(repr=False)
    flow: Flow


@dataclass(slots=True, kw_only=True)
class OpenId:
    """Begins and finishes sign-ins at these providers. `entropy(n)` gives n random bytes."""

    providers: Mapping[str, Provider]
    web: Web
    flows: Flows
    clock: Callable[[], int]
    entropy: Callable[[int], bytes]
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _kept: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict, repr=False)

    def begin(
        self, provider: Provider, secret: str, locale: str, claim: Claim | None, back: str
    ) -> str:
        """Where to send the browser that holds `secret`; `back` is where it comes back to.

        Raises:
            SignInFailed: the provider does not answer.
        """
        known = self._discovered(provider)
        state = f"{new_token(self.entropy)}.{locale}"
        self.flows.begin(_drawn("key", secret, state), _purpose(provider), claim)
        challenge = hashlib.sha256(_text(_drawn("verifier", secret, state)).encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": back,
            "scope": "openid",
            "state": state,
            "nonce": _text(_drawn("nonce", secret, state)),
            "code_challenge": _text(challenge),
            "code_challenge_method": "S256",
        }
        if len(provider.domains) == 1:
            asked["hd"] = next(iter(provider.domains))  # a wish; `hd` of the token decides
        address: str = known["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def finish(self, provider: Provider, secret: str, answer: Mapping[str, str], back: str) -> Told:
        """Who somebody is, by the provider's answer to this browser.

        Raises:
            SignInFailed: another browser, another provider, a state that was used or is old,
                or an answer that does not hold.
        """
        state = answer.get("state", "")
        flow = self.flows.end(_drawn("key", secret, state), _purpose(provider))
        if flow is None or not answer.get("code"):
            raise SignInFailed("state")
        known = self._discovered(provider)
        if answer.get("iss", "") not in ("", known["issuer"]) and TENANT not in known["issuer"]:
            raise SignInFailed("iss")
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": back,
            "client_id": provider.client_id,
            "code_verifier": _text(_drawn("verifier", secret, state)),
        }
        ways = known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        basic = None
        if provider.secret and "client_secret_post" in ways:
            form["client_secret"] = provider.secret
        elif provider.secret:
            basic = (provider.client_id, provider.secret)
        told = _read(self.web.post(known["token_endpoint"], form, basic))
        nonce = _text(_drawn("nonce", secret, state))
        issuer, subject = subject_of(
            str(told.get("id_token", "")),
            _read(self.web.get(known["jwks_uri"])),
            provider,
            nonce=nonce,
            now=self.clock(),
        )
        return Told(issuer=issuer, subject=subject, flow=flow)

    def _discovered(self, provider: Provider) -> dict[str, Any]:
        """The provider's addresses, asked for once an hour."""
        now = self.clock()
        with self._lock:
            kept = self._kept.get(provider.slug)
        if kept and now - kept[0] < KEPT_SECONDS:
            return kept[1]
        if not is_guarded(provider.discovery):
            raise SignInFailed("discovery")
        found = _read(self.web.get(provider.discovery))
        if found.get("issuer") != provider.issuer:
            raise SignInFailed("issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not is_guarded(str(found.get(name, ""))):
                raise SignInFailed(name)
        with self._lock:
            self._kept[provider.slug] = (now, found)
        return found


def is_guarded(address: str) -> bool:
    """Whether what is sent there is read by nobody on the way.

    >>> [is_guarded(f"{one}/keys") for one in ("https://a", "http://a", "http://localhost:1")]
    [True, False, True]
    """
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _purpose(provider: Provider) -> str:
    return f"openid-{provider.slug}"


def _drawn(use: str, secret: str, state: str) -> bytes:
    parts = f"foyer portal openid {use}\x00{secret}\x00{state}"
    return hashlib.sha256(parts.encode()).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        raise SignInFailed("json") from None
    if not isinstance(found, dict):
        raise SignInFailed("json")
    return found
