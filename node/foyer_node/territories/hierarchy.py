"""The published hierarchy: every municipality and region, its name and what it lies in.

A figure too thin for a municipality is rolled up to the level at which it is not. A code
belongs to its country: 101 is København in Denmark and nothing in France.
"""

import lzma
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from foyer_node.territories.facts import read_region_names, read_regions
from foyer_node.territories.lookup import REGION_LENGTHS, Level
from foyer_node.territories.table_format import Table
from foyer_protocol.catalogue.territories import UNKNOWN
from foyer_protocol.errors import StorageError

FIRST_LINE = "foyer-hierarchy-1\tcountry\tlevel\tcode\tparent\tname"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A territory that has a name. `parent` is a code of the same country, or the country."""

    country: str
    level: Level
    code: str
    parent: str
    name: str


def build_hierarchy(tables: Iterable[Table]) -> list[Unit]:
    """Return the units of all tables, regions before municipalities, in order of code."""
    large = read_region_names()
    units = []
    for table in tables:
        names = large | read_regions(table.country).names
        regions = {place.region for place in table.places if place.region}
        regions |= {code for code in names if _belongs(code, table.country)}
        shorter = {code[:length] for code in regions for length in REGION_LENGTHS.values()}
        for code in sorted(regions if table.country == "CA" else regions | shorter):
            units.append(_region(table.country, code, names.get(code, code)))
        units += _municipalities(table)
    return units


def encode_hierarchy(units: Iterable[Unit]) -> str:
    """Return the units as a text of tab-separated lines."""
    lines = (f"{u.country}\t{u.level}\t{u.code}\t{u.parent}\t{u.name}" for u in units)
    return "\n".join((FIRST_LINE, *lines, ""))


def decode_hierarchy(text: str) -> dict[tuple[str, str], Unit]:
    """Return the units of a text by country and code.

    Raises:
        StorageError: the text is of another format.
    """
    first, *lines = text.removesuffix("\n").split("\n")
    if first != FIRST_LINE:
        raise StorageError(
            f"the hierarchy of territories begins with {first[:40]!r}, not {FIRST_LINE!r}",
            hint="Install the node again: its tables and its code are of two versions.",
        )
    units = {}
    for line in lines:
        country, level, code, parent, name = line.split("\t")
        units[country, code] = Unit(
            country=country, level=Level(level), code=code, parent=parent, name=name
        )
    return units


@cache
def read_hierarchy() -> dict[tuple[str, str], Unit]:
    """Return the shipped hierarchy."""
    source = files(__package__) / "tables" / "hierarchy.txt.xz"
    return decode_hierarchy(lzma.decompress(source.read_bytes()).decode("utf-8"))


def roll_up(country: str, code: str, level: Level) -> str:
    """Return the territory of `level` in which `code` lies, or `UNKNOWN` if there is none.

    >>> roll_up("DK", "101", Level.REGION_2), roll_up("NL", "NL329", Level.REGION_1)
    ('DK01', 'NL3')
    >>> roll_up("DK", "DK01", Level.MUNICIPALITY)
    'UNKNOWN'
    """
    units = read_hierarchy()
    unit = units.get((country, code))
    if level is Level.COUNTRY:
        return country if unit else UNKNOWN
    while unit is not None and unit.level is not level:
        unit = units.get((country, unit.parent))
    return UNKNOWN if unit is None else unit.code


def _belongs(code: str, country: str) -> bool:
    return code.startswith("UK" if country == "GB" else country) and code[2:3] != "-"


def _region(country: str, code: str, name: str) -> Unit:
    if country == "CA":
        return Unit(country=country, level=Level.REGION_1, code=code, parent=country, name=name)
    level = next(level for level, length in REGION_LENGTHS.items() if length == len(code))
    parent = country if level is Level.REGION_1 else code[:-1]
    return Unit(country=country, level=level, code=code, parent=parent, name=name)


def _municipalities(table: Table) -> list[Unit]:
    regions: dict[str, Counter[str]] = defaultdict(Counter)
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for index in table.place_of:
        place = table.places[index]
        if place.municipality:
            regions[place.municipality][place.region] += 1
            names[place.municipality][place.name] += 1
    return [
        Unit(
            country=table.country,
            level=Level.MUNICIPALITY,
            code=code,
            parent=regions[code].most_common(1)[0][0],
            name=names[code].most_common(1)[0][0],
        )
        for code in sorted(regions)
    ]
