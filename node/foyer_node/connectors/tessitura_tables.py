"""The tables of a Tessitura delivery, joined into one of our own fields.

One sub-line item is one seat. A returned seat has a second sub-line item, which names the
first as its parent and is of negative amount; an exchanged one has in addition a standing
sub-line item that names the same parent. Both are folded into the first: its status says
that it was given up, and the seat taken for it says which line it replaces (R7, R8).

Sources: the public training database and SQL report of the data model (C.4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from foyer_node.connectors.headers import fold
from foyer_node.connectors.joins import Held, hold
from foyer_node.connectors.reshaping import Columns, ReshapedTable, Rows, body_of, key_of
from foyer_node.connectors.row_reader import text_of
from foyer_node.ports import Cell, Table

_folded = lru_cache(maxsize=10_000)(fold)  # of codes and words, of which there are few

_LINES = {
    "line_id": "sli no",
    "order_id": "order no",
    "performance": "perf no",
    "due": "due amt",
    "paid": "paid amt",
    "fee": "fee amt",
    "status": "sli status desc|sli status",
    "void": "cancel ind",
    "price_type": "price type desc|price type description|price type",
    "package": "pkg no",
    "package_kind": "pkg type|package type",
    "parent": "ret parent sli no",
}
_ORDERS = {
    "order_id": "order no",
    "ordered_at": "order dt",
    "customer": "customer no",
    "channel": "channel desc|channel description|channel",
    "cancelled": "cancel ind",
}
_PERFORMANCES = {
    "performance": "perf no",
    "event_at": "perf dt",
    "code": "perf code",
    "title": "perf name|description|title|prod season desc|prod season name",
    "venue": "facility desc|facility|facility no",
}
_CUSTOMERS = {
    "customer": "customer no",
    "email": "email|eaddress",
    "postcode": "postal code|postcode|zip",
    "country": "country code|country",
    "phone": "phone",
}
CORE = ("order_id", "line_id", "ordered_at", "event", "event_at", "quantity", "amount")
_HEADER = (
    *CORE, "status", "replaces_line", "due", "fee", "channel", "price_type", "customer_key",
    "email", "postcode", "country", "phone", "production", "venue", "package_id", "mode_of_sale",
)  # fmt: skip
_RETURNS = frozenset(("4", "return", "returned"))
_VOIDS = frozenset(("void", "voided", "v"))
_YES = frozenset(("y", "yes", "true", "1"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What the lines that name a parent say of it, by its number."""

    returned: frozenset[str]
    exchanged: frozenset[str]


