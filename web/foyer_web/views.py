"""What a page shows, as plain values. The faces fill them in; the templates read them.

Numbers are as released, so that the machine export stays true: only `words` clamps and rounds.
Beside them stand those that agree with each other (`adjusted`), which people are told.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from foyer_protocol.catalogue.measures import Distribution, Median, Ratio, Total
from foyer_protocol.catalogue.statistic import Statistic, Unit
from foyer_protocol.catalogue.territories import UNKNOWN
from foyer_protocol.rounds.agreeing import AgreedNumber
from foyer_web.parts import PartsView
from foyer_web.telling import SpreadView, Told

TOO_UNCERTAIN_SHARE = 0.5
"""A number is not shown when its half-width is more than this share of it."""


class Status(StrEnum):
    """Whether there is a number to show."""

    SHOWN = "shown"
    WITHHELD = "withheld"
    TOO_UNCERTAIN = "too-uncertain"
    NOT_ASKED = "not-asked"
    DID_NOT_TAKE_PART = "did-not-take-part"


class Reason(StrEnum):
    """Why a number is withheld. Neither names an institution."""

    FEW_CONTRIBUTORS = "few-contributors"
    DOMINANCE = "dominance"
    ROLLED_UP = "rolled-up"  # of a cohort: it would follow from the others and the whole


class OwnAbsence(StrEnum):
    """Why an institution has no number of its own to set beside the others'."""

    SHORT_HISTORY = "short-history"
    NOTHING_TO_MEASURE = "nothing-to-measure"
    OTHER_CURRENCY = "other-currency"


class Kind(StrEnum):
    """What the number is, which decides what one's own may be set against."""

    TOTAL = "total"  # a sum over institutions: mine is a part of it
    LEVEL = "level"  # a share, a mean or a median: mine may be higher or lower
    DISTRIBUTION = "distribution"


CODES: dict[Status | Reason, str] = {
    Status.SHOWN: "", Status.WITHHELD: "w", Status.TOO_UNCERTAIN: "u",
    Status.DID_NOT_TAKE_PART: "x", Status.NOT_ASKED: "z",
    Reason.FEW_CONTRIBUTORS: "c", Reason.DOMINANCE: "w", Reason.ROLLED_UP: "c",
}  # fmt: skip
"""One letter for machines, in place of a number."""


