"""The small reviewed tables beside the postal files: which municipality is in which region.

They are facts of statistical offices and of regulation (EC) No 1059/2003 in the version of
(EU) 2019/1755 (NUTS 2021), written down by hand in `facts/`; each file names its source.
A line is `code|name|keys`. A key is the start of what the country's postal file says (a
municipality, a county), or `@` and a postcode that is known better. The longest key wins.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

NONE_SAFE = "-"
"""The code of a line whose postcodes no region may be given to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """One country's regions: `names` by code, `codes` by key."""

    names: dict[str, str]
    codes: dict[str, str]

    def of_key(self, key: str) -> str:
        """The region of the longest key with which `key` begins, or nothing."""
        starts = (key[:length] for length in range(len(key), 0, -1))
        return next((self.codes[start] for start in starts if start in self.codes), "")

    def of_whole_key(self, key: str) -> str:
        """The region of exactly `key`, or nothing."""
        return self.codes.get(key, "")

    def of_postcode(self, postcode: str) -> str | None:
        """The region of a postcode that is known better; nothing if none is safe."""
        code = self.codes.get(f"@{postcode}")
        return "" if code == NONE_SAFE else code


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """A municipality that the postal file lacks, with its postcodes."""

    code: str
    name: str
    postcodes: tuple[str, ...]


def read_regions(country: str) -> Regions:
    """Return the regions of a country, empty where it has no such table (Canada)."""
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    for code, name, keys in _lines(f"{country}.txt"):
        if name:
            names[code] = name
        for key in keys.split():
            codes[key] = code
    return Regions(names=names, codes=codes)


def read_municipalities(country: str) -> list[Municipality]:
    """Return what `facts/` knows of a country's municipalities, usually nothing."""
    return [
        Municipality(code=code, name=name, postcodes=tuple(postcodes.split()))
        for code, name, postcodes in _lines(f"{country}_municipalities.txt")
    ]


def read_region_names() -> dict[str, str]:
    """Return the names of NUTS levels 1 and 2 and of Canada's provinces, by code."""
    return {line[0]: line[1] for line in _lines("regions.txt")}


def _lines(name: str) -> Iterator[list[str]]:
    file = files(__package__) / "facts" / name
    if not file.is_file():
        return
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("|")


def read_cities_of_germany() -> frozenset[str]:
    """Return the keys of the Kreise that are one city."""
    text = (files(__package__) / "facts" / "DE_kreisfrei.txt").read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(key for line in lines for key in line.split())


def read_towns_of_sweden() -> dict[str, tuple[str, str]]:
    """Return the municipality, code and name, of the post towns that the file leaves open."""
    return {
        town.replace("_", " ").casefold(): (code, name)
        for code, name, towns in _lines("SE_towns.txt")
        for town in towns.split()
    }
