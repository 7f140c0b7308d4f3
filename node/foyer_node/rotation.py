"""Tells the coordinator which helper key is to come, until a followed roster names it.

A key is told with this institution's signature, so that nobody can slip in another. What
happens when a roster names it is in `adapters.helper_key_files`.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from foyer_node.adapters.helper_key_files import HelperKeyFiles
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.messages.roster import sign_helper_key

LOOK_SECONDS = 2.0
"""How long a key that was made by the command line waits to be told by the running node."""


@dataclass(slots=True, kw_only=True)
class Rotation:
    """Tells of the key to come for as long as it waits. `announce(None)` ends that."""

    keys: HelperKeyFiles = field(repr=False)
    identity: Identity = field(repr=False)
    announce: Callable[[tuple[bytes, bytes] | None], None]

    def tell(self) -> None:
        """Announce what waits now: the public key, and our signature over it."""
        waiting = self.keys.pending()
        if waiting is None:
            self.announce(None)
            return
        public = waiting.key.public
        self.announce((public, sign_helper_key(public, self.identity)))

    def keep(self, stop: threading.Event) -> None:
        """Until `stop`."""
        while not stop.wait(LOOK_SECONDS):
            self.tell()
