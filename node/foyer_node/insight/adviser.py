"""Which data are worth collecting: statistics unlocked against what is asked of the visitor."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from foyer_node.importing.provides import provided_by
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.catalogue.statistic import Statistic


class Burden(IntEnum):
    """What a field costs a visitor at the till or on the web."""

    NONE = 0  # the system knows it already: a matter of exporting it
    ONE_WORD = 1  # said in passing
    ADDRESS = 2  # has to be spelt, and can be misused


BURDENS: Mapping[Need, Burden] = {
    Need.CHANNEL: Burden.NONE,
    Need.EVENT_TIME: Burden.NONE,
    Need.POSTCODE: Burden.ONE_WORD,
    Need.VISITOR_KEY: Burden.ADDRESS,
}
"""Of every need of the catalogue. A need without a burden fails a test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One kind of data that a house does not have."""

    need: Need
    burden: Burden
    unlocks: tuple[str, ...]  # keys of statistics possible with it and what is there already
    opens_way_to: tuple[str, ...]  # keys that need it and something else besides

    @property
    def worth(self) -> float:
        """Statistics won for each unit of burden; the order of the list."""
        return (len(self.unlocks) + len(self.opens_way_to) / 2) / (1 + self.burden)


def advise(columns: Collection[str], statistics: Sequence[Statistic]) -> tuple[Advice, ...]:
    """Everything worth collecting, best first; empty where all is there.

    `columns` are the canonical fields of all imports together.
    """
    provided = provided_by(columns)
    advice = [
        Advice(
            need=need,
            burden=BURDENS[need],
            unlocks=_keys(statistics, need, provided, alone=True),
            opens_way_to=_keys(statistics, need, provided, alone=False),
        )
        for need in Need
        if need not in provided
    ]
    wanted = [one for one in advice if one.worth > 0]
    return tuple(sorted(wanted, key=lambda one: (-one.worth, one.burden, one.need)))


def _keys(
    statistics: Sequence[Statistic], need: Need, provided: frozenset[Need], *, alone: bool
) -> tuple[str, ...]:
    wanting = {one.key: one.needs - provided for one in statistics if need in one.needs}
    return tuple(key for key, needs in wanting.items() if (len(needs) == 1) is alone)
