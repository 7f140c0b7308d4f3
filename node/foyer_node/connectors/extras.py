"""The fields that fewer exports have, read only where their column is there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from foyer_node.connectors.connector import Plan, Reason
from foyer_node.connectors.money import amount_reader, count_of
from foyer_node.connectors.person_codes import CONSENT_FIELDS, consent_of, gender_of, words_of
from foyer_node.connectors.refused import Refused
from foyer_node.ports import Cell

_TEXTS = ("phone", "card", "production", "venue", "promo", "package_id", "replaces_line")
_MONEY = {"face": "face_minor", "settlement": "settlement_minor", "due": "due_minor"}
_COUNTS = ("capacity", "valid_days")
_MODES = words_of(
    "SINGLE|SUB_FIXED|SUB_FLEX|MEMBER_BENEFIT|GROUP|SCHOOL|EXCHANGE|GIFT|PASS|COMP|HIRE"
)

TextOf = Callable[[Sequence[Cell], str], str]


class ExtraReader:
    """Reads what a plan has columns or constants for, and nothing else."""

    def __init__(self, plan: Plan, text: TextOf) -> None:
        self._at = plan.columns
        self._text = text
        known = {*plan.columns, *plan.constants}
        self._texts = tuple(name for name in _TEXTS if name in known)
        self._consents = tuple(name for name in CONSENT_FIELDS if name in known)
        self._coded = {"gender", "mode_of_sale"} & known
        self._counts = tuple(name for name in _COUNTS if name in plan.columns)
        self._money = {name: money_reader(plan, name) for name in _MONEY if name in plan.columns}
        self._labels = {"channel": "channel_label", "price_type": "price_label"}
        self._labels = {name: field for name, field in self._labels.items() if name in known}

    def read(self, cells: Sequence[Cell], quantity: int) -> Mapping[str, Any]:
        """Fields of `CanonicalRow`, for `quantity` tickets.

        Raises:
            Refused: a cell is no amount or no count.
        """
        found: dict[str, Any] = {}
        for name in self._texts:
            found[name] = self._text(cells, name)
        for name, field in self._labels.items():
            found[field] = self._text(cells, name)
        for name in self._counts:
            found[name] = self._count(cells, name)
        for name, reader in self._money.items():
            found[_MONEY[name]] = self._amount(cells, name, reader, quantity)
        if self._consents:
            said = ((CONSENT_FIELDS[n], consent_of(self._text(cells, n))) for n in self._consents)
            found["consents"] = tuple((purpose, status) for purpose, status in said if status)
        if "gender" in self._coded:
            found["gender"] = gender_of(self._text(cells, "gender"))
        if "mode_of_sale" in self._coded:
            mode = self._text(cells, "mode_of_sale").upper()
            found["mode_of_sale"] = mode if mode in _MODES else "SINGLE"
        return found

    def _count(self, cells: Sequence[Cell], name: str) -> int:
        if not self._text(cells, name):
            return 0
        try:
            return max(0, count_of(cells[self._at[name]]))
        except (ValueError, OverflowError):
            return 0  # an odd text is no reason to lose a sale

    def _amount(
        self, cells: Sequence[Cell], name: str, read: Callable[[Cell], int], quantity: int
    ) -> int | None:
        if not self._text(cells, name):
            return None
        try:
            amount = abs(read(cells[self._at[name]]))
        except (ValueError, OverflowError):
            if name == "face":
                return None  # what it would have cost is no reason to lose a sale
            raise Refused(Reason.BAD_AMOUNT, name) from None
        # A face value is the price of one ticket; what is owed or settled is for the line.
        return amount * quantity if name == "face" else amount


def money_reader(plan: Plan, name: str) -> Callable[[Cell], int]:
    """The reader of one money field, in the units that the plan knows it to be in (R23)."""
    in_minor = plan.reading.amount_in_minor or name in plan.minor
    return amount_reader(plan.decimal, in_minor=in_minor)
