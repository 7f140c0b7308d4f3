"""Passwords, the fallback: argon2id, a few rules, and tries that are counted.

The costs are argon2-cffi's default profile (RFC 9106, section 4, second choice: 64 MiB,
three passes, four lanes). Tries are counted in the database, so that several workers or
coordinators on one database count together: five a name within five minutes, then that name
waits; and a thousand in all, then passwords wait everywhere. Passkeys, providers and
links, which leave nothing to guess, go on working.
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from foyer_coordinator.portal.people import Claim, WaysBook

LEAST, MOST = 12, 256
WAIT_SECONDS = 5 * 60
MOST_OF_A_NAME = 5
MOST_OF_ALL = 1000
AT_ONCE = 2
"""How many hashes are computed at the same time: each takes 64 MiB and a core."""

TOO_SHORT, TOO_LONG, GUESSED, DIFFERENT = "short", "long", "guessed", "different"


class TryBook(Protocol):
    """Where tries are counted."""

    def begin_try(self, try_id: str, login_hash: str, at: int) -> bool:
        """Count a try before it is made; False, and nothing is counted, if one has to wait."""

    def forgive(self, login_hash: str) -> None:
        """Forget a name's tries: the last was right."""


class TooManyTries(Exception):
    """This name, or everybody, has to wait."""


def fault_of(password: str, again: str, known: tuple[str, ...]) -> str:
    """What is wrong with a new password, in one word; nothing is "".

    It may not contain what others know of its owner, e.g. the name.

    >>> [fault_of(one, one, ("anna@mak.example",)) for one in ("short", "anna" * 3, "a" * 12)]
    ['short', 'guessed', '']
    """
    if len(password) < LEAST:
        return TOO_SHORT
    if len(password) > MOST:
        return TOO_LONG
    parts = {part for text in known for part in (text.lower(), text.lower().partition("@")[0])}
    if any(len(part) >= 3 and part in password.lower() for part in parts):
        return GUESSED
    return "" if password == again else DIFFERENT


@dataclass(slots=True, kw_only=True)
class Passwords:
    """Keeps and checks passwords. `entropy(n)` gives n random bytes."""

    ways: WaysBook
    tries: TryBook
    clock: Callable[[], int]
    entropy: Callable[[int], bytes]
    hasher: PasswordHasher = field(default_factory=PasswordHasher, repr=False)
    _places: threading.Semaphore = field(
        default_factory=lambda: threading.Semaphore(AT_ONCE), repr=False
    )
    _nobody: str = field(default="", repr=False)  # the hash of a password that nobody has

    def keep(self, claim: Claim, password: str) -> bool:
        """Keep a new password in place of the old; False if the invitation is spent."""
        with self._places:
            hashed = self.hasher.hash(password)
        return self.ways.keep_password(claim, hashed, self.clock())

    def person_of(self, login: str, password: str) -> str | None:
        """The id of the person whose name and password these are.

        A name that nobody has takes as long as one that somebody has.

        Raises:
            TooManyTries: nothing was looked at.
        """
        name = login.strip().lower()[:MOST]
        hashed_name = hashlib.sha256(b"foyer portal login\x00" + name.encode()).hexdigest()
        if not self.tries.begin_try(self.entropy(16).hex(), hashed_name, self.clock()):
            raise TooManyTries
        found = self.ways.password(name)
        with self._places:
            if not self._nobody:
                self._nobody = self.hasher.hash(self.entropy(16).hex())
            fits = self._fits(found[1] if found else self._nobody, password[: MOST + 1])
        if found is None or not fits:
            return None
        self.tries.forgive(hashed_name)
        return found[0]

    def _fits(self, hashed: str, password: str) -> bool:
        try:
            return self.hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
