"""One history for everybody: a hash chain of what the coordinator has announced.

The coordinator appends an entry before it announces a plan, a roster, a release or an
abort, and signs the head of the chain. A node keeps its own copy, takes nothing that does
not extend it, and signs what it has seen as a witness. Nodes that compare witnesses find
out when they were shown different histories; who hides the witnesses hides that too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import Field

from foyer_protocol.crypto.digests import digest
from foyer_protocol.crypto.identity import Identity, verify
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.ids import Hex64, Slug
from foyer_protocol.messages.codec import Message, pack, unpack
from foyer_protocol.messages.roster import HexText

HEAD_PURPOSE = "foyer/history-head/v1"
WITNESS_PURPOSE = "foyer/history-witness/v1"
GENESIS = "0" * 64
"""The `previous` of the first entry."""


class HistoryKind(StrEnum):
    """What was announced."""

    PLAN = "plan"
    ROSTER = "roster"
    RELEASE = "release"
    ABORT = "abort"


class HistoryEntry(Message):
    """One announcement. `subject` is the digest of what was announced.

    `round_id` is empty for a roster.
    """

    index: int = Field(ge=0)
    previous: Hex64
    kind: HistoryKind
    subject: Hex64
    round_id: Literal[""] | Slug = ""

    @property
    def digest(self) -> str:
        """Commits to this entry and, by `previous`, to all before it."""
        return digest("foyer/history-entry/v1", self.to_json()).hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All entries, oldest first."""

    entries: tuple[HistoryEntry, ...] = ()

    @property
    def head(self) -> str:
        """The last entry's digest."""
        return self.head_at(len(self.entries))

    def head_at(self, length: int) -> str:
        """The head when there were `length` entries; `length` is not above the present one."""
        return self.entries[length - 1].digest if length else GENESIS

    def holds(self, kind: HistoryKind, subject: str) -> bool:
        """Whether this was announced to everybody."""
        return any((one.kind, one.subject) == (kind, subject) for one in self.entries)


def extend(history: History, kind: HistoryKind, subject: str, round_id: str = "") -> History:
    """The history with one more announcement."""
    entry = HistoryEntry(
        index=len(history.entries),
        previous=history.head,
        kind=kind,
        subject=subject,
        round_id=round_id,
    )
    return History(entries=(*history.entries, entry))


def verify_history(known: History, entries: Iterable[HistoryEntry]) -> History:
    """What is known, extended by `entries`, which may begin before its end.

    Raises:
        RemoteProtocolError: an entry differs from the known one at its place, leaves a gap,
            or does not follow from the entry before it.
    """
    kept = list(known.entries)
    for entry in entries:
        if entry.index < len(kept):
            if entry != kept[entry.index]:
                raise RemoteProtocolError(
                    f"entry {entry.index} of the network's history is another than the one kept"
                )
            continue
        head = kept[-1].digest if kept else GENESIS
        if entry.index > len(kept) or entry.previous != head:
            raise RemoteProtocolError(
                f"entry {entry.index} of the network's history does not follow from the"
                f" {len(kept)} entries that are kept"
            )
        kept.append(entry)
    return History(entries=tuple(kept))


def abort_subject(round_id: str, reason: str) -> str:
    """The digest that stands for an aborted round."""
    return digest("foyer/abort/v1", round_id.encode(), reason.encode()).hex()


class HistoryHead(Message):
    """How long a network's history is, and its last entry's digest."""

    network: Slug
    length: int = Field(ge=0)
    head: Hex64


class Witness(Message):
    """What one institution has seen, in its own signature."""

    institution: Slug
    seen: HistoryHead
    signature: HexText


def sign_witness(seen: HistoryHead, institution: str, identity: Identity) -> Witness:
    """An institution's word on the history that it was shown."""
    signature = identity.sign(WITNESS_PURPOSE, pack(institution.encode(), seen.to_json()))
    return Witness(institution=institution, seen=seen, signature=signature.hex())


def verify_witness(witness: Witness, signing_key: str, network: str) -> None:
    """Hold a witness to the institution that it names.

    Raises:
        RemoteProtocolError: that institution did not sign it, or it is of another network.
    """
    if witness.seen.network != network:
        raise RemoteProtocolError(f"a witness of network {witness.seen.network!r} came")
    message = pack(witness.institution.encode(), witness.seen.to_json())
    verify(signing_key, WITNESS_PURPOSE, message, bytes.fromhex(witness.signature))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadUpdate:
    """What the coordinator sends: a signed head, new entries and the others' witnesses."""

    seen: HistoryHead
    signature: bytes
    entries: tuple[HistoryEntry, ...] = ()
    witnesses: tuple[Witness, ...] = ()

    def to_bytes(self) -> bytes:
        """Canonical bytes; entries and witnesses stand one a line, as many as there are."""
        return pack(
            self.seen.to_json(),
            self.signature,
            b"\n".join(one.to_json() for one in self.entries),
            b"\n".join(one.to_json() for one in self.witnesses),
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> "HeadUpdate":
        """Read; nothing is verified here."""
        parts = unpack(raw)
        if len(parts) != 4:
            raise RemoteProtocolError(f"a head has 4 parts, not {len(parts)}")
        return cls(
            seen=HistoryHead.from_json(parts[0]),
            signature=parts[1],
            entries=tuple(HistoryEntry.from_json(line) for line in _lines(parts[2])),
            witnesses=tuple(Witness.from_json(line) for line in _lines(parts[3])),
        )


def _lines(raw: bytes) -> list[bytes]:
    return raw.split(b"\n") if raw else []


def head_of(history: History, network: str) -> HistoryHead:
    """The head of a whole history."""
    return HistoryHead(network=network, length=len(history.entries), head=history.head)


def sign_head(seen: HistoryHead, coordinator: Identity) -> bytes:
    """The coordinator's signature over a head."""
    return coordinator.sign(HEAD_PURPOSE, seen.to_json())


def verify_head(update: HeadUpdate, coordinator_key: str, network: str) -> None:
    """Hold a head to the coordinator.

    Raises:
        RemoteProtocolError: of another network, or not signed by that coordinator.
    """
    if update.seen.network != network:
        raise RemoteProtocolError(f"a head of network {update.seen.network!r} came")
    verify(coordinator_key, HEAD_PURPOSE, update.seen.to_json(), update.signature)
