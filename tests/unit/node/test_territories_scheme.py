"""The scheme `nuts-1`: every region a node can know has one public code, and no more."""

import pytest

from foyer_node.territories.hierarchy import read_hierarchy
from foyer_node.territories.lookup import COUNTRIES, Level, locate, read_table
from foyer_protocol.catalogue.regions import REGION_CODES, REGIONS, region_code
from foyer_protocol.catalogue.territories import ELSEWHERE, FIRST_CHARACTERS, UNKNOWN


def test_the_list_is_public_short_and_without_doubles() -> None:
    assert len(REGION_CODES) == len(set(REGION_CODES)) == 118
    assert REGION_CODES[-2:] == (ELSEWHERE, UNKNOWN)
    assert set(REGIONS) == set(FIRST_CHARACTERS) == set(COUNTRIES)


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_regions_of_the_scheme_are_those_of_the_hierarchy_at_one_level(country: str) -> None:
    codes = set(REGIONS[country].split())
    units = [unit for unit in read_hierarchy().values() if unit.country == country]
    levels = {unit.level for unit in units if unit.code in codes}
    assert len(levels) == 1
    assert codes == {unit.code for unit in units if unit.level in levels}


@pytest.mark.parametrize("country", COUNTRIES)
def test_nearly_every_postcode_has_a_code_of_its_own_country(country: str) -> None:
    table = read_table(country)
    codes = [region_code(country, table.places[index].region) for index in table.place_of]
    assert set(codes) <= set(REGIONS[country].split()) | {UNKNOWN}
    assert codes.count(UNKNOWN) <= len(codes) // 100


def test_r26_what_is_not_placed_is_unknown_and_another_country_elsewhere() -> None:
    unplaced, foreign = locate("DK", "0001"), locate("US", "10001")
    assert region_code(unplaced.country, unplaced.region) == UNKNOWN
    assert region_code(foreign.country, foreign.region) == ELSEWHERE
    assert region_code("", "") == UNKNOWN
    assert region_code("DK", "SE224") == UNKNOWN
    stockholm = locate("SE", "114 55")
    assert region_code("SE", stockholm.code(Level.REGION_1)) == UNKNOWN
