"""How people and spreadsheets write a postcode, and the form in which the tables have it.

A postcode becomes its *area*: all digits in most countries, the four digits of a Dutch
code, the outward half of a British one, the first three signs of a Canadian one. What
does not have its country's form becomes nothing at all: it is never guessed (rule R26).
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

FORMS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "BE": re.compile(r"([1-9]\d{3})"),
        "CA": re.compile(r"([ABCEGHJ-NPRSTVXY]\d[A-Z])(?:\d[A-Z]\d)?"),
        "DE": re.compile(r"(\d{5})"),
        "DK": re.compile(r"(\d{4})"),
        "FI": re.compile(r"(\d{5})"),
        "FR": re.compile(r"(\d{5})"),
        "GB": re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(?:\d[A-Z]{2})?"),
        "NL": re.compile(r"([1-9]\d{3})(?:[A-Z]{2})?"),
        "NO": re.compile(r"(\d{4})"),
        "SE": re.compile(r"([1-9]\d{4})"),
    }
)
"""`FORMS[country]`: the whole of a postcode without blanks; its first group is the area."""

LOST_ZEROS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"DE": (4, 5), "DK": (3, 4), "FI": (3, 5), "FR": (4, 5), "NO": (3, 4)}
)
"""`(fewest digits, full digits)` where a spreadsheet may have taken leading zeros away.

One zero, or two in Finland (00100 is Helsinki). Only a lost zero makes such a number a
postcode, and the table must then have it.
"""

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "B": "BE", "BE": "BE", "CA": "CA", "D": "DE", "DE": "DE", "DK": "DK", "F": "FR",
        "FI": "FI", "FIN": "FI", "FR": "FR", "GB": "GB", "N": "NO", "NL": "NL", "NO": "NO",
        "S": "SE", "SE": "SE", "UK": "GB",
    }
)  # fmt: skip
"""What stands before a hyphen: `D-10115`, `S-114 55`."""

_PREFIXED = re.compile(r"\s*([A-Z]{1,3})\s*-\s*(?=\w)")
_SPACED = re.compile(r"\s*([A-Z]{1,3})\s+(?=\d{3})")
_BLANKS = re.compile(r"[\s-]+")
_CEDEX = re.compile(r"\s*CEDEX.*")
_SECTOR = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\s+\d")


def split_country(text: str) -> tuple[str, str]:
    """Return the country that a postcode itself names, or nothing, and the rest.

    >>> split_country("S-114 55"), split_country("DK 2100"), split_country("SE1 9TG")
    (('SE', '114 55'), ('DK', '2100'), ('', 'SE1 9TG'))
    """
    upper = text.upper()
    found = _PREFIXED.match(upper) or _SPACED.match(upper)
    if found is None or found[1] not in PREFIXES:
        return "", text
    return PREFIXES[found[1]], upper[found.end() :].strip()


def postcode_area(country: str, text: str) -> str:
    """Return the area of a postcode of one of our countries, or nothing.

    A code that names another country than `country` is refused: one of the two is wrong.

    >>> postcode_area("NL", "1012 ab"), postcode_area("GB", "SE1 9TG"), postcode_area("FI", "2100")
    ('1012', 'SE1', '02100')
    >>> postcode_area("DK", "S-114 55"), postcode_area("DK", "21")
    ('', '')
    """
    form = FORMS.get(country)
    if form is None or not "".join(text.split()).isascii():
        return ""
    named, rest = split_country(text)
    if named not in {"", country}:
        return ""
    upper = rest.upper().strip()
    if country == "FR":
        upper = _CEDEX.sub("", upper)
    if country == "GB" and (sector := _SECTOR.fullmatch(upper)):
        return sector[1]
    bare = _BLANKS.sub("", upper).removesuffix(".0")
    if country in LOST_ZEROS:
        bare = _with_zeros(bare, *LOST_ZEROS[country])
    found = form.fullmatch(bare)
    return "" if found is None else found[1]


def _with_zeros(bare: str, fewest: int, full: int) -> str:
    return bare.zfill(full) if bare.isdecimal() and fewest <= len(bare) < full else bare
