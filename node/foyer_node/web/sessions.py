"""Signed-in browsers and the one-time link, in memory only: a restart signs everybody out."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from foyer_node.web.accounts import Role

IDLE_SECONDS = 60 * 60
"""After an hour without a click a browser is signed out: a box office's screen is shared."""

WHOLE_SECONDS = 12 * 60 * 60
"""After a working day in any case."""

FREE_TRIES = 5
MOST_WAIT_SECONDS = 300.0
LINK_USER = "this computer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One signed-in browser. `form_token` has to be in every form that it sends."""

    name: str
    role: Role
    form_token: str = field(repr=False)
    began_at: float
    seen_at: float

    @property
    def is_steward(self) -> bool:
        """Whether it may change something."""
        return self.role is Role.STEWARD


class Sessions:
    """Who is signed in. Cookies are kept as hashes, so that a dump of memory opens nothing."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._turn = threading.Lock()
        self._open: dict[str, Session] = {}
        self._link = secrets.token_urlsafe(32)
        self._tries: dict[str, tuple[int, float]] = {}

    @property
    def link_token(self) -> str:
        """What a one-time link carries now."""
        return self._link

    def redeem(self, token: str) -> str | None:
        """Spend the link: the cookie of a new steward's session, None if it is not the link."""
        with self._turn:
            if not hmac.compare_digest(token.encode(), self._link.encode()):
                return None
            self._link = secrets.token_urlsafe(32)
        return self.begin(LINK_USER, Role.STEWARD)

    def begin(self, name: str, role: Role) -> str:
        """A new session's cookie."""
        cookie, now = secrets.token_urlsafe(32), self._clock()
        session = Session(
            name=name, role=role, form_token=secrets.token_urlsafe(32), began_at=now, seen_at=now
        )
        with self._turn:
            self._open = {key: one for key, one in self._open.items() if self._is_live(one)}
            self._open[_hashed(cookie)] = session
        return cookie

    def find(self, cookie: str) -> Session | None:
        """The session of a cookie, which is seen now."""
        key = _hashed(cookie)
        with self._turn:
            session = self._open.get(key)
            if session is None or not self._is_live(session):
                self._open.pop(key, None)
                return None
            self._open[key] = replace(session, seen_at=self._clock())
            return session

    def end(self, cookie: str) -> None:
        """Sign this browser out."""
        with self._turn:
            self._open.pop(_hashed(cookie), None)

    def end_all_of(self, name: str) -> None:
        """Sign a person out everywhere."""
        with self._turn:
            self._open = {key: one for key, one in self._open.items() if one.name != name}

    def must_wait(self, name: str) -> bool:
        """Whether this name was tried wrongly so often that it has to wait now."""
        count, last = self._tries.get(name, (0, 0.0))
        wait = min(MOST_WAIT_SECONDS, 2.0 ** (count - FREE_TRIES)) if count >= FREE_TRIES else 0.0
        return self._clock() - last < wait

    def note_try(self, name: str, *, good: bool) -> None:
        """Remember a wrong password; a right one clears them."""
        with self._turn:
            if good:
                self._tries.pop(name, None)
                return
            if name not in self._tries and len(self._tries) >= 1000:
                del self._tries[next(iter(self._tries))]
            self._tries[name] = (self._tries.get(name, (0, 0.0))[0] + 1, self._clock())

    def _is_live(self, session: Session) -> bool:
        now = self._clock()
        return now - session.seen_at < IDLE_SECONDS and now - session.began_at < WHOLE_SECONDS


def _hashed(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
