"""Promise: members, helpers and limits are governance's word, and nobody else's."""

import pytest
from tests.support.consortium import a_consortium, altered, signed

from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import RemoteProtocolError, VersionMismatch
from foyer_protocol.messages.codec import pack
from foyer_protocol.messages.envelope import COORDINATOR
from foyer_protocol.messages.roster import (
    Roster,
    SignedRoster,
    sign_helper_key,
    sign_roster,
    verify_roster,
)
from foyer_protocol.version import PROTOCOL_VERSION

CONSORTIUM = a_consortium("volume.attendances")
ROSTER = CONSORTIUM.roster
ANNA, BERTA, CARLA = (Identity.generate() for _ in range(3))
GOVERNANCE = frozenset({ANNA.public, BERTA.public, CARLA.public})


def followed(roster_signed, **changes):
    pinned = {"network": "simulated", "governance": GOVERNANCE, "quorum": 2, "lowest_epoch": 1}
    return verify_roster(roster_signed, **{**pinned, **changes})


def with_member(position, **changes):
    members = list(ROSTER.members)
    members[position] = altered(members[position], **changes)
    return altered(ROSTER, members=tuple(members))


def test_a_roster_with_a_quorum_is_followed():
    assert followed(signed(ROSTER, ANNA, CARLA)) == ROSTER


@pytest.mark.parametrize("signers", [(), (ANNA,), (ANNA, Identity.generate())])
def test_a_roster_without_a_quorum_of_pinned_keys_is_refused(signers):
    with pytest.raises(RemoteProtocolError, match="governance signatures; 2 are needed"):
        followed(signed(ROSTER, *signers))


def test_signatures_over_another_roster_do_not_count():
    other = sign_roster(altered(ROSTER, epoch=7), BERTA)
    mixed = SignedRoster(
        roster=ROSTER, signatures={ANNA.public: sign_roster(ROSTER, ANNA), BERTA.public: other}
    )
    with pytest.raises(RemoteProtocolError, match="1 governance signatures; 2 are needed"):
        followed(mixed)


def test_a_lower_epoch_is_refused():
    with pytest.raises(RemoteProtocolError, match="epoch 1 is older than epoch 2"):
        followed(signed(ROSTER, ANNA, BERTA), lowest_epoch=2)


def test_a_roster_of_another_network_is_refused():
    with pytest.raises(RemoteProtocolError, match="of network 'simulated'"):
        followed(signed(ROSTER, ANNA, BERTA), network="elsewhere")


def test_a_roster_of_another_version_is_refused():
    newer = altered(ROSTER, protocol=PROTOCOL_VERSION + 1)
    with pytest.raises(VersionMismatch):
        followed(signed(newer, ANNA, BERTA))


def test_a_helper_key_that_its_institution_did_not_sign_is_refused_even_from_governance():
    evil = HelperKey.generate().public.hex()
    with pytest.raises(RemoteProtocolError, match="signature"):
        followed(signed(with_member(0, helper_key=evil), ANNA, BERTA, CARLA))


def test_a_helper_key_signed_by_another_member_is_refused():
    key = CONSORTIUM.parties["aros"].helper_key.public
    forged = sign_helper_key(key, CONSORTIUM.parties["brandts"].identity).hex()
    with pytest.raises(RemoteProtocolError, match="signature"):
        followed(signed(with_member(0, helper_signature=forged), ANNA, BERTA))


@pytest.mark.parametrize(
    "changes, match",
    [
        ({"members": ROSTER.members[::-1]}, "in order, once each"),
        ({"members": (*ROSTER.members, ROSTER.members[-1])}, "in order, once each"),
        ({"committee": ("aros", "aros", "ccb")}, "once"),
        ({"committee": ("aros", "brandts", "ghost")}, "members with a helper key"),
        ({"threshold": 4}, "c \\+ f < T <= m - f"),
        ({"corrupt": 3}, "c \\+ f < T <= m - f"),
        ({"silent": 1}, "c \\+ f < T <= m - f"),
        ({"epoch": 0}, "epoch"),
        ({"minimum_cohort": 1}, "minimum_cohort"),
        ({"period": "last year"}, "period"),
    ],
)
def test_a_roster_that_contradicts_itself_cannot_be_made(changes, match):
    with pytest.raises(ValueError, match=match):
        altered(ROSTER, **changes)


def test_no_institution_is_called_coordinator():
    impostor = altered(ROSTER.members[0], institution=COORDINATOR)
    with pytest.raises(ValueError, match="none is the coordinator"):
        altered(ROSTER, members=(impostor,), committee=())


def test_a_stranger_has_no_entry():
    with pytest.raises(RemoteProtocolError, match="'ghost' is not on roster epoch 1"):
        ROSTER.member("ghost")
    assert set(ROSTER.signing_keys) == set(CONSORTIUM.parties)


@pytest.mark.parametrize(
    "pairs",
    [
        (b"b" * 64, b"sig", b"a" * 64, b"sig"),
        (b"a" * 64, b"one", b"a" * 64, b"two"),
        (b"a" * 64,),
        (b"\xff", b"sig"),
    ],
    ids=["out of order", "a key twice", "a key without signature", "not text"],
)
def test_a_signed_roster_has_one_form(pairs):
    with pytest.raises(RemoteProtocolError):
        SignedRoster.from_bytes(pack(ROSTER.to_json(), *pairs))


def test_a_roster_survives_the_wire():
    carried = signed(ROSTER, ANNA, BERTA)
    assert SignedRoster.from_bytes(carried.to_bytes()) == carried
    assert Roster.from_json(ROSTER.to_json()).digest == ROSTER.digest
