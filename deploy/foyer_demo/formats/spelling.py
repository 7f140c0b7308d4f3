"""How people and systems write the same thing differently."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def spell_email(email: str, turn: int) -> str:
    """An address as typed for the `turn`-th order: mostly right, sometimes in capitals or blanks.

    All spellings are one visitor (R1).
    """
    if turn % 13 == 0:
        return email.upper()
    if turn % 17 == 0:
        return f" {email} "
    return email.title() if turn % 11 == 0 else email


def write_amounts(cents: Sequence[int], decimal: str) -> list[str]:
    """Money in major units with two decimals."""
    return [f"{amount // 100}{decimal}{amount % 100:02d}" for amount in cents]


def write_times(times: NDArray[np.datetime64], pattern: str) -> list[str]:
    """Local times in a system's pattern, of `{Y} {M} {D} {h} {m}`."""
    iso: list[str] = np.datetime_as_string(times, unit="m").tolist()
    return [pattern.format(Y=t[:4], M=t[5:7], D=t[8:10], h=t[11:13], m=t[14:16]) for t in iso]
