"""A finer scheme of residence, proposed and not yet asked for: `nuts-1`.

The public regions of NUTS 2021, one list fixed before any data is seen, as `postal-1` of
`territories` is; but regions that people know by name and that statistics are published
for, so that a share of the population can be told. Level 2 where its regions are few;
level 1 in Germany (16 Länder in place of 38 regions) and in the United Kingdom (12; nodes
do not know level 2 for a tenth of its postcodes, all of London among them); provinces in
Canada (ISO 3166-2). A list half as long again would cost every cell the same noise and
leave fewer people in it.
"""

from types import MappingProxyType

from foyer_protocol.catalogue.territories import ELSEWHERE, UNKNOWN

SCHEME = "nuts-1"

REGIONS = MappingProxyType(
    {
        "BE": "BE10 BE21 BE22 BE23 BE24 BE25 BE31 BE32 BE33 BE34 BE35",
        "CA": "CA-AB CA-BC CA-MB CA-NB CA-NL CA-NS CA-NT CA-NU CA-ON CA-PE CA-QC CA-SK CA-YT",
        "DE": "DE1 DE2 DE3 DE4 DE5 DE6 DE7 DE8 DE9 DEA DEB DEC DED DEE DEF DEG",
        "DK": "DK01 DK02 DK03 DK04 DK05",
        "FI": "FI19 FI1B FI1C FI1D FI20",
        "FR": "FR10 FRB0 FRC1 FRC2 FRD1 FRD2 FRE1 FRE2 FRF1 FRF2 FRF3 FRG0 FRH0 FRI1 FRI2 FRI3 "
        "FRJ1 FRJ2 FRK1 FRK2 FRL0 FRM0 FRY1 FRY2 FRY3 FRY4 FRY5",
        "GB": "UKC UKD UKE UKF UKG UKH UKI UKJ UKK UKL UKM UKN",
        "NL": "NL11 NL12 NL13 NL21 NL22 NL23 NL31 NL32 NL33 NL34 NL41 NL42",
        "NO": "NO02 NO06 NO07 NO08 NO09 NO0A NO0B",
        "SE": "SE11 SE12 SE21 SE22 SE23 SE31 SE32 SE33",
    }
)
"""`REGIONS[country]`: its codes, divided by blanks."""

REGION_CODES: tuple[str, ...] = (
    *(code for _, codes in sorted(REGIONS.items()) for code in codes.split()),
    ELSEWHERE,
    UNKNOWN,
)
"""Every code of the scheme, in the order of the slots: 116 regions and two more."""

_BY_COUNTRY = {country: frozenset(codes.split()) for country, codes in REGIONS.items()}


def region_code(country: str, region: str) -> str:
    """Return the code of the scheme for a region of NUTS 2021, however fine, or a province.

    Never a guess: a region coarser than the scheme's, or of another country, is `UNKNOWN`.

    >>> region_code("DK", "DK011"), region_code("GB", "UKI4"), region_code("CA", "CA-QC")
    ('DK01', 'UKI', 'CA-QC')
    >>> region_code("FR", "FR1"), region_code("FR", ""), region_code("JP", ""), region_code("", "")
    ('UNKNOWN', 'UNKNOWN', 'ELSEWHERE', 'UNKNOWN')
    """
    if not country:
        return UNKNOWN
    known = _BY_COUNTRY.get(country)
    if known is None:
        return ELSEWHERE
    holders = (region[:length] for length in range(3, len(region) + 1))
    return next((code for code in holders if code in known), UNKNOWN)
