"""What each node was told of the history, and what all of them say they have seen.

The coordinator passes every witness on, whatever it says: members compare, not we.
"""

import logging
import threading
from dataclasses import dataclass, field

from foyer_coordinator.ports import HistoryBook
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.history import (
    HeadUpdate,
    History,
    Witness,
    head_of,
    sign_head,
    verify_history,
    verify_witness,
)

log = logging.getLogger("foyer.coordinator.history")


@dataclass(slots=True, kw_only=True)
class Told:
    """What one node heard on its present stream: so many entries, and these witnesses."""

    entries: int = 0
    witnesses: dict[str, Witness] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Herald:
    """Makes the next head for each node. Safe to call from several threads."""

    network: str
    book: HistoryBook
    identity: Identity = field(repr=False)
    _history: History = field(default_factory=History, repr=False)
    _witnesses: dict[str, Witness] = field(default_factory=dict, repr=False)
    _told: dict[str, Told] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def forget(self, institution: str) -> None:
        """A node begins anew: it will be told everything."""
        with self._lock:
            self._told.pop(institution, None)

    def news_for(self, institution: str) -> bytes | None:
        """The head with what this node was not told yet; None if it knows everything."""
        with self._lock:
            self._refresh()
            told = self._told.get(institution)
            if told is None:
                told = Told()
            elif told.entries == len(self._history.entries) and not self._fresh(institution, told):
                return None
            witnesses = self._fresh(institution, told)
            update = self._update(told.entries, witnesses)
            told.entries = len(self._history.entries)
            told.witnesses.update({one.institution: one for one in witnesses})
            self._told[institution] = told
            return update.to_bytes()

    def note(self, institution: str, signing_key: str, raw: bytes) -> None:
        """Keep what a node says it has seen, in place of what it said before.

        Raises:
            RemoteProtocolError: it is not that institution's word.
        """
        witness = Witness.from_json(raw)
        if witness.institution != institution:
            raise RemoteProtocolError(f"{institution!r} sent a witness in another name")
        verify_witness(witness, signing_key, self.network)
        with self._lock:
            self._refresh()
            seen, length = witness.seen, len(self._history.entries)
            if seen.length > length or self._history.head_at(seen.length) != seen.head:
                log.error("%s has seen another history than the one kept here", institution)
            self._witnesses[institution] = witness

    def _refresh(self) -> None:
        """Read what was announced since, also by the command line in another process."""
        fresh = self.book.since(len(self._history.entries))
        if fresh:
            self._history = verify_history(self._history, fresh)

    def _fresh(self, institution: str, told: Told) -> tuple[Witness, ...]:
        return tuple(
            witness
            for name, witness in sorted(self._witnesses.items())
            if name != institution and told.witnesses.get(name) != witness
        )

    def _update(self, since: int, witnesses: tuple[Witness, ...]) -> HeadUpdate:
        seen = head_of(self._history, self.network)
        return HeadUpdate(
            seen=seen,
            signature=sign_head(seen, self.identity),
            entries=self._history.entries[since:],
            witnesses=witnesses,
        )
