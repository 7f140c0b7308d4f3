"""Promise: a sealed message opens for one helper and one purpose, or not at all."""

import pytest

from foyer_protocol.crypto.helper_key import PRIVATE_BYTES, HelperKey
from foyer_protocol.crypto.sealing import OVERHEAD_BYTES, PUBLIC_BYTES, open_sealed, seal
from foyer_protocol.errors import ConfigError, RemoteProtocolError

PLAINTEXT, INFO = b"seed and shares", b"job, node, nonce, helper"


@pytest.fixture(scope="module")
def key():
    return HelperKey.generate()


@pytest.fixture(scope="module")
def sealed(key):
    return seal(PLAINTEXT, key.public, INFO)


def test_what_is_sealed_to_a_helper_opens_for_that_helper(key, sealed):
    assert open_sealed(sealed, key, INFO) == PLAINTEXT
    assert len(sealed) == len(PLAINTEXT) + OVERHEAD_BYTES
    assert len(key.public) == PUBLIC_BYTES


def test_a_key_survives_its_file(key, sealed):
    again = HelperKey.from_bytes(key.to_bytes())
    assert again.public == key.public
    assert open_sealed(sealed, again, INFO) == PLAINTEXT


def test_another_helper_cannot_open_it(sealed):
    with pytest.raises(RemoteProtocolError, match="does not open"):
        open_sealed(sealed, HelperKey.generate(), INFO)


@pytest.mark.parametrize("info", [b"", INFO + b"\0", b"another job, node, nonce, helper"])
def test_moved_to_another_job_or_node_it_does_not_open(key, sealed, info):
    with pytest.raises(RemoteProtocolError, match="does not open"):
        open_sealed(sealed, key, info)


@pytest.mark.parametrize("at", [0, 1087, 1088, 1119, 1120, -16, -1])
def test_one_flipped_bit_in_any_part_is_refused(key, sealed, at):
    altered = bytearray(sealed)
    altered[at] ^= 1
    with pytest.raises(RemoteProtocolError, match="does not open"):
        open_sealed(bytes(altered), key, INFO)


@pytest.mark.parametrize("length", [0, 1, 1088, 1119, 1120, 1135, 1136])
def test_a_truncated_message_is_refused(key, sealed, length):
    with pytest.raises(RemoteProtocolError, match=f"of {length} bytes does not open"):
        open_sealed(sealed[:length], key, INFO)


def test_sealing_twice_gives_two_messages_that_share_nothing(key, sealed):
    assert seal(PLAINTEXT, key.public, INFO)[:32] != sealed[:32]


@pytest.mark.parametrize(
    "public",
    [b"", bytes(PUBLIC_BYTES - 1), bytes(PUBLIC_BYTES + 1), b"\xff" * PUBLIC_BYTES],
)
def test_a_public_key_that_is_none_is_refused_and_nothing_is_sealed(public):
    with pytest.raises(RemoteProtocolError, match="nothing was sealed"):
        seal(PLAINTEXT, public, INFO)


def test_a_public_key_with_a_point_of_small_order_is_refused(key):
    with pytest.raises(RemoteProtocolError, match="nothing was sealed"):
        seal(PLAINTEXT, key.public[:-32] + bytes(32), INFO)


@pytest.mark.parametrize("length", [0, 32, PRIVATE_BYTES - 1, PRIVATE_BYTES + 1])
def test_a_damaged_key_file_is_the_operators_to_mend(length):
    with pytest.raises(ConfigError, match=f"helper key of {length} bytes"):
        HelperKey.from_bytes(bytes(length))


def test_the_same_entropy_makes_the_same_key():
    first, second = (HelperKey.generate(lambda count: b"\7" * count) for _ in range(2))
    assert first.public == second.public
    assert first.public != HelperKey.generate(lambda count: b"\6" * count).public
