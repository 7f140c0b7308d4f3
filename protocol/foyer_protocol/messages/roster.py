"""Who is admitted, who helps, and under which limits: signed by governance, not by us.

A node pins the governance keys when it enrols. It refuses a roster of another network,
one without enough governance signatures and one of a lower epoch, so that a coordinator
cannot choose members, helpers or limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.crypto.digests import digest
from foyer_protocol.crypto.identity import Identity, verify
from foyer_protocol.errors import RemoteProtocolError, VersionMismatch
from foyer_protocol.ids import Hex64, Slug
from foyer_protocol.messages.codec import FractionText, Message, pack, unpack
from foyer_protocol.messages.envelope import COORDINATOR
from foyer_protocol.version import PROTOCOL_VERSION

PURPOSE = "foyer/roster/v1"
HELPER_PURPOSE = "foyer/helper-key/v1"
HexText = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{2})*$")]
FactText = Annotated[str, StringConstraints(pattern=r"^([A-Z][A-Z0-9_-]{0,39})?$")]
"""A code of `catalogue.grid`, or empty. One that a grid does not know is read as none."""


def _is_empty(text: str) -> bool:
    return not text


class Member(Message):
    """One admitted institution. `helper_key` is empty for those who never help.

    `helper_signature` is the institution's own signature over its helper key,
    so that even governance cannot slip in a helper key of its own making. The codes say
    where and what it is: they decide which cohorts it is counted in.
    """

    institution: Slug
    signing_key: Hex64
    helper_key: HexText = ""
    helper_signature: HexText = ""
    territory: FactText = Field(default="", exclude_if=_is_empty)
    discipline: FactText = Field(default="", exclude_if=_is_empty)
    size_band: FactText = Field(default="", exclude_if=_is_empty)
    house_type: FactText = Field(default="", exclude_if=_is_empty)

    def fact(self, dimension: Dimension) -> str:
        """Its code in one dimension of the grid; empty if it is not known."""
        return str(getattr(self, FIELDS[dimension]))


FIELDS: Mapping[Dimension, str] = {
    Dimension.DISCIPLINE: "discipline",
    Dimension.SIZE: "size_band",
    Dimension.TYPE: "house_type",
    Dimension.TERRITORY: "territory",
}
"""Where a member's code of each dimension stands."""


class Roster(Message):
    """One epoch of the network.

    `silent` (f) helpers may fall silent, `corrupt` (c) may collude with the coordinator,
    and `threshold` (T) escrow shares recover a seed: c + f < T ≤ m − f. With f = 0 no
    escrow is dealt and the seeds are plain n-of-n additive sharing.
    """

    protocol: int
    network: Slug
    epoch: int = Field(ge=1)
    period: str = Field(pattern=r"^[0-9]{4}(-[0-9]{2})?$")  # the budget's accounting period
    coordinator_key: Hex64
    members: tuple[Member, ...]
    committee: tuple[Slug, ...]
    threshold: int
    silent: int = Field(ge=0)
    corrupt: int = Field(ge=0)
    minimum_cohort: int = Field(ge=2)
    period_rho_cap: FractionText

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        names = [member.institution for member in self.members]
        if names != sorted(set(names)) or COORDINATOR in names:
            raise ValueError("members are in order, once each, and none is the coordinator")
        if len({member.signing_key for member in self.members}) != len(names):
            # Two names with one key would be one institution twice in a cohort.
            raise ValueError("a signing key is one institution's")
        helpers = {member.institution for member in self.members if member.helper_key}
        if len(set(self.committee)) != len(self.committee) or not set(self.committee) <= helpers:
            raise ValueError("the committee is made of members with a helper key, once each")
        if not self.corrupt + self.silent < self.threshold <= len(self.committee) - self.silent:
            raise ValueError("c + f < T <= m - f must hold")
        return self

    @property
    def digest(self) -> str:
        """What is signed and what every job names, as hexadecimal."""
        return digest(PURPOSE, self.to_json()).hex()

    def member(self, institution: str) -> Member:
        """The entry of one institution.

        Raises:
            RemoteProtocolError: it is not admitted.
        """
        for member in self.members:
            if member.institution == institution:
                return member
        raise RemoteProtocolError(f"{institution!r} is not on roster epoch {self.epoch}")

    @property
    def signing_keys(self) -> dict[str, str]:
        """Public keys by institution."""
        return {member.institution: member.signing_key for member in self.members}


