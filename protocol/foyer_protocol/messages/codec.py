"""One canonical byte form for every message: nothing is signed that can be written twice.

A message is JSON with sorted keys, no blanks and no floats. Bulk bytes (masked vectors,
sealed seeds) are never put in JSON: they follow it as length-prefixed parts.
"""

import json
from fractions import Fraction
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from foyer_protocol.crypto.digests import Bulk
from foyer_protocol.errors import RemoteProtocolError

FractionText = Annotated[
    str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,399})/[1-9][0-9]{0,399}$")
]
"""An exact non-negative fraction, in lowest terms: `"1/50"`. Its digits are bounded as in
the ledger, because Python refuses to read integers of some thousand digits."""

DecimalText = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,9})?$")]
"""A decimal number as text: what is released is read by people and by machines alike."""

LENGTH_BYTES = 8
MOST_PARTS = 4096
"""A thousand reports, with shares of three silent helpers for each of them."""


class Message(BaseModel):
    """The root of all messages: strict, frozen, and closed to unknown fields."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    def to_json(self) -> bytes:
        """The canonical bytes of this message."""
        plain = self.model_dump(mode="json")
        text = json.dumps(
            plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        return text.encode()

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """Read a message, refusing any bytes but its canonical ones.

        Raises:
            RemoteProtocolError: unknown or missing field, wrong type, or another
                spelling of the same message. The content is never repeated in the error.
        """
        try:
            message = cls.model_validate_json(raw, strict=True)
        except ValidationError as failure:
            where = ", ".join(
                ".".join(str(step) for step in error["loc"]) or "the whole"
                for error in failure.errors(include_input=False, include_url=False)[:3]
            )
            raise RemoteProtocolError(
                f"a {cls.__name__} could not be read: {where}",
                hint="Both sides must run the same version of Foyer.",
            ) from None
        if message.to_json() != raw:
            raise RemoteProtocolError(f"a {cls.__name__} was not in its canonical byte form")
        return message


def fraction_text(value: Fraction) -> str:
    """Write an exact non-negative fraction.

    >>> fraction_text(Fraction(2, 100))
    '1/50'
    """
    return f"{value.numerator}/{value.denominator}"


def read_fraction(text: str) -> Fraction:
    """Read what `fraction_text` wrote, and nothing else.

    Raises:
        RemoteProtocolError: it is not in lowest terms.
    """
    value = Fraction(text)
    if fraction_text(value) != text:
        raise RemoteProtocolError(f"the fraction {text} is not in lowest terms")
    return value


def decimal_text(value: float) -> str:
    """Write a finite number as `DecimalText`, to six decimals.

    >>> decimal_text(12.5), decimal_text(-0.0), decimal_text(3.0000001)
    ('12.5', '0', '3')
    """
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def pack(*parts: Bulk) -> bytes:
    """Join parts, each after its length as eight little-endian bytes."""
    pieces: list[Bulk] = []
    for part in parts:
        pieces += [len(part).to_bytes(LENGTH_BYTES, "little"), part]
    return b"".join(pieces)


def unpack(raw: bytes) -> tuple[bytes, ...]:
    """Split what `pack` joined.

    >>> unpack(pack(b"a", b"", b"bc"))
    (b'a', b'', b'bc')

    Raises:
        RemoteProtocolError: a length runs past the end, or there are too many parts.
    """
    parts: list[bytes] = []
    position = 0
    while position < len(raw):
        body = position + LENGTH_BYTES
        size = int.from_bytes(raw[position:body], "little")
        if body > len(raw) or body + size > len(raw):
            raise RemoteProtocolError(f"a message of {len(raw)} bytes ends inside a part")
        if len(parts) == MOST_PARTS:
            raise RemoteProtocolError(f"a message has more than {MOST_PARTS} parts")
        parts.append(raw[body : body + size])
        position = body + size
    return tuple(parts)
