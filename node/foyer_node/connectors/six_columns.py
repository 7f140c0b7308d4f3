"""The columns of the smallest file that can be imported, and of what else it may have (C.3).

Printed by `foyer-node columns`, for whoever makes an export or a system's own.
"""

from dataclasses import dataclass

from foyer_node.connectors.headers import STRONG


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its canonical name, what stands in it, and what it is good for."""

    name: str
    holds: str
    gives: str


NEEDED = (
    Column(name="order_id", holds="number of the order", gives="basket size"),
    Column(
        name="order_datetime", holds="day and time of sale, local or UTC", gives="booking curve"
    ),
    Column(name="event", holds="name or number of what was sold", gives="attendance by event"),
    Column(name="event_datetime", holds="day and time of it", gives="lead time, daypart"),
    Column(name="quantity", holds="tickets of the line; negative: given back", gives="attendance"),
    Column(name="amount", holds="paid for the line with VAT, no booking fee", gives="revenue"),
)
OPTIONAL = (
    Column(name="customer_key", holds="number of the customer", gives="returning visitors"),
    Column(name="email", holds="address of the buyer", gives="returning visitors"),
    Column(name="postcode", holds="of the buyer's home", gives="residence"),
    Column(name="country", holds="code or name", gives="residence abroad"),
    Column(name="channel", holds="web, box office, phone …", gives="share sold online"),
    Column(name="price_type", holds="adult, student, free …", gives="price classes, comps"),
    Column(name="currency", holds="code; another than the house's is refused", gives="a check"),
    Column(name="status", holds="paid, refunded, cancelled …", gives="refund rate"),
    Column(name="birth_year", holds="year, or date of birth", gives="age"),
    Column(name="promo", holds="code of a reduction", gives="promotions"),
    Column(name="scanned_at", holds="day and time of admission", gives="show rate"),
    Column(name="line_id", holds="number of the ticket", gives="repeated lines are noticed"),
)
_PRINTED = {"order_datetime": "ordered_at", "event_datetime": "event_at"}


def also_called(column: Column, most: int = 3) -> tuple[str, ...]:
    """A few of the names under which a column is recognised as well."""
    field = _PRINTED.get(column.name, column.name)
    plain = column.name.replace("_", " ")
    return tuple(name for name in STRONG[field].split("|") if name != plain)[:most]


def landing_list() -> str:
    """The list as text, one column a line."""
    lines = ["Every file needs these six columns, whatever it calls them:"]
    lines += [_line(column) for column in NEEDED]
    lines += ["", "What else it may have, and what that gives:"]
    lines += [_line(column) for column in OPTIONAL]
    lines += [
        "",
        "CSV with any delimiter, decimal mark and encoding, or XLSX, ODS and JSON. Names are",
        "recognised in Danish, Dutch, English, Finnish, French and Swedish; say another with",
        "--column, as in --column amount='Til betaling'. A column that is not named is not read.",
    ]
    return "\n".join(lines)


def _line(column: Column) -> str:
    names = ", ".join(also_called(column))
    return f"  {column.name:15s} {column.holds} → {column.gives} (also: {names})"
