"""The auditor's checks, each a function of what was observed of a network under test.

Every statistical test is two-sided or a Clopper-Pearson bound at `ALPHA` each. On the true
code `TESTS` of them are made in one audit: a false alarm has a chance of at most
`TESTS * ALPHA`, by the union bound, whatever the tests' dependence. `opens` and
`sensitivity` are exact and raise none.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, chi2, norm
from tests.support.audited_network import NAMES, Observed, quarters

from foyer_protocol.catalogue.measures import Family
from foyer_protocol.messages.codec import read_fraction

ALPHA = 1e-6
TESTS = 3 + 2 + 2 + 2 + 2 * 4 + 2
"""variance 3, fit 2, share fit 2, freshness 2, loss 4 with a bound on each side, masks 2."""

FITTED = (Family.LEAD_TIME, Family.RESIDENCE)
"""Families with enough slots for a χ² of a few sums."""

MODULI = (2, 3, 4, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check measured, and whether the network passes."""

    passed: bool
    measured: str


Check = Callable[[Observed], Verdict]


def opens(seen: Observed) -> Verdict:
    """Every sum opens: canaries equal the number of reports."""
    return Verdict(passed=seen.failed == 0, measured=f"{seen.failed} sums closed")


def sensitivity(seen: Observed) -> Verdict:
    """One visitor moves no block further than its declared bound. Exact."""
    bounds = {block.family: block.squared_sensitivity for block in seen.plan.layout().blocks}
    worst = max(moved / bounds[family] for family, moved in seen.moves)
    return Verdict(passed=worst <= 1, measured=f"{worst:.3g} of the bound")


def variance(seen: Observed) -> Verdict:
    """The sum of squares of the noise, two-sided, in each family: χ² with as many degrees."""
    passed, worst = True, 0.0
    for block in seen.plan.layout().blocks:
        noise = seen.noise[:, seen.slots(block.family)].ravel().astype(np.float64)
        planned = len(NAMES) * float(seen.share_variance(block.family))
        ratio = (noise**2).sum() / planned
        tail = min(chi2.sf(ratio, noise.size), chi2.cdf(ratio, noise.size))
        passed &= bool(tail > ALPHA / 2)
        z = (ratio / noise.size - 1) / (2 / noise.size) ** 0.5
        worst = z if abs(z) > abs(worst) else worst
    return Verdict(passed=passed, measured=f"z {worst:+.1f}")


def fit(seen: Observed) -> Verdict:
    """χ² of the noise of a sum against the discrete Gaussian of its planned variance."""
    return _fitted(seen, seen.noise, len(NAMES))


def share_fit(seen: Observed) -> Verdict:
    """χ² of one institution's own share."""
    return _fitted(seen, seen.share, 1)


def freshness(seen: Observed) -> Verdict:
    """No correlation between one sum's noise and the next one's, nor between neighbours."""
    scaled = np.concatenate(
        [
            seen.noise[:, seen.slots(family)]
            / (len(NAMES) * float(seen.share_variance(family))) ** 0.5
            for family in FITTED
        ],
        axis=1,
    )
    products = scaled[1:] * scaled[:-1], scaled[:, 1:] * scaled[:, :-1]
    scores = [float(product.sum() / product.size**0.5) for product in products]
    worst = max(scores, key=abs)
    return Verdict(passed=abs(worst) < norm.isf(ALPHA / 2), measured=f"z {worst:+.1f}")


def masks(seen: Observed) -> Verdict:
    """To all helpers but one, a report is uniform bytes, whoever the one is."""
    least = min(_uniform_p(words) for words in seen.remainders.values())
    return Verdict(passed=least > ALPHA, measured=f"p {least:.1g}")


def loss_in_tickets(seen: Observed) -> Verdict:
    """The slot of a visitor far beyond the cap."""
    slot = seen.slots(Family.VISITS).start
    return _loss(seen, Family.VISITS, seen.sums[True][:, slot], seen.sums[False][:, slot])


def loss_in_tree(seen: Observed) -> Verdict:
    """The sum over a visitor's path through the tree."""
    paths = quarters(seen.plan)
    arms = [
        np.concatenate([seen.sums[kind][:, path].sum(axis=1) for path in paths])
        for kind in (True, False)
    ]
    return _loss(seen, Family.LEAD_TIME, *arms)


