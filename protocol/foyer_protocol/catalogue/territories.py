"""Territories of residence: a public, fixed list of codes, and how a postcode gets one.

The scheme is `postal-1`: the country and the first character of its postcode, which
needs no table and puts each postcode in one region of some 100,000 to 5 million people.
Finer schemes (municipality, NUTS) come with versioned tables; the codes are fixed
before any data is seen, since a list drawn from the data would itself be a release.
"""

UNKNOWN = "UNKNOWN"
"""No postcode, or one that its country does not have: never guessed (rule R26)."""

ELSEWHERE = "ELSEWHERE"
"""A country outside the list: foreign visitors are kept at country level at most (R26)."""

FIRST_CHARACTERS: dict[str, str] = {
    "BE": "123456789",
    "CA": "ABCEGHJKLMNPRSTVXY",
    "DE": "0123456789",
    "DK": "0123456789",
    "FI": "0123456789",
    "FR": "0123456789",
    "GB": "ABCDEFGHIJKLMNOPRSTUWYZ",
    "NL": "123456789",
    "NO": "0123456789",
    "SE": "123456789",
}
"""`FIRST_CHARACTERS[country]`: the characters with which a postcode there can begin."""

POSTCODE_DIGITS: dict[str, int] = {
    "BE": 4, "DE": 5, "DK": 4, "FI": 5, "FR": 5, "NL": 4, "NO": 4, "SE": 5,
}  # fmt: skip
"""How many leading digits a postcode has there, once blanks are taken out."""

TERRITORIES: tuple[str, ...] = (
    *(f"{country}-{c}" for country, cs in sorted(FIRST_CHARACTERS.items()) for c in cs),
    ELSEWHERE,
    UNKNOWN,
)
"""Every code, in the order of the slots. The last is always `UNKNOWN`."""


def territory_of(country: str, postcode: str) -> str:
    """Return the territory of a postcode, or `UNKNOWN`; never guess.

    >>> territory_of("DK", "2100"), territory_of("GB", "SE1 9TG"), territory_of("JP", "100")
    ('DK-2', 'GB-S', 'ELSEWHERE')
    >>> territory_of("DK", "21"), territory_of("", "2100")
    ('UNKNOWN', 'UNKNOWN')
    """
    country, text = country.strip().upper(), "".join(postcode.split()).upper()
    if country and country not in FIRST_CHARACTERS:
        return ELSEWHERE
    if not country or not text or text[0] not in FIRST_CHARACTERS[country]:
        return UNKNOWN
    digits = POSTCODE_DIGITS.get(country)
    if digits is None:
        plausible = len(text) >= 2 and text.isalnum() and text.isascii()
    else:
        lead = text[:digits]
        plausible = len(lead) == digits and lead.isdecimal() and lead.isascii()
    return f"{country}-{text[0]}" if plausible else UNKNOWN
