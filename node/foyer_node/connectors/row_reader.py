"""One row at a time, by a plan.

Each field has one reader, built once per table. A cell that cannot be read refuses
its row with a reason; nothing is repaired by guessing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from foyer_node.connectors.codes import (
    ADMISSION,
    EXCLUSIONS,
    Channel,
    PriceClass,
    TicketStatus,
    channel_of,
    exclusion_of,
    price_class_of,
    status_of,
)
from foyer_node.connectors.connector import CanonicalRow, Plan, Reason
from foyer_node.connectors.dates import ImpossibleDate, date_reader, is_empty, local_time
from foyer_node.connectors.extras import ExtraReader, money_reader
from foyer_node.connectors.headers import fold
from foyer_node.connectors.money import count_of
from foyer_node.connectors.person_codes import is_yes
from foyer_node.connectors.refused import Refused
from foyer_node.ports import Cell
from foyer_protocol.errors import ConfigError

DAYS_AHEAD = {"ordered_at": 1, "scanned_at": 1, "event_at": 2200}
"""How far after today a date of each kind may lie: events go on sale up to six years ahead."""

_DEFAULT_BIRTHS = frozenset({1970, 2000})
"""Years that systems fill in when nothing was said, if the day is 1 January (R27)."""


_MOST_WORDS = 10_000


def text_of(cell: Cell) -> str:
    """A cell as trimmed text; a whole number of a spreadsheet without its `.0`."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell == int(cell) else str(cell)


def zone_of(name: str) -> ZoneInfo:
    """The venue's time zone, or `ConfigError`."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(
            f"No time zone is called {name!r}; nothing was imported.",
            hint="Use a name such as Europe/Copenhagen.",
        ) from error


def named_status(code: str) -> TicketStatus:
    """A ticket status by its code, or `ConfigError`."""
    if code not in TicketStatus.__members__:
        raise ConfigError(
            f"No ticket status is called {code!r}; nothing was imported.",
            hint=f"Codes are {', '.join(TicketStatus)}.",
        )
    return TicketStatus[code]


Code = TypeVar("Code", bound=StrEnum)


class _Words(dict[str, Code]):
    """Remembers what each word means; the words of an export are few."""

    def __init__(self, read: Callable[[str], Code]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, word: str) -> Code:
        code = self._read(word)
        if len(self) < _MOST_WORDS:
            self[word] = code
        return code


def _own_first(
    own: Mapping[str, str], codes: type[Code], shared: Callable[[str], Code]
) -> Callable[[str], Code]:
    """A reader of words that knows a system's `own` before the shared ones."""
    known = {fold(word): codes(code) for word, code in own.items()}
    return lambda word: known.get(fold(word)) or shared(word)


