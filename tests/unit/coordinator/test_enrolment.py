"""A code is spent once, by one set of keys, in its time; a lost reply can be had again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from tests.support.invitation_book import MemoryBook

from foyer_coordinator.adapters.certificates import NODE_CURVES, create_authority, institution_of
from foyer_coordinator.enrolment import (
    ALPHABET,
    CODE_LIFETIME,
    EnrolRequest,
    Invitation,
    NetworkCard,
    digest_keys,
    find,
    format_code,
    hash_code,
    is_repeat,
)
from foyer_coordinator.enrolment_desk import Desk
from foyer_node.enrolment import make_certificate_key, request_certificate
from foyer_protocol.errors import (
    EnrolmentRefused,
    LocalProtocolError,
    RemoteProtocolError,
    VersionMismatch,
)
from foyer_protocol.version import PROTOCOL_VERSION

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CODE = "0123-4567-89AB-CDEF-GHJK"
AUTHORITY = create_authority("kulturnet", NOW)
CARD = NetworkCard(
    network="kulturnet",
    authority_pem=AUTHORITY.certificate_pem,
    coordinator_key="c" * 64,
    governance_keys=("a" * 64,),
    governance_quorum=1,
    control_address="localhost:1",
    fleet_address="localhost:2",
)


class RacedBook(MemoryBook):
    """Another applicant's request is taken between our look and our spending."""

    def __init__(self, invitation, winner):
        super().__init__(invitation)
        self.winner = winner

    def spend(self, spent, request):
        self.rows[spent.code_hash] = replace(spent, keys_digest=self.winner or spent.keys_digest)
        return False


def invitation(code=CODE, institution="mak"):
    return Invitation(
        institution=institution, code_hash=hash_code(code), expires_at=NOW + CODE_LIFETIME
    )


def request(code=CODE, key=None, **changed):
    values = {
        "code": code,
        "protocol_version": PROTOCOL_VERSION,
        "signing_key": "5" * 64,
        "transport_key_pem": "PEM",
        "helper_key": b"helper",
        "helper_key_signature": b"signature",
        "certificate_request_pem": request_certificate(key or make_certificate_key()),
    }
    return EnrolRequest(**(values | changed))


def desk(book, vouch=lambda request: None):
    return Desk(book=book, issuer=AUTHORITY, card=CARD, vouch=vouch)


@given(st.binary(min_size=13, max_size=13))
def test_a_code_is_five_groups_of_four_in_crockfords_alphabet(entropy):
    groups = format_code(entropy).split("-")
    assert [len(group) for group in groups] == [4] * 5
    assert set("".join(groups)) <= set(ALPHABET)


@given(st.binary(min_size=13, max_size=13), st.integers(0, 99))
def test_every_one_of_a_hundred_bits_of_entropy_shows_in_the_code(entropy, bit):
    flipped = int.from_bytes(entropy) ^ (1 << (bit + 4))
    assert format_code(entropy) != format_code(flipped.to_bytes(13))


def test_too_little_entropy_makes_no_code():
    with pytest.raises(LocalProtocolError, match="13 random bytes and got 12"):
        format_code(bytes(12))


@given(st.binary(min_size=13, max_size=13))
def test_a_code_read_out_on_the_telephone_is_the_same_code(entropy):
    code = format_code(entropy)
    heard = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert hash_code(heard) == hash_code(code)


def test_what_is_stored_and_shown_does_not_hold_the_code():
    row, asked = invitation(), request()
    assert CODE not in repr(row) + repr(asked) + row.code_hash


def test_a_code_opens_its_own_invitation_and_no_other():
    rows = [invitation("AAAA", "mak"), invitation("BBBB", "smk"), invitation("CCCC", "kfb")]
    assert find("bb-bb", rows).institution == "smk"
    with pytest.raises(EnrolmentRefused, match="opens no invitation"):
        find("BBBC", rows)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(days=400)])
