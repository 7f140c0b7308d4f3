"""Who may open what: one table, and whatever is not in it is shut.

A route is named by its method and its address as the router writes it. The guard looks at
this table before it lets a stranger pass, and every route asks it again before it does
anything. A route with `{institution}` in its address is moreover only for that
institution's own people, and for those who oversee the network.
"""

import re
from collections.abc import Mapping
from functools import cache

from foyer_coordinator.portal.roles import EVERYONE, OVERSEERS, Role
from foyer_coordinator.portal.sign_in import Session
from foyer_web.languages import LANGUAGES

OPEN: frozenset[Role] | None = None
"""Served without a session."""

PEOPLE_OF_INSTITUTION = OVERSEERS | {Role.STEWARD}

ACCESS: dict[str, frozenset[Role] | None] = {
    # The entrance.
    "GET /healthz": OPEN,
    "GET /static/{name}": OPEN,
    "GET /sign-in/{token}": OPEN,
    "GET /{locale}/sign-in": OPEN,
    "GET /{locale}/sign-in/{token}": OPEN,
    "POST /{locale}/sign-in": OPEN,
    "POST /{locale}/sign-in/password": OPEN,
    "GET /invitation/{token}": OPEN,
    "GET /{locale}/invitation/{token}": OPEN,
    "POST /{locale}/invitation/password": OPEN,
    "GET /{locale}/sign-in/with/{provider}": OPEN,
    "GET /{locale}/invitation/{token}/with/{provider}": OPEN,
    "GET /openid/{provider}/callback": OPEN,
    "POST /passkeys/sign-in/options": OPEN,
    "POST /passkeys/sign-in/done": OPEN,
    "POST /passkeys/invitation/options": OPEN,
    "POST /passkeys/invitation/done": OPEN,
    "POST /{locale}/sign-out": EVERYONE,
    # Figures, the same for everybody.
    "GET /": EVERYONE,
    "GET /{locale}": EVERYONE,
    "GET /{locale}/": EVERYONE,
    "GET /{locale}/rounds": EVERYONE,
    "GET /{locale}/rounds/{round_id}": EVERYONE,
    "GET /{locale}/statistics/{key}": EVERYONE,
    "GET /{locale}/statistics/{key}.svg": EVERYONE,
    "GET /{locale}/explore": EVERYONE,
    "GET /{locale}/methods": EVERYONE,
    "GET /overview.json": EVERYONE,
    "GET /overview.csv": EVERYONE,
    "GET /methods.json": EVERYONE,
    "GET /methods.csv": EVERYONE,
    "GET /explore.json": EVERYONE,
    "GET /explore.csv": EVERYONE,
    "GET /rounds.json": EVERYONE,
    "GET /rounds.csv": EVERYONE,
    "GET /rounds/{round_id}.json": EVERYONE,
    "GET /rounds/{round_id}.csv": EVERYONE,
    "GET /statistics/{key}.json": EVERYONE,
    "GET /statistics/{key}.csv": EVERYONE,
    "GET /api/v1/overview": EVERYONE,
    "GET /api/v1/methods": EVERYONE,
    "GET /api/v1/rounds": EVERYONE,
    "GET /api/v1/rounds/{round_id}": EVERYONE,
    "GET /api/v1/releases/{round_id}": EVERYONE,
    "GET /api/v1/statistics": EVERYONE,
    "GET /api/v1/statistics/{key}": EVERYONE,
    # One's own account.
    "GET /{locale}/account": EVERYONE,
    "POST /{locale}/account/password": EVERYONE,
    "POST /{locale}/account/sign-out-everywhere": EVERYONE,
    "POST /{locale}/account/passkeys/remove": EVERYONE,
    "GET /{locale}/account/with/{provider}": EVERYONE,
    "POST /{locale}/account/identities/remove": EVERYONE,
    "POST /passkeys/account/options": EVERYONE,
    "POST /passkeys/account/done": EVERYONE,
    # Who has an account, and what was done.
    "GET /{locale}/people": OVERSEERS,
    "GET /{locale}/institutions/{institution}/people": PEOPLE_OF_INSTITUTION,
    "GET /{locale}/audit": OVERSEERS,
    "GET /audit.json": OVERSEERS,
}


def refusal(route: str, session: Session | None, asked: Mapping[str, str]) -> str:
    """The code of why a route may not be used, "" if it may; `asked` is of its address."""
    allowed = ACCESS.get(route, frozenset())
    if allowed is None:  # OPEN
        return ""
    if session is None:
        return "sign-in-needed"
    if session.role not in allowed:
        return "role-needed"
    institution = asked.get("institution")
    is_theirs = institution is None or session.institution == institution
    # Of another institution nothing is said, not even that it is there.
    return "" if is_theirs or session.role in OVERSEERS else "not-found"


def is_open(path: str, method: str = "GET") -> bool:
    """Tell whether a stranger may ask for `path`.

    >>> is_open("/healthz"), is_open("/da/sign-in/x"), is_open("/da/sign-inside"), is_open("/da/")
    (True, True, False, False)
    """
    return any(method == verb and form.fullmatch(path) for verb, form in _open_forms())


@cache
def _open_forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    open_routes = (route.split(" ", 1) for route, allowed in ACCESS.items() if allowed is OPEN)
    return tuple((verb, _form(address)) for verb, address in open_routes)


def _form(address: str) -> re.Pattern[str]:
    languages = "|".join(LANGUAGES)
    parts = re.split(r"(\{\w+\})", address)
    known = {"{locale}": f"(?:{languages})"}
    said = (known.get(one, "[^/]+" if one[:1] == "{" else re.escape(one)) for one in parts)
    return re.compile("".join(said))
