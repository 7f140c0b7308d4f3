"""What a steward sees of sharing: the switch, a round's notice, a report before its noise."""

from dataclasses import dataclass, field
from datetime import date, datetime

from foyer_protocol.catalogue.measures import Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """One decision, as it was written down."""

    act: str
    at: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingView:
    """Whether anything is shared at all. `by_settings`: node.toml says so, and no page can."""

    pause: DecisionView | None = None
    by_settings: bool = False

    @property
    def paused(self) -> bool:
        """Whether nothing is shared now."""
        return self.by_settings or self.pause is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """A proposed round as a steward has to read it. `ends` is excluded from the period."""

    round_id: str
    statistics: tuple[str, ...]  # keys
    unknown: tuple[str, ...]  # keys that this version's catalogue does not know
    columns: tuple[str, ...]  # by the names of `sharing_words.COLUMNS`
    starts: date
    ends: date
    cost: str
    left: str
    minimum_cohort: int
    groups: int
    answered: bool  # it was paid for: a decision changes nothing any more
    asks_first: bool
    decision: DecisionView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafBeforeView:
    """One block of numbers of a report before its masks. `noise` is empty where not kept."""

    leaf: Leaf
    exact: tuple[float, ...] = field(repr=False)
    noise: tuple[float, ...] = field(repr=False)

    @property
    def noised(self) -> tuple[float, ...]:
        """What was masked."""
        return tuple(a + b for a, b in zip(self.exact, self.noise, strict=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeView:
    """A report of figures before its noise, or why it cannot be shown."""

    leaves: tuple[LeafBeforeView, ...] = field(repr=False)
    lack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """One list of addresses that was made here."""

    at: datetime
    stage: str
    addresses: int
    by: str
