"""What was changed, when and by whom: a hash chain that is only added to.

An entry names people by their ids, never by name or address, so that a name can be changed
or forgotten without breaking the chain. Whoever holds the database could write another
chain from the start: an auditor who keeps a head's digest elsewhere finds that out.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from pydantic import Field

from foyer_protocol.crypto.digests import digest
from foyer_protocol.errors import StorageError
from foyer_protocol.ids import Hex64
from foyer_protocol.messages.codec import Message

GENESIS = "0" * 64
"""The `previous` of the first entry."""

OPERATOR = "operator"
"""The actor of a command on the coordinator's machine."""

COORDINATOR = "coordinator"
"""The actor of what the serving coordinator does by itself."""


class Act(StrEnum):
    """What was done. Words are only added: old entries keep theirs."""

    PERSON_INVITED = "person-invited"
    PERSON_DISABLED = "person-disabled"
    LINK_MADE = "sign-in-link-made"
    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    SIGNED_OUT_EVERYWHERE = "signed-out-everywhere"
    PASSWORD_SET = "password-set"  # noqa: S105 - an act's name
    PASSWORDS_PAUSED = "passwords-paused"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    IDENTITY_LINKED = "identity-linked"
    IDENTITY_REMOVED = "identity-removed"
    INSTITUTION_INVITED = "institution-invited"
    INSTITUTION_ENROLLED = "institution-enrolled"
    INSTITUTION_DESCRIBED = "institution-described"
    INSTITUTION_SUSPENDED = "institution-suspended"
    INSTITUTION_REINSTATED = "institution-reinstated"
    INSTITUTION_REMOVED = "institution-removed"
    ROSTER_ADDED = "roster-added"
    ROUND_PROPOSED = "round-proposed"
    ROUND_LAUNCHED = "round-launched"
    ROUND_WITHDRAWN = "round-withdrawn"
    ROUND_RELEASED = "round-released"
    ROUND_ABORTED = "round-aborted"


class Entry(Message):
    """One change. `subject` is whom or what it was done to: an id, a slug, a round's name."""

    index: int = Field(ge=0)
    previous: Hex64
    at: int = Field(ge=0)
    actor: str = Field(min_length=1, max_length=63)
    act: Act
    subject: str = Field(max_length=63)
    detail: str = Field(max_length=120)

    @property
    def digest(self) -> str:
        """Commits to this entry and, by `previous`, to all before it."""
        return digest("foyer/portal-audit-entry/v1", self.to_json()).hex()


class AuditBook(Protocol):
    """Where the chain is kept. Entries come with the changes themselves."""

    def entries(self) -> list[Entry]:
        """All of them, oldest first."""

    def newest(self, most: int, before: int | None = None) -> list[Entry]:
        """The last `most` entries before position `before`, newest first."""


def verify_chain(entries: Iterable[Entry]) -> str:
    """Return the head's digest of a whole chain, oldest first.

    Raises:
        StorageError: an entry does not follow from the one before it.
    """
    head = GENESIS
    for place, entry in enumerate(entries):
        if entry.index != place or entry.previous != head:
            raise StorageError(
                f"entry {place} of the audit log does not follow from the one before it",
                hint="Somebody has changed the database by hand: compare it with a backup.",
            )
        head = entry.digest
    return head
