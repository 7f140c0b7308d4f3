"""From a country and a postcode to a place, by the tables shipped with the node (rule R26).

Nothing is guessed: a postcode that its country's table does not have stays unknown, and a
country without a table is kept as a country. A table is read when its country is first
asked for, and stays.
"""

import lzma
from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from foyer_node.territories.distance import distance_band, distance_km
from foyer_node.territories.postcodes import FORMS, PREFIXES, postcode_area, split_country
from foyer_node.territories.table_format import NOWHERE, Table, decode_table
from foyer_protocol.catalogue.territories import UNKNOWN
from foyer_protocol.errors import StorageError

COUNTRIES = tuple(sorted(FORMS))
"""The countries with a table."""


class Level(StrEnum):
    """How coarse a territory is, the coarsest first. Each holds all those after it."""

    COUNTRY = "country"
    REGION_1 = "region-1"  # NUTS 1; a province of Canada
    REGION_2 = "region-2"  # NUTS 2
    REGION_3 = "region-3"  # NUTS 3
    MUNICIPALITY = "municipality"
    POSTCODE = "postcode"


REGION_LENGTHS = {Level.REGION_1: 3, Level.REGION_2: 4, Level.REGION_3: 5}
"""How many signs a NUTS code has at each level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """Where a postcode lies; a part that is not known is empty, or None.

    `several`: the postcode belongs to more municipalities than one; the one named has most
    of its places, and none is named if none has. Coordinates are the centroid of the
    postcode's places in hundredths of a degree.
    """

    country: str = ""
    postcode_area: str = ""
    municipality: str = ""
    municipality_name: str = ""
    region: str = ""
    several: bool = False
    centroid: tuple[float, float] | None = None

    @property
    def is_placed(self) -> bool:
        """Whether the postcode is one that its country has."""
        return bool(self.postcode_area)

    @property
    def nuts1(self) -> str:
        """The region of NUTS level 1, or nothing; Canada has none."""
        return self._nuts(Level.REGION_1)

    @property
    def nuts2(self) -> str:
        """The region of NUTS level 2, or nothing."""
        return self._nuts(Level.REGION_2)

    @property
    def nuts3(self) -> str:
        """The region of NUTS level 3, or nothing."""
        return self._nuts(Level.REGION_3)

    def code(self, level: Level) -> str:
        """The territory's code at a level, or `UNKNOWN` if it is not known so finely."""
        match level:
            case Level.COUNTRY:
                found = self.country
            case Level.MUNICIPALITY:
                found = self.municipality
            case Level.POSTCODE:
                found = self.postcode_area
            case Level.REGION_1 if self.country == "CA":
                found = self.region
            case Level.REGION_1 | Level.REGION_2 | Level.REGION_3:
                found = self._nuts(level)
        return found or UNKNOWN

    def seen_from(self, home: str) -> "Territory":
        """The same for a house in `home`: someone from another country is a country (R26)."""
        if self.country == home:
            return self
        return Territory(country=self.country)

    def kilometres_to(self, venue: tuple[float, float]) -> float | None:
        """Distance from the postcode's centroid to a venue, or None."""
        return None if self.centroid is None else distance_km(self.centroid, venue)

    def band_to(self, venue: tuple[float, float], home: str) -> str:
        """The distance band to a venue in the country `home`; see `distance.BANDS`."""
        abroad = bool(self.country) and self.country != home
        return distance_band(self.kilometres_to(venue), abroad=abroad)

    def _nuts(self, level: Level) -> str:
        length = REGION_LENGTHS[level]
        usable = self.country != "CA" and len(self.region) >= length
        return self.region[:length] if usable else ""


NOT_KNOWN = Territory()
"""No country: nothing is known."""


def locate(country: str, postcode: str) -> Territory:
    """Return where a postcode lies. `country` is an ISO 3166-1 code, or empty.

    Without a country the postcode must name it (`DK-2100`); we never take the house's own.
    A postcode that its country does not have leaves the country alone.

    >>> locate("DK", "2100").nuts3, locate("FR", "75011").municipality, locate("US", "10001")
    ('DK011', '75056', Territory(country='US', postcode_area='', municipality='', \
municipality_name='', region='', several=False, centroid=None))

    Raises:
        StorageError: the shipped table of that country is missing or damaged.
    """
    stated = country.strip().upper()
    stated = PREFIXES.get(stated, stated) if stated == "UK" else stated
    if not stated:
        stated = split_country(postcode)[0]
    if len(stated) != 2 or not (stated.isascii() and stated.isalpha()):
        return NOT_KNOWN
    area = postcode_area(stated, postcode)
    if not area:
        return Territory(country=stated)
    return _find(read_table(stated), area)


@cache
def read_table(country: str) -> Table:
    """Return the table of a country, from the files of this package.

    Raises:
        StorageError: there is none, or it is damaged.
    """
    source = files(__package__) / "tables" / f"{country}.txt.xz"
    try:
        return decode_table(lzma.decompress(source.read_bytes()).decode("utf-8"))
    except (OSError, lzma.LZMAError, ValueError) as cause:
        raise StorageError(
            f"the table of postcodes of {country} cannot be read ({type(cause).__name__})",
            hint="Install the node again: the tables are part of it.",
        ) from cause


def _find(table: Table, area: str) -> Territory:
    at = bisect_left(table.postcodes, area)
    if at == len(table.postcodes) or table.postcodes[at] != area:
        return Territory(country=table.country)
    place = table.places[table.place_of[at]]
    lat, lon = table.latitudes[at], table.longitudes[at]
    return Territory(
        country=table.country,
        postcode_area=area,
        municipality=place.municipality,
        municipality_name=place.name,
        region=place.region,
        several=place.several,
        centroid=None if lat == NOWHERE else (lat / 100, lon / 100),
    )
