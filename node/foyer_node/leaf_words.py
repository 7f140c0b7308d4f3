"""What a block of numbers counts, in words, for whoever looks at what a round would take."""

from typing import assert_never

from foyer_protocol.catalogue.measures import (
    LeadTimes,
    Leaf,
    Residence,
    Spend,
    Tickets,
    Visitors,
    Window,
)

_WINDOWS = {
    Window.PERIOD: "in the period",
    Window.PREVIOUS: "in the period before",
    Window.HISTORY: "in the 36 months before",
}


def name_of(leaf: Leaf) -> str:
    """One line for a leaf; two leaves of the catalogue never have the same.

    >>> name_of(Tickets(cap=40, online=True))
    'tickets sold online, at most 40 a visitor'
    """
    match leaf:
        case Tickets(cap=cap):
            told = {
                "sold online": leaf.online,
                "of known visitors": leaf.identified,
                "that cost something": leaf.paid,
            }
            kinds = " and ".join(words for words, holds in told.items() if holds)
            return f"tickets{f' {kinds}' if kinds else ''}, at most {cap} a visitor"
        case Spend(cap=cap, step_minor=step):
            return f"money in steps of {step / 100:.2f}, at most {cap} steps a visitor"
        case Visitors():
            return _visitors(leaf)
        case Residence(codes=codes):
            return f"visitors by territory, {len(codes)} of them"
        case LeadTimes():
            return f"days from order to event, {leaf.leaves} classes in {leaf.levels} levels"
        case _:
            assert_never(leaf)


def _visitors(leaf: Visitors) -> str:
    told = " and ".join(_WINDOWS[window] for window in leaf.booked)
    if leaf.not_booked:
        told += " but not " + " or ".join(_WINDOWS[window] for window in leaf.not_booked)
    return f"visitors who booked {told}{', of full histories only' if leaf.needs_history else ''}"
