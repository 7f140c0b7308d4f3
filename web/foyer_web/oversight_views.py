"""People, how they sign in, and what was done."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """One account. `institution` is empty for the network's own people."""

    name: str = field(repr=False)
    login: str = field(repr=False)
    role: str
    institution: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyView:
    """One passkey, by the id that removes it."""

    credential_id: str
    added_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysView:
    """How somebody can sign in. `linked` are slugs of providers."""

    by_password: bool
    passkeys: tuple[PasskeyView, ...] = ()
    linked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActView:
    """One entry of the audit log; `act` is one of its stable words, `at` is in UTC."""

    at: datetime
    who: str = field(repr=False)
    act: str
    whom: str = field(repr=False)
    detail: str
