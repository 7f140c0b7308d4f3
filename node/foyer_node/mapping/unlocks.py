"""What each column is good for: the statistics that become possible with it.

Read off the catalogue's own needs, so that a new statistic is counted the day it is added.
"""

from collections.abc import Collection, Mapping, Sequence

from foyer_node.importing.provides import FIELDS, provided_by
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.catalogue.statistic import Statistic


def possible(columns: Collection[str], statistics: Sequence[Statistic]) -> frozenset[str]:
    """Keys of the statistics that a file with these canonical fields feeds."""
    provided = provided_by(columns)
    return frozenset(one.key for one in statistics if one.needs <= provided)


def unlocked_by(
    name: str, columns: Collection[str], statistics: Sequence[Statistic]
) -> frozenset[str]:
    """Keys of the statistics that need field `name` beside the other `columns`.

    With `name` among the columns these would be lost without it; otherwise they would be
    won with it.
    """
    others = frozenset(columns) - {name}
    return possible(others | {name}, statistics) - possible(others, statistics)


def wanting(
    columns: Collection[str], statistics: Sequence[Statistic]
) -> Mapping[Need, frozenset[str]]:
    """For each need that the columns do not meet: the statistics that it alone keeps back."""
    provided = provided_by(columns)
    found = {
        need: frozenset(
            one.key
            for one in statistics
            if not one.needs <= provided and one.needs <= provided | {need}
        )
        for need in FIELDS
        if need not in provided
    }
    return {need: keys for need, keys in found.items() if keys}
