"""What changed, in sentences: higher, lower, or no clear difference, and nothing else."""

from collections.abc import Iterable

from foyer_web.changes import Change
from foyer_web.languages import N_
from foyer_web.words import Words


def change_sentence(change: Change, words: Words) -> str:
    """ "higher than in Q3 2026, by about €1.20 (likely between €0.90 and €1.50)."."""
    figure, found = change.figure, change.difference
    apart = words.apart(found.low, found.estimate, found.high, figure.unit, figure.currency)
    return words.say(
        N_("%(comparison)s than in %(period)s, by %(apart)s."),
        comparison=words.comparison(found.outcome),
        period=words.short_period(change.since_starts, change.since_ends),
        apart=apart,
    )


def names_of(changes: Iterable[Change], words: Words) -> str:
    """The titles of figures, one after the other."""
    return "; ".join(words.say(change.figure.title) for change in changes)
