"""Promise: a signature counts for one key, one purpose and one message."""

import hashlib

import pytest

from foyer_protocol.crypto.digests import digest
from foyer_protocol.crypto.identity import Identity, fingerprint, verify
from foyer_protocol.errors import ConfigError, RemoteProtocolError

MESSAGE = b"header"


@pytest.fixture(scope="module")
def mak():
    return Identity.from_bytes(bytes(range(32)))


@pytest.fixture(scope="module")
def signature(mak):
    return mak.sign("report", MESSAGE)


def test_a_signature_is_accepted_for_its_purpose(mak, signature):
    verify(mak.public, "report", MESSAGE, signature)


@pytest.mark.parametrize("purpose", ["roster", "report ", "", "reporth"])
def test_a_signature_for_one_purpose_fails_for_another_by_name(mak, signature, purpose):
    with pytest.raises(RemoteProtocolError) as refused:
        verify(mak.public, purpose, MESSAGE, signature)
    assert repr(purpose) in refused.value.message
    assert fingerprint(mak.public) in refused.value.message


def test_purpose_and_message_cannot_be_shifted_into_each_other(mak):
    with pytest.raises(RemoteProtocolError):
        verify(mak.public, "re", b"portheader", mak.sign("report", MESSAGE))


def test_a_signature_of_the_bare_message_is_refused(mak):
    bare = mak._private.sign(MESSAGE)
    with pytest.raises(RemoteProtocolError):
        verify(mak.public, "report", MESSAGE, bare)


def test_an_altered_message_is_refused(mak, signature):
    with pytest.raises(RemoteProtocolError, match="was not used"):
        verify(mak.public, "report", MESSAGE + b".", signature)


@pytest.mark.parametrize("at", [0, 31, 32, 63])
def test_an_altered_signature_is_refused(mak, signature, at):
    altered = bytearray(signature)
    altered[at] ^= 1
    with pytest.raises(RemoteProtocolError):
        verify(mak.public, "report", MESSAGE, bytes(altered))


@pytest.mark.parametrize("length", [0, 63, 65])
def test_a_signature_of_another_length_is_refused(mak, signature, length):
    with pytest.raises(RemoteProtocolError):
        verify(mak.public, "report", MESSAGE, (signature + b".")[:length])


def test_anothers_signature_is_refused(signature):
    with pytest.raises(RemoteProtocolError):
        verify(Identity.generate().public, "report", MESSAGE, signature)


@pytest.mark.parametrize("public", ["", "ab", "AB" * 32, "zz" * 32, "ab" * 32 + "\n", " " * 64])
def test_what_is_no_public_key_is_refused_by_its_length(public, signature):
    with pytest.raises(RemoteProtocolError, match=f"of {len(public)} characters"):
        verify(public, "report", MESSAGE, signature)


def test_an_identity_survives_its_file(mak):
    assert Identity.from_bytes(mak.to_bytes()).public == mak.public
    assert mak.to_bytes() == bytes(range(32))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_damaged_key_file_is_the_operators_to_mend(length):
    with pytest.raises(ConfigError, match=f"identity key of {length} bytes"):
        Identity.from_bytes(bytes(length))


def test_a_fingerprint_is_four_groups_and_differs_with_the_key(mak):
    groups = fingerprint(mak.public).split(" ")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert fingerprint(mak.public) != fingerprint(Identity.generate().public)


def test_signing_matches_the_published_key_of_rfc_8032():
    secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert Identity.from_bytes(bytes.fromhex(secret)).public == public


@pytest.mark.parametrize(
    "one, other",
    [
        (("a", b"bc"), ("ab", b"c")),
        (("a", b"b", b"c"), ("a", b"bc")),
        (("a", b"b", b""), ("a", b"b")),
        (("a", b"b", b"c"), ("a", b"c", b"b")),
    ],
)
def test_no_two_lists_of_parts_share_a_digest(one, other):
    assert digest(*one) != digest(*other)


def test_a_digest_is_sha256_of_length_prefixed_parts():
    encoded = b"\3\0\0\0\0\0\0\0ctx" + b"\2\0\0\0\0\0\0\0ab"
    assert digest("ctx", b"ab") == hashlib.sha256(encoded).digest()
