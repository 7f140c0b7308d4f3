"""How a file differs from what the same source sent before."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from statistics import median

from foyer_node.data_ports import Earlier

_MOST_CHANGE = {"rows_per_day": 3.0, "price_minor": 2.0}
"""By figure: by which factor, up or down, it may differ."""

_MOST_SHIFT = {"share_identified": 0.2, "share_placed": 0.2, "share_online": 0.2}
"""By figure: how far a share may be from what it was."""

NEW_WORDS = "new_words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One figure that is far from what it was. For words, how many were never seen before."""

    name: str
    before: float
    now: float


def drift_of(quality: Mapping[str, float], words: Set[str], earlier: Earlier) -> tuple[Drift, ...]:
    """What has changed since the last imports of the source; nothing where there were none.

    >>> seen = Earlier(quality=({"price_minor": 1000.0},), words=frozenset({"Adult"}))
    >>> [found.name for found in drift_of({"price_minor": 90.0}, {"Adult", "Kids"}, seen)]
    ['price_minor', 'new_words']
    """
    found = []
    for name, now in quality.items():
        seen = [one[name] for one in earlier.quality if name in one]
        if seen and _is_far(name, median(seen), now):
            found.append(Drift(name=name, before=median(seen), now=now))
    new = len(words - earlier.words)
    if earlier.quality and earlier.words and new:
        found.append(Drift(name=NEW_WORDS, before=0.0, now=float(new)))
    return tuple(found)


def _is_far(name: str, before: float, now: float) -> bool:
    if name in _MOST_CHANGE:
        low, high = sorted((before, now))
        return low * _MOST_CHANGE[name] < high
    return name in _MOST_SHIFT and abs(before - now) > _MOST_SHIFT[name]
