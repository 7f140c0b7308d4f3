"""Mapping rules of the data model (C.5) that look at one canonical row.

Where the others are: R1-R3 and R6 in `keys`; R7, R20, R22, R23 and R27 in the connectors,
where cells are read; R5, R10, R13, R24 and R25 in the store's view, where orders are whole.
"""

from foyer_node.connectors.connector import CanonicalRow
from foyer_protocol.catalogue.territories import FIRST_CHARACTERS, territory_of

_COUNTRIES = {
    "BELGIUM": "BE", "BELGIQUE": "BE", "BELGIE": "BE", "BELGIEN": "BE", "BELGIA": "BE",
    "CANADA": "CA", "KANADA": "CA",
    "GERMANY": "DE", "DEUTSCHLAND": "DE", "TYSKLAND": "DE", "DUITSLAND": "DE", "ALLEMAGNE": "DE",
    "SAKSA": "DE", "DENMARK": "DK", "DANMARK": "DK", "DENEMARKEN": "DK", "DANEMARK": "DK",
    "TANSKA": "DK", "FINLAND": "FI", "SUOMI": "FI", "FINLANDE": "FI",
    "FRANCE": "FR", "FRANKRIG": "FR", "FRANKRIJK": "FR", "FRANKRIKE": "FR", "RANSKA": "FR",
    "UNITED KINGDOM": "GB", "GREAT BRITAIN": "GB", "ENGLAND": "GB", "SCOTLAND": "GB", "UK": "GB",
    "STORBRITANNIEN": "GB", "VERENIGD KONINKRIJK": "GB", "ROYAUME-UNI": "GB",
    "NETHERLANDS": "NL", "THE NETHERLANDS": "NL", "NEDERLAND": "NL", "HOLLAND": "NL",
    "PAYS-BAS": "NL", "NEDERLANDENE": "NL", "NEDERLÄNDERNA": "NL", "ALANKOMAAT": "NL",
    "NORWAY": "NO", "NORGE": "NO", "NOORWEGEN": "NO", "NORVEGE": "NO", "NORJA": "NO",
    "SWEDEN": "SE", "SVERIGE": "SE", "ZWEDEN": "SE", "SUEDE": "SE", "SUÈDE": "SE", "RUOTSI": "SE",
}  # fmt: skip


def residence(country: str, postcode: str) -> str:
    """The territory of a buyer (R26): never guessed, foreign countries as one.

    A country that is neither a code nor a name we know is unknown, not foreign.

    >>> residence("Danmark", "2100"), residence("FR", "75 004"), residence("Utopia", "1")
    ('DK-2', 'FR-7', 'UNKNOWN')
    """
    code = country.strip().upper()
    code = _COUNTRIES.get(code, code)
    if len(code) != 2 or not code.isalpha():
        code = ""
    text = postcode.strip().upper()
    if code in FIRST_CHARACTERS and text.startswith((f"{code}-", f"{code} ")):
        text = text[3:]
    if code == "FI" or code in {"FR", "DE", "SE"}:
        text = _padded(text, 5)
    if code in {"DK", "NO"}:
        text = _padded(text, 4)
    return territory_of(code, text)


def _padded(text: str, digits: int) -> str:
    """A postcode to which a spreadsheet did what it does to a leading zero."""
    bare = "".join(text.split())
    return bare.zfill(digits) if bare.isdecimal() and len(bare) == digits - 1 else text


def event_identity(row: CanonicalRow) -> tuple[str, str]:
    """What makes two lines lines of one event: its name or id, and its time (R16, R17)."""
    return row.event, "" if row.event_at is None else row.event_at.isoformat()
