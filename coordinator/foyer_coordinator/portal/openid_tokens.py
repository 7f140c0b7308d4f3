"""What an ID token has to be before it says who somebody is (OpenID Connect Core, 3.1.3.7)."""

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from foyer_coordinator.portal.openid_providers import Provider, SignInFailed

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Public keys only: `none` and a key that both sides hold are refused."""

LEEWAY_SECONDS = 60
LONGEST_NAME = 255


def subject_of(
    raw: str, keys: Mapping[str, Any], provider: Provider, *, nonce: str, now: int
) -> tuple[str, str]:
    """The issuer and the subject of a token that is good.

    Raises:
        SignInFailed: it is signed by nobody known, of another issuer, for somebody else, too
            old, an answer to another question, or of another organisation.
    """
    try:
        known = KeySet.import_key_set({"keys": list(keys["keys"])})
        claims: dict[str, Any] = jwt.decode(raw, known, algorithms=list(ALGORITHMS)).claims
        issuer = provider.issuer_of(claims)
        jwt.JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            sub={"essential": True},
            aud={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise SignInFailed("token") from None
    _check_audience(claims, provider.client_id)
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_NAME:
        raise SignInFailed("sub")
    return issuer, subject


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    """Us among the audience, and us alone as the one who asked."""
    told = claims["aud"]
    audience = [told] if isinstance(told, str) else list(told)
    asked = claims.get("azp")
    if client_id not in audience or (asked or client_id) != client_id:
        raise SignInFailed("aud")
    if len(audience) > 1 and asked is None:
        raise SignInFailed("azp")
