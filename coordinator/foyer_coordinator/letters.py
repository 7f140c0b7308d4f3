"""The envelopes that the coordinator writes, and the replies that it can believe."""

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.messages.envelope import (
    COORDINATOR,
    EnvelopeHeader,
    Kind,
    Opened,
    open_envelope,
    seal_envelope,
)
from foyer_protocol.messages.roster import Roster
from foyer_protocol.version import PROTOCOL_VERSION


def write_letter(
    body: bytes,
    identity: Identity,
    *,
    network: str,
    receiver: str,
    kind: Kind,
    job_id: str,
    expires_at: int,
) -> bytes:
    """A signed envelope of ours, as bytes."""
    header = EnvelopeHeader(
        protocol=PROTOCOL_VERSION,
        network=network,
        sender=COORDINATOR,
        receiver=receiver,
        kind=kind,
        job_id=job_id,
        expires_at=expires_at,
    )
    return seal_envelope(header, body, identity)


def read_reply(raw: bytes, roster: Roster, now: int) -> Opened:
    """A reply to us from a member of `roster`.

    Raises:
        RemoteProtocolError: as `open_envelope`.
    """
    return open_envelope(
        raw,
        network=roster.network,
        receiver=COORDINATOR,
        sender_keys=roster.signing_keys,
        now=now,
    )