class RowReader:
    """Reads one row at a time by a plan."""

    def __init__(self, plan: Plan) -> None:
        self._at = dict(plan.columns)
        self._plan = plan
        reading = plan.reading
        zone = zone_of(reading.timezone)
        self._dates = {
            name: date_reader(
                zone,
                day_first=plan.day_first.get(name, True),
                today=reading.today,
                days_ahead=DAYS_AHEAD[name],
            )
            for name in DAYS_AHEAD
        }
        self._constants = {**plan.constants, **reading.constants}
        self._money = {name: money_reader(plan, name) for name in ("amount", "fees", "fee")}
        words = {**plan.words.get("status", {}), **reading.statuses}
        self._words = {fold(word): named_status(code) for word, code in words.items()}
        channels = {**plan.words.get("channel", {}), **reading.words.get("channel", {})}
        self._channel = _Words(_own_first(channels, Channel, channel_of))
        prices = {**plan.words.get("price_type", {}), **reading.words.get("price_type", {})}
        self._price = _Words(_own_first(prices, PriceClass, price_class_of))
        decided = reading.words.get("excluded", {})
        self._decided = {fold(word): code for word, code in decided.items()}
        self._excluded: dict[tuple[str, str, str], str | None] = {}
        self._extras = ExtraReader(plan, self._text)
        self._status: dict[str, TicketStatus | None] = {}

    def read(self, number: int, cells: Sequence[Cell]) -> tuple[CanonicalRow, bool]:
        """The canonical row, and whether it takes back an earlier line of its order."""
        order_id, event = self._text(cells, "order_id"), self._text(cells, "event")
        if not order_id:
            raise Refused(Reason.NO_ORDER, "order_id")
        if not event:
            raise Refused(Reason.NO_EVENT, "event")
        ordered_at = self._date(cells, "ordered_at", "order_time")
        if ordered_at is None:
            raise Refused(Reason.NO_DATE, "ordered_at")
        self._check_currency(cells)
        status, quantity, paid, is_refund = self._sale(cells)
        fee = self._fee(cells)
        label = self._text(cells, "price_type")
        row = CanonicalRow(
            row=number,
            order_id=order_id,
            line_id=self._text(cells, "line_id"),
            ordered_at=ordered_at,
            event=event,
            event_at=self._date(cells, "event_at", "event_time"),
            quantity=quantity,
            paid_minor=paid,
            status=status,
            channel=self._channel[self._text(cells, "channel")],
            price_class=self._price[self._text(cells, "price_class") or label],
            excluded=self._exclusion(self._text(cells, "excluded"), label, event),
            email=self._text(cells, "email"),
            customer_key=self._text(cells, "customer_key"),
            postcode=self._text(cells, "postcode") or self._text(cells, "postcode_2"),
            country=self._country(cells),
            birth_year=self._birth_year(cells, ordered_at),
            scanned_at=self._date(cells, "scanned_at", ""),
            fee_minor=fee,
            **self._extras.read(cells, quantity),
        )
        return row, is_refund

    def _text(self, cells: Sequence[Cell], name: str) -> str:
        position = self._at.get(name)
        if position is None:
            return self._constants.get(name, "")
        cell = cells[position]
        return cell.strip() if isinstance(cell, str) else text_of(cell)

    def _date(self, cells: Sequence[Cell], name: str, clock: str) -> datetime | None:
        position, time_at = self._at.get(name), self._at.get(clock)
        if position is None and name not in self._constants:
            return None
        cell = self._constants[name] if position is None else cells[position]
        try:
            return self._dates[name](cell, None if time_at is None else cells[time_at])
        except ImpossibleDate:
            raise Refused(Reason.IMPOSSIBLE_DATE, name) from None
        except (ValueError, OverflowError):
            raise Refused(Reason.BAD_DATE, name) from None

    def _check_currency(self, cells: Sequence[Cell]) -> None:
        currency = self._text(cells, "currency").upper()
        if currency and currency != self._plan.reading.currency.upper():
            raise Refused(Reason.OTHER_CURRENCY, "currency")

    def _sale(self, cells: Sequence[Cell]) -> tuple[TicketStatus, int, int, bool]:
        """Status, tickets, minor units paid, and whether this takes a sale back (R7)."""
        status = self._status_of(cells)
        quantity = self._quantity(cells)
        paid = self._minor(cells, "amount")
        if "fees" in self._at:
            paid -= self._minor(cells, "fees")
        if self._plan.reading.amount_per_ticket:
            paid *= quantity if quantity * paid >= 0 else -quantity
        if status is TicketStatus.REFUNDED:
            return status, abs(quantity), abs(paid), False
        if paid < 0 < quantity and self._plan.negative_is_refund:
            quantity = -quantity
        if quantity < 0:
            if paid > 0:
                raise Refused(Reason.NEGATIVE_QUANTITY, "quantity")
            return TicketStatus.REFUNDED, -quantity, -paid, True
        if paid < 0:
            raise Refused(Reason.NEGATIVE_AMOUNT, "amount")
        return status, quantity, paid, False

    def _quantity(self, cells: Sequence[Cell]) -> int:
        try:
            quantity = count_of(cells[self._at["quantity"]]) if "quantity" in self._at else 1
        except (ValueError, OverflowError):
            raise Refused(Reason.BAD_QUANTITY, "quantity") from None
        if quantity == 0:
            raise Refused(Reason.BAD_QUANTITY, "quantity")
        return quantity

    def _minor(self, cells: Sequence[Cell], name: str) -> int:
        """Minor units of a money field; a fee that is not said is none."""
        if name not in self._at:
            return 0
        cell = cells[self._at[name]]
        if is_empty(cell) and (name != "amount" or self._plan.empty_amount_is_zero):
            return 0
        try:
            return self._money[name](cell)
        except (ValueError, OverflowError):
            if name == "fee":
                return 0  # beyond what was paid: no reason to lose a sale
            raise Refused(Reason.BAD_AMOUNT, name) from None

    def _fee(self, cells: Sequence[Cell]) -> int:
        """Booking fees beyond `paid_minor`, whether the amount held them ("fees") or not."""
        return abs(self._minor(cells, "fees") + self._minor(cells, "fee"))

    def _status_of(self, cells: Sequence[Cell]) -> TicketStatus:
        word = self._text(cells, "status")
        if word not in self._status:
            known = status_of(word) if word else TicketStatus.SOLD
            self._status[word] = self._words.get(fold(word)) or known
        status = self._status[word]
        if status is None:
            raise Refused(Reason.UNKNOWN_STATUS, "status")
        if status is TicketStatus.SOLD and (used := self._text(cells, "used")) and is_yes(used):
            return TicketStatus.CHECKED_IN
        return status

    def _exclusion(self, stated: str, label: str, event: str) -> str | None:
        key = (stated, label, event)
        if key not in self._excluded:
            own = stated.upper() if stated.upper() in EXCLUSIONS else None
            self._excluded[key] = own or self._decision(label, event)
        return self._excluded[key]

    def _decision(self, label: str, event: str) -> str | None:
        """What people decided of the price or the event, else what its words say."""
        for word in (label, event):
            if code := self._decided.get(fold(word)):
                if code != ADMISSION:
                    return code
                label, event = (one if one != word else "" for one in (label, event))
        return exclusion_of(label, event)

    def _country(self, cells: Sequence[Cell]) -> str:
        """The row's own country; the house's completes a postcode and guesses no home (R26)."""
        stated = self._text(cells, "country") or self._text(cells, "country_2")
        return stated or (self._plan.reading.country if self._text(cells, "postcode") else "")

    def _birth_year(self, cells: Sequence[Cell], ordered_at: datetime) -> int:
        """The year of birth; 0 if unsaid, implausible or a system's default (R27)."""
        position = self._at.get("birth_year")
        if position is None or is_empty(cells[position]):
            return 0
        text = text_of(cells[position])
        if len(text) == 4 and text.isdecimal():
            year = int(text)
        else:
            try:
                born, _ = local_time(cells[position], day_first=True)
            except (ValueError, OverflowError):
                return 0
            year = (
                0
                if (born.month, born.day) == (1, 1) and born.year in _DEFAULT_BIRTHS
                else born.year
            )
        return year if 1900 < year <= ordered_at.year else 0
