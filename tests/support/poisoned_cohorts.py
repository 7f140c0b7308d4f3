"""Cohorts with one institution that reports nonsense, divided and compared as the protocol does.

Everything but the masks is the code that ships: the division, each node's share of noise, the
groups' figures and the comparison. Masks change no sum; whole rounds are in
`tests/simulation/test_divided_cohorts.py`. Institutions are made up: their shapes are Dirichlet
around a common one, their shares beta around a common one, their sizes log-normal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from foyer_protocol.catalogue.entries import TICKETS
from foyer_protocol.catalogue.measures import Distribution, Leaf, Ratio, Residence, Tickets, Total
from foyer_protocol.catalogue.statistic import PrivacyUnit, Statistic, Unit
from foyer_protocol.dp.discrete_gaussian import draw
from foyer_protocol.dp.noise_shares import NoiseScale, plan_noise, total_variance
from foyer_protocol.rounds.comparing import Compared, compare
from foyer_protocol.rounds.estimating import Noised
from foyer_protocol.rounds.grouping import divide, sizes

Integers = NDArray[np.int64]
Rows = dict[Leaf, Integers]
"""By leaf, what each institution has: shape (institutions, width)."""

RHO = Fraction(244, 10**4)
"""zCDP of ε = 1 at δ = 10⁻⁶, as in the experiment that this repeats [protocol.md 6]."""

CELLS, FILLED, VISITORS, TICKETS_EACH = 50, 5, 2000, 3
"""Cells of the histogram, those that the poisoner fills, and an institution's usual size."""

CELLS_OF = Residence(codes=tuple(f"C{number}" for number in range(CELLS)))
ONLINE = Tickets(cap=40, online=True)


class Kind(StrEnum):
    """What the figure is, and what the poisoner then does `poison` times its own volume."""

    SHAPE = "histogram"  # adds it to each of five cells
    SHARE = "share"  # adds it in tickets, all of them online
    TOTAL = "total"  # adds it in tickets


