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
from typing import Protocol

from foyer_protocol.errors import EnrolmentRefused

TOKEN_BYTES = 32
_FORM = r"[A-Za-z0-9_-]{43}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A one-time link, as the book knows it."""

    token_hash: str = field(repr=False)
    reader: str
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser, as the book knows it. `reader` is who reads, for the page's corner."""

    session_hash: str = field(repr=False)
    reader: str
    created_at: int
    expires_at: int


class SignInBook(Protocol):
    """Where links and sessions are kept."""

    def add_link(self, link: Link) -> None: ...
    def use_link(self, token_hash: str, at: int) -> Link | None:
        """Mark an unused, unexpired link used and return it, in one transaction; else None."""

    def add_session(self, session: Session) -> None: ...
    def session(self, session_hash: str, at: int) -> Session | None:
        """The session that has not expired at `at`."""

    def end_session(self, session_hash: str) -> None: ...
    def end_sessions_of(self, reader: str) -> int:
        """Sign a reader out everywhere; returns how many sessions ended."""


def hash_token(token: str) -> str:
    """What is kept of a token or a cookie: 64 hexadecimal digits."""
    return hashlib.sha256(b"foyer portal token\x00" + token.encode()).hexdigest()


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
        self._clock = clock
        self._entropy = entropy
        self._link_seconds = link_seconds
        self.session_seconds = session_seconds

    def invite(self, reader: str) -> str:
        """Return a new token for `reader`; it is good once and is kept nowhere.

        The link is the portal's address with `/sign-in/<token>`.
        """
        token = self._new_token()
        until = self._clock() + self._link_seconds
        self._book.add_link(Link(token_hash=hash_token(token), reader=reader, expires_at=until))
        return token

    def redeem(self, token: str) -> str:
        """Spend a link's token and return the cookie of a new session.

        Raises:
            EnrolmentRefused: it was never made, is used or is too old; nothing has changed.
        """
        now = self._clock()
        link = self._book.use_link(hash_token(token), now) if _is_token(token) else None
        if link is None:
            raise EnrolmentRefused(
                "this sign-in link was not made here, is used or is too old; nobody was signed in",
                hint="Ask the network's operator for a new link.",
            )
        cookie = self._new_token()
        self._book.add_session(
            Session(
                session_hash=hash_token(cookie),
                reader=link.reader,
                created_at=now,
                expires_at=now + self.session_seconds,
            )
        )
        return cookie

    def session(self, cookie: str) -> Session | None:
        """The session that a cookie opens."""
        if not _is_token(cookie):
            return None
        return self._book.session(hash_token(cookie), self._clock())

    def sign_out(self, cookie: str) -> None:
        """End the session that a cookie opens, for good."""
        if _is_token(cookie):
            self._book.end_session(hash_token(cookie))

    def _new_token(self) -> str:
        return base64.urlsafe_b64encode(self._entropy(TOKEN_BYTES)).decode().rstrip("=")


def _is_token(text: str) -> bool:
    return re.fullmatch(_FORM, text) is not None
