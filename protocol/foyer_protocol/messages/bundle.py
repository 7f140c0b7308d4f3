"""Everything behind one release, in one file: what anyone needs to check it offline.

A bundle is *open* where it carries the masked vectors and the helpers' pads, so that the
sum can be redone, and *closed* where it does not. Masked vectors and pads are uniform words
one by one, but their difference is the noised sum, with the slots that the release
withholds. Sealed seeds are never in a bundle: whoever got hold of every helper's key later
could open the reports of an old one.
"""

from dataclasses import dataclass, field

from foyer_protocol.errors import RemoteProtocolError, VersionMismatch
from foyer_protocol.messages.codec import pack, unpack
from foyer_protocol.messages.escrow import EscrowAck
from foyer_protocol.messages.plan import Job
from foyer_protocol.messages.release import Release
from foyer_protocol.messages.report import SignedHeader
from foyer_protocol.messages.roster import SignedRoster
from foyer_protocol.messages.unmask import Ack

VERSION = b"foyer/bundle/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperRecord:
    """A helper's signed word on a set of reports, and its pads if the bundle is open."""

    ack: Ack
    signature: bytes
    pads: bytes = field(default=b"", repr=False)

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        return pack(self.ack.to_json(), self.signature, self.pads)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "HelperRecord":
        """Read; nothing is verified here."""
        ack, signature, pads = _parts(raw, 3, "a helper's record")
        return cls(ack=Ack.from_json(ack), signature=signature, pads=pads)


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowRecord:
    """A helper's signed word on the silent ones, and its shares if the bundle is open."""

    ack: EscrowAck
    signature: bytes
    shares: tuple[bytes, ...] = field(default=(), repr=False)

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        return pack(self.ack.to_json(), self.signature, pack(*self.shares))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "EscrowRecord":
        """Read; nothing is verified here."""
        ack, signature, shares = _parts(raw, 3, "an escrow record")
        return cls(ack=EscrowAck.from_json(ack), signature=signature, shares=unpack(shares))


@dataclass(frozen=True, slots=True, kw_only=True)
class SumRecord:
    """One private sum: its job, the reports in it, and what the helpers answered.

    `masked` follows `headers`, and is empty where the bundle is closed.
    """

    job: Job
    headers: tuple[SignedHeader, ...]
    masked: tuple[bytes, ...] = field(default=(), repr=False)
    answers: tuple[HelperRecord, ...]
    escrows: tuple[EscrowRecord, ...] = ()

    def to_bytes(self) -> bytes:
        """Canonical bytes."""
        return pack(
            self.job.to_json(),
            pack(*(one.to_bytes() for one in self.headers)),
            pack(*self.masked),
            pack(*(one.to_bytes() for one in self.answers)),
            pack(*(one.to_bytes() for one in self.escrows)),
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> "SumRecord":
        """Read; nothing is verified here."""
        job, headers, masked, answers, escrows = _parts(raw, 5, "a sum")
        return cls(
            job=Job.from_json(job),
            headers=tuple(SignedHeader.from_bytes(one) for one in unpack(headers)),
            masked=unpack(masked),
            answers=tuple(HelperRecord.from_bytes(one) for one in unpack(answers)),
            escrows=tuple(EscrowRecord.from_bytes(one) for one in unpack(escrows)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A release with its coordinator's signature, the rosters up to its own, and its sums."""

    network: str
    rosters: tuple[SignedRoster, ...]
    release: Release
    signature: bytes
    figures: SumRecord
    veto: SumRecord

    @property
    def is_open(self) -> bool:
        """Whether the sums can be redone."""
        return bool(self.figures.masked and self.veto.masked)

    def to_bytes(self) -> bytes:
        """The file's bytes."""
        return pack(
            VERSION,
            self.network.encode(),
            pack(*(one.to_bytes() for one in self.rosters)),
            self.release.to_json(),
            self.signature,
            self.figures.to_bytes(),
            self.veto.to_bytes(),
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Bundle":
        """Read; nothing is verified here.

        Raises:
            VersionMismatch: a bundle of another version.
            RemoteProtocolError: no bundle, or one that is cut off or altered in its form.
        """
        parts = unpack(raw)
        if not parts or not parts[0].startswith(b"foyer/bundle/"):
            raise RemoteProtocolError("the file is not a bundle that a coordinator exported")
        if parts[0] != VERSION:
            raise VersionMismatch(
                f"the bundle is of form {parts[0][:40].decode('ascii', 'replace')};"
                f" this program reads {VERSION.decode()}",
                hint="Upgrade whichever side is older.",
            )
        _, network, rosters, release, signature, figures, veto = _parts(raw, 7, "a bundle")
        return cls(
            network=network.decode("utf-8", "replace"),
            rosters=tuple(SignedRoster.from_bytes(one) for one in unpack(rosters)),
            release=Release.from_json(release),
            signature=signature,
            figures=SumRecord.from_bytes(figures),
            veto=SumRecord.from_bytes(veto),
        )


def _parts(raw: bytes, count: int, name: str) -> tuple[bytes, ...]:
    parts = unpack(raw)
    if len(parts) != count:
        raise RemoteProtocolError(f"{name} has {count} parts, not {len(parts)}")
    return parts
