"""Where a buyer lives, seen from the house, and how far the venue is (rule R26)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from foyer_node.connectors.connector import CanonicalRow
from foyer_node.importing.rules import country_of, residence

UNKNOWN_DISTANCE = -1.0
_MOST_KEPT = 1_000_000

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


class Placed(Protocol):
    """What a table of territories says of a postcode; "" for what it does not know."""

    @property
    def country(self) -> str: ...
    @property
    def municipality(self) -> str: ...
    @property
    def nuts3(self) -> str: ...
    @property
    def centroid(self) -> Point | None: ...
    def kilometres_to(self, venue: Point) -> float | None: ...


Locate = Callable[[str, str], Placed]
"""From a country (ISO 3166-1 alpha-2, or "") and a postcode; never guesses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A residence as coarse as it is kept. Never an address, never a postcode."""

    territory: str  # of the catalogue, for rounds
    country: str = ""
    municipality: str = ""
    nuts3: str = ""
    distance_km: float = UNKNOWN_DISTANCE


@dataclass(slots=True, kw_only=True)
class Places:
    """Finds homes, each pair of country and postcode once.

    `house` is the house's own country and postcode; `venues` are those of venues that lie
    elsewhere, by name in lower case. Without `locate` only the catalogue's territory and
    the country are known. Someone from another country is a country (R26).
    """

    house: tuple[str, str] = ("", "")
    venues: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    locate: Locate | None = None
    _homes: dict[tuple[str, str, str], Home] = field(default_factory=dict)
    _points: dict[str, Point | None] = field(default_factory=dict)

    def home(self, row: CanonicalRow) -> Home:
        """The home of whoever bought a row."""
        venue = row.venue.lower()
        key = (row.country, row.postcode, venue if venue in self.venues else "")
        if key not in self._homes:
            if len(self._homes) >= _MOST_KEPT:
                self._homes.clear()
            self._homes[key] = self._find(*key)
        return self._homes[key]

    def venue(self, name: str) -> tuple[str, str, str]:
        """Country, municipality and NUTS 3 region of a venue, by its name."""
        country, postcode = self.venues.get(name.lower(), self.house)
        if self.locate is None or not postcode:
            return country, "", ""
        found = self.locate(country, postcode)
        return country, found.municipality, found.nuts3

    def _find(self, country: str, postcode: str, venue: str) -> Home:
        territory, code = residence(country, postcode), country_of(country)
        if self.locate is None:
            return Home(territory=territory, country=code)
        found = self.locate(code, postcode.strip())
        if not found.country or found.country != self.house[0]:
            return Home(territory=territory, country=found.country)
        there = self._point(venue)
        away = None if there is None else found.kilometres_to(there)
        return Home(
            territory=territory,
            country=found.country,
            municipality=found.municipality,
            nuts3=found.nuts3,
            distance_km=UNKNOWN_DISTANCE if away is None else away,
        )

    def _point(self, venue: str) -> Point | None:
        if venue not in self._points:
            country, postcode = self.venues.get(venue, self.house)
            known = self.locate is not None and bool(postcode)
            placed = self.locate(country, postcode) if known and self.locate else None
            self._points[venue] = None if placed is None else placed.centroid
        return self._points[venue]
