"""This node's copy of the network's history, and what it makes of the others' copies.

Two members cannot be shown different histories for long: each signs what it has seen, and
each compares. Whatever contradicts our copy is recorded and stops every round here until a
steward has acted; it cannot be an accident.
"""

import logging
from dataclasses import dataclass, field

from foyer_node.ports import HistoryStore
from foyer_protocol.errors import NotApproved, RemoteProtocolError
from foyer_protocol.messages.history import (
    HeadUpdate,
    History,
    HistoryKind,
    Witness,
    verify_head,
    verify_history,
    verify_witness,
)
from foyer_protocol.messages.roster import Roster

log = logging.getLogger("foyer.node.history")

ADVICE = (
    "Compare `foyer-node doctor` with another member by telephone, keep history-alarm.json as"
    " evidence and call the network's governance. Rounds go on once that file is moved away."
)


@dataclass(slots=True, kw_only=True)
class Chronicle:
    """Holds the network `slug` and its coordinator to one history."""

    slug: str
    coordinator_key: str = field(repr=False)
    store: HistoryStore
    _waiting: dict[str, Witness] = field(default_factory=dict, repr=False)

    def follow(self, raw: bytes, roster: Roster | None) -> History | None:
        """Take what a head adds and compare the witnesses in it.

        Returns our history where there was anything new in it to witness.

        Raises:
            RemoteProtocolError: not the coordinator's, or it leaves entries out: nothing was
                kept. Or it contradicts what was kept: that is recorded, and rounds stop.
        """
        update = HeadUpdate.from_bytes(raw)
        verify_head(update, self.coordinator_key, self.slug)
        known = self.store.history()
        _refuse_gaps(known, update)
        try:
            history = _extended(known, update)
        except RemoteProtocolError as refusal:
            raise self._alarm(refusal.message, raw) from None
        self.store.extend_history(history.entries[len(known.entries) :])
        for witness in update.witnesses:
            self._waiting[witness.institution] = witness
        self._compare(history, roster, raw)
        return history if update.entries else None

    def _compare(self, history: History, roster: Roster | None, raw: bytes) -> None:
        """Hold every witness that speaks of entries we have to our own copy."""
        keys = roster.signing_keys if roster is not None else {}
        agreed = dict(self.store.witnesses())
        for name, witness in sorted(self._waiting.items()):
            if name not in keys or witness.seen.length > len(history.entries):
                continue  # of a later roster, or ahead of us: it keeps
            del self._waiting[name]
            try:
                verify_witness(witness, keys[name], self.slug)
            except RemoteProtocolError as refusal:
                log.warning("ignored a witness of %s: %s", name, refusal.message)
                continue
            if history.head_at(witness.seen.length) != witness.seen.head:
                raise self._alarm(
                    f"{name!r} was shown another history of {self.slug!r} than this node:"
                    f" its first {witness.seen.length} entries end in"
                    f" {witness.seen.head[:16]}, ours in"
                    f" {history.head_at(witness.seen.length)[:16]}",
                    raw,
                )
            agreed[name] = witness.seen.length
        self.store.keep_witnesses(agreed)

    def _alarm(self, found: str, evidence: bytes) -> RemoteProtocolError:
        log.error("the network's history does not hold: %s", found)
        self.store.keep_alarm(found, evidence)
        return RemoteProtocolError(found, hint=ADVICE)

    def require(self, kind: HistoryKind, subject: str, name: str) -> None:
        """Refuse what was not announced to everybody.

        Raises:
            RemoteProtocolError: it is not in our copy of the history.
        """
        if not self.store.history().holds(kind, subject):
            raise RemoteProtocolError(
                f"the {kind} of round {name!r} is not in the network's history; it was not kept",
                hint="The coordinator may be telling this member something of its own.",
            )

    def refuse_if_split(self) -> None:
        """Refuse every round after an alarm.

        Raises:
            NotApproved: the history was contradicted and no steward has acted.
        """
        found = self.store.alarm()
        if found:
            raise NotApproved(f"rounds of {self.slug!r} are stopped here: {found}", hint=ADVICE)


def _refuse_gaps(known: History, update: HeadUpdate) -> None:
    """Entries that were left out prove nothing, so that this raises no alarm.

    Raises:
        RemoteProtocolError: the head is longer than what we have and were given.
    """
    length = len(known.entries)
    reach = max([length, *(entry.index + 1 for entry in update.entries)])
    if reach < update.seen.length or (update.entries and update.entries[0].index > length):
        raise RemoteProtocolError(
            f"a head of {update.seen.length} entries came without those after {length}"
        )


def _extended(known: History, update: HeadUpdate) -> History:
    """`known` with the entries of a signed head.

    Raises:
        RemoteProtocolError: the head commits to another past than the one we kept.
    """
    seen = update.seen
    history = verify_history(known, update.entries)
    if len(history.entries) > max(len(known.entries), seen.length):
        raise RemoteProtocolError(f"a head of {seen.length} entries came with entries beyond it")
    if history.head_at(seen.length) != seen.head:
        raise RemoteProtocolError(
            f"the coordinator signed {seen.head[:16]} as the end of {seen.length} entries;"
            f" ours end in {history.head_at(seen.length)[:16]}"
        )
    return history
