"""What can be read of a row from a few of its cells alone, so that equal cells are read once.

Ten million rows hold a few thousand different prices, channels and postcodes. A *facet* is a
group of columns and the fields of the canonical row that depend on nothing else: a row's
fields are found by looking up what the same cells gave before. What a facet gives is read by
the very reader that reads whole rows, on a row that says nothing else, so that there is one
reading of an export and not two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from foyer_node.connectors.connector import CanonicalRow, Plan
from foyer_node.connectors.person_codes import CONSENT_FIELDS
from foyer_node.connectors.refused import Refused
from foyer_node.connectors.row_reader import RowReader

TEXTS = frozenset({
    "order_id", "line_id", "email", "customer_key", "phone", "card", "promo", "package_id",
    "replaces_line",
})  # fmt: skip
"""Canonical fields that are a cell's own text, trimmed."""

DATES: Mapping[str, str] = {
    "ordered_at": "order_time",
    "scanned_at": "",
}
"""Fields that are a date, and the column that may hold its time of day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """Canonical columns, and the fields of `CanonicalRow` that they alone decide."""

    name: str
    columns: tuple[str, ...]
    fields: tuple[str, ...]


_FACETS = (
    Facet(
        name="sale",
        columns=(
            "status",
            "used",
            "quantity",
            "amount",
            "fees",
            "fee",
            "face",
            "settlement",
            "due",
            "valid_days",
            "mode_of_sale",
        ),
        fields=(
            "status",
            "quantity",
            "paid_minor",
            "fee_minor",
            "face_minor",
            "settlement_minor",
            "due_minor",
            "valid_days",
            "mode_of_sale",
        ),
    ),
    Facet(
        name="label",
        columns=("price_type", "excluded", "event"),
        fields=("price_class", "price_label", "excluded"),
    ),
    Facet(
        name="occasion",
        columns=("event", "event_at", "event_time", "production", "venue", "capacity"),
        fields=("event", "event_at", "production", "venue", "capacity"),
    ),
    Facet(name="channel", columns=("channel",), fields=("channel", "channel_label")),
    Facet(
        name="home",
        columns=("postcode", "postcode_2", "country", "country_2"),
        fields=("postcode", "country"),
    ),
    Facet(name="person", columns=("gender", *CONSENT_FIELDS), fields=("gender", "consents")),
    Facet(name="currency", columns=("currency",), fields=()),
    # Nobody is born after their order: whoever uses it holds the year against the row's own.
    Facet(name="birth", columns=("birth_year",), fields=("birth_year",)),
)

_NEUTRAL = {"order_id": "1", "event": "x", "quantity": "1", "amount": "0"}


def facets_of(plan: Plan) -> tuple[Facet, ...] | None:
    """The facets of a plan's columns; None where a column is in none of them.

    A facet has the columns that the plan has, and is left out without any.
    """
    known = {*TEXTS, *DATES, *filter(None, DATES.values())}
    known.update(*(facet.columns for facet in _FACETS))
    if not set(plan.columns) <= known:
        return None
    found = []
    for facet in _FACETS:
        columns = tuple(name for name in facet.columns if name in plan.columns)
        if columns:
            found.append(Facet(name=facet.name, columns=columns, fields=facet.fields))
    return tuple(found)


class FacetReader:
    """Reads facets by a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._reader = RowReader(plan)
        self._width = 1 + max(plan.columns.values())
        latest = plan.reading.today or date(2099, 12, 31)
        self._neutral = {**_NEUTRAL, "ordered_at": latest.isoformat()}

    def usual(self) -> CanonicalRow:
        """The row that says nothing: its fields hold where a plan has no column for them."""
        row, _ = self._reader.read(0, self._cells({}))
        return row

    def read(self, facet: Facet, cells: Sequence[str]) -> CanonicalRow | None:
        """A row of which the facet's fields count; None if the cells are refused or a refund."""
        try:
            row, is_refund = self._reader.read(0, self.whole(facet, cells))
        except Refused:
            return None
        return None if is_refund else row

    def whole(self, facet: Facet, cells: Sequence[str]) -> list[str]:
        """The row that says the facet's cells and nothing else."""
        return self._cells(dict(zip(facet.columns, cells, strict=True)))

    def _cells(self, said: Mapping[str, str]) -> list[str]:
        cells = [""] * self._width
        for name, position in self._plan.columns.items():
            cells[position] = said.get(name, self._neutral.get(name, ""))
        return cells