def loss_in_node(seen: Observed) -> Verdict:
    """The coarsest node of a visitor's path alone, where a visitor is one grid unit."""
    nodes = [path[0] for path in quarters(seen.plan)]
    arms = [seen.sums[kind][:, nodes].ravel() for kind in (True, False)]
    return _loss(seen, Family.LEAD_TIME, *arms)


def loss_in_histogram(seen: Observed) -> Verdict:
    """The cell of a visitor."""
    cells = seen.slots(Family.RESIDENCE)
    arms = [seen.sums[kind][:, cells].ravel() for kind in (True, False)]
    return _loss(seen, Family.RESIDENCE, *arms)


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        *(opens, sensitivity, variance, fit, share_fit, freshness, masks),
        *(loss_in_tickets, loss_in_tree, loss_in_node, loss_in_histogram),
    )
}


def verdicts(seen: Observed) -> dict[str, Verdict]:
    """Every check that has something to look at; where no sum opened, that is not much."""
    silent = min(len(rows) for rows in seen.sums.values()) == 0
    exact = ("opens", "sensitivity", "share_fit", "masks")
    return {name: check(seen) for name, check in CHECKS.items() if not silent or name in exact}


def _fitted(seen: Observed, noise: NDArray[np.int64], shares: int) -> Verdict:
    tails = [
        _fit_p(noise[:, seen.slots(family)].ravel(), shares * float(seen.share_variance(family)))
        for family in FITTED
    ]
    return Verdict(passed=min(tails) > ALPHA, measured=f"p {min(tails):.1g}")


def _fit_p(sample: NDArray[np.int64], planned: float) -> float:
    """χ² against `N_Z(0, planned)`, an integer to a cell where 20 or more are expected.

    A sum of shares of σ ≥ 4 is a discrete Gaussian to within 3·10⁻¹⁵ (protocol.md 2.1).
    """
    reach = int(14 * planned**0.5) + 4
    integers = np.arange(-reach, reach + 1)
    weights = np.exp(-(integers.astype(np.float64) ** 2) / (2 * planned))
    expected = weights / weights.sum() * sample.size
    if np.abs(sample).max() > reach:
        return 0.0
    observed = np.bincount(sample + reach, minlength=integers.size)
    common = expected >= 20
    have = np.append(observed[common], observed[~common].sum())
    want = np.append(expected[common], expected[~common].sum())
    return float(chi2.sf(((have - want) ** 2 / want).sum(), have.size - 1))


def _uniform_p(words: NDArray[np.int64]) -> float:
    counts = np.bincount(words.view(np.uint8), minlength=256)
    expected = counts.sum() / 256
    return float(chi2.sf(((counts - expected) ** 2 / expected).sum(), 255))


def _loss(
    seen: Observed, family: Family, there: NDArray[np.int64], away: NDArray[np.int64]
) -> Verdict:
    """A lower bound of μ against √(2ρ), by the Gaussian trade-off [DRS22].

    The best of thresholds and residue classes is chosen on one half and tested on the
    other; Clopper-Pearson bounds at `ALPHA` on both sides.
    """
    claimed = (2 * float(read_fraction(seen.plan.scale(family).rho))) ** 0.5
    pooled = np.unique(np.percentile(np.concatenate([there, away]), range(1, 100)).astype(int))
    events = [lambda sums, at=at: sums >= at for at in pooled]
    events += [lambda sums, m=m, r=r: sums % m == r for m in MODULI for r in range(m)]
    first = slice(0, None, 2), slice(1, None, 2)

    def bound(event: Callable[[NDArray[np.int64]], NDArray[np.bool_]], half: slice) -> float:
        return _separation(event(there[half]), event(away[half]))

    best = max(events, key=lambda event: bound(event, first[0]))
    found = bound(best, first[1])
    return Verdict(passed=found <= claimed, measured=f"μ ≥ {found:.2f} of {claimed:.2f}")


def _separation(hits: NDArray[np.bool_], false: NDArray[np.bool_]) -> float:
    """Φ⁻¹(least chance of a hit) - Φ⁻¹(greatest chance of a false alarm)."""
    kept, wrong = int(hits.sum()), int(false.sum())
    least = beta.ppf(ALPHA, kept, hits.size - kept + 1) if kept else 0.0
    most = beta.ppf(1 - ALPHA, wrong + 1, false.size - wrong) if wrong < false.size else 1.0
    if least == 0.0 or most == 1.0:
        return 0.0
    return float(norm.ppf(least) - norm.ppf(most))
