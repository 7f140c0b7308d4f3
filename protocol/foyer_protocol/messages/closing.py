"""What helpers sign about a sum that is given up, and the certificate it adds up to."""

from dataclasses import dataclass

from foyer_protocol.crypto.digests import digest
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.ids import Hex32, Hex64, Slug
from foyer_protocol.messages.codec import Message, pack, unpack

PROMISE_PURPOSE = "foyer/abort-promise/v1"


class AbortAsk(Message):
    """The coordinator gives a job up: will this helper never answer it?

    `roster` is the one the job names. A job is known by its id: whoever promises never
    answers *any* job of that id, whatever else it says.
    """

    job_id: Hex32
    roster: Hex64


class AbortPromise(Message):
    """A helper's word that it did not answer the job and never will."""

    job_id: Hex32
    roster: Hex64
    helper: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPromise:
    """A promise with its helper's signature."""

    promise: AbortPromise
    signature: bytes

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        return pack(self.promise.to_json(), self.signature)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "SignedPromise":
        """Read; the signature is *not* verified here."""
        parts = unpack(raw)
        if len(parts) != 2:
            raise RemoteProtocolError(f"a signed promise has 2 parts, not {len(parts)}")
        return cls(promise=AbortPromise.from_json(parts[0]), signature=parts[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class AbortCertificate:
    """The promises of enough helpers, in the order of their names."""

    promises: tuple[SignedPromise, ...]

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        return pack(*(one.to_bytes() for one in self.promises))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "AbortCertificate":
        """Read; whether it proves anything is for `rounds.closing`."""
        return cls(promises=tuple(SignedPromise.from_bytes(part) for part in unpack(raw)))

    @property
    def digest(self) -> str:
        """What a refund names as its reason, as hexadecimal."""
        return digest("foyer/abort-certificate/v1", self.to_bytes()).hex()
