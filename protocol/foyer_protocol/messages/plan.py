"""What is asked: keys, a period and a noise scale. Never a query, never code."""

import json
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Self

from pydantic import Field, model_validator

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.catalogue.layout import Layout, lay_out
from foyer_protocol.catalogue.measures import Family
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.crypto.digests import digest
from foyer_protocol.errors import CatalogueMismatch
from foyer_protocol.ids import Hex32, Hex64, Key, Slug
from foyer_protocol.messages.codec import FractionText, Message, read_fraction

MOST_GROUPS = 8

NOTHING = "0/1"


class FamilyScale(Message):
    """The noise of one family: see `dp.noise_shares.NoiseScale`, whose fields these are."""

    family: Family
    squared_sensitivity: int = Field(ge=1)
    grid: int = Field(ge=1)
    share_variance: FractionText
    rho: FractionText


class Plan(Message):
    """A round as the consortium agreed to it.

    `colluding` nodes may add no noise: the noise is calibrated to `minimum_cohort -
    colluding` honest shares. `gate_rho` pays for each node's look at its own weight
    before the figures are shown (see `rounds.kinds.veto`). `spread_rho` pays for each node's
    look at its own values, where it is asked in which public range they lie (see
    `rounds.kinds.spread`); at 0 it is not asked, and not written.

    With `groups` above 1 the reporters are divided by lot, and each group, of at least
    `minimum_cohort`, is summed by itself (see `rounds.grouping`). At 1 it is not written.
    With `cohorts` they are divided by a public fact of the roster instead: who is in which
    cohort follows from the grid and is not for the plan to say (see `rounds.cohorts`).
    """

    round_id: Slug
    network: Slug
    statistics: tuple[Key, ...] = Field(min_length=1)
    starts: date
    ends: date
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    catalogue: Hex64
    scales: tuple[FamilyScale, ...] = Field(min_length=1)
    gate_rho: FractionText
    spread_rho: FractionText = Field(default=NOTHING, exclude_if=lambda rho: rho == NOTHING)
    minimum_cohort: int = Field(ge=2)
    colluding: int = Field(ge=0)
    groups: int = Field(default=1, ge=1, le=MOST_GROUPS, exclude_if=lambda groups: groups == 1)
    cohorts: Dimension | None = Field(default=None, exclude_if=lambda cohorts: cohorts is None)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.ends <= self.starts:
            raise ValueError("a period ends after it starts")
        if len(set(self.statistics)) != len(self.statistics):
            raise ValueError("a statistic is named once")
        if self.minimum_cohort - self.colluding < 1:
            raise ValueError("at least one honest share of noise is needed")
        if self.cohorts is not None and self.groups > 1:
            raise ValueError("reporters are divided by lot or by a fact, not by both")
        return self

    @property
    def period(self) -> Period:
        """The window of days."""
        return Period(starts=self.starts, ends=self.ends)

    @property
    def honest(self) -> int:
        """How many shares of noise the guarantee counts on."""
        return self.minimum_cohort - self.colluding

    @property
    def digest(self) -> str:
        """The plan's fingerprint, as hexadecimal."""
        return digest("foyer/plan/v1", self.to_json()).hex()

    @property
    def content(self) -> str:
        """The fingerprint of what is asked, whatever the round is called: see `rounds.repeats`.

        Covers every field but `round_id`; statistics, and with them the noise of their
        families, count in any order.
        """
        facts = self.model_dump(mode="json", exclude={"round_id"})
        facts["statistics"] = sorted(facts["statistics"])
        facts["scales"] = sorted(facts["scales"], key=lambda scale: str(scale["family"]))
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return digest("foyer/plan-content/v1", text.encode()).hex()

    @property
    def figures_rho(self) -> Fraction:
        """Price of the noised sum: the families' prices add up, and that of the spread."""
        families = (read_fraction(scale.rho) for scale in self.scales)
        return sum(families, read_fraction(self.spread_rho))

    def layout(self) -> Layout:
        """Where each leaf lives in the vector.

        Raises:
            CatalogueMismatch: a key that our own catalogue does not define.
        """
        unknown = [key for key in self.statistics if key not in CATALOGUE]
        if unknown:
            raise CatalogueMismatch(
                f"the plan asks for {', '.join(unknown)}, which this catalogue does not define",
                hint="A node computes only what its own installed catalogue defines; upgrade it.",
            )
        asked = tuple(CATALOGUE[key] for key in self.statistics)
        return lay_out(asked, spread=self.spread_rho != NOTHING)

    def scale(self, family: Family) -> FamilyScale:
        """The noise of `family`."""
        return next(scale for scale in self.scales if scale.family is family)


class JobKind(StrEnum):
    """What one private sum of a round is for."""

    FIGURES = "figures"
    VETO = "veto"


class CohortTotals(Message):
    """The noised weights of one cohort, one per statistic, in grid units; see `Job.totals`."""

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_-]{0,39}$")
    rest: bool = Field(default=False, exclude_if=lambda rest: not rest)
    totals: tuple[int, ...]

    @property
    def label(self) -> tuple[str, bool]:
        """How the cohort is called among all of a round."""
        return self.code, self.rest


class Job(Message):
    """One private sum: the descriptor that nodes and helpers bind everything to.

    `parent` and `parent_set` name, for a veto, the sum it is about and the digest of the
    set of reports behind it; `totals` are that sum's noised weights, one per statistic,
    in grid units, and `cohorts` the same of each cohort below the whole, if the plan has any.
    """

    job_id: Hex32
    kind: JobKind
    plan: Plan
    roster: Hex64
    width: int = Field(ge=1)
    bits: int
    rho: FractionText
    reports_until: int
    expires_at: int
    expires_epoch: int
    parent: Hex32 | None = None
    parent_set: Hex64 | None = None
    totals: tuple[int, ...] = ()
    cohorts: tuple[CohortTotals, ...] = Field(default=(), exclude_if=lambda cohorts: not cohorts)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.bits not in (32, 64):
            raise ValueError("words have 32 or 64 bits")
        is_veto = self.kind is JobKind.VETO
        if is_veto != (self.parent is not None) or is_veto != (self.parent_set is not None):
            raise ValueError("a veto, and only a veto, names the sum it is about")
        if self.cohorts and (self.plan.cohorts is None or not is_veto):
            raise ValueError("only the veto of a plan by cohort names cohorts")
        return self

    @property
    def groups(self) -> int:
        """Into how many groups the reports fall by lot: one, but for figures that are divided."""
        return self.plan.groups if self.kind is JobKind.FIGURES else 1

    @property
    def least(self) -> int:
        """The fewest reports that leave no group below the minimum cohort.

        Cohorts ask for no more: what is too small is rolled up, to the whole if need be.
        """
        return self.groups * self.plan.minimum_cohort

    @property
    def digest(self) -> bytes:
        """The 32 bytes that reports, seeds and answers are bound to."""
        return digest("foyer/job/v1", self.to_json())
