"""Promise: an envelope is opened by the one it is for, from somebody known, while it is fresh."""

import pytest
from tests.support.consortium import altered

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import RemoteProtocolError, VersionMismatch
from foyer_protocol.messages.codec import pack, unpack
from foyer_protocol.messages.envelope import (
    COORDINATOR,
    PURPOSE,
    EnvelopeHeader,
    Kind,
    open_envelope,
    seal_envelope,
)
from foyer_protocol.version import PROTOCOL_VERSION

MAK, VAM = Identity.generate(), Identity.generate()
KEYS = {"mak": MAK.public, "vam": VAM.public}
HEADER = EnvelopeHeader(
    protocol=PROTOCOL_VERSION,
    network="vienna",
    sender="mak",
    receiver=COORDINATOR,
    kind=Kind.REPORT,
    job_id="0" * 32,
    expires_at=1000,
)


def opened(raw, **changes):
    here = {"network": "vienna", "receiver": COORDINATOR, "sender_keys": KEYS, "now": 999}
    return open_envelope(raw, **{**here, **changes})


def test_what_was_sealed_is_opened():
    found = opened(seal_envelope(HEADER, b"body", MAK))
    assert (found.header, found.body) == (HEADER, b"body")


@pytest.mark.parametrize(
    "changes, match",
    [
        ({"network": "linz"}, "of network 'linz'"),
        ({"receiver": "vam"}, "for 'vam'"),
        ({"sender": "ghost"}, "from 'ghost', who is not known"),
        ({"sender": "vam"}, "signature"),
        ({"expires_at": 999}, "expired at 999; it is 999 now"),
    ],
)
def test_a_signed_envelope_is_refused_for(changes, match):
    with pytest.raises(RemoteProtocolError, match=match):
        opened(seal_envelope(altered(HEADER, **changes), b"body", MAK))


def test_another_version_is_named_as_such():
    newer = altered(HEADER, protocol=PROTOCOL_VERSION + 1)
    with pytest.raises(VersionMismatch, match=f"speaks protocol {PROTOCOL_VERSION + 1}"):
        opened(seal_envelope(newer, b"body", MAK))


def test_a_body_under_the_header_of_another_envelope_is_refused():
    head, signature, _ = unpack(seal_envelope(HEADER, b"body", MAK))
    with pytest.raises(RemoteProtocolError, match="signature"):
        opened(pack(head, signature, b"other"))


def test_a_signature_made_for_something_else_is_refused():
    head = HEADER.to_json()
    elsewhere = MAK.sign("foyer/report/v1", pack(head, b"body"))
    assert PURPOSE != "foyer/report/v1"
    with pytest.raises(RemoteProtocolError, match="signature"):
        opened(pack(head, elsewhere, b"body"))


def test_an_envelope_has_three_parts():
    with pytest.raises(RemoteProtocolError, match="3 parts; this one has 2"):
        opened(pack(HEADER.to_json(), b"body"))


@pytest.mark.parametrize("raw", [b"", b"\xff", b"\xff" * 64, b"{}"])
def test_noise_is_no_envelope(raw):
    with pytest.raises(RemoteProtocolError):
        opened(raw)
