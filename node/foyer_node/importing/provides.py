"""Which of the catalogue's needs a file meets, by the columns it has and nothing in them."""

from collections.abc import Iterable

from foyer_protocol.catalogue.measures import Need

FIELDS: dict[Need, frozenset[str]] = {
    Need.VISITOR_KEY: frozenset({"email", "customer_key"}),
    Need.EVENT_TIME: frozenset({"event_at"}),
    Need.POSTCODE: frozenset({"postcode", "postcode_2"}),
    Need.CHANNEL: frozenset({"channel"}),
}
"""A need is met by any one of these canonical fields."""


def provided_by(columns: Iterable[str]) -> frozenset[Need]:
    """The needs that a file with these canonical fields meets.

    >>> sorted(provided_by(["order_id", "email", "event_at"]))
    [<Need.EVENT_TIME: 'event_time'>, <Need.VISITOR_KEY: 'visitor_key'>]
    """
    present = frozenset(columns)
    return frozenset(need for need, fields in FIELDS.items() if fields & present)