def helper_key_of(roster: Roster, institution: str) -> str:
    """The helper key that a roster names for one institution; empty if it names none."""
    keys = {member.institution: member.helper_key for member in roster.members}
    return keys.get(institution, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRoster:
    """A roster with the governance signatures that carry it, by public key."""

    roster: Roster
    signatures: Mapping[str, bytes]

    def to_bytes(self) -> bytes:
        """Canonical bytes: roster, then key and signature in key order."""
        pairs = [part for key in sorted(self.signatures) for part in self._pair(key)]
        return pack(self.roster.to_json(), *pairs)

    def _pair(self, key: str) -> tuple[bytes, bytes]:
        return key.encode(), self.signatures[key]

    @classmethod
    def from_bytes(cls, raw: bytes) -> "SignedRoster":
        """Read; signatures are *not* verified here."""
        parts = unpack(raw)
        if len(parts) % 2 == 0:
            raise RemoteProtocolError("a roster has keys and signatures in pairs")
        try:
            keys = [part.decode("ascii") for part in parts[1::2]]
        except UnicodeDecodeError:
            raise RemoteProtocolError("a governance key is not hexadecimal text") from None
        if keys != sorted(set(keys)):
            raise RemoteProtocolError("governance keys are not in order, once each")
        pairs = dict(zip(keys, parts[2::2], strict=True))
        return cls(roster=Roster.from_json(parts[0]), signatures=pairs)


def sign_roster(roster: Roster, governance: Identity) -> bytes:
    """A governance signature over `roster`."""
    return governance.sign(PURPOSE, bytes.fromhex(roster.digest))


def sign_helper_key(helper_key: bytes, identity: Identity) -> bytes:
    """An institution's signature over its own helper key."""
    return identity.sign(HELPER_PURPOSE, helper_key)


def verify_helper_key(signing_key: str, helper_key: bytes, signature: bytes) -> None:
    """Hold a helper key to the institution that claims it.

    Raises:
        RemoteProtocolError: the institution did not sign it.
    """
    verify(signing_key, HELPER_PURPOSE, helper_key, signature)


def verify_roster(
    signed: SignedRoster,
    *,
    network: str,
    governance: frozenset[str],
    quorum: int,
    lowest_epoch: int,
) -> Roster:
    """Return the roster if this node may follow it.

    Raises:
        VersionMismatch: the roster is of another version of the protocol.
        RemoteProtocolError: other network, lower epoch, fewer than `quorum` valid
            signatures of pinned keys, or a helper key its institution did not sign.
    """
    roster = signed.roster
    if roster.protocol != PROTOCOL_VERSION:
        raise VersionMismatch(
            f"the roster speaks protocol {roster.protocol}; this side speaks {PROTOCOL_VERSION}",
            hint="Upgrade whichever side is older.",
        )
    if roster.network != network:
        raise RemoteProtocolError(f"roster of network {roster.network!r}; this is {network!r}")
    if roster.epoch < lowest_epoch:
        raise RemoteProtocolError(
            f"roster epoch {roster.epoch} is older than epoch {lowest_epoch}, already followed"
        )
    valid = sum(_carries(key, signed) for key in signed.signatures if key in governance)
    if valid < quorum:
        raise RemoteProtocolError(
            f"roster epoch {roster.epoch} has {valid} governance signatures; {quorum} are needed"
        )
    for name in roster.committee:
        member = roster.member(name)
        verify_helper_key(
            member.signing_key,
            bytes.fromhex(member.helper_key),
            bytes.fromhex(member.helper_signature),
        )
    return roster


def _carries(key: str, signed: SignedRoster) -> bool:
    try:
        verify(key, PURPOSE, bytes.fromhex(signed.roster.digest), signed.signatures[key])
    except RemoteProtocolError:
        return False
    return True
