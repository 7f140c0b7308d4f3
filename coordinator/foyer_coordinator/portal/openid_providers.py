"""Where people may sign in elsewhere: any OpenID provider, and presets for Entra and Google.

A preset adds what the provider's own claims need: Entra says in `tid` whose tenant somebody
is of, Google in `hd` whose Workspace. Without these checks anybody with a private account
there would be as good as a colleague.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

GOOGLE_ISSUER = "https://accounts.google.com"
TENANT = "{tenantid}"
"""What Entra writes in the issuer of an app for several tenants, in its discovery document."""


class SignInFailed(Exception):
    """A provider's answer was not what was asked for; nobody is signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider. Empty `tenants` and `domains` ask for no such claim."""

    slug: str
    title: str
    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    discovery: str
    tenants: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def issuer_of(self, claims: Mapping[str, object]) -> str:
        """Who must have issued a token with these claims.

        Raises:
            SignInFailed: it is of a tenant or a domain that may not sign in here.
        """
        tenant, domain = claims.get("tid"), claims.get("hd")
        if self.tenants and tenant not in self.tenants:
            raise SignInFailed("tid")
        if self.domains and domain not in self.domains:
            raise SignInFailed("hd")
        return self.issuer.replace(TENANT, str(tenant))

    def owns(self, issuer: str) -> bool:
        """Whether an identity that is kept is one of this provider."""
        names = {self.issuer.replace(TENANT, tenant) for tenant in self.tenants} or {self.issuer}
        return issuer in names


def generic(title: str, issuer: str, client_id: str, secret: str) -> Provider:
    """A provider by its issuer."""
    return Provider(
        slug="openid", title=title, issuer=issuer, client_id=client_id, secret=secret,
        discovery=_discovery(issuer),
    )  # fmt: skip


def entra(authority: str, tenants: tuple[str, ...], client_id: str, secret: str) -> Provider:
    """Microsoft Entra ID: one tenant, or an app that several may use."""
    which = tenants[0] if len(tenants) == 1 else TENANT
    at = tenants[0] if len(tenants) == 1 else "organizations"
    return Provider(
        slug="entra", title="Microsoft", issuer=f"{authority}/{which}/v2.0", client_id=client_id,
        secret=secret, discovery=_discovery(f"{authority}/{at}/v2.0"), tenants=frozenset(tenants),
    )  # fmt: skip


def google(
    domains: tuple[str, ...], client_id: str, secret: str, issuer: str = GOOGLE_ISSUER
) -> Provider:
    """Google Workspace, of the domains that may sign in."""
    return Provider(
        slug="google", title="Google", issuer=issuer, client_id=client_id, secret=secret,
        discovery=_discovery(issuer), domains=frozenset(domains),
    )  # fmt: skip


def _discovery(issuer: str) -> str:
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"
