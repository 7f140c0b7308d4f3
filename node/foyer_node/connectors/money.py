"""Amounts and counts as exports write them, to integers (rule R23)."""

import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from foyer_node.ports import Cell

_SIGNS = re.compile(r"[\s'’\u00a0\u202f€$£¥]")
_CURRENCY = re.compile(r"^[^\W\d_]+\.?|[^\W\d_]+\.?$|[,.]-$")
_MEMO = 50_000
MOST_MINOR = 10**11
"""A larger amount is a typing error, not a ticket."""


def _strip(text: str) -> tuple[str, bool]:
    """The digits and marks of an amount, and whether it is negative."""
    text = text.strip()
    negative = text.startswith("(") and text.endswith(")")
    bare = _CURRENCY.sub("", _SIGNS.sub("", text.strip("()"))).replace("−", "-")
    if bare.startswith("-") or bare.endswith("-"):
        negative, bare = True, bare.strip("-")
    return bare.lstrip("+"), negative


def decimal_evidence(text: str) -> str | None:
    """The decimal mark this amount proves, or None if it proves none.

    >>> [decimal_evidence(t) for t in ("17,50", "1.234,50", "1,234", "1,234,567", "12")]
    [',', ',', None, '.', None]
    """
    bare, _ = _strip(text)
    commas, points = bare.count(","), bare.count(".")
    if not commas and not points:
        return None
    if commas and points:
        return "," if bare.rfind(",") > bare.rfind(".") else "."
    mark, other = (",", ".") if commas else (".", ",")
    if commas + points > 1:
        return other
    whole, rest = bare.split(mark)
    return None if len(rest) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0" else mark


def is_open(text: str) -> bool:
    """Whether the amount has one mark that could be decimal or thousands: `1.234`."""
    return decimal_evidence(text) is None and any(mark in text for mark in ".,")


def agreed_decimal(cells: Iterable[Cell]) -> str | None:
    """The mark that the first telling amount proves; "." if none needs one; None if open."""
    undecided = False
    for cell in cells:
        if isinstance(cell, str):
            if mark := decimal_evidence(cell):
                return mark
            undecided = undecided or is_open(cell)
    return None if undecided else "."


def amount_reader(decimal: str, *, in_minor: bool) -> Callable[[Cell], int]:
    """Make a reader of amounts to signed minor units; parentheses are negative.

    The reader raises `ValueError` for what is not an amount.
    """
    memo: dict[str, int] = {}
    thousands = "." if decimal == "," else ","
    scale = 1 if in_minor else 100

    def exact(text: str) -> int:
        bare, negative = _strip(text)
        whole, _, rest = bare.replace(thousands, "").partition(decimal)
        groups = bare.partition(decimal)[0].split(thousands)
        if any(len(group) != 3 for group in groups[1:]) or not (whole + rest).isdecimal():
            raise ValueError("not an amount")
        return _to_minor(Decimal(f"{whole or 0}.{rest or 0}"), scale) * (-1 if negative else 1)

    def read(cell: Cell) -> int:
        if isinstance(cell, int | float):
            return _to_minor(Decimal(str(cell)), scale)
        if not isinstance(cell, str):
            raise ValueError("not an amount")
        if cell not in memo:
            if len(memo) >= _MEMO:
                memo.clear()
            memo[cell] = exact(cell)
        return memo[cell]

    return read


def _to_minor(amount: Decimal, scale: int) -> int:
    try:
        minor = int((amount * scale).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    except InvalidOperation as error:
        raise ValueError("not an amount") from error
    if abs(minor) > MOST_MINOR:
        raise ValueError("too large for an amount")
    return minor


def count_of(cell: Cell) -> int:
    """A whole number of tickets, signed; `2`, `2.0`, `2,00` and `(2)` are whole.

    Raises:
        ValueError: not a whole number, or beyond a million.
    """
    if isinstance(cell, str):
        if cell.isdecimal() and cell.isascii() and len(cell) <= 6:
            return int(cell)
        bare, negative = _strip(cell)
        whole, _, rest = bare.replace(",", ".").partition(".")
        if not (whole.isdecimal() and whole.isascii()) or rest.strip("0") or len(whole) > 6:
            raise ValueError("not a whole number")
        return -int(whole) if negative else int(whole)
    if isinstance(cell, int | float) and cell == int(cell) and abs(cell) < 1_000_000:
        return int(cell)
    raise ValueError("not a whole number")
