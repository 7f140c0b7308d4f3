"""People with an account: who is invited, who is shut out, and the ways in that they keep.

Nobody makes an account by signing in. A person is invited by somebody, and what they sign in
with is bound to the invitation that they hold, never to an address that they claim.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from foyer_coordinator.portal.audit import OPERATOR
from foyer_coordinator.portal.roles import Role, check_place
from foyer_coordinator.portal.sign_in import Link, LinkKind, hash_token, new_token
from foyer_protocol.errors import ConfigError

PERSON_ID_BYTES = 16
INVITATION_SECONDS = 7 * 24 * 3600
"""A week: long enough for a holiday, short enough for a mailbox that is read by others later."""

LONGEST_NAME = 120
_LOGIN = re.compile(r"[^\s\x00-\x1f\x7f]+(?: [^\s\x00-\x1f\x7f]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person. `login` is what they type; `institution` is empty for the network's own."""

    person_id: str
    login: str = field(repr=False)
    name: str = field(repr=False)
    role: Role
    institution: str
    created_at: int
    disabled_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """The public half of a passkey, as the book knows it."""

    credential_id: str
    person_id: str
    public_key: bytes = field(repr=False)
    sign_count: int
    added_at: int
    used_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How a person can sign in."""

    has_password: bool = False
    passkeys: tuple[Passkey, ...] = ()
    issuers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who a way in will be of, and what shows it: an invitation that it spends, or a session."""

    person_id: str
    invitation: str = field(default="", repr=False)  # the hash of its token


class PeopleBook(Protocol):
    """Where people are kept. Each call is one transaction, its entry in the audit included."""

    def person(self, person_id: str) -> Person | None: ...
    def person_named(self, login: str) -> Person | None: ...
    def people(self) -> Sequence[Person]: ...
    def invite(self, person: Person, link: Link, at: int, actor: str) -> None:
        """Keep or change a person; the link is the only unused one that they have."""

    def disable(self, person_id: str, at: int, actor: str) -> int:
        """Forget every way in and end every session; returns how many ended."""

    def invited(self, token_hash: str, at: int) -> Person | None:
        """Who an unused invitation is for; looking spends nothing."""

    def ways(self, person_id: str) -> Ways: ...


class WaysBook(Protocol):
    """What people sign in with. A claim whose invitation is spent keeps nothing: False."""

    def keep_password(self, claim: Claim, hashed: str, at: int) -> bool: ...
    def password(self, login: str) -> tuple[str, str] | None:
        """Person and hash behind a name, of whoever is not shut out."""

    def keep_passkey(self, claim: Claim, passkey: Passkey, at: int) -> bool: ...
    def passkey(self, credential_id: str) -> Passkey | None: ...
    def note_passkey(self, credential_id: str, sign_count: int, at: int) -> None: ...
    def remove_passkey(self, person_id: str, credential_id: str, at: int) -> bool: ...
    def keep_identity(self, claim: Claim, issuer: str, subject: str, at: int) -> bool: ...
    def identity(self, issuer: str, subject: str) -> str | None:
        """Whose identity it is."""

    def remove_identity(self, person_id: str, issuer: str, at: int) -> bool: ...


def clean_login(text: str) -> str:
    """A sign-in name as it is kept: no blank at the ends, lower case.

    >>> clean_login(" Anna@Mak.example ")
    'anna@mak.example'

    Raises:
        ConfigError: it is empty, too long, or has a character that nobody can type.
    """
    login = text.strip().lower()
    if not 0 < len(login) <= LONGEST_NAME or not _LOGIN.fullmatch(login):
        raise ConfigError(
            f"a sign-in name has 1 to {LONGEST_NAME} characters that can be typed;"
            " nothing was changed",
            hint="An e-mail address is a good one.",
        )
    return login


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Invites, lists and shuts out. `entropy(n)` gives n random bytes."""

    book: PeopleBook
    clock: Callable[[], int]
    entropy: Callable[[int], bytes]

    def invite(
        self, login: str, role: Role, *, institution: str = "", name: str = "",
        actor: str = OPERATOR,
    ) -> str:  # fmt: skip
        """Invite a person and return the invitation's token, which is kept nowhere.

        Somebody who is there already and not shut out can be invited again, as what they
        are, to set up a new way in.

        Raises:
            ConfigError: a role in the wrong place, or a name that is somebody else's; nothing
                was changed.
        """
        check_place(role, institution)
        known = self.book.person_named(clean_login(login))
        if known and known.disabled_at is None and (known.role, known.institution) != (
            role, institution,
        ):  # fmt: skip
            raise ConfigError(
                f"this name is a {known.role} of {known.institution or 'the network'} already,"
                " and another role was asked for; nobody was invited",
                hint="Shut the account with `user disable` first, then invite again.",
            )
        now, token = self.clock(), new_token(self.entropy)
        person = Person(
            person_id=known.person_id if known else self.entropy(PERSON_ID_BYTES).hex(),
            login=clean_login(login),
            name=(name.strip() or (known.name if known else login.strip()))[:LONGEST_NAME],
            role=role,
            institution=institution,
            created_at=known.created_at if known else now,
        )
        link = Link(
            token_hash=hash_token(token),
            person_id=person.person_id,
            kind=LinkKind.INVITATION,
            expires_at=now + INVITATION_SECONDS,
        )
        self.book.invite(person, link, now, actor)
        return token

    def disable(self, login: str, *, actor: str = OPERATOR) -> int:
        """Shut a person out at once; returns how many sessions ended.

        Raises:
            ConfigError: there is no such account, or it is shut already.
        """
        known = self.book.person_named(clean_login(login))
        if known is None or known.disabled_at is not None:
            raise ConfigError("no open account has this name; nothing was changed")
        return self.book.disable(known.person_id, self.clock(), actor)
