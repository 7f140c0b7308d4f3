"""What a block of numbers counts, in the reader's language: the rows of a report before noise."""

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
from foyer_web.languages import N_
from foyer_web.words import Words

WINDOWS: dict[tuple[tuple[Window, ...], tuple[Window, ...]], str] = {
    ((Window.PERIOD,), ()): N_("Visitors who booked in the period"),
    ((Window.PERIOD,), (Window.HISTORY,)): N_("Visitors who booked for the first time"),
    ((Window.PREVIOUS,), ()): N_("Visitors who booked in the period before"),
    ((Window.PREVIOUS, Window.PERIOD), ()): N_("Visitors who booked in both periods"),
}
"""By the windows booked in, and those not booked in."""


def leaf_name(leaf: Leaf, words: Words) -> str:
    """One line for a leaf."""
    match leaf:
        case Tickets():
            return words.say(_tickets(leaf))
        case Spend(step_minor=step):
            return words.say(N_("Money, in steps of %(step)s"), step=words.number(step / 100))
        case Visitors(booked=booked, not_booked=not_booked):
            name = words.say(WINDOWS.get((booked, not_booked), N_("Visitors of other periods")))
            told = N_("%(name)s (with a full history)") if leaf.needs_history else "%(name)s"
            return words.say(told, name=name)
        case Residence():
            return words.say(N_("Visitors by where they live"))
        case LeadTimes():
            return words.say(N_("Days from order to event, counted by classes"))
        case _:
            assert_never(leaf)


def slot_name(leaf: Leaf, slot: int, words: Words) -> str:
    """One number of a leaf that has several."""
    if isinstance(leaf, Residence):
        return words.category(leaf.codes[slot])
    return words.say(N_("Class %(number)s"), number=words.number(slot + 1))


def _tickets(leaf: Tickets) -> str:
    if leaf.online:
        return N_("Tickets sold online")
    if leaf.identified:
        return N_("Tickets of known visitors")
    return N_("Tickets that cost something") if leaf.paid else N_("Tickets sold or given out")
