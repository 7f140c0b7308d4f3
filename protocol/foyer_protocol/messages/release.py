"""What is published: figures with intervals, what was withheld and why, and the provenance."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.crypto.digests import digest
from foyer_protocol.crypto.identity import Identity, verify
from foyer_protocol.ids import Hex32, Hex64, Key, Slug
from foyer_protocol.messages.codec import DecimalText, FractionText, Message
from foyer_protocol.messages.plan import FamilyScale

PURPOSE = "foyer/release/v1"


class Status(StrEnum):
    """Whether a figure can be seen."""

    SHOWN = "shown"
    WITHHELD = "withheld"


class Reason(StrEnum):
    """Why a figure is withheld."""

    NONE = ""
    FEW_CONTRIBUTORS = "few-contributors"
    DOMINANCE = "dominance"
    NO_ESTIMATE = "no-estimate"
    ROLLED_UP = "rolled-up"  # of a cohort: another beside it is withheld, and would follow


class Cell(Message):
    """One cell of a histogram."""

    code: str
    estimate: DecimalText
    low: DecimalText
    high: DecimalText


class Figure(Message):
    """One statistic of a release. The interval is 95 % and may hold impossible values.

    It says what the noise leaves open about the consortium's own pooled figure; clamping
    to what is possible is for the screen. `contributors` is a band, never a count.
    """

    key: Key
    status: Status
    reason: Reason = Reason.NONE
    contributors: str
    estimate: DecimalText | None = None
    low: DecimalText | None = None
    high: DecimalText | None = None
    cells: tuple[Cell, ...] = ()


class Agreement(StrEnum):
    """Whether the groups of a divided cohort say the same of a figure."""

    AGREE = "agree"
    DIFFER = "differ"
    NOT_COMPARED = "not-compared"  # too few contributors in a group, or lost in its noise


class GroupCheck(Message):
    """The groups' values of one shown figure: see `rounds.comparing`, which makes them.

    `values` are in ascending order, each brought to the size of the whole cohort; of a
    histogram they are distances from the middle shape, 0 to 1. `robust` (of a histogram:
    `cells`, in the figure's order) is the middle one, and `allowed` the widest difference
    from it that noise and unlike institutions explain.
    """

    key: Key
    outcome: Agreement
    values: tuple[DecimalText, ...] = ()
    allowed: DecimalText | None = None
    robust: DecimalText | None = None
    cells: tuple[DecimalText, ...] = ()


class Quartile(Message):
    """Where a quarter, a half or three quarters of the institutions are reached.

    From `low` to `high` (None: no upper end) there are several institutions or none beside
    such a range; `estimate` is the point between them by linear interpolation.
    """

    low: DecimalText
    high: DecimalText | None
    estimate: DecimalText | None


class Spread(Message):
    """How institutions' own values of one statistic are spread: see `rounds.spreading`.

    Each value was noised by its own institution. `institutions` is a band; `quartiles` are
    three, or none where it is withheld.
    """

    key: Key
    status: Status
    reason: Reason = Reason.NONE
    institutions: str
    quartiles: tuple[Quartile, ...] = ()


class CohortFigures(Message):
    """The figures of one cohort, as those of the whole.

    `above` is the position of the cohort it is part of, in the order of the release; -1 for
    those just below the whole. `rest` says that it is what the cohorts beside it leave of
    the code. `noised` has a slot for each of the release's.
    """

    code: str
    rest: bool = Field(default=False, exclude_if=lambda rest: not rest)
    above: int
    participants: str  # a band
    variances: tuple[FractionText, ...]
    figures: tuple[Figure, ...]
    noised: tuple[int | None, ...]

    @property
    def label(self) -> tuple[str, bool]:
        """How the cohort is called among all of a round."""
        return self.code, self.rest


class Release(Message):
    """The immutable result of a round.

    `noised` is the released part of the sum in grid units, slot by slot, `None` where it
    is withheld: what anyone needs to recompute every figure. `checks` has an entry for each
    shown figure of a divided plan; it and `groups` are not written where nothing was divided.
    `spreads` are written where the plan pays for them; of their counts nothing else is said.
    `dimension` and `cohorts` are those of a plan by cohort, and else not written; a round
    whose reporters were too few to divide has the dimension and no cohorts.
    """

    round_id: Slug
    network: Slug
    job_id: Hex32
    plan: Hex64
    roster: Hex64
    epoch: int
    reports: Hex64  # digest of the set of reports behind the sum
    starts: date
    ends: date
    currency: str
    participants: str  # a band
    variances: tuple[FractionText, ...]  # of the noise in each family's slots, in raw units
    rho: FractionText
    epsilon: DecimalText
    delta: FractionText
    group_epsilon: tuple[DecimalText, ...]  # for a visitor known at 1, 2, 3, 5 institutions
    scales: tuple[FamilyScale, ...]
    figures: tuple[Figure, ...]
    groups: int = Field(default=1, exclude_if=lambda groups: groups == 1)  # as the plan's
    checks: tuple[GroupCheck, ...] = Field(default=(), exclude_if=lambda checks: not checks)
    spreads: tuple[Spread, ...] = Field(default=(), exclude_if=lambda spreads: not spreads)
    dimension: Dimension | None = Field(default=None, exclude_if=lambda by: by is None)
    cohorts: tuple[CohortFigures, ...] = Field(default=(), exclude_if=lambda cohorts: not cohorts)
    noised: tuple[int | None, ...]
    released_at: int

    @property
    def digest(self) -> str:
        """The release's fingerprint, as hexadecimal."""
        return digest(PURPOSE, self.to_json()).hex()


def sign_release(release: Release, coordinator: Identity) -> bytes:
    """The coordinator's signature over `release`, for those it was not sent to."""
    return coordinator.sign(PURPOSE, bytes.fromhex(release.digest))


def verify_release(release: Release, coordinator_key: str, signature: bytes) -> None:
    """Hold a release to the coordinator that a roster names.

    Raises:
        RemoteProtocolError: that coordinator did not sign it.
    """
    verify(coordinator_key, PURPOSE, bytes.fromhex(release.digest), signature)


BANDS = ((2, "under 3"), (4, "3-4"), (9, "5-9"), (19, "10-19"), (49, "20-49"))


def band(count: int) -> str:
    """Say a number of institutions as a band.

    >>> band(6), band(120)
    ('5-9', '50 or more')
    """
    return next((name for most, name in BANDS if count <= most), "50 or more")
