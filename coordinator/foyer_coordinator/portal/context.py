"""What every route of the portal works with."""

from dataclasses import dataclass, field

from foyer_coordinator.portal.keeping import KeptPages
from foyer_coordinator.portal.problems import PageRefused
from foyer_coordinator.portal.sign_in import SignIn
from foyer_coordinator.ports import MemberBook, RoundBook, RoundRow
from foyer_protocol.messages.release import Release
from foyer_web.render import Pages

SECURE_COOKIE = "__Host-foyer-portal"
"""The prefix makes browsers refuse it without Secure, with a Domain or with another path."""

PLAIN_COOKIE = "foyer-portal"
VISIT = "-visit"
"""Ends the name of a stranger's cookie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How browsers reach the portal. `public_url` is empty where no proxy stands in front."""

    public_url: str = ""

    @property
    def secure(self) -> bool:
        """Whether cookies are bound to HTTPS."""
        return self.public_url.startswith("https:")

    @property
    def cookie(self) -> str:
        """The session cookie's name."""
        return SECURE_COOKIE if self.secure else PLAIN_COOKIE

    @property
    def visit_cookie(self) -> str:
        """The name of the cookie that binds a stranger's forms to their browser."""
        return self.cookie + VISIT

    @property
    def openid_cookie(self) -> str:
        """The name of the cookie that binds a sign-in elsewhere to its browser."""
        return f"{self.cookie}-openid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What the portal reads. It writes to neither."""

    members: MemberBook
    rounds: RoundBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """Books, sign-in, the page kit and settings, for the routes."""

    books: Books
    sign_in: SignIn
    pages: Pages
    settings: Settings
    kept: KeptPages = field(default_factory=KeptPages)
    has_accounts: bool = False
    providers: tuple[tuple[str, str], ...] = ()  # slugs and titles

    def row(self, round_id: str) -> RoundRow:
        """A round that exists.

        Raises:
            PageRefused: there is none of that name.
        """
        row = self.books.rounds.round(round_id)
        if row is None:
            raise PageRefused("not-found")
        return row

    def release(self, round_id: str) -> Release:
        """A release that exists.

        Raises:
            PageRefused: the round has none, or there is no such round.
        """
        release = self.books.rounds.release(round_id)
        if release is None:
            raise PageRefused("not-found")
        return release
