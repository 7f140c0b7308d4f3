"""Identifiers, and the only place where their shapes are decided.

All of them are public: nothing about a visitor may be put in one.
"""

import re
from typing import Annotated, NewType

from pydantic import StringConstraints

InstitutionId = NewType("InstitutionId", str)
RoundId = NewType("RoundId", str)
JobId = NewType("JobId", str)
StatisticKey = NewType("StatisticKey", str)

SLUG = r"^[a-z][a-z0-9-]{1,62}$"
HEX32 = r"^[0-9a-f]{32}$"
HEX64 = r"^[0-9a-f]{64}$"
KEY = r"^[a-z_]+\.[a-z0-9_]+$"

Slug = Annotated[str, StringConstraints(pattern=SLUG)]
"""An institution, a round, a network: lower case, digits and hyphens, 2 to 63 characters."""

Hex32 = Annotated[str, StringConstraints(pattern=HEX32)]
"""128 random bits as lower-case hexadecimal: a job."""

Hex64 = Annotated[str, StringConstraints(pattern=HEX64)]
"""A SHA-256 digest, an Ed25519 public key or a 32-byte nonce as lower-case hexadecimal."""

Key = Annotated[str, StringConstraints(pattern=KEY)]
"""A statistic in the catalogue: `family.name`."""


def is_slug(text: str) -> bool:
    """Tell whether `text` can name an institution or a round.

    >>> is_slug("mak-wien"), is_slug("MAK Wien")
    (True, False)
    """
    return re.fullmatch(SLUG, text) is not None
