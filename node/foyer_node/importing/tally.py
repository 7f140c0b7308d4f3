"""Counts of what passes in an import. Nothing of a cell is kept but the words for prices
and channels, which never get into a report."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter

from foyer_node.connectors.codes import TicketStatus
from foyer_node.connectors.connector import CanonicalRow, Record, Rejected
from foyer_node.data_ports import BulkCounts

_COUNTED = frozenset({TicketStatus.SOLD, TicketStatus.CHECKED_IN})
_ONLINE = frozenset({"WEB", "APP"})
_MOST_WORDS = 10_000
_SPIKE_SHARE, _SPIKE_ROWS = 0.5, 100
_DAYS_BEFORE = 3

FIELDS: tuple[str, ...] = (
    "email", "customer_key", "phone", "card", "postcode", "country", "birth_year", "gender",
    "consents", "event_at", "production", "venue", "capacity", "channel_label", "price_label",
    "face_minor", "promo", "package_id", "scanned_at",
)  # fmt: skip
"""Optional fields of an order line whose coverage a report shows."""
_fields_of = attrgetter(*FIELDS)


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts rows as they pass."""

    rows: int = 0
    tickets: int = 0
    known: int = 0
    placed: int = 0
    excluded: int = 0
    unknown_channels: int = 0
    repeated: int = 0
    sales: int = 0
    online: int = 0
    paid_minor: int = 0
    quantity: int = 0
    late: int = 0  # rows whose event was over days before they were ordered
    covered: Counter[str] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)
    births: Counter[int] = field(default_factory=Counter)
    words: set[str] = field(default_factory=set, repr=False)
    reasons: Counter[str] = field(default_factory=Counter)
    rejected: list[tuple[int, str, str]] = field(default_factory=list)
    first_event: datetime | None = None
    last_event: datetime | None = None
    _last: tuple[object, ...] = field(default=(), repr=False)

    @property
    def accepted(self) -> int:
        """Rows that were taken."""
        return self.rows - len(self.rejected)

    def count(self, item: Record | Rejected) -> None:
        """Count one row of whatever kind."""
        self.rows += 1
        if isinstance(item, Rejected):
            self.reasons[item.reason.value] += 1
            self.rejected.append((item.row, item.reason.value, item.column))
        elif isinstance(item, CanonicalRow):
            self._take(item)

    def add(self, counts: BulkCounts) -> None:
        """Count the rows that a database took at once."""
        for name, number in counts.numbers.items():
            setattr(self, name, getattr(self, name) + number)
        self.rows += counts.numbers["sales"]
        self.covered.update(counts.covered)
        self.days.update(counts.days)
        self.births.update(counts.births)
        self.words.update(sorted(counts.words)[: _MOST_WORDS - len(self.words)])
        events = [at for at in (self.first_event, counts.first_event) if at is not None]
        self.first_event = min(events, default=None)
        events = [at for at in (self.last_event, counts.last_event) if at is not None]
        self.last_event = max(events, default=None)

    def _take(self, row: CanonicalRow) -> None:
        self.sales += 1
        self.known += bool(row.email or row.customer_key or row.card or row.phone)
        self.placed += bool(row.postcode)
        self.excluded += row.excluded is not None
        self.unknown_channels += row.channel.value == "UNKNOWN"
        self.online += row.channel.value in _ONLINE
        if row.excluded is None and row.status in _COUNTED:
            self.tickets += row.quantity
        self.paid_minor += row.paid_minor
        self.quantity += row.quantity
        self.days[row.ordered_at.date()] += 1
        if row.birth_year:
            self.births[row.birth_year] += 1
        for name, value in zip(FIELDS, _fields_of(row), strict=True):
            if value:
                self.covered[name] += 1
        self._take_event(row)
        if len(self.words) < _MOST_WORDS:
            self.words.update(word for word in (row.price_label, row.channel_label) if word)
        same = (row.order_id, row.line_id, row.event, row.event_at, row.quantity, row.paid_minor)
        self.repeated += same == self._last
        self._last = same

    def _take_event(self, row: CanonicalRow) -> None:
        if row.event_at is None:
            return
        if self.first_event is None or row.event_at < self.first_event:
            self.first_event = row.event_at
        if self.last_event is None or row.event_at > self.last_event:
            self.last_event = row.event_at
        self.late += (row.ordered_at - row.event_at).days >= _DAYS_BEFORE

    def suspicious(self) -> frozenset[str]:
        """Names of warnings about what is odd in the dates."""
        found = set()
        if self.late * 20 > self.sales:
            found.add("orders-after-events")
        if self._spikes(self.days, self.sales) and len(self.days) > 1:
            found.add("many-orders-on-one-day")
        if self._spikes(self.births, self.births.total()) and len(self.births) > 1:
            found.add("many-of-one-birth-year")
        return frozenset(found)

    @staticmethod
    def _spikes(counts: Counter[date] | Counter[int], rows: int) -> bool:
        most = max(counts.values(), default=0)
        return most >= _SPIKE_ROWS and most > _SPIKE_SHARE * rows

    def quality(self) -> Mapping[str, float]:
        """What later imports of the same source are compared with, by metric."""
        if not self.sales:
            return {"rows": float(self.accepted)}
        span = (max(self.days) - min(self.days)).days + 1
        return {
            "rows": float(self.accepted),
            "rows_per_day": self.sales / span,
            "price_minor": self.paid_minor / self.quantity,
            "share_identified": self.known / self.sales,
            "share_placed": self.placed / self.sales,
            "share_online": self.online / self.sales,
        }
