"""Promise: a message has one byte form, and every other spelling of it is refused unread."""

import json

import pytest
from tests.support.consortium import altered

from foyer_protocol.catalogue.measures import Family
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.codec import fraction_text, read_fraction
from foyer_protocol.messages.plan import FamilyScale
from foyer_protocol.messages.report import Refusal
from foyer_protocol.messages.unmask import Ack

ACK = Ack(job_id="0" * 32, helper="mak", set="1" * 64, pads="2" * 64)
FIELDS = json.loads(ACK.to_json())


def canonical(fields):
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def test_the_canonical_form_is_sorted_and_without_blanks():
    assert ACK.to_json() == canonical(FIELDS)
    assert Ack.from_json(canonical(FIELDS)) == ACK


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps(FIELDS).encode(),
        json.dumps(dict(reversed(FIELDS.items())), separators=(",", ":")).encode(),
        ACK.to_json().replace(b'"mak"', b'"\\u006dak"'),
        ACK.to_json().replace(b'"helper":"mak"', b'"helper":"vam","helper":"mak"'),
        ACK.to_json() + b"\n",
        b"\xef\xbb\xbf" + ACK.to_json(),
    ],
    ids=["blanks", "other order", "escaped", "a key twice", "line end", "byte order mark"],
)
def test_another_spelling_of_the_same_message_is_refused(raw):
    with pytest.raises(RemoteProtocolError):
        Ack.from_json(raw)


@pytest.mark.parametrize(
    "changes",
    [
        {"extra": 1},
        {"helper": None},
        {"helper": "MAK"},
        {"helper": 7},
        {"set": "1" * 63},
        {"set": "A" * 64},
        {"pads": "2" * 64 + "\n"},
    ],
)
def test_another_shape_is_refused(changes):
    with pytest.raises(RemoteProtocolError, match="could not be read"):
        Ack.from_json(canonical({**FIELDS, **changes}))


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b'"x"', b"{", b"\xff\xfe", b"[" * 9999])
def test_what_is_no_message_is_refused(raw):
    with pytest.raises(RemoteProtocolError, match="Ack could not be read"):
        Ack.from_json(raw)


def test_an_error_never_repeats_what_was_sent():
    secret = "canary-7f3a"
    with pytest.raises(RemoteProtocolError) as caught:
        Ack.from_json(canonical({**FIELDS, "set": secret}))
    assert secret not in str(caught.value)
    assert secret not in repr(caught.value.__cause__)


@pytest.mark.parametrize("code", ["NOT", "x", "with space", "a" * 41, ""])
def test_a_refusal_says_a_code_and_nothing_else(code):
    with pytest.raises(ValueError, match="code"):
        Refusal(job_id="0" * 32, institution="mak", code=code)


def test_a_fraction_of_thousands_of_digits_is_refused_before_it_is_read():
    scale = FamilyScale(
        family=Family.VISITS, squared_sensitivity=1, grid=1, share_variance="16/1", rho="1/50"
    )
    with pytest.raises(ValueError, match="rho"):
        altered(scale, rho="1/" + "1" * 5000)
    longest = altered(scale, rho="1/" + "1" * 400)
    assert fraction_text(read_fraction(longest.rho)) == longest.rho


def test_a_message_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        ACK.helper = "vam"
