"""Who may sign in to the pages where they are open to a house's network, in `users.json`.

Passwords are kept as scrypt hashes. The costs are OWASP's second choice (Password Storage
Cheat Sheet, 2024: N = 2^16, r = 8, p = 2), 64 MiB for each check: one check runs at a time.
"""

import hmac
import json
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from foyer_node.adapters.durable import write_durably
from foyer_protocol.errors import ConfigError, StorageError

USERS_FILE = "users.json"
LEAST_PASSWORD = 12
MOST_PASSWORD = 200
_NAME = re.compile(r"^[a-z0-9][a-z0-9._-]{0,39}$")


class Role(StrEnum):
    """What an account may do. A viewer reads the house's figures; a steward imports too."""

    VIEWER = "viewer"
    STEWARD = "steward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Parameters of scrypt; memory is 128 * n * r bytes."""

    n: int
    r: int
    p: int


OWASP_2024 = Cost(n=2**16, r=8, p=2)
CHEAPEST_FOR_TESTS = Cost(n=2, r=1, p=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person of the house."""

    name: str
    role: Role
    salt: str = field(repr=False)
    digest: str = field(repr=False)
    cost: Cost


class Accounts:
    """The accounts of one node. Reads its file at each sign-in: changes hold at once."""

    def __init__(self, folder: Path, cost: Cost = OWASP_2024) -> None:
        self._path = folder / USERS_FILE
        self._cost = cost
        self._turn = threading.Lock()

    def all(self) -> dict[str, Account]:
        """By name.

        Raises:
            StorageError: the file cannot be read.
        """
        try:
            kept = json.loads(self._path.read_bytes())
            return {name: _account(name, facts) for name, facts in sorted(kept.items())}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as failure:
            raise StorageError(
                f"{USERS_FILE} cannot be read: {type(failure).__name__}; nobody was signed in",
                hint="Restore it from a copy, or delete it and add the accounts again.",
            ) from None

    def add(self, name: str, role: Role, password: str) -> None:
        """Add an account, or give one that is there another role and password.

        Raises:
            ConfigError: the name or the password is not fit; nothing was changed.
        """
        if not _NAME.match(name):
            raise ConfigError(
                f"{name!r} is no name for an account; nothing was changed",
                hint="Use small letters, digits, dots and dashes, at most 40.",
            )
        if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
            raise ConfigError(
                f"the password has {len(password)} letters, and {LEAST_PASSWORD} to"
                f" {MOST_PASSWORD} are asked for; nothing was changed",
                hint="Three words that do not belong together are easy to remember.",
            )
        salt = secrets.token_bytes(16)
        digest = _scrypt(password, salt, self._cost)
        account = Account(
            name=name, role=role, salt=salt.hex(), digest=digest.hex(), cost=self._cost
        )
        self._write({**self.all(), name: account})

    def remove(self, name: str) -> None:
        """Delete an account.

        Raises:
            ConfigError: there is none of this name.
        """
        accounts = self.all()
        if name not in accounts:
            raise ConfigError(
                f"nobody is called {name!r} here; nothing was changed",
                hint="`foyer-node user list` shows the accounts.",
            )
        del accounts[name]
        self._write(accounts)

    def check(self, name: str, password: str) -> Account | None:
        """The account, if this is its password. An unknown name takes as long as a known one."""
        account = self.all().get(name)
        salt = bytes.fromhex(account.salt) if account else b"nobody's account"
        cost = account.cost if account else self._cost
        with self._turn:
            found = _scrypt(password[:MOST_PASSWORD], salt, cost)
        known = bytes.fromhex(account.digest) if account else secrets.token_bytes(32)
        return account if hmac.compare_digest(found, known) else None

    def _write(self, accounts: Mapping[str, Account]) -> None:
        kept = {name: asdict(account) for name, account in accounts.items()}
        for facts in kept.values():
            del facts["name"]
        write_durably(self._path, json.dumps(kept, indent=1).encode())


def _account(name: str, facts: dict[str, object]) -> Account:
    cost = facts["cost"]
    if not isinstance(cost, dict):
        raise TypeError("cost")
    return Account(
        name=name,
        role=Role(str(facts["role"])),
        salt=str(facts["salt"]),
        digest=str(facts["digest"]),
        cost=Cost(**cost),
    )


def _scrypt(password: str, salt: bytes, cost: Cost) -> bytes:
    kdf = Scrypt(salt=salt, length=32, n=cost.n, r=cost.r, p=cost.p)
    return kdf.derive(password.encode())