class Delivery:
    """The tables of one delivery, joined while the lines are read."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.lines, self._line = _role(tables, _LINES, ("line_id", "order_id", "performance"))
        self._orders, self._order = _role(
            tables, _ORDERS, ("order_id", "ordered_at"), without=("sli no",)
        )
        self._perfs, self._perf = _role(
            tables, _PERFORMANCES, ("performance", "event_at"), without=("sli no",)
        )
        self._people, self._person = _role(
            tables, _CUSTOMERS, ("customer",), without=("order no", "ref no")
        )
        self._held = Held()

    @property
    def is_whole(self) -> bool:
        """Whether the three tables that a sale needs are there."""
        return None not in (self.lines, self._orders, self._perfs)

    def table(self) -> ReshapedTable:
        """One table of all lines, with the fields that the delivery has."""
        return ReshapedTable(header=self.header, layout="joined tables", made=self._rows)

    @cached_property
    def header(self) -> tuple[str, ...]:
        """Our fields, as far as a column stands behind them."""
        there = {
            "replaces_line": self._line.has("parent"),
            "due": self._line.has("due"),
            "fee": self._line.has("fee"),
            "status": self._line.has("status") or self._line.has("void"),
            "channel": self._order.has("channel"),
            "price_type": self._line.has("price_type"),
            "customer_key": self._order.has("customer"),
            "production": self._perf.has("title"),
            "venue": self._perf.has("venue"),
            "package_id": self._line.has("package"),
            "mode_of_sale": self._line.has("package"),
        }
        people = self._people is not None and self._order.has("customer")
        there |= {
            name: people and self._person.has(name)
            for name in ("email", "postcode", "country", "phone")
        }
        return tuple(name for name in _HEADER if there.get(name, True))

    @cached_property
    def _order_of(self) -> Mapping[str, tuple[Cell, ...]]:
        fields = ("ordered_at", "customer", "channel", "cancelled")
        return self._hold(self._orders, self._order, "order_id", fields)

    @cached_property
    def _perf_of(self) -> Mapping[str, tuple[Cell, ...]]:
        fields = ("event_at", "code", "title", "venue")
        return self._hold(self._perfs, self._perf, "performance", fields)

    @cached_property
    def _person_of(self) -> Mapping[str, tuple[Cell, ...]]:
        fields = ("email", "postcode", "country", "phone")
        return self._hold(self._people, self._person, "customer", fields)

    def _hold(
        self, table: Table | None, columns: Columns, key: str, fields: Sequence[str]
    ) -> Mapping[str, tuple[Cell, ...]]:
        position = columns.position(key)
        if table is None or position is None:
            return {}
        return hold(table, position, [columns.position(name) for name in fields], self._held)

    @cached_property
    def _given(self) -> _Given:
        """The parents of returns and of exchanges: of all lines, only these are held."""
        returned: set[str] = set()
        exchanged: set[str] = set()
        for _, cells in self._body():
            if parent := self._parent(cells):
                (returned if self._is_return(cells) else exchanged).add(parent)
        return _Given(returned=frozenset(returned), exchanged=frozenset(exchanged))

    def _rows(self) -> Rows:
        seen: set[str] = set()
        returns: list[tuple[int, Sequence[Cell]]] = []
        for number, cells in self._body():
            if len(cells) < self._line.width:
                yield number, ()
            elif self._is_return(cells) and self._parent(cells):
                returns.append((number, cells))
            else:
                line = key_of(self._line.cell(cells, "line_id"))
                if line in self._given.returned:
                    seen.add(line)
                yield number, self._row(cells, line)
        for number, cells in returns:  # nothing of this delivery was sold that they take back
            if self._parent(cells) not in seen:
                yield number, self._row(cells, key_of(self._line.cell(cells, "line_id")))

    def _body(self) -> Rows:
        return body_of(self.lines) if self.lines is not None else iter(())

    def _parent(self, cells: Sequence[Cell]) -> str:
        parent = key_of(self._line.cell(cells, "parent"))
        return "" if parent in {"0", "NULL"} else parent

    def _is_return(self, cells: Sequence[Cell]) -> bool:
        status = _folded(key_of(self._line.cell(cells, "status")))
        due = self._line.text(cells, "due")
        return status in _RETURNS or due[:1] in {"-", "("}

    def _status(self, cells: Sequence[Cell], line: str, cancelled: Cell) -> Cell:
        word = key_of(self._line.cell(cells, "status"))
        void = _folded(self._line.text(cells, "void")) in _YES or _folded(word) in _VOIDS
        if void or _folded(text_of(cancelled)) in _YES:
            return "CANCELLED"
        if line in self._given.exchanged:
            return "EXCHANGED_OUT"
        return "REFUNDED" if line in self._given.returned else word

    def _row(self, cells: Sequence[Cell], line: str) -> Sequence[Cell]:
        """One seat in our fields."""
        order = key_of(self._line.cell(cells, "order_id"))
        ordered_at, customer, channel, cancelled = self._order_of.get(order, (None,) * 4)
        performance = key_of(self._line.cell(cells, "performance"))
        event_at, code, title, venue = self._perf_of.get(performance, (None,) * 4)
        who = "" if key_of(customer) == "0" else key_of(customer)
        email, postcode, country, phone = self._person_of.get(who, (None,) * 4)
        returned = self._is_return(cells)
        package = key_of(self._line.cell(cells, "package"))
        package = "" if package in {"0", "NULL"} else package
        made: dict[str, Cell] = {
            "order_id": order, "line_id": line, "ordered_at": ordered_at, "event_at": event_at,
            "event": text_of(title) or text_of(code) or performance,
            "quantity": -1 if returned else 1, "amount": self._amount(cells, line),
            "status": None if returned else self._status(cells, line, cancelled),
            "replaces_line": "" if returned else self._parent(cells),
            "due": self._line.cell(cells, "due"), "fee": self._line.cell(cells, "fee"),
            "channel": channel, "price_type": self._line.cell(cells, "price_type"),
            "customer_key": who, "email": email, "postcode": postcode, "country": country,
            "phone": phone, "production": title, "venue": venue,
            "package_id": f"{order} {package}" if package else "",
            "mode_of_sale": self._mode(cells) if package else "",
        }  # fmt: skip
        return [made[name] for name in self.header]

    def _amount(self, cells: Sequence[Cell], line: str) -> Cell:
        """What was paid; of a seat given up, what was due, for the payment went with it."""
        gone = line in self._given.returned or line in self._given.exchanged
        fields = ("due", "paid") if gone else ("paid", "due")
        return next((self._line.cell(cells, name) for name in fields if self._line.has(name)), None)

    def _mode(self, cells: Sequence[Cell]) -> str:
        kind = _folded(self._line.text(cells, "package_kind"))
        return "SUB_FLEX" if "flex" in kind or "choose" in kind else "SUB_FIXED"


def _role(
    tables: Sequence[Table],
    names: Mapping[str, str],
    needed: Sequence[str],
    without: Sequence[str] = (),
) -> tuple[Table | None, Columns]:
    """The first table with the `needed` fields and `without` columns of other tables."""
    for table in tables:
        columns = Columns(table.header, names)
        folded = {fold(name) for name in table.header}
        if columns.has(*needed) and not folded & set(without):
            return table, columns
    return None, Columns((), names)
