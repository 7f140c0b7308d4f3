"""R26: the many ways in which people and spreadsheets write a postcode."""

import pytest

from foyer_node.territories.postcodes import postcode_area


@pytest.mark.parametrize(
    "country,text,area",
    [
        ("NL", "1012 AB", "1012"),
        ("NL", "1012ab", "1012"),
        ("NL", "NL-1012 AB", "1012"),
        ("GB", "SE1 9TG", "SE1"),
        ("GB", "se19tg", "SE1"),
        ("GB", "SE1 9", "SE1"),
        ("GB", "SE19", "SE19"),
        ("GB", "EC1A 1BB", "EC1A"),
        ("GB", "W1A1AA", "W1A"),
        ("GB", "B1 1AA", "B1"),
        ("CA", "M5V 2T6", "M5V"),
        ("CA", "m5v-2t6", "M5V"),
        ("CA", "M5V", "M5V"),
        ("DK", "DK-2100", "2100"),
        ("DK", "DK 2100", "2100"),
        ("DK", "800", "0800"),
        ("SE", "S-114 55", "11455"),
        ("SE", "114\N{NO-BREAK SPACE}55", "11455"),
        ("FI", "FIN-02100", "02100"),
        ("FI", "2100", "02100"),
        ("FI", "100", "00100"),
        ("FI", "2100.0", "02100"),
        ("FR", "1000", "01000"),
        ("FR", "75 011", "75011"),
        ("FR", "33000 CEDEX", "33000"),
        ("FR", "33000 cedex 2", "33000"),
        ("DE", "D-10115", "10115"),
        ("DE", "1067", "01067"),
        ("NO", "N-0150", "0150"),
        ("NO", "150", "0150"),
        ("BE", "B-1000", "1000"),
    ],
)
def test_r26_a_postcode_is_read_as_it_is_written(country: str, text: str, area: str) -> None:
    assert postcode_area(country, text) == area


@pytest.mark.parametrize(
    "country,text",
    [
        ("BE", "100"),  # no Belgian postcode begins with a lost zero that we could tell
        ("NL", "0123 AB"),
        ("NL", "1012 A"),
        ("SE", "1455"),
        ("DE", "067"),
        ("FI", "10"),
        ("FR", "75011 PARIS"),
        ("CA", "Z5V 2T6"),
        ("CA", "M5"),
        ("GB", "SE"),
        ("GB", "SE1 9TGX"),
        ("DK", "２１００"),  # full-width digits
        ("DK", "D-2100"),
        ("JP", "100"),
        ("", "2100"),
    ],
)
def test_r26_what_is_not_a_postcode_is_nothing(country: str, text: str) -> None:
    assert postcode_area(country, text) == ""
