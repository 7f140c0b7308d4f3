"""What a house's own insight shows, as plain values. Exact, and on the node's own pages only.

Names are those of the node's own lists; `insight_words` says them.
"""

from dataclasses import dataclass
from datetime import date

from foyer_protocol.catalogue.statistic import Unit
from foyer_web.views import FigureView


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberView:
    """One number of a week; money is in whole units."""

    name: str
    value: float
    unit: Unit
    currency: str = ""
    before: float | None = None  # what was usual, where it changed clearly

    @property
    def is_rise(self) -> bool:
        """Whether it went up."""
        return self.before is not None and self.value > self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """Last week, from Monday; `ends` is excluded."""

    starts: date
    ends: date
    numbers: tuple[NumberView, ...]
    changes: tuple[NumberView, ...]
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part of a whole, and its share."""

    name: str
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderView:
    """One ladder of maturity. `share` is None where there is nothing to take one of."""

    name: str
    score: int
    share: float | None
    next_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceView:
    """One kind of data worth collecting; statistics by their titles."""

    need: str
    burden: int
    unlocks: tuple[str, ...]
    opens_way_to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MondayView:
    """The page of a Monday. `week` is None before two whole weeks of sales."""

    week: WeekView | None
    starts: date  # of the twelve months below
    ends: date
    figures: tuple[FigureView, ...]
    dayparts: tuple[PartView, ...]
    knows_nobody: bool
    next_step: str
    ladders: tuple[LadderView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One lifecycle stage now and a quarter ago."""

    name: str
    count: int
    share: float
    before: int

    @property
    def change(self) -> int:
        """Visitors more than a quarter ago."""
        return self.count - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleView:
    """The page of the seven stages."""

    stages: tuple[StageView, ...]
    stale_months: int
    lapsed_months: int

    @property
    def known(self) -> int:
        """All known visitors."""
        return sum(stage.count for stage in self.stages)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaturityView:
    """The page of the five ladders and the advice."""

    starts: date
    ends: date
    total: float
    ladders: tuple[LadderView, ...]
    next_step: str
    advice: tuple[AdviceView, ...]
