"""An invitation book in memory, with the conditional update that a database would make."""

import threading
from collections.abc import Iterable

from foyer_coordinator.enrolment import EnrolRequest, Invitation


class MemoryBook:
    """Implements `enrolment_desk.InvitationBook`. `admitted` is who was let in, in order."""

    def __init__(self, *invitations: Invitation) -> None:
        self.rows = {row.code_hash: row for row in invitations}
        self.admitted: list[EnrolRequest] = []
        self._lock = threading.Lock()

    def invitations(self) -> Iterable[Invitation]:
        """Return every invitation."""
        return list(self.rows.values())

    def spend(self, spent: Invitation, request: EnrolRequest) -> bool:
        """Mark an invitation spent, if it is not."""
        with self._lock:
            if self.rows[spent.code_hash].keys_digest is not None:
                return False
            self.rows[spent.code_hash] = spent
            self.admitted.append(request)
            return True
