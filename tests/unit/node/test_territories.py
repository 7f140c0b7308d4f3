"""R26: postcode to municipality to NUTS 3 by the shipped table; never a guess.

The expected municipality and region of each postcode are common knowledge, not read off
the tables.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foyer_node.territories.lookup import COUNTRIES, NOT_KNOWN, Level, Territory, locate
from foyer_node.territories.postcodes import postcode_area

WELL_KNOWN = [
    ("DK", "2100", "101", "DK011"),  # København Ø
    ("DK", "8000", "751", "DK042"),  # Aarhus C
    ("DK", "5000", "461", "DK031"),  # Odense
    ("DK", "9000", "851", "DK050"),  # Aalborg
    ("DK", "2900", "157", "DK012"),  # Hellerup
    ("DK", "3700", "400", "DK014"),  # Rønne
    ("NL", "1012", "GM0363", "NL329"),  # Amsterdam
    ("NL", "3011", "GM0599", "NL33C"),  # Rotterdam
    ("NL", "3511", "GM0344", "NL310"),  # Utrecht
    ("NL", "9711", "GM0014", "NL113"),  # Groningen
    ("NL", "6211", "GM0935", "NL423"),  # Maastricht
    ("NL", "3221", "GM1992", "NL33C"),  # Hellevoetsluis, now Voorne aan Zee
    ("FR", "75011", "75056", "FR101"),  # Paris 11e
    ("FR", "69001", "69123", "FRK26"),  # Lyon 1er
    ("FR", "13001", "13055", "FRL04"),  # Marseille 1er
    ("FR", "31000", "31555", "FRJ23"),  # Toulouse
    ("FR", "20000", "2A004", "FRM01"),  # Ajaccio
    ("FR", "35000", "35238", "FRH03"),  # Rennes
    ("FR", "97110", "97120", "FRY10"),  # Pointe-à-Pitre
    ("SE", "11455", "0180", "SE110"),  # Stockholm
    ("SE", "41103", "1480", "SE232"),  # Göteborg
    ("SE", "21142", "1280", "SE224"),  # Malmö
    ("SE", "75310", "0380", "SE121"),  # Uppsala
    ("SE", "90326", "2480", "SE331"),  # Umeå
    ("SE", "62156", "0980", "SE214"),  # Visby
    ("FI", "00100", "091", "FI1B1"),  # Helsinki
    ("FI", "02100", "049", "FI1B1"),  # Espoo
    ("FI", "33100", "837", "FI197"),  # Tampere
    ("FI", "20100", "853", "FI1C1"),  # Turku
    ("FI", "90100", "564", "FI1D9"),  # Oulu
    ("NO", "0150", "0301", "NO081"),  # Oslo
    ("NO", "5003", "4601", "NO0A2"),  # Bergen
    ("NO", "7011", "5001", "NO060"),  # Trondheim
    ("NO", "4006", "1103", "NO0A1"),  # Stavanger
    ("NO", "9008", "5501", "NO074"),  # Tromsø
    ("NO", "3015", "3301", "NO082"),  # Drammen
    ("BE", "1000", "21004", "BE100"),  # Bruxelles
    ("BE", "2000", "11002", "BE211"),  # Antwerpen
    ("BE", "9000", "44021", "BE234"),  # Gent
    ("BE", "4000", "62063", "BE332"),  # Liège
    ("BE", "4700", "63023", "BE336"),  # Eupen
    ("BE", "6000", "52011", "BE32B"),  # Charleroi
    ("DE", "10115", "11000000", "DE300"),  # Berlin
    ("DE", "20095", "02000000", "DE600"),  # Hamburg
    ("DE", "80331", "09162000", "DE212"),  # München
    ("DE", "50667", "05315000", "DEA23"),  # Köln
    ("DE", "01067", "14612000", "DED21"),  # Dresden
    ("DE", "30159", "", "DE929"),  # Hannover, in a Region of many municipalities
    ("DE", "99817", "", "DEG0N"),  # Eisenach, a Kreis of its own in NUTS 2021
]

BRITISH = [
    ("SE1 9TG", "SE1", "UKI4"),  # Tate Modern
    ("M1 3HF", "M1", "UKD3"),  # Manchester
    ("EH1 1JF", "EH1", "UKM75"),  # Edinburgh
    ("CF10 5AL", "CF10", "UKL22"),  # Cardiff
    ("BT1 5GS", "BT1", "UKN0"),  # Belfast
    ("LS2 7UP", "LS2", "UKE4"),  # Leeds
    ("BS1 4QA", "BS1", "UKK11"),  # Bristol
    ("CV37 6BB", "CV37", "UKG13"),  # Stratford-upon-Avon
]

CANADIAN = [
    ("M5V 2T6", "M5V", "CA-ON"),
    ("H2X 1Y4", "H2X", "CA-QC"),
    ("V6B 1A1", "V6B", "CA-BC"),
    ("T2P 1J9", "T2P", "CA-AB"),
    ("B3J 1A1", "B3J", "CA-NS"),
]


@pytest.mark.parametrize("country,postcode,municipality,region", WELL_KNOWN)
def test_r26_a_well_known_postcode_has_its_municipality_and_nuts_3(
    country: str, postcode: str, municipality: str, region: str
) -> None:
    found = locate(country, postcode)
    assert (found.municipality, found.nuts3) == (municipality, region)
    assert (found.nuts2, found.nuts1) == (region[:4], region[:3])
    assert found.postcode_area == postcode
    assert found.centroid is not None


@pytest.mark.parametrize("postcode,area,region", BRITISH)
def test_r26_a_british_postcode_is_its_outward_code(postcode: str, area: str, region: str) -> None:
    found = locate("GB", postcode)
    assert (found.postcode_area, found.region, found.municipality) == (area, region, "")
    assert found.code(Level.REGION_1) == region[:3]


def test_r26_a_british_region_is_not_named_more_finely_than_the_source_knows() -> None:
    manchester = locate("GB", "M1 3HF")
    assert manchester.code(Level.REGION_2) == "UKD3"
    assert manchester.code(Level.REGION_3) == "UNKNOWN"


@pytest.mark.parametrize("postcode,area,province", CANADIAN)
def test_r26_a_canadian_postcode_is_its_fsa_and_province(
    postcode: str, area: str, province: str
) -> None:
    found = locate("CA", postcode)
    assert (found.postcode_area, found.code(Level.REGION_1)) == (area, province)
    assert (found.nuts1, found.nuts2, found.nuts3) == ("", "", "")


def test_r26_a_municipality_of_quebec_has_its_seven_digits() -> None:
    assert locate("CA", "G1R 2B5").municipality == "2423027"  # Québec


@pytest.mark.parametrize(
    "country,postcode",
    [
        ("DK", "0001"),
        ("DK", "99"),
        ("DK", "0960"),  # abroad, says the Danish post
        ("FI", "99999"),  # Father Christmas
        ("DK", "Østerbro"),
        ("NL", "0012 AB"),
        ("FR", "00000"),
        ("FR", "75352"),
        ("SE", "114 5"),
        ("FI", "99"),
        ("DE", "99999"),
        ("GB", "ZZ1 1AA"),
        ("GB", "IM1 1AA"),
        ("CA", "D1A 1A1"),
        ("DK", "S-114 55"),
        ("NO", ""),
    ],
)
def test_r26_an_invalid_postcode_is_unknown(country: str, postcode: str) -> None:
    found = locate(country, postcode)
    assert found == Territory(country=country)
    assert not found.is_placed
    for level in Level:
        if level is not Level.COUNTRY:
            assert found.code(level) == "UNKNOWN"


@pytest.mark.parametrize("country", ["", "Utopia", "D", "1A", "ÅÅ"])
def test_r26_without_a_country_nothing_is_known(country: str) -> None:
    assert locate(country, "2100") == NOT_KNOWN


def test_r26_a_foreign_country_is_kept_as_a_country_only() -> None:
    assert locate("JP", "100-0001") == Territory(country="JP")
    assert locate("SE", "114 55").seen_from("DK") == Territory(country="SE")
    assert locate("DK", "2100").seen_from("DK").municipality == "101"


def test_r26_a_postcode_may_name_its_country_itself() -> None:
    assert locate("", "DK-2100").municipality == "101"
    assert locate("", "S-114 55").municipality == "0180"
    assert locate("UK", "GB-SE1 9TG").region == "UKI4"


def test_r26_a_postcode_of_many_municipalities_names_none_and_keeps_its_region() -> None:
    gex = locate("FR", "01400")  # Châtillon-sur-Chalaronne and some twenty others, all in Ain
    assert (gex.municipality, gex.nuts3, gex.several) == ("", "FRK21", True)


def test_r26_a_postcode_shared_by_two_towns_goes_to_the_one_it_is_named_after() -> None:
    shared = locate("BE", "1040")  # Bruxelles and Etterbeek
    assert (shared.municipality, shared.several) == ("21005", True)


@settings(deadline=None)
@given(country=st.one_of(st.sampled_from(COUNTRIES), st.text(max_size=4)), text=st.text())
def test_r26_no_text_whatever_raises_or_is_guessed(country: str, text: str) -> None:
    found = locate(country, text)
    assert found.postcode_area == postcode_area(found.country, text) or not found.is_placed
    assert found.is_placed or not (found.municipality or found.region or found.centroid)


@settings(deadline=None)
@given(country=st.sampled_from(COUNTRIES), text=st.from_regex(r"[A-Z]{0,3}-?\d{0,5}[ A-Z0-9]{0,4}"))
def test_normalising_a_postcode_twice_is_normalising_it_once(country: str, text: str) -> None:
    once = postcode_area(country, text)
    assert postcode_area(country, once) == once
    assert postcode_area(country, f"  {text.lower()} ") == once