MEASURES: dict[Kind, tuple[Unit, Distribution | Ratio | Total]] = {
    Kind.SHAPE: (Unit.VISITORS, Distribution(of=CELLS_OF)),
    Kind.SHARE: (Unit.SHARE, Ratio(part=ONLINE, whole=TICKETS)),
    Kind.TOTAL: (Unit.TICKETS, Total(of=TICKETS)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A cohort.

    `likeness` is the concentration of Dirichlet and beta (None: all draw from one shape),
    `spread` the standard deviation of the logarithm of sizes. `honest` shares of noise are
    counted on in each group.
    """

    kind: Kind = Kind.SHAPE
    institutions: int = 20
    groups: int = 3
    honest: int = 4
    poison: float = 0.0
    likeness: float | None = None
    spread: float = 0.0

    @property
    def statistic(self) -> Statistic:
        """The figure that is compared."""
        unit, measure = MEASURES[self.kind]
        return Statistic(
            key="poisoned.figure", title="", question="", unit=unit, measure=measure,
            privacy_unit=PrivacyUnit.VISITOR,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """Errors of the plain sum and of the middle of the groups: L1, in parts of the truth."""

    plain: float
    middle: float
    found: Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Over many releases: mean errors in per cent, and how many of them were flagged."""

    plain: float
    middle: float
    flagged: float


def play(scene: Scene, seed: int) -> Played:
    """One release of `scene`: the same for the same seed."""
    rng = np.random.default_rng(seed)
    truth = _data(scene, rng)
    told = {leaf: rows + _noise(scene, leaf, rng) for leaf, rows in _lie(scene, truth, rng).items()}
    names = [f"house-{number:02}" for number in range(scene.institutions)]
    divided = divide(rng.bytes(32).hex(), names, scene.groups)
    groups = []
    for group in divided:
        members = [names.index(name) for name in group]
        groups.append(_noised(scene, {leaf: rows[members] for leaf, rows in told.items()}))
    found = compare(scene.statistic, groups, sizes(scene.institutions, scene.groups))
    if found is None:
        raise ValueError("the scene is too small for its noise")
    exact = _read(scene, truth)
    return Played(
        plain=_error(_read(scene, told), exact),
        middle=_error(np.array(found.robust), exact),
        found=found,
    )


def rates(scene: Scene, releases: int) -> Rates:
    """What many releases of `scene` come to."""
    played = [play(scene, seed) for seed in range(releases)]
    return Rates(
        plain=100 * float(np.mean([one.plain for one in played])),
        middle=100 * float(np.mean([one.middle for one in played])),
        flagged=float(np.mean([one.found.differ for one in played])),
    )


def _data(scene: Scene, rng: np.random.Generator) -> Rows:
    """What is true, by institution."""
    volumes = rng.poisson(VISITORS * np.exp(rng.normal(0, scene.spread, scene.institutions)))
    if scene.kind is Kind.SHAPE:
        common = rng.dirichlet(np.full(CELLS, 2.0))
        shapes = [
            common if scene.likeness is None else rng.dirichlet(scene.likeness * common)
            for _ in volumes
        ]
        counted = [rng.multinomial(*pair) for pair in zip(volumes, shapes, strict=True)]
        return {CELLS_OF: np.array(counted)}
    tickets = TICKETS_EACH * volumes
    if scene.kind is Kind.TOTAL:
        return {TICKETS: tickets[:, np.newaxis]}
    share = rng.uniform(0.2, 0.7)
    shares = np.full(scene.institutions, share)
    if scene.likeness is not None:
        shares = rng.beta(scene.likeness * share, scene.likeness * (1 - share), len(shares))
    online = rng.binomial(tickets, shares)
    return {TICKETS: tickets[:, np.newaxis], ONLINE: online[:, np.newaxis]}


def _lie(scene: Scene, truth: Rows, rng: np.random.Generator) -> Rows:
    """What is told: the first institution's rows are another, the lot decides its group."""
    told = {leaf: rows.copy() for leaf, rows in truth.items()}
    for rows in told.values():
        width = rows.shape[1]
        filled = rng.permutation(width)[: min(FILLED, width)]
        volume = (truth.get(TICKETS, rows))[0].sum()
        rows[0, filled] += int(scene.poison * volume)
    return told


def _scale(scene: Scene, leaf: Leaf) -> NoiseScale:
    return plan_noise(leaf.squared_sensitivity, leaf.width, RHO, scene.honest)


def _noise(scene: Scene, leaf: Leaf, rng: np.random.Generator) -> NDArray[np.float64]:
    """One share for each institution, in raw units."""
    scale, width = _scale(scene, leaf), leaf.width * scene.institutions
    drawn = draw(scale.share_variance, width, rng.bytes)
    return drawn.reshape(scene.institutions, leaf.width) / scale.grid


def _noised(scene: Scene, rows: Mapping[Leaf, NDArray[np.float64]]) -> Noised:
    return Noised(
        values={leaf: tuple(Fraction(x) for x in told.sum(axis=0)) for leaf, told in rows.items()},
        variances={
            leaf: total_variance(_scale(scene, leaf), len(told)) for leaf, told in rows.items()
        },
    )


def _read(scene: Scene, rows: Mapping[Leaf, NDArray[np.number]]) -> NDArray[np.float64]:
    """The figure of all institutions: one number, or one for each cell."""
    sums = {leaf: told.sum(axis=0).astype(float) for leaf, told in rows.items()}
    if scene.kind is Kind.SHARE:
        return sums[ONLINE] / sums[TICKETS]
    return sums[CELLS_OF if scene.kind is Kind.SHAPE else TICKETS]


def _error(claimed: NDArray[np.float64], true: NDArray[np.float64]) -> float:
    return float(np.abs(claimed - true).sum() / true.sum())
