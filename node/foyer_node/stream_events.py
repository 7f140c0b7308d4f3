"""What a frame on the control stream sets off: each is handed to the session, which checks it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from foyer_node.session import NodeSession

log = logging.getLogger("foyer.node")


@dataclass(slots=True, kw_only=True)
class StreamEvents:
    """What the node does about frames on the control stream."""

    session: NodeSession
    nudge: Callable[[], None]
    say: Callable[[bytes], None] = lambda witness: None
    acknowledge: Callable[[str], None] = lambda job_id: None

    def on_head(self, update: bytes) -> None:
        """Follow the history, and say what we have seen."""
        witness = self.session.follow_head(update)
        if witness:
            self.say(witness)

    def on_roster(self, signed: bytes) -> None:
        """Verify and follow."""
        self.session.follow_roster(signed)

    def on_nudge(self) -> None:
        """Ask for work at once."""
        self.nudge()

    def on_proposal(self, signed: bytes) -> None:
        """Keep the plan for people to look at."""
        self.session.follow_plan(signed)

    def on_release(self, signed: bytes) -> None:
        """Verify, settle and keep."""
        self.session.follow_release(signed)

    def on_aborted(self, signed: bytes) -> None:
        """Verify and take the charge back; then, and only then, say so."""
        self.acknowledge(self.session.follow_abort(signed))

    def on_notice(self, code: str, text: str) -> None:
        """Nobody signed it: only its code is logged, and nothing acts on it."""
        log.info("the coordinator left a notice [%s]", code)
