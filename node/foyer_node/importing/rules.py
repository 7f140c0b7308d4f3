"""Mapping rules of the data model (C.5) that look at one canonical row.

Where the others are: R1-R3, R6 and R25 in `keys`; R7, R20, R22, R23 and R27 in the
connectors, where cells are read; R8, R10, R11, R13 and R24 in the store's merge, where orders
are whole; R5, R18, R19, R21 and R29 in its views; R28 in the engine and R30 with the rounds.
"""

from datetime import datetime

from foyer_node.connectors.codes import PriceClass, TicketStatus
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
    code = country_of(country)
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


def settled_status(row: CanonicalRow, today: datetime) -> TicketStatus:
    """The status of a ticket that is paid in parts (R9).

    One that is sold counts once half of it is paid or its event is over; until then it is
    reserved.
    """
    owed = row.due_minor or 0
    is_sold = row.status in {TicketStatus.SOLD, TicketStatus.CHECKED_IN}
    if not is_sold or owed <= row.paid_minor or 2 * row.paid_minor >= owed:
        return row.status
    is_past = row.event_at is not None and row.event_at < today
    return row.status if is_past or row.status is TicketStatus.CHECKED_IN else TicketStatus.RESERVED


def admissions_of(row: CanonicalRow, show_percent: int) -> tuple[int, bool]:
    """How often a line's tickets were or will be let in, and whether that is an estimate (R15).

    A pass for several days that was never scanned is taken to be used on `show_percent` of
    its days, at least once. A row with a scan is one admission per ticket: the other days
    of the pass are rows of their own (R19).
    """
    if row.valid_days <= 1 or row.scanned_at is not None:
        return row.quantity, False
    days = max(1, (row.valid_days * show_percent + 50) // 100)
    return row.quantity * days, True


def is_minor(row: CanonicalRow) -> bool:
    """Whether a row is of pupils, of whom only counts are kept (R14)."""
    return row.price_class is PriceClass.SCHOOL or row.mode_of_sale == "SCHOOL"


def country_of(text: str) -> str:
    """A country's code from its code or its name in our languages, "" where neither is known."""
    code = text.strip().upper()
    code = _COUNTRIES.get(code, code)
    return code if len(code) == 2 and code.isalpha() else ""


def event_identity(row: CanonicalRow) -> tuple[str, str]:
    """What makes two lines lines of one event: its name or id, and its time (R16, R17)."""
    return row.event, "" if row.event_at is None else row.event_at.isoformat()
