"""Where invented people live: a country and a postcode of its real shape."""

import numpy as np

from foyer_protocol.catalogue.territories import FIRST_CHARACTERS, POSTCODE_DIGITS

NEIGHBOURS: dict[str, str] = {
    "BE": "NL FR DE GB", "CA": "US FR GB", "DE": "DK NL BE PL", "DK": "SE DE NO GB",
    "FI": "SE EE DE", "FR": "BE DE GB CA", "GB": "FR NL US IE", "NL": "BE DE GB US",
    "SE": "DK NO FI DE",
}  # fmt: skip
"""Countries from which visitors come to a house there; some are outside the territories."""

AREAS_GB = (
    "B",
    "BA",
    "BS",
    "CF",
    "E",
    "EX",
    "GL",
    "L",
    "LS",
    "M",
    "N",
    "NW",
    "SE",
    "SW",
    "TA",
    "W",
)
LOCAL_SHARE, FOREIGN_SHARE = 0.6, 0.07
LETTERS = "ABCEGHJKLMNPRSTVXY"


def draw_countries(rng: np.random.Generator, country: str, count: int) -> list[str]:
    """Countries of `count` people of a house in `country`: most of them its own."""
    abroad = NEIGHBOURS[country].split()
    picks = rng.integers(0, len(abroad), count)
    foreign = rng.random(count) < FOREIGN_SHARE
    return [abroad[p] if f else country for p, f in zip(picks, foreign, strict=True)]


def draw_postcodes(
    rng: np.random.Generator, countries: list[str], home_country: str, home_area: str
) -> list[str]:
    """One postcode per country given; those at home lie mostly around `home_area`."""
    local = rng.random(len(countries)) < LOCAL_SHARE
    digits = rng.integers(0, 10, (len(countries), 6)).tolist()
    return [
        _postcode(country, home_area if near and country == home_country else "", row)
        for country, near, row in zip(countries, local.tolist(), digits, strict=True)
    ]


def _postcode(country: str, area: str, digits: list[int]) -> str:
    """Shape six random digits like a postcode of `country` that begins with `area`."""
    if country == "GB":
        lead = area or AREAS_GB[(digits[0] * 10 + digits[1]) % len(AREAS_GB)]
        inward = LETTERS[digits[4]] + LETTERS[digits[5]]
        return f"{lead}{digits[2] % 9 + 1} {digits[3]}{inward}"
    firsts = FIRST_CHARACTERS.get(country, "123456789")
    lead = area or firsts[(digits[0] * 10 + digits[1]) % len(firsts)]
    if country == "CA":
        return f"{lead}{digits[2]}{LETTERS[digits[3]]} {digits[4]}{LETTERS[digits[5]]}{digits[1]}"
    length = POSTCODE_DIGITS.get(country, 5)
    text = (lead + "".join(map(str, digits[2:])))[:length].ljust(length, "0")
    if country == "NL":
        return f"{text} {LETTERS[digits[4]]}{LETTERS[digits[5]]}"
    return f"{text[:3]} {text[3:]}" if country == "SE" else text
