"""One country's postcodes as a small text, and back: what the build writes and the node reads.

A table is sorted by postcode and kept by column, each number as its difference from the
one before, which packs a country into some kilobytes. Coordinates are whole hundredths of
a degree (at most 1.1 km; enough for a distance band, too coarse for a house).
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from foyer_protocol.errors import StorageError

FORMAT = "foyer-territories-1"
"""The first word of a table; it changes when an old node could no longer read a new table."""

NOWHERE = -32768
"""The coordinate of a postcode whose source has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What many postcodes share.

    `municipality` is the national code, empty where the source has none; `region` the
    smallest region known (NUTS 2021 of level 3, 2 or 1, or a province), or empty;
    `several` says that the postcode belongs to more municipalities, or regions, than one.
    """

    municipality: str
    name: str
    region: str
    several: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Postcodes in ascending order; column `i` of each array belongs to `postcodes[i]`."""

    country: str
    postcodes: list[str]
    places: list[Place]
    place_of: "array[int]"
    latitudes: "array[int]"
    longitudes: "array[int]"


def encode_table(table: Table) -> str:
    """Return the table as text; equal tables give equal texts."""
    heads = [f"{p.municipality}\t{p.name}\t{p.region}\t{p.several:d}" for p in table.places]
    if all(code.isdecimal() for code in table.postcodes):
        width = len(table.postcodes[0])
        codes = f"{width} " + _differences(int(code) for code in table.postcodes)
    else:
        codes = "0 " + " ".join(table.postcodes)
    columns = (
        codes,
        " ".join(map(str, table.place_of)),
        _differences(table.latitudes),
        _differences(table.longitudes),
    )
    return "\n".join((f"{FORMAT} {table.country} {len(heads)}", *heads, *columns, ""))


def decode_table(text: str) -> Table:
    """Return the table of a text.

    Raises:
        StorageError: the text is of another format, or cut short.
    """
    first, *lines = text.split("\n")
    form, _, rest = first.partition(" ")
    if form != FORMAT:
        raise StorageError(
            f"a table of postcodes is of format {form[:40]!r}; this node reads {FORMAT!r}",
            hint="Install the node again: its tables and its code are of two versions.",
        )
    country, count = rest.split()
    heads, columns = lines[: int(count)], lines[int(count) :]
    places = [_place(line) for line in heads]
    width, _, codes = columns[0].partition(" ")
    if int(width):
        postcodes = [str(code).zfill(int(width)) for code in _sums(codes)]
    else:
        postcodes = codes.split()
    table = Table(
        country=country,
        postcodes=postcodes,
        places=places,
        place_of=array("H", map(int, columns[1].split())),
        latitudes=array("h", _sums(columns[2])),
        longitudes=array("h", _sums(columns[3])),
    )
    sizes = {len(postcodes), len(table.place_of), len(table.latitudes), len(table.longitudes)}
    if len(sizes) != 1:
        raise StorageError(
            f"the columns of the postcodes of {country} have lengths {sorted(sizes)}",
            hint="Install the node again: the file is damaged.",
        )
    return table


def _place(line: str) -> Place:
    municipality, name, region, several = line.split("\t")
    return Place(municipality=municipality, name=name, region=region, several=several == "1")


def _differences(numbers: Iterable[int]) -> str:
    before, words = 0, []
    for number in numbers:
        words.append(str(number - before))
        before = number
    return " ".join(words)


def _sums(words: str) -> Iterable[int]:
    return accumulate(int(word) for word in words.split())
