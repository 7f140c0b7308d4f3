"""Which totals must agree by the catalogue's own definitions, at every institution.

An entry holds whatever the data are and whatever an import lacks: it is true of each
unit, so of each node's clipped sums, and so of any sum of them. That leaves out what holds
only where all files are complete. The homes of bookers, say, are fewer than the bookers
wherever a file has customer numbers and no postcodes; so they are *within* them, not equal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from foyer_protocol.catalogue.entries import (
    BOOKERS,
    BOOKERS_WITH_HISTORY,
    CAPTURE_RATE,
    NEW_BOOKERS,
    ONLINE_SHARE,
    PREVIOUS_BOOKERS,
    RESIDENCE,
    RETAINED_BOOKERS,
    TICKETS,
)
from foyer_protocol.catalogue.measures import Leaf, Residence, Tickets, Visitors, Window

PAID_TICKETS = Tickets(cap=TICKETS.cap, paid=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """All slots of `parts` together are `whole`'s one slot, or (not `exact`) no more than it."""

    parts: tuple[Leaf, ...]
    whole: Leaf
    exact: bool = False


IDENTITIES: tuple[Identity, ...] = (
    Identity(parts=RESIDENCE.leaves, whole=BOOKERS),
    Identity(parts=(BOOKERS_WITH_HISTORY,), whole=BOOKERS),
    Identity(parts=(NEW_BOOKERS,), whole=BOOKERS_WITH_HISTORY),
    Identity(parts=(RETAINED_BOOKERS,), whole=BOOKERS_WITH_HISTORY),
    Identity(parts=(RETAINED_BOOKERS,), whole=PREVIOUS_BOOKERS),
    Identity(parts=ONLINE_SHARE.leaves[:1], whole=TICKETS),
    Identity(parts=CAPTURE_RATE.leaves[:1], whole=TICKETS),
    Identity(parts=(PAID_TICKETS,), whole=TICKETS),
)
"""What is known to agree. The levels of a tree do too: `dp.quantiles` sees to them."""


def problems(identities: Iterable[Identity]) -> list[str]:
    """Return what is wrong with each, as sentences; an empty list is sound."""
    return [sentence for one in identities for sentence in _problems(one)]


def _problems(one: Identity) -> Iterator[str]:
    if not one.parts or one.whole.width != 1:
        yield "an identity is of some parts and of one slot that is their whole"
    if one.exact and {part.needs for part in one.parts} != {one.whole.needs}:
        yield "parts with other needs than their whole are zeros where it is not"
    if not one.exact and len(one.parts) != 1:
        yield "several parts may hold one unit twice, and so be more than their whole"
    for part in one.parts:
        if not is_within(part, one.whole):
            yield f"a unit may count for {part} and not for {one.whole}"


def is_within(part: Leaf, whole: Leaf) -> bool:
    """Whether every unit adds no more to all of `part` than to `whole`, at every node.

    That is so where `part` reads no other lines, has the same clipping, and is fed by no
    node that does not feed `whole`.
    """
    if not (part.needs >= whole.needs and part.needs_history >= whole.needs_history):
        return False
    match part, whole:
        case Tickets(), Tickets():
            narrower = (part.online, part.identified, part.paid)
            wider = (whole.online, whole.identified, whole.paid)
            return part.cap == whole.cap and all(
                n or not w for n, w in zip(narrower, wider, strict=True)
            )
        case Visitors(), Visitors():
            return set(part.booked) >= set(whole.booked) and set(part.not_booked) >= set(
                whole.not_booked
            )
        case Residence(), Visitors():
            return whole.booked == (Window.PERIOD,) and not whole.not_booked
        case _:
            return False
