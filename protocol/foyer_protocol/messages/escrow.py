"""What helpers are asked, and answer, when some of them have fallen silent (RT3)."""

from dataclasses import dataclass, field

from foyer_protocol.crypto.digests import digest
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.ids import Hex32, Hex64, Slug
from foyer_protocol.messages.codec import Message, pack, unpack
from foyer_protocol.messages.unmask import Ack, UnmaskRequest

ESCROW_PURPOSE = "foyer/escrow/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAck:
    """A helper's word on the set it answered, with its signature."""

    ack: Ack
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowRequest:
    """The request a helper answered, the others' acks of the same set, and who is silent."""

    unmask: UnmaskRequest
    acks: tuple[SignedAck, ...]
    silent: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        acks = pack(*(part for one in self.acks for part in (one.ack.to_json(), one.signature)))
        names = pack(*(name.encode() for name in self.silent))
        return pack(self.unmask.to_bytes(), acks, names)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "EscrowRequest":
        """Read; signatures and rules are for the helper to check."""
        parts = unpack(raw)
        if len(parts) != 3:
            raise RemoteProtocolError(f"an escrow request has 3 parts, not {len(parts)}")
        acks, names = unpack(parts[1]), unpack(parts[2])
        if len(acks) % 2:
            raise RemoteProtocolError("an escrow request has acks and signatures in pairs")
        try:
            silent = tuple(name.decode("ascii") for name in names)
        except UnicodeDecodeError:
            raise RemoteProtocolError("a silent helper's name is not a name") from None
        return cls(
            unmask=UnmaskRequest.from_bytes(parts[0]),
            acks=tuple(
                SignedAck(ack=Ack.from_json(ack), signature=signature)
                for ack, signature in zip(acks[::2], acks[1::2], strict=True)
            ),
            silent=silent,
        )


class EscrowAck(Message):
    """A helper's signed word on whose seeds it gave shares of."""

    job_id: Hex32
    helper: Slug
    set: Hex64
    silent: tuple[Slug, ...]
    shares: Hex64


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowAnswer:
    """One helper's shares: for each report in institution order, one for each silent helper."""

    ack: EscrowAck
    signature: bytes
    shares: tuple[bytes, ...] = field(repr=False)

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        return pack(self.ack.to_json(), self.signature, pack(*self.shares))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "EscrowAnswer":
        """Read, and hold the shares to the ack's digest; the signature is for the coordinator."""
        parts = unpack(raw)
        if len(parts) != 3:
            raise RemoteProtocolError(f"an escrow answer has 3 parts, not {len(parts)}")
        ack, shares = EscrowAck.from_json(parts[0]), unpack(parts[2])
        if shares_digest(shares) != ack.shares:
            raise RemoteProtocolError(f"the escrow shares of {ack.helper!r} were altered")
        return cls(ack=ack, signature=parts[1], shares=shares)


def shares_digest(shares: tuple[bytes, ...]) -> str:
    """Digest of a helper's escrow shares, as hexadecimal."""
    return digest("foyer/escrow-shares/v1", *shares).hex()
