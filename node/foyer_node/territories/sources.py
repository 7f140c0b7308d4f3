"""What the open postal files say, line by line, in one form for all countries.

GeoNames' columns: country, postcode, place, name and code of admin 1, 2 and 3, latitude,
longitude, accuracy. La Poste's: INSEE code, commune, postcode, line 5, label, coordinates.
Only the build reads them; the node ships what `compiling` makes of them.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from foyer_node.territories.facts import Regions, read_cities_of_germany, read_towns_of_sweden
from foyer_node.territories.postcodes import postcode_area

FRENCH_FILE = "laposte_hexasmal.csv.gz"

DIVIDED_COMMUNES = {
    "751": ("75056", "Paris"),
    "693": ("69123", "Lyon"),
    "132": ("13055", "Marseille"),
}
"""Municipal arrondissements (75111) are parts of these communes; the postcode tells which."""

RENUMBERED = {"1917": "0331"}
"""Old Swedish codes in the file: Heby moved to Uppsala län in 2007."""

NOT_BRITISH = ("GY", "IM", "JE")
"""Guernsey, Man and Jersey have British-looking postcodes and are not in the country."""

NOBODY_LIVES_THERE = {("DK", "0960"), ("FI", "99999")}
"""Mail for abroad, and Father Christmas: typed where a postcode is asked for and not given."""

OF_KINGDOM = {"ENG": "", "NIR": "UKN0", "SCT": "UKM", "WLS": "UKL"}
"""The region of each nation of the United Kingdom; England is several."""

FEWEST_NAMESAKES = 3
"""How often a Swedish place must have its municipality before a line without one gets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One place of one postcode: what the file says, empty where it says nothing."""

    postcode: str
    place: str
    municipality: str = ""
    name: str = ""
    region: str = ""
    point: tuple[float, float] | None = None


def read_rows(folder: Path, country: str, regions: Regions) -> list[Row]:
    """Return the rows of a country, lines without a well-formed postcode left out."""
    if country == "FR":
        return [row for row in _french(folder / FRENCH_FILE, regions) if row.postcode]
    cities = read_cities_of_germany() if country == "DE" else frozenset[str]()
    rows = []
    for cells in _lines(folder / f"{country}.txt.gz"):
        lat, lon = cells[9].strip(), cells[10].strip()
        row = Row(
            postcode=postcode_area(country, cells[1]),
            place=cells[2].strip(),
            point=(float(lat), float(lon)) if lat and lon else None,
        )
        if _is_home(country, row.postcode):
            rows.append(_placed(row, country, cells, regions, cities))
    return _filled(rows, regions) if country == "SE" else rows


def _is_home(country: str, postcode: str) -> bool:
    is_island = country == "GB" and postcode.startswith(NOT_BRITISH)
    return bool(postcode) and not is_island and (country, postcode) not in NOBODY_LIVES_THERE


def _lines(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (line.rstrip("\n").split("\t") for line in lines)


def _placed(
    row: Row, country: str, cells: list[str], regions: Regions, cities: frozenset[str]
) -> Row:
    """The row with its municipality and region, by the columns that this country uses."""
    admin1, admin2_name, admin2, admin3_name, admin3 = (cell.strip() for cell in cells[4:9])
    code, name, region = "", "", ""
    match country:
        case "DK" | "NO":
            code, name, region = admin2, admin2_name, regions.of_key(admin2)
        case "SE":
            code, name = RENUMBERED.get(admin2, admin2), admin2_name
            region = regions.of_key(code or admin1)
        case "NL" if admin2:
            code, name, region = f"GM{admin2}", admin2_name, regions.of_key(admin2)
        case "FI":
            code, name = admin3, admin3_name
            region = regions.of_whole_key(admin3) or regions.of_key(admin1)
        case "BE":  # the municipality comes from Statbel's table
            # Hainaut's arrondissements were redrawn in 2019, the file's were not.
            region = "BE32" if admin3.startswith("5") else regions.of_key(admin3)
        case "DE":
            code = f"{admin3}000" if admin3 in cities else ""
            name, region = (admin3_name if code else ""), regions.of_key(admin3)
        case "GB":
            region = _british(regions, admin1, admin2_name)
        case "CA":
            code = f"24{admin3}" if admin1 == "QC" and admin3 else ""
            name, region = (admin3_name if code else ""), f"CA-{admin1}"
    return replace(row, municipality=code, name=_plain(name), region=region)


def _british(regions: Regions, nation: str, county: str) -> str:
    """A county's region, if it lies in the nation that the same line names."""
    widest = OF_KINGDOM.get(nation, "")
    found = regions.of_whole_key(county.replace(" ", "_"))
    abroad = any(found.startswith(other) for other in OF_KINGDOM.values() if other != "")
    fits = found.startswith(widest[:3]) if widest else nation == "ENG" and not abroad
    return found if found and fits else widest


def _plain(name: str) -> str:
    """A municipality's name without the words for what it is."""
    name = name.split(", ", maxsplit=1)[0]
    for word in ("Gemeente ", "Kreisfreie Stadt ", "Landeshauptstadt "):
        name = name.removeprefix(word)
    for word in (" Municipality", " Municipalty", " Kommune", "."):
        name = name.removesuffix(word)
    return name.strip()


def _filled(rows: list[Row], regions: Regions) -> list[Row]:
    """Swedish boxes, and some whole towns, have no municipality; the post town may tell.

    By the list in `facts/`, or where every other line of that name, three or more, is of
    one municipality.
    """
    of_town: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        if row.municipality:
            of_town[row.place.casefold()].append((row.municipality, row.name))
    known = {
        town: found[0]
        for town, found in of_town.items()
        if len(found) >= FEWEST_NAMESAKES and len({code for code, _ in found}) == 1
    } | read_towns_of_sweden()
    return [
        row if row.municipality else _in_town(row, known.get(row.place.casefold()), regions)
        for row in rows
    ]


def _in_town(row: Row, found: tuple[str, str] | None, regions: Regions) -> Row:
    if found is None:
        return row
    return replace(row, municipality=found[0], name=found[1], region=regions.of_key(found[0]))


def _french(path: Path, regions: Regions) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, delimiter=";")
        next(lines)
        for insee, commune, postcode, line_5, _, gps in lines:
            code, name = DIVIDED_COMMUNES.get(insee[:3], (insee, commune))
            lat, _, lon = gps.partition(",")
            yield Row(
                postcode=postcode_area("FR", postcode),
                place=line_5 or commune,
                municipality=code,
                name=name,
                region=regions.of_key(insee),
                point=(float(lat), float(lon)) if lat and lon else None,
            )
