"""Sign-ins that have begun and are not done: each ends once, and in a few minutes or never."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from foyer_coordinator.portal.people import Claim

FLOW_SECONDS = 10 * 60
"""How long somebody may take at a provider or with a passkey."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a challenge or a state was given out for. `person_id` is empty for who signs in."""

    flow_hash: str = field(repr=False)
    purpose: str
    person_id: str = ""
    invitation: str = field(default="", repr=False)
    begun_at: int

    @property
    def claim(self) -> Claim | None:
        """Who a way in will be of; None where somebody signs in."""
        if not self.person_id:
            return None
        return Claim(person_id=self.person_id, invitation=self.invitation)


class FlowBook(Protocol):
    """Where they are kept, by hash."""

    def begin_flow(self, flow: Flow, since: int) -> None:
        """Keep a sign-in that begins; forget those that began before `since`."""

    def take_flow(self, flow_hash: str, since: int) -> Flow | None:
        """Take a sign-in that began at `since` or later, once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """Begins and ends them."""

    book: FlowBook
    clock: Callable[[], int]

    def begin(self, secret: bytes, purpose: str, claim: Claim | None) -> None:
        """Remember, by its hash, what `secret` was given out for."""
        now = self.clock()
        flow = Flow(
            flow_hash=_hash(secret),
            purpose=purpose,
            person_id=claim.person_id if claim else "",
            invitation=claim.invitation if claim else "",
            begun_at=now,
        )
        self.book.begin_flow(flow, now - FLOW_SECONDS)

    def end(self, secret: bytes, purpose: str) -> Flow | None:
        """What `secret` was given out for; None the second time, or too late."""
        flow = self.book.take_flow(_hash(secret), self.clock() - FLOW_SECONDS)
        return flow if flow is not None and flow.purpose == purpose else None


def _hash(secret: bytes) -> str:
    return hashlib.sha256(b"foyer portal flow\x00" + secret).hexdigest()
