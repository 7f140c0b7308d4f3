"""What a governance signer is handed and hands back, as files that need no network.

A draft is nobody's word: the coordinator wrote it and signed nothing. Only its roster is
ever signed, and what else stands in it is there to be read.
"""

from foyer_protocol.crypto.identity import Identity, verify
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.ids import Hex64, Slug
from foyer_protocol.messages.codec import Message
from foyer_protocol.messages.roster import PURPOSE, HexText, Roster, SignedRoster, sign_roster


class RosterDraft(Message):
    """An unsigned roster. `suspended`: who is left out, as the operator says, for now."""

    roster: Roster
    suspended: tuple[Slug, ...] = ()


class RosterSignature(Message):
    """One governance key's signature over one roster, by the roster's digest."""

    roster: Hex64
    epoch: int
    key: Hex64
    signature: HexText


def sign_draft(draft: RosterDraft, governance: Identity) -> RosterSignature:
    """A signer's answer to a draft."""
    return RosterSignature(
        roster=draft.roster.digest,
        epoch=draft.roster.epoch,
        key=governance.public,
        signature=sign_roster(draft.roster, governance).hex(),
    )


def collect_signatures(
    roster: Roster, signatures: tuple[RosterSignature, ...], governance: frozenset[str]
) -> SignedRoster:
    """The roster with the signatures that are over it. Whether they suffice is not asked here.

    Raises:
        RemoteProtocolError: a signature is of another roster, of a key that is not
            governance's, or does not hold. Nothing was collected.
    """
    for one in signatures:
        if one.roster != roster.digest:
            raise RemoteProtocolError(
                f"key {one.key[:12]} signed roster {one.roster[:12]} (epoch {one.epoch});"
                f" this one is {roster.digest[:12]} (epoch {roster.epoch})",
                hint="Hand every signer the same file.",
            )
        if one.key not in governance:
            raise RemoteProtocolError(f"key {one.key[:12]} is not one of the network's governance")
        verify(one.key, PURPOSE, bytes.fromhex(roster.digest), bytes.fromhex(one.signature))
    return SignedRoster(
        roster=roster,
        signatures={one.key: bytes.fromhex(one.signature) for one in signatures},
    )


def majority(keys: int) -> int:
    """More than half of `keys`: the quorum where nobody chose another.

    >>> [majority(keys) for keys in (1, 2, 3, 4, 5)]
    [1, 2, 2, 3, 3]
    """
    return keys // 2 + 1