def test_a_code_expires_at_its_time_for_new_and_for_old_keys(late):
    unspent = invitation()
    for row in (unspent, replace(unspent, keys_digest="a")):
        with pytest.raises(EnrolmentRefused, match="was good until"):
            is_repeat(row, "a", row.expires_at + late)


def test_a_code_is_good_until_just_before_its_time():
    row = invitation()
    assert not is_repeat(row, "a", row.expires_at - timedelta(microseconds=1))


@pytest.mark.parametrize("field", ["signing_key", "transport_key_pem", "helper_key"])
def test_each_key_decides_who_is_asking(field):
    asked = request()
    other = replace(asked, **{field: b"x" if field == "helper_key" else "x"})
    assert digest_keys(asked, b"k") != digest_keys(other, b"k")
    assert digest_keys(asked, b"k") != digest_keys(asked, b"l")


def test_the_certificate_names_the_invited_institution():
    grant = desk(MemoryBook(invitation())).redeem(request(), NOW)
    assert grant.institution == "mak"
    assert institution_of(grant.certificate_pem.encode(), "kulturnet") == "mak"


def test_the_same_keys_get_the_same_certificate_again_and_are_admitted_once():
    book, key = MemoryBook(invitation()), make_certificate_key()
    first = desk(book).redeem(request(key=key), NOW)
    again = desk(book).redeem(request(key=key), NOW + timedelta(hours=23))
    assert again == first
    assert len(book.admitted) == 1


def test_other_keys_find_the_code_used_and_change_nothing():
    book = MemoryBook(invitation())
    desk(book).redeem(request(), NOW)
    before = dict(book.rows)
    with pytest.raises(EnrolmentRefused, match="has been used"):
        desk(book).redeem(request(), NOW)
    assert book.rows == before


def test_a_used_code_does_not_come_back_after_its_time():
    book, key = MemoryBook(invitation()), make_certificate_key()
    desk(book).redeem(request(key=key), NOW)
    with pytest.raises(EnrolmentRefused, match="was good until"):
        desk(book).redeem(request(key=key), NOW + CODE_LIFETIME)


def test_of_two_that_come_at_once_the_slower_is_refused():
    with pytest.raises(EnrolmentRefused, match="has been used"):
        desk(RacedBook(invitation(), winner="d" * 64)).redeem(request(), NOW)


def test_one_that_races_with_itself_is_answered():
    assert desk(RacedBook(invitation(), winner=None)).redeem(request(), NOW).institution == "mak"


def test_another_protocol_version_leaves_the_code_unspent():
    book = MemoryBook(invitation())
    with pytest.raises(VersionMismatch, match="protocol 99"):
        desk(book).redeem(request(protocol_version=99), NOW)
    assert book.admitted == []


@pytest.mark.parametrize("pem", ["", "ø", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"])
def test_what_is_not_a_certificate_request_leaves_the_code_unspent(pem):
    book = MemoryBook(invitation())
    with pytest.raises(RemoteProtocolError, match="PKCS#10"):
        desk(book).redeem(request(certificate_request_pem=pem), NOW)
    assert book.admitted == []


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_a_node_may_ask_with_a_p256_or_p384_key_and_no_other(curve):
    pem = ec.generate_private_key(curve).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    asked = request(key=pem)
    if curve.name in NODE_CURVES:
        assert desk(MemoryBook(invitation())).redeem(asked, NOW).institution == "mak"
    else:
        with pytest.raises(RemoteProtocolError, match="P-256 or P-384"):
            desk(MemoryBook(invitation())).redeem(asked, NOW)


def test_a_helper_key_that_nobody_vouches_for_leaves_the_code_unspent():
    def vouch(asked):
        raise RemoteProtocolError("the helper key's signature does not hold")

    book = MemoryBook(invitation())
    with pytest.raises(RemoteProtocolError, match="helper key"):
        desk(book, vouch).redeem(request(), NOW)
    assert book.admitted == []
