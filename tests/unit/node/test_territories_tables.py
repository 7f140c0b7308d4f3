"""The shipped tables: whole, small, as their manifest says, and the same when built again."""

import json
import lzma
from array import array
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from foyer_node.territories.compiling import compile_all
from foyer_node.territories.distance import BANDS, distance_band, distance_km
from foyer_node.territories.facts import read_regions
from foyer_node.territories.hierarchy import decode_hierarchy, read_hierarchy, roll_up
from foyer_node.territories.lookup import COUNTRIES, Level, locate, read_table
from foyer_node.territories.manifest import describe_table
from foyer_node.territories.table_format import Place, Table, decode_table, encode_table
from foyer_protocol.errors import StorageError

TABLES = files("foyer_node.territories") / "tables"
POSTAL = Path(__file__).parents[4] / "shared" / "data" / "geo" / "postal"
LARGEST_BYTES = 250_000

NUTS_3_REGIONS = {"BE": 44, "DE": 401, "DK": 11, "FI": 19, "FR": 101, "NL": 40, "NO": 13, "SE": 21}
"""How many regions of level 3 NUTS 2021 has in each country."""


def _manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((TABLES / "manifest.json").read_text("utf-8"))
    return loaded


def _text(name: str) -> str:
    return lzma.decompress((TABLES / f"{name}.txt.xz").read_bytes()).decode()


def test_every_table_is_the_one_its_manifest_describes() -> None:
    manifest = _manifest()
    assert sorted(manifest["tables"]) == sorted(COUNTRIES)
    for country, entry in manifest["tables"].items():
        assert sha256(_text(country).encode()).hexdigest() == entry["sha256_of_text"]
        assert describe_table(read_table(country)) == entry["counts"]
    hierarchy = _text("hierarchy").encode()
    assert sha256(hierarchy).hexdigest() == manifest["hierarchy"]["sha256_of_text"]


def test_every_origin_has_a_licence_and_a_credit() -> None:
    manifest = _manifest()
    for origin in manifest["origins"].values():
        assert origin["source"]
        assert origin["licence"]
        assert origin["credit"]
    assert {e["origin"] for e in manifest["tables"].values()} <= set(manifest["origins"])


def test_the_tables_are_small() -> None:
    sizes = [len(entry.read_bytes()) for entry in TABLES.iterdir()]
    assert sum(sizes) < LARGEST_BYTES


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_table_is_sorted_and_comes_back_from_its_text(country: str) -> None:
    table = read_table(country)
    assert table.postcodes == sorted(set(table.postcodes))
    assert encode_table(table) == _text(country)


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_region_and_municipality_has_a_name_and_lies_in_its_country(country: str) -> None:
    units = read_hierarchy()
    for place in read_table(country).places:
        for code in filter(None, (place.region, place.municipality)):
            unit = units[country, code]
            assert unit.name != ""
            assert unit.name != code
            assert roll_up(country, code, Level.COUNTRY) == country
    for unit in units.values():
        assert unit.parent == unit.country or (unit.country, unit.parent) in units


@pytest.mark.parametrize("country", sorted(NUTS_3_REGIONS))
def test_the_regions_of_nuts_2021_are_all_there(country: str) -> None:
    codes = set(read_regions(country).codes.values()) - {"-"}
    assert len(codes) == NUTS_3_REGIONS[country]


def test_a_code_rolls_up_to_any_coarser_level() -> None:
    assert roll_up("DK", "101", Level.REGION_3) == "DK011"
    assert roll_up("DK", "101", Level.REGION_1) == "DK0"
    assert roll_up("BE", "63023", Level.REGION_2) == "BE33"
    assert roll_up("CA", "2423027", Level.REGION_1) == "CA-QC"
    assert roll_up("GB", "UKM75", Level.REGION_1) == "UKM"
    assert roll_up("FR", "101", Level.REGION_3) == "UNKNOWN"
    assert roll_up("DK", "DK01", Level.REGION_3) == "UNKNOWN"


def test_distances_are_those_of_an_atlas() -> None:
    copenhagen = locate("DK", "1050").centroid
    aarhus = locate("DK", "8000").centroid
    paris = locate("FR", "75001").centroid
    assert copenhagen is not None
    assert aarhus is not None
    assert paris is not None
    assert distance_km(copenhagen, aarhus) == pytest.approx(157, abs=3)
    assert distance_km(copenhagen, paris) == pytest.approx(1027, abs=8)
    assert distance_km(paris, paris) == 0.0


def test_a_distance_falls_into_the_band_whose_lower_edge_it_reaches() -> None:
    edges = [0, 5, 15, 30, 60, 120]
    assert [distance_band(edge) for edge in edges] == list(BANDS[:6])
    assert [distance_band(edge - 0.01) for edge in edges[1:]] == list(BANDS[:5])


def test_abroad_goes_by_country_and_the_unplaced_have_no_distance() -> None:
    venue = (55.68, 12.59)  # København
    assert locate("DK", "2100").band_to(venue, "DK") == "0-5"
    assert locate("SE", "211 42").band_to(venue, "DK") == "ABROAD"
    assert locate("JP", "").band_to(venue, "DK") == "ABROAD"
    assert locate("DK", "0001").band_to(venue, "DK") == "UNKNOWN"
    assert locate("", "").band_to(venue, "DK") == "UNKNOWN"


def test_a_point_far_from_its_municipality_is_not_believed() -> None:
    slip = locate("DK", "0900")  # København C, which the source puts beside Aalborg
    assert (slip.municipality, slip.centroid) == ("101", None)


def test_a_table_of_another_format_is_refused() -> None:
    with pytest.raises(StorageError, match="foyer-territories-1"):
        decode_table("foyer-territories-9 DK 0\n")
    with pytest.raises(StorageError, match="hierarchy"):
        decode_hierarchy("something else\n")


def test_a_table_cut_short_is_refused() -> None:
    whole = Table(
        country="DK",
        postcodes=["0800", "2100"],
        places=[Place(municipality="101", name="København", region="DK011", several=False)],
        place_of=array("H", [0, 0]),
        latitudes=array("h", [5568, 5571]),
        longitudes=array("h", [1259, 1257]),
    )
    text = encode_table(whole)
    assert decode_table(text) == whole
    with pytest.raises(StorageError, match="columns"):
        decode_table(text.replace("1259 -2", "1259"))


@pytest.mark.real
@pytest.mark.skipif(not POSTAL.is_dir(), reason="no ../shared/data beside the checkout")
def test_the_shipped_tables_are_those_that_the_open_files_give() -> None:
    for name, text in compile_all(POSTAL).items():
        assert text == _text(name), name
