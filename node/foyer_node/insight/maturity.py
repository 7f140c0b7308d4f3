"""How far a house has come with its data: five ladders of five rungs, and the next step.

Each ladder is a share (0 to 1) against the same public rungs, so that a house with a till
and nothing else stands at 0 with a way up, and no score depends on anybody else's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from foyer_node.engine.ports import LineStore
from foyer_node.insight.days import midnight
from foyer_protocol.catalogue.schema import HISTORY_MONTHS, Period
from foyer_protocol.catalogue.territories import UNKNOWN


class Axis(StrEnum):
    """What is scored (need A12), in the order in which a house can act on it."""

    CAPTURE = "capture"  # tickets with a known visitor
    CONTACT = "contact"  # known visitors who may be written to
    GEOGRAPHY = "geography"  # known visitors whose territory is known
    REPEAT = "repeat"  # months with known visitors behind us, of the 36 that a return needs
    SURVEY = "survey"  # months of the year in which visitors were asked


RUNGS = (0.0, 0.2, 0.4, 0.6, 0.8)
"""A share above `RUNGS[n]` stands on rung n + 1; nothing at all on 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One ladder. `share` is None where there is nothing to take a share of."""

    axis: Axis
    share: float | None

    @property
    def score(self) -> int:
        """From 0 to 5."""
        return 0 if self.share is None else sum(self.share > rung for rung in RUNGS)

    @property
    def next_share(self) -> float | None:
        """The share that the next rung begins above; None at the top."""
        return None if self.score == len(RUNGS) else RUNGS[self.score]


@dataclass(frozen=True, slots=True, kw_only=True)
class Maturity:
    """All five."""

    standings: tuple[Standing, ...]

    @property
    def total(self) -> float:
        """Mean of the five scores, from 0 to 5."""
        return sum(one.score for one in self.standings) / len(self.standings)

    @property
    def next_step(self) -> Axis:
        """The lowest ladder; of equal ones the one that others wait for."""
        return min(self.standings, key=lambda one: one.score).axis


_SHARES = """
    SELECT
        coalesce(sum(quantity), 0)::BIGINT,
        coalesce(sum(quantity) FILTER (visitor IS NOT NULL), 0)::BIGINT,
        count(DISTINCT visitor) FILTER (person)::BIGINT,
        count(DISTINCT visitor) FILTER (person AND territory <> ?)::BIGINT
    FROM eligible_line WHERE ordered_at >= ? AND ordered_at < ?"""
_MONTHS = """
    SELECT 0, count(DISTINCT date_trunc('month', ordered_at))::BIGINT
    FROM eligible_line WHERE visitor IS NOT NULL AND ordered_at >= ? AND ordered_at < ?"""


def measure_maturity(
    store: LineStore, year: Period, *, contactable: int, survey_months: int
) -> Maturity:
    """Score the house on its own data of `year`. Exact, for home.

    `contactable`: known persons of the year with an address and a consent to be written to.
    `survey_months`: months of the year in which at least one answer was given.
    """
    window = (midnight(year.starts), midnight(year.ends))
    ((tickets, known, persons, placed),) = store.execute_measure(_SHARES, (UNKNOWN, *window))
    history = (midnight(year.history().starts), midnight(year.ends))
    ((_, months),) = store.execute_measure(_MONTHS, history)
    shares: Mapping[Axis, float | None] = {
        Axis.CAPTURE: known / tickets if tickets else None,
        Axis.CONTACT: min(1.0, contactable / persons) if persons else None,
        Axis.GEOGRAPHY: placed / persons if persons else None,
        Axis.REPEAT: min(1.0, months / (HISTORY_MONTHS + 12)),
        Axis.SURVEY: survey_months / 12,
    }
    return Maturity(standings=tuple(Standing(axis=axis, share=shares[axis]) for axis in Axis))
