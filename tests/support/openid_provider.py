"""A small OpenID provider on the loopback address: discovery, PKCE, signed ID tokens.

It is honest unless `claims`, `header`, `sign_with` or `answers` say otherwise.
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

CLIENT, SECRET = "portal", "a secret of the client's"


class OpenIdProvider:
    """What the provider knows. `now` is its clock, `sub` who is signed in there."""

    def __init__(self, now: list[int]) -> None:
        self.now, self.sub = now, "anna-at-the-provider"
        self.key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
        self.sign_with: Any = self.key
        self.header: dict[str, str] = {"alg": "ES256", "kid": "one"}
        self.claims: dict[str, Any] = {}
        self.without: tuple[str, ...] = ()
        self.discovery: dict[str, Any] = {}
        self.issuer = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.seen: list[dict[str, str]] = []

    def well_known(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        } | self.discovery

    def keys(self) -> dict[str, Any]:
        """The public keys, with one of a kind that nobody knows."""
        return {"keys": [{"kty": "NEW", "kid": "x"}, self.key.as_dict(private=False)]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes with a code."""
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str]) -> dict[str, str] | None:
        """The ID token for a code, once; None for whoever did not begin or is not the client."""
        self.seen.append(form)
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or challenge != asked["code_challenge"]
            or form.get("redirect_uri") != asked["redirect_uri"]
            or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET)
        ):
            return None
        claims = {
            "iss": self.issuer, "sub": self.sub, "aud": CLIENT, "nonce": asked["nonce"],
            "iat": self.now[0], "exp": self.now[0] + 300,
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if name not in self.without}
        return {"id_token": self.signed(claims), "token_type": "Bearer", "access_token": "unused"}

    def signed(self, claims: dict[str, Any]) -> str:
        """A token, signed as `header` says; `none` is not signed at all."""
        if self.header["alg"] == "none":
            parts = (json.dumps(self.header), json.dumps(claims))
            raw = [base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts]
            return ".".join([*raw, ""])
        return jwt.encode(self.header, claims, self.sign_with, algorithms=[self.header["alg"]])

    def sign_by_public_key(self) -> None:
        """Sign with the public key as if it were a shared secret, as an attacker would try."""
        self.header = {"alg": "HS256", "kid": "one"}
        self.sign_with = OctKey.import_key(str(self.key.as_dict(private=False)["x"]))


class Handler(BaseHTTPRequestHandler):
    """Routes."""

    provider: OpenIdProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path.endswith("/.well-known/openid-configuration"):
            self._say(self.provider.well_known())
        elif parts.path.endswith("/keys"):
            self._say(self.provider.keys())
        else:
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(asked))
            self.end_headers()

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"])).decode()
        self._say(self.provider.token({k: v[0] for k, v in parse_qs(raw).items()}))

    def _say(self, document: dict[str, Any] | None) -> None:
        self.send_response(400 if document is None else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(document or {"error": "invalid_grant"}).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quietly."""


@contextmanager
def openid_provider(now: list[int]) -> Iterator[OpenIdProvider]:
    """A running provider; its issuer has its port."""
    provider = OpenIdProvider(now)
    handler = type("Bound", (Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
