"""What a node sends: a masked vector with its sealed seeds, or a refusal without details."""

from dataclasses import dataclass, field

from pydantic import Field

from foyer_protocol.crypto.digests import Bulk, digest
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.ids import Hex32, Hex64, Slug
from foyer_protocol.messages.codec import Message, pack, unpack

PURPOSE = "foyer/report/v1"


class ReportHeader(Message):
    """The signed part of a report: commitments to everything else in it.

    `counter` and `ledger_head` are the node's own ledger after it charged this job, so
    that a node restored from an old backup shows. `sealed` and `seed_commitments` follow
    the committee's order.
    """

    job_digest: Hex64
    job_id: Hex32
    institution: Slug
    counter: int = Field(ge=1)
    ledger_head: Hex64
    nonce: Hex64
    masked: Hex64
    sealed: tuple[Hex64, ...]
    seed_commitments: tuple[Hex64, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHeader:
    """A report's header with its institution's signature."""

    header: ReportHeader
    signature: bytes

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        return pack(self.header.to_json(), self.signature)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "SignedHeader":
        """Read; the signature is *not* verified here."""
        parts = unpack(raw)
        if len(parts) != 2:
            raise RemoteProtocolError(f"a signed header has 2 parts, not {len(parts)}")
        return cls(header=ReportHeader.from_json(parts[0]), signature=parts[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One node's masked vector (`masked`: little-endian words) and sealed seeds."""

    signed: SignedHeader
    masked: Bulk = field(repr=False)
    sealed: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        return pack(self.signed.to_bytes(), self.masked, *self.sealed)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Report":
        """Read, and hold the bulk to the header's digests.

        Raises:
            RemoteProtocolError: a part is missing or is not what the header says.
        """
        parts = unpack(raw)
        if len(parts) < 3:
            raise RemoteProtocolError(f"a report has at least 3 parts, not {len(parts)}")
        signed, masked, sealed = SignedHeader.from_bytes(parts[0]), parts[1], parts[2:]
        header = signed.header
        if content_digest(masked) != header.masked:
            raise RemoteProtocolError(f"the masked vector of {header.institution!r} was altered")
        if tuple(content_digest(part) for part in sealed) != header.sealed:
            raise RemoteProtocolError(f"a sealed seed of {header.institution!r} was altered")
        return cls(signed=signed, masked=masked, sealed=sealed)


class Refusal(Message):
    """A node that will not take part: a stable code and nothing else."""

    job_id: Hex32
    institution: Slug
    code: str = Field(pattern=r"^[a-z-]{2,40}$")


def content_digest(content: Bulk) -> str:
    """Digest of bulk bytes named in a header, as hexadecimal."""
    return digest("foyer/content/v1", content).hex()


def set_digest(job_digest: bytes, headers: tuple[SignedHeader, ...]) -> str:
    """Digest of a set of reports to one job, in institution order, as hexadecimal."""
    ordered = sorted(headers, key=lambda signed: signed.header.institution)
    return digest("foyer/set/v1", job_digest, *(h.header.to_json() for h in ordered)).hex()
