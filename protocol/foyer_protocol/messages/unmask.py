"""What a helper is asked, and what it answers once."""

from dataclasses import dataclass

from foyer_protocol.crypto.digests import digest
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.ids import Hex32, Hex64, Slug
from foyer_protocol.messages.codec import Message, pack, unpack
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.report import SignedHeader

ACK_PURPOSE = "foyer/ack/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmaskRequest:
    """The reports behind one sum, with this helper's sealed seed of each, in the same order."""

    job: Job
    headers: tuple[SignedHeader, ...]
    sealed: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        heads = pack(*(signed.to_bytes() for signed in self.headers))
        return pack(self.job.to_json(), heads, pack(*self.sealed))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "UnmaskRequest":
        """Read; signatures and rules are for the helper to check."""
        parts = unpack(raw)
        if len(parts) != 3:
            raise RemoteProtocolError(f"an unmask request has 3 parts, not {len(parts)}")
        headers = tuple(SignedHeader.from_bytes(part) for part in unpack(parts[1]))
        sealed = unpack(parts[2])
        if len(headers) != len(sealed):
            raise RemoteProtocolError(
                f"an unmask request has {len(headers)} headers and {len(sealed)} sealed seeds"
            )
        return cls(job=Job.from_json(parts[0]), headers=headers, sealed=sealed)


class Ack(Message):
    """A helper's signed word on which set it answered, and with what."""

    job_id: Hex32
    helper: Slug
    set: Hex64
    pads: Hex64


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmaskAnswer:
    """The sum of one helper's pads over the set (little-endian words), and its ack."""

    ack: Ack
    signature: bytes
    pads: bytes

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        return pack(self.ack.to_json(), self.signature, self.pads)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "UnmaskAnswer":
        """Read, and hold the pads to the ack's digest; the signature is for the coordinator."""
        parts = unpack(raw)
        if len(parts) != 3:
            raise RemoteProtocolError(f"an unmask answer has 3 parts, not {len(parts)}")
        ack = Ack.from_json(parts[0])
        if pads_digest(parts[2]) != ack.pads:
            raise RemoteProtocolError(f"the pads of helper {ack.helper!r} were altered")
        return cls(ack=ack, signature=parts[1], pads=parts[2])


def pads_digest(pads: bytes) -> str:
    """Digest of a helper's pads, as hexadecimal."""
    return digest("foyer/pads/v1", pads).hex()
