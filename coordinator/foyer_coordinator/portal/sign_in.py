"""Signing in by a one-time link, and the session that follows: the rules, and no web.

A token is 256 random bits. Only its SHA-256 is kept, so that a copy of the database opens
nothing; that much entropy leaves nothing to guess, so nothing needs to be slowed down. The
book looks a hash up, never a token: how long that takes says nothing about a token.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from foyer_coordinator.portal.roles import Role
from foyer_protocol.errors import EnrolmentRefused

TOKEN_BYTES = 32
_FORM = r"[A-Za-z0-9_-]{43}"


class LinkKind(StrEnum):
    """What a link opens: the portal for a while, or the page that sets up a way in."""

    SESSION = "session"
    INVITATION = "invitation"


class Way(StrEnum):
    """How somebody signed in."""

    LINK = "link"
    PASSWORD = "password"  # noqa: S105 - a way's name
    PASSKEY = "passkey"
    OPENID = "openid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A one-time link, as the book knows it."""

    token_hash: str = field(repr=False)
    person_id: str
    kind: LinkKind
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser, as the book knows it. `reader` is who reads, for the page's corner."""

    session_hash: str = field(repr=False)
    person_id: str
    reader: str = field(repr=False)
    role: Role
    institution: str
    way: Way
    created_at: int
    expires_at: int


class SignInBook(Protocol):
    """Where links and sessions are kept. A person who is shut out has none of either."""

    def add_link(self, reader: str, link: Link, at: int) -> None:
        """Keep a link for the person called `reader`; without one, for a new viewer.

        The link's `person_id` is for a new person, and otherwise the known one's is kept.
        """

    def use_link(self, token_hash: str, at: int) -> Link | None:
        """Mark an unused, unexpired link used and return it, in one transaction; else None."""

    def add_session(
        self, session_hash: str, person_id: str, way: Way, at: int, expires_at: int
    ) -> bool:
        """Begin a session, unless the person is shut out."""

    def session(self, session_hash: str, at: int) -> Session | None:
        """The session that has not expired at `at`, of somebody who is not shut out."""

    def end_session(self, session_hash: str, at: int) -> None: ...
    def end_sessions_of(self, person_id: str, at: int) -> int:
        """Sign a person out everywhere; returns how many sessions ended."""


def hash_token(token: str) -> str:
    """What is kept of a token or a cookie: 64 hexadecimal digits."""
    return hashlib.sha256(b"foyer portal token\x00" + token.encode()).hexdigest()


def new_token(entropy: Callable[[int], bytes]) -> str:
    """A new token: 43 characters that a URL can hold."""
    return base64.urlsafe_b64encode(entropy(TOKEN_BYTES)).decode().rstrip("=")


def is_token(text: str) -> bool:
    """Whether `text` has the form of a token."""
    return re.fullmatch(_FORM, text) is not None


class SignIn:
    """Makes links, spends them, and knows sessions."""

    def __init__(
        self,
        *,
        book: SignInBook,
        clock: Callable[[], int],
        entropy: Callable[[int], bytes],
        link_seconds: int,
        session_seconds: int,
    ) -> None:
        """`clock` tells the seconds since 1970; `entropy(n)` gives n random bytes."""
        self._book = book
        self.clock = clock
        self.entropy = entropy
        self._link_seconds = link_seconds
        self.session_seconds = session_seconds

    def invite(self, reader: str) -> str:
        """Return a new token for `reader`; it is good once and is kept nowhere.

        Whoever is not known by that name becomes a viewer of the network. The link is the
        portal's address with `/sign-in/<token>`.
        """
        token, now = new_token(self.entropy), self.clock()
        link = Link(
            token_hash=hash_token(token),
            person_id=self.entropy(16).hex(),
            kind=LinkKind.SESSION,
            expires_at=now + self._link_seconds,
        )
        self._book.add_link(reader, link, now)
        return token

    def redeem(self, token: str) -> str:
        """Spend a link's token and return the cookie of a new session.

        Raises:
            EnrolmentRefused: it was never made, is used or is too old; nothing has changed.
        """
        now = self.clock()
        link = self._book.use_link(hash_token(token), now) if is_token(token) else None
        cookie = self.begin(link.person_id, Way.LINK) if link else None
        if cookie is None:
            raise EnrolmentRefused(
                "this sign-in link was not made here, is used or is too old; nobody was signed in",
                hint="Ask the network's operator for a new link.",
            )
        return cookie

    def begin(self, person_id: str, way: Way) -> str | None:
        """The cookie of a new session; None for somebody who is shut out."""
        now, cookie = self.clock(), new_token(self.entropy)
        until = now + self.session_seconds
        begun = self._book.add_session(hash_token(cookie), person_id, way, now, until)
        return cookie if begun else None

    def session(self, cookie: str) -> Session | None:
        """The session that a cookie opens."""
        if not is_token(cookie):
            return None
        return self._book.session(hash_token(cookie), self.clock())

    def sign_out(self, cookie: str) -> None:
        """End the session that a cookie opens, for good."""
        if is_token(cookie):
            self._book.end_session(hash_token(cookie), self.clock())

    def sign_out_everywhere(self, person_id: str) -> int:
        """End every session of a person; returns how many ended."""
        return self._book.end_sessions_of(person_id, self.clock())
