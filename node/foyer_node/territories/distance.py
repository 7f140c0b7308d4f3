"""How far away someone lives: great-circle distance and its bands (data model C.2)."""

from bisect import bisect_right
from math import asin, cos, hypot, radians, sin, sqrt

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG): at most 0.6 % off the ellipsoid."""

BAND_EDGES_KM = (5, 15, 30, 60, 120)
BANDS = ("0-5", "5-15", "15-30", "30-60", "60-120", "120+", "ABROAD", "UNKNOWN")
"""Kilometres, the lower edge inside. `ABROAD` goes by country, whatever the distance."""


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Kilometres between two points of (latitude, longitude) in degrees (haversine).

    >>> round(distance_km((55.68, 12.59), (55.60, 13.00)))
    27
    """
    lat_a, lat_b = radians(here[0]), radians(there[0])
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(there[1] - here[1]) / 2
    chord = hypot(sin(half_lat), sqrt(cos(lat_a) * cos(lat_b)) * sin(half_lon))
    return 2 * EARTH_KM * asin(min(1.0, chord))


def distance_band(kilometres: float | None, *, abroad: bool = False) -> str:
    """Return the band of a distance; nothing known is `UNKNOWN`.

    >>> distance_band(4.9), distance_band(5.0), distance_band(300), distance_band(None)
    ('0-5', '5-15', '120+', 'UNKNOWN')
    """
    if abroad:
        return "ABROAD"
    if kilometres is None:
        return "UNKNOWN"
    return BANDS[bisect_right(BAND_EDGES_KM, kilometres)]