def judge(estimate: float, low: float, high: float) -> Status:
    """Decide from the released, noisy interval alone whether a number may be shown.

    Never from a raw count: a rule keyed to one would leak it.

    >>> judge(100.0, 60.0, 140.0).value, judge(100.0, 40.0, 160.0).value
    ('shown', 'too-uncertain')
    """
    half = (high - low) / 2
    certain = half <= TOO_UNCERTAIN_SHARE * max(estimate, 0.0)
    return Status.SHOWN if certain else Status.TOO_UNCERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """How many institutions, as coarsely as was published. `most` None: no upper end."""

    least: int
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView(Told):
    """One cell of a histogram. `code` is the catalogue's; the kit knows its name."""

    code: str
    estimate: float
    low: float
    high: float
    mine: float | None = None
    adjusted: AgreedNumber | None = None
    of_all: AgreedNumber | None = None  # a share; those of one figure make 100 %

    @property
    def status(self) -> Status:
        """Shown, or too uncertain."""
        return judge(self.estimate, self.low, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView(Told):
    """One statistic in one release. Make it with `figure_of`.

    `mine` is set by the node's local pages only and never sent anywhere.
    """

    key: str
    title: str
    question: str
    unit: Unit
    kind: Kind
    status: Status
    currency: str = ""
    reason: Reason | None = None
    estimate: float = 0.0
    low: float = 0.0
    high: float = 0.0
    noise_half_width: float | None = None  # the part of the half-width that is privacy noise
    mine: float | None = None
    own_cells: tuple[tuple[str, float], ...] = ()  # code and own count, in the order of `ranked`
    mine_absent: OwnAbsence | None = None
    includes_mine: bool = False
    cells: tuple[CellView, ...] = ()
    round_id: str = ""
    institutions: Band | None = None
    parts: PartsView | None = None
    adjusted: AgreedNumber | None = None
    spread: SpreadView | None = None  # of the institutions' own values, where it was asked

    @property
    def shown(self) -> bool:
        """Whether there is a number to show."""
        return self.status is Status.SHOWN

    @property
    def has_own(self) -> bool:
        """Whether there is a number of one's own."""
        return self.mine is not None or bool(self.own_cells)

    @property
    def code(self) -> str:
        """The machine's letter for the status; empty when shown."""
        return CODES[self.reason or self.status]

    @property
    def ranked(self) -> tuple[CellView, ...]:
        """The cells that may be shown, largest first; those of no known group come last."""
        shown = (cell for cell in self.cells if cell.status is Status.SHOWN)
        return tuple(sorted(shown, key=lambda cell: (cell.code == UNKNOWN, -cell.estimate)))

    @property
    def unclear(self) -> tuple[CellView, ...]:
        """The cells too uncertain to show, in the catalogue's order."""
        return tuple(cell for cell in self.cells if cell.status is not Status.SHOWN)


def figure_of(
    statistic: Statistic,
    *,
    status: Status | None = None,
    reason: Reason | None = None,
    interval: tuple[float, float, float] | None = None,
    cells: tuple[CellView, ...] = (),
    currency: str = "",
) -> FigureView:
    """Set a released number (or its absence) beside its words from the catalogue.

    `interval` is low, estimate, high. Without a `status`, a histogram is shown if any
    cell is certain enough, and a single number if it is; without any number, it is not asked.
    Add `mine`, `round_id` and the like with `dataclasses.replace`.
    """
    match statistic.measure:
        case Total():
            kind = Kind.TOTAL
        case Ratio() | Median():
            kind = Kind.LEVEL
        case Distribution():
            kind = Kind.DISTRIBUTION
    low, estimate, high = interval or (0.0, 0.0, 0.0)
    if status is None and cells:
        certain = any(cell.status is Status.SHOWN for cell in cells)
        status = Status.SHOWN if certain else Status.TOO_UNCERTAIN
    elif status is None:
        status = judge(estimate, low, high) if interval else Status.NOT_ASKED
    return FigureView(
        key=statistic.key,
        title=statistic.title,
        question=statistic.question,
        unit=statistic.unit,
        kind=kind,
        status=status,
        reason=reason,
        estimate=estimate,
        low=low,
        high=high,
        cells=cells,
        currency=currency,
    )


def with_mine(
    figure: FigureView, mine: float | None, cells: dict[str, float] | None = None
) -> FigureView:
    """The same figure with one's own number (and cells, by code) beside it."""
    own = cells or {}
    placed = tuple(replace(cell, mine=own.get(cell.code, cell.mine)) for cell in figure.cells)
    ranked = sorted(own.items(), key=lambda cell: (cell[0] == UNKNOWN, -cell[1]))
    mine_too = tuple((code, count) for code, count in ranked if count)
    return replace(figure, mine=mine, cells=placed, own_cells=mine_too)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseLine:
    """How much noise one family of numbers carries."""

    family: str
    standard_deviation: float  # of one slot, in the slot's own units
    rho: str  # its part of the price, as an exact fraction "1/200"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldView:
    """A statistic that was asked and not published."""

    key: str
    title: str
    status: Status
    reason: Reason | None


class Ending(StrEnum):
    """Why a round ended without a release. None names an institution."""

    TOO_FEW_NODES = "too-few-nodes"
    DEADLINE_PASSED = "deadline-passed"
    HELPER_REFUSED = "helper-refused"
    CANARIES_DIFFER = "canaries-differ"
    PLAN_WITHDRAWN = "plan-withdrawn"
    INTERNAL = "internal"


class RoundState(StrEnum):
    """Where a round stands, for a reader."""

    PLANNED = "planned"
    RUNNING = "running"
    RELEASED = "released"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundView:
    """One round, with its provenance. `ends` is excluded from the period."""

    round_id: str
    starts: date
    ends: date
    state: RoundState = RoundState.RELEASED
    released_on: date | None = None
    institutions: Band | None = None
    rho: str = ""  # exact fraction
    epsilon: float | None = None
    delta: float | None = None
    noise: tuple[NoiseLine, ...] = ()
    plan_hash: str = ""
    roster_hash: str = ""
    roster_epoch: int | None = None
    release_hash: str = ""
    figures: tuple[FigureView, ...] = ()
    withheld: tuple[WithheldView, ...] = ()
    ending: Ending | None = None  # of an aborted round, where it is known


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView:
    """The first page: headline figures of the latest release and who takes part."""

    figures: tuple[FigureView, ...]
    latest: RoundView | None
    taking_part: Band | None = None
    next_round_on: date | None = None
    institution: str = ""  # on the node's pages
    own_only: bool = False  # before any release: one's own exact figures stand in `latest`
    next_round: RoundView | None = None  # planned or running, where there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterView:
    """One choice above a result: a labelled select in a GET form."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]  # value, text
    chosen: str
