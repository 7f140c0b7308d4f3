"""The grid of cohorts: public codes of institutions, and what each one rolls up to.

Whom a member may be compared with is fixed here, before any data is seen and before any
round is proposed: an institution has one code in each dimension, a code has at most one
parent, and nobody can ask for a cohort that is not on the grid. The codes are those of the
data model (C.2); the territories of venues are the regions of `regions`, their NUTS level 1
and their country.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from foyer_protocol.catalogue.regions import REGIONS


class Dimension(StrEnum):
    """A public fact by which the reporters of a round may be divided."""

    DISCIPLINE = "discipline"
    SIZE = "size"
    TYPE = "type"
    TERRITORY = "territory"


WHOLE = "ALL"
"""The code above all codes: everybody."""

_DISCIPLINES: dict[str, str] = {
    "PERFORMING": "STAGE MUSIC",
    "STAGE": "THEATRE MUSICAL OPERA DANCE COMEDY CIRCUS VARIETY_CABARET SPOKEN_WORD PUPPETRY"
    " STREET_OUTDOOR",
    "MUSIC": "MUSIC_CLASSICAL MUSIC_JAZZ MUSIC_POP MUSIC_WORLD",
    "VISITED": "EXHIBITIONS HERITAGE_VISIT",
    "EXHIBITIONS": "EXHIB_ART EXHIB_HISTORY EXHIB_SCIENCE_NATURE MUSEUM_ADMISSION",
    "": "PERFORMING VISITED FILM FESTIVAL_MULTI TALK_LITERATURE WORKSHOP FAMILY_CHILDREN OTHER",
}

_TYPES: dict[str, str] = {
    "PERFORMING": "STAGES MUSIC_HOUSES",
    "STAGES": "THEATRE OPERA_HOUSE DANCE_COMPANY TOURING_COMPANY",
    "MUSIC_HOUSES": "CONCERT_HALL MUSIC_VENUE ORCHESTRA",
    "VISITED": "MUSEUM HERITAGE_SITE GALLERY_KUNSTHALLE",
    "MUSEUM": "MUSEUM_ART MUSEUM_HISTORY_ARCH MUSEUM_SCIENCE_NATURE MUSEUM_OTHER",
    "SCREENS": "CINEMA FILM_THEATRE",
    "": "PERFORMING VISITED SCREENS FESTIVAL CULTURE_HOUSE OTHER",
}

_SIZES: dict[str, str] = {"XS-S": "XS S", "L-XL": "L XL", "": "XS-S M L-XL"}


def _parents(children: Mapping[str, str]) -> dict[str, str]:
    return {code: parent for parent, codes in children.items() for code in codes.split()}


def _territories() -> dict[str, str]:
    """Each region below its NUTS-1 and its country; a NUTS-1 that is a whole country is left out.

    The United Kingdom is `GB` (ISO 3166-1), though its NUTS codes begin with UK.
    """
    found = {}
    for country, codes in REGIONS.items():
        regions = codes.split()
        firsts = {code[:3] for code in regions if "-" not in code}
        for code in regions:
            first = code[:3]
            if "-" in code or first == code or len(firsts) == 1:
                found[code] = country
            else:
                found[code], found[first] = first, country
        found[country] = ""
    return found


PARENTS: Mapping[Dimension, Mapping[str, str]] = MappingProxyType(
    {
        Dimension.DISCIPLINE: MappingProxyType(_parents(_DISCIPLINES)),
        Dimension.SIZE: MappingProxyType(_parents(_SIZES)),
        Dimension.TYPE: MappingProxyType(_parents(_TYPES)),
        Dimension.TERRITORY: MappingProxyType(_territories()),
    }
)
"""`PARENTS[dimension][code]`: the code above it, empty below the whole."""


def path_of(dimension: Dimension, code: str) -> tuple[str, ...]:
    """The codes from the top to `code`; none for a code that is not on the grid.

    A country that the grid does not divide stands for itself.

    >>> path_of(Dimension.TERRITORY, "FRK2"), path_of(Dimension.TERRITORY, "DK01")
    (('FR', 'FRK', 'FRK2'), ('DK', 'DK01'))
    >>> path_of(Dimension.SIZE, "XL"), path_of(Dimension.TYPE, "SHIP"), path_of(Dimension.SIZE, "")
    (('L-XL', 'XL'), (), ())
    """
    parents = PARENTS[dimension]
    if code not in parents:
        is_country = dimension is Dimension.TERRITORY and len(code) == 2 and code.isupper()
        return (code,) if is_country else ()
    path = [code]
    while parents[path[0]]:
        path.insert(0, parents[path[0]])
    return tuple(path)
