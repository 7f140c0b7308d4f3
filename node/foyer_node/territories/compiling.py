"""From the open postal files to the tables that are shipped with the node.

    python -m foyer_node.territories.compiling FOLDER

`FOLDER` holds `DK.txt.gz` and the others of GeoNames and `laposte_hexasmal.csv.gz`. The
same files give the same tables, to the letter. A postcode of several municipalities gets
the one that has more than half of its places; if none has, it gets none, and its region as
far as the places agree.
"""

import lzma
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from statistics import fmean, median

from foyer_node.territories.distance import distance_km
from foyer_node.territories.facts import Regions, read_municipalities, read_regions
from foyer_node.territories.hierarchy import build_hierarchy, encode_hierarchy
from foyer_node.territories.lookup import COUNTRIES
from foyer_node.territories.manifest import write_manifest
from foyer_node.territories.sources import Row, read_rows
from foyer_node.territories.table_format import NOWHERE, Place, Table, encode_table

SHORTEST_REGION = 3
"""A NUTS code of level 1: less than that is the country, which is known anyway."""

MAY_BE_FOREIGN = ("DE", "FR")
"""Where a place in no region is abroad: Jungholz in Austria, Saint-Pierre, Polynesia."""

FARTHEST_KM = 200.0
"""A point farther than this from the middle of its municipality is a slip of the file."""


def compile_country(folder: Path, country: str) -> Table:
    """Return the table of a country, from the files in `folder`."""
    regions = read_regions(country)
    rows = read_rows(folder, country, regions)
    by_postcode: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_postcode[row.postcode].append(row)
    stated = _stated_places(country, regions, by_postcode)
    middles = _middles(rows)
    places: dict[Place, int] = {}
    table = Table(
        country=country,
        postcodes=[],
        places=[],
        place_of=array("H"),
        latitudes=array("h"),
        longitudes=array("h"),
    )
    for postcode in sorted(by_postcode | stated):
        here = by_postcode.get(postcode, [])
        if country in MAY_BE_FOREIGN and not any(row.region for row in here):
            continue
        place = stated.get(postcode) or _common_place(here)
        if (better := regions.of_postcode(postcode)) is not None:
            place = replace(place, region=better)
        lat, lon = _centroid(here, middles)
        table.postcodes.append(postcode)
        table.place_of.append(places.setdefault(place, len(places)))
        table.latitudes.append(lat)
        table.longitudes.append(lon)
    table.places.extend(places)
    return table


def _common_place(rows: list[Row]) -> Place:
    """The municipality and region that most of a postcode's places have."""
    municipality = _most(row.municipality for row in rows)
    chosen = [row for row in rows if municipality and row.municipality == municipality] or rows
    region = _most(row.region for row in chosen)
    region = region or _shared({row.region for row in chosen})
    kinds = {(row.municipality, row.region) for row in rows}
    name = _most(row.name for row in chosen) if municipality else ""
    return Place(
        municipality=municipality,
        name=name or (chosen[0].name if municipality else ""),
        region=region,
        several=len(kinds) > 1,
    )


def _most(values: Iterable[str]) -> str:
    """The value of more than half, or nothing."""
    counts = Counter(values)
    value, count = counts.most_common(1)[0]
    return value if 2 * count > counts.total() else ""


def _stated_places(
    country: str, regions: Regions, by_postcode: dict[str, list[Row]]
) -> dict[str, Place]:
    """Places by `facts/`: of several municipalities, the one that a place is named after."""
    holders: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for municipality in read_municipalities(country):
        for postcode in municipality.postcodes:
            holders[postcode].append((municipality.code, municipality.name))
    stated = {}
    for postcode, several in holders.items():
        towns = {row.place.casefold() for row in by_postcode.get(postcode, [])}
        named = [one for one in several if towns & set(one[1].casefold().split("/"))]
        code, name = (several if len(several) == 1 else named if len(named) == 1 else [("", "")])[0]
        found = {regions.of_key(one.removeprefix("GM")) for one, _ in several}
        stated[postcode] = Place(
            municipality=code,
            name=name,
            region=regions.of_key(code.removeprefix("GM")) if code else _shared(found),
            several=len(several) > 1,
        )
    return stated


def _shared(codes: set[str]) -> str:
    """The smallest region that holds all of `codes`, or nothing."""
    first = min(codes)
    lengths = range(len(first), SHORTEST_REGION - 1, -1)
    starts = (first[:length] for length in lengths)
    return next((start for start in starts if all(c.startswith(start) for c in codes)), "")


def _middles(rows: list[Row]) -> Callable[[Row], tuple[float, float] | None]:
    """The middle of a row's municipality, or region, by the median of its points."""
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        if row.point:
            points[row.municipality or row.region].append(row.point)
    middles = {
        key: (median(lat for lat, _ in some), median(lon for _, lon in some))
        for key, some in points.items()
    }
    return lambda row: middles.get(row.municipality) if row.municipality else None


def _centroid(
    rows: list[Row], middle_of: Callable[[Row], tuple[float, float] | None]
) -> tuple[int, int]:
    """The mean of the places' points in hundredths of a degree, slips left out."""
    good = []
    for row in rows:
        middle = middle_of(row)
        if row.point and (middle is None or distance_km(row.point, middle) <= FARTHEST_KM):
            good.append(row.point)
    if not good:
        return NOWHERE, NOWHERE
    return round(100 * fmean(lat for lat, _ in good)), round(100 * fmean(lon for _, lon in good))


def compile_all(folder: Path) -> dict[str, str]:
    """Return the texts of all tables and of the hierarchy, by file name."""
    tables = {country: compile_country(folder, country) for country in COUNTRIES}
    texts = {country: encode_table(table) for country, table in tables.items()}
    return texts | {"hierarchy": encode_hierarchy(build_hierarchy(tables.values()))}


def main(folder: Path, target: Path) -> None:
    """Write every table, the hierarchy and the manifest into `target`."""
    target.mkdir(parents=True, exist_ok=True)
    texts = compile_all(folder)
    for name, text in texts.items():
        packed = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
        (target / f"{name}.txt.xz").write_bytes(packed)
    write_manifest(folder, target, texts)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent / "tables")
