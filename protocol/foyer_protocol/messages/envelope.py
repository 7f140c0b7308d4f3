"""The signed wrapper of everything that travels: from whom, to whom, about what, until when.

Transports carry these bytes and are trusted with nothing but delivery.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from foyer_protocol.crypto.identity import Identity, verify
from foyer_protocol.errors import RemoteProtocolError, VersionMismatch
from foyer_protocol.ids import Hex32, Slug
from foyer_protocol.messages.codec import Message, pack, unpack
from foyer_protocol.version import PROTOCOL_VERSION

COORDINATOR = "coordinator"
"""The sender's name of the coordinator; no institution may be called so."""

PURPOSE = "foyer/envelope/v1"


class Kind(StrEnum):
    """What the body of an envelope is."""

    PROPOSAL = "proposal"  # coordinator -> node: a Plan, for people to read
    OFFER = "offer"  # coordinator -> node: a Job
    REPORT = "report"  # node -> coordinator: a Report
    REFUSAL = "refusal"  # node -> coordinator: a Refusal
    UNMASK = "unmask"  # coordinator -> helper: an UnmaskRequest
    ANSWER = "answer"  # helper -> coordinator: an UnmaskAnswer
    ESCROW = "escrow"  # coordinator -> helper: an EscrowRequest
    SHARES = "shares"  # helper -> coordinator: an EscrowAnswer
    RELEASE = "release"  # coordinator -> node: a Release
    ABORT_ASK = "abort-ask"  # coordinator -> helper: an AbortAsk
    ABORT_PROMISE = "abort-promise"  # helper -> coordinator: a SignedPromise
    ABORTED = "aborted"  # coordinator -> node: an AbortCertificate of the header's job


class EnvelopeHeader(Message):
    """What is signed together with the body."""

    protocol: int
    network: Slug
    sender: Slug
    receiver: Slug
    kind: Kind
    job_id: Hex32
    expires_at: int  # seconds since 1970, UTC
    reply_to: Literal[""] | Hex32 = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A verified envelope."""

    header: EnvelopeHeader
    body: bytes


def seal_envelope(header: EnvelopeHeader, body: bytes, identity: Identity) -> bytes:
    """Sign `header` and `body` together."""
    head = header.to_json()
    return pack(head, identity.sign(PURPOSE, pack(head, body)), body)


def open_envelope(
    raw: bytes, *, network: str, receiver: str, sender_keys: dict[str, str], now: int
) -> Opened:
    """Verify an envelope that has arrived.

    `sender_keys` maps the institutions (or `COORDINATOR`) we would listen to, to their
    public keys. Nothing has changed when this raises.

    Raises:
        VersionMismatch: another protocol version.
        RemoteProtocolError: of another network, to somebody else, from a stranger,
            altered, or expired.
    """
    parts = unpack(raw)
    if len(parts) != 3:
        raise RemoteProtocolError(f"an envelope has 3 parts; this one has {len(parts)}")
    head, signature, body = parts
    _refuse_other_version(head)
    header = EnvelopeHeader.from_json(head)
    if header.network != network:
        raise RemoteProtocolError(
            f"the message is of network {header.network!r}; this is {network!r}"
        )
    if header.receiver != receiver:
        raise RemoteProtocolError(
            f"the message is for {header.receiver!r}; this is {receiver!r}",
            hint="The coordinator may be mixing up nodes; keep its message.",
        )
    if header.sender not in sender_keys:
        raise RemoteProtocolError(f"the message is from {header.sender!r}, who is not known here")
    verify(sender_keys[header.sender], PURPOSE, pack(head, body), signature)
    if now >= header.expires_at:
        raise RemoteProtocolError(
            f"the message expired at {header.expires_at}; it is {now} now",
            hint="If this repeats, compare the clocks of both machines.",
        )
    return Opened(header=header, body=body)


def _refuse_other_version(head: bytes) -> None:
    """Look at the version alone first: another version may have fields that we do not know."""
    found = re.search(rb'"protocol":([0-9]{1,9})[,}]', head)
    if found and int(found[1]) != PROTOCOL_VERSION:
        raise VersionMismatch(
            f"the message speaks protocol {int(found[1])}; this side speaks {PROTOCOL_VERSION}",
            hint="Upgrade whichever side is older.",
        )
