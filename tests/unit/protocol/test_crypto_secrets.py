"""Promise: no key shows itself, in a repr, a str, a format or an error."""

import base64
import traceback
from collections.abc import Iterator
from itertools import cycle, islice

import numpy as np
import pytest

from foyer_protocol.crypto.helper_key import HelperKey
from foyer_protocol.crypto.identity import Identity, fingerprint, verify
from foyer_protocol.crypto.pads import add_pads, pad_key
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.crypto.sealing import open_sealed, seal
from foyer_protocol.errors import FoyerError

CANARY = b"CANARY-7f3a"


def canary_entropy(count: int) -> bytes:
    return bytes(islice(cycle(CANARY), count))


def forms() -> Iterator[str]:
    """Every way in which the canary would be readable."""
    yield CANARY.decode()
    yield CANARY[:8].hex()
    yield base64.b64encode(CANARY)[:10].decode()
    yield str(list(CANARY))[1:20]
    yield str(int.from_bytes(canary_entropy(32), "big"))
    yield str(int.from_bytes(canary_entropy(32), "little"))


def assert_silent(text: str) -> None:
    for form in forms():
        assert form.lower() not in text.lower()


def test_the_canary_is_found_where_it_shows():
    for shown in (repr(CANARY), canary_entropy(32).hex(), base64.b64encode(CANARY).decode()):
        with pytest.raises(AssertionError):
            assert_silent(shown)


@pytest.mark.parametrize("secret", [Identity, HelperKey])
def test_a_private_key_never_shows_in_any_text(secret):
    key = secret.generate(canary_entropy)
    assert CANARY in key.to_bytes()
    for text in (repr(key), str(key), f"{key}", f"{[key]!r}", f"{ {'key': key} }"):
        assert_silent(text)


def test_an_identity_shows_its_fingerprint_only():
    identity = Identity.generate(canary_entropy)
    assert repr(identity) == f"Identity({fingerprint(identity.public)})"


def test_two_helper_keys_can_be_told_apart_by_their_repr():
    assert repr(HelperKey.generate()) != repr(HelperKey.generate())


@pytest.mark.parametrize("secret", [Identity, HelperKey])
def test_a_private_key_cannot_be_altered(secret):
    with pytest.raises(AttributeError):
        secret.generate(canary_entropy).public = "mine"


@pytest.mark.parametrize(
    "refused",
    [
        lambda: Identity.from_bytes(canary_entropy(31)),
        lambda: HelperKey.from_bytes(canary_entropy(95)),
        lambda: pad_key(canary_entropy(31), b"context"),
        lambda: add_pads(np.zeros(1, "<u4"), [canary_entropy(31)]),
        lambda: open_sealed(canary_entropy(2000), HelperKey.generate(canary_entropy), b""),
        lambda: seal(canary_entropy(32), bytes(10), b""),
        lambda: seal(canary_entropy(32), b"\xff" * 1216, b""),
        lambda: verify(canary_entropy(64).decode(), "report", b"", bytes(64)),
        lambda: verify(Identity.generate().public, "report", canary_entropy(9), CANARY),
    ],
)
def test_a_refusal_never_quotes_what_it_refused(refused):
    with pytest.raises(FoyerError) as caught:
        refused()
    error = caught.value
    shown = "".join(traceback.format_exception(error)) + repr(error) + error.hint
    assert_silent(shown)
    assert error.__cause__ is None


def test_system_entropy_gives_as_many_bytes_as_asked_and_never_twice_the_same():
    assert [len(system_entropy(count)) for count in (0, 1, 32)] == [0, 1, 32]
    assert system_entropy(32) != system_entropy(32)
