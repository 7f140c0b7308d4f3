"""What a statistic reads of an institution's data: told before anything is asked."""

from typing import assert_never

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.measures import LeadTimes, Leaf, Residence, Spend, Tickets, Visitors
from foyer_web.sharing_words import COLUMNS


def columns_read(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The columns behind statistics of the catalogue, in the order they are told in."""
    read = {name for key in keys for leaf in CATALOGUE[key].leaves for name in columns_of(leaf)}
    return tuple(name for name in COLUMNS if name in read)


def columns_of(leaf: Leaf) -> frozenset[str]:
    """What the engine reads of the data for a leaf; see the node's `engine.compile`."""
    match leaf:
        case Tickets(online=online, paid=paid):
            flags = {"online": online, "paid_minor": paid}
            more = {"quantity", *(name for name, is_read in flags.items() if is_read)}
        case Spend():
            more = {"paid_minor"}
        case Residence():
            more = {"territory"}
        case LeadTimes():
            more = {"event_at"}
        case Visitors():
            more = set()
        case _:
            assert_never(leaf)
    return frozenset({"ordered_at", "unit"} | more)
