"""How much noise each node adds, so that the sum pays for its price in zCDP.

Every reporter adds a share of `N_Z(0, share_variance)` to each slot, on a grid: the raw
contribution is first multiplied by `grid`. With at least `honest` shares in the sum, a
change of squared L2 norm Δ² in raw units costs [KLS21, thm 1, first bound, over α]

    ρ ≤ Δ²·grid² / (2·honest·σ²) + τ·width,
    τ = 10·Σ_{k=1}^{honest-1} exp(-2π²σ²·k/(k+1)),   σ² = share_variance.

More shares are post-processing. All of this is exact: integers and fractions.
"""

from dataclasses import dataclass
from fractions import Fraction

from foyer_protocol.dp.discrete_gaussian import GREATEST_VARIANCE
from foyer_protocol.errors import LocalProtocolError

LEAST_SHARE_VARIANCE = Fraction(16)
"""σ ≥ 4 grid units: from σ = 2 on, a sum of discrete shares is a discrete Gaussian to
within 3·10⁻¹⁵ (protocol.md 2.1); 4 leaves room and makes τ too small to see."""

TAU_PER_SHARE = Fraction(10, 2**224)
"""Bounds each of the `honest - 1` terms of τ, for σ² ≥ 16: as k/(k+1) ≥ 1/2 and
π²·log₂e > 14, a term is at most 10·exp(-π²σ²) < 10·2^(-14σ²) ≤ 10·2⁻²²⁴."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseScale:
    """The noise of one block of slots.

    `squared_sensitivity` is in raw units², `share_variance` in grid units², and `rho` is
    the price charged for the block.
    """

    squared_sensitivity: int
    grid: int
    share_variance: Fraction
    rho: Fraction


STEPS = 10**9
"""Variances of shares are whole numbers of billionths of a grid unit squared."""


def plan_noise(squared_sensitivity: int, width: int, rho: Fraction, honest: int) -> NoiseScale:
    """The least noise that costs at most `rho` when `honest` of the shares are honest.

    `width` is the number of slots that share the block's sensitivity. The grid is the
    smallest power of two for which a share has σ ≥ 4 grid units.

    >>> scale = plan_noise(1, width=1, rho=Fraction(1, 50), honest=5)
    >>> scale.grid, float(scale.share_variance)
    (2, 20.000000001)

    Raises:
        LocalProtocolError: an argument is out of range, or a share would need σ > 4096.
    """
    _refuse_below_one(squared_sensitivity=squared_sensitivity, width=width, honest=honest)
    payable = rho - _tau(honest) * width
    if payable <= 0:
        raise LocalProtocolError(
            f"rho {rho} cannot pay for {width} slots: it must be above {float(_tau(honest)):.1g} "
            "for each; no noise was planned"
        )
    raw_variance = Fraction(squared_sensitivity) / (2 * honest * payable)
    if raw_variance > GREATEST_VARIANCE:
        raise LocalProtocolError(
            f"a share of variance {float(raw_variance):.6g} exceeds {GREATEST_VARIANCE} (σ = 4096 "
            "units); no noise was planned",
            hint="Count in a coarser unit, or spend more rho.",
        )
    grid = 1
    while raw_variance * grid**2 < LEAST_SHARE_VARIANCE:
        grid *= 2
    # Rounded up, so that people can read a plan; it costs a little less than was asked.
    rounded = Fraction(-(-raw_variance * grid**2 * STEPS // 1), STEPS)
    return NoiseScale(
        squared_sensitivity=squared_sensitivity,
        grid=grid,
        share_variance=min(rounded, Fraction(GREATEST_VARIANCE)),
        rho=rho,
    )


def rho_of(scale: NoiseScale, width: int, honest: int) -> Fraction:
    """What `scale` really costs at most; a node checks that it is not above `scale.rho`.

    For a scale that `plan_noise` made for the same `width` and `honest` it is at most
    `scale.rho`, and less by one part in 10¹⁰ at most (σ² ≥ 16 in steps of 10⁻⁹).

    Raises:
        LocalProtocolError: an argument is out of range, or the share's σ is outside
            4 … 4096 grid units, where neither bound nor sampler holds. The scale is
            to be refused.
    """
    _refuse_below_one(
        squared_sensitivity=scale.squared_sensitivity, grid=scale.grid, width=width, honest=honest
    )
    if not LEAST_SHARE_VARIANCE <= scale.share_variance <= GREATEST_VARIANCE:
        raise LocalProtocolError(
            f"a share of variance {float(scale.share_variance):.6g} grid units² is outside "
            f"{LEAST_SHARE_VARIANCE} to {GREATEST_VARIANCE}; its price is unknown",
            hint="Plan the noise again: its grid does not fit.",
        )
    squared_shift = scale.squared_sensitivity * scale.grid**2
    return squared_shift / (2 * honest * scale.share_variance) + _tau(honest) * width


def total_variance(scale: NoiseScale, reporters: int) -> Fraction:
    """Variance of the noise in one slot of the released sum, in raw units².

    Raises:
        LocalProtocolError: `reporters` is below 1.
    """
    _refuse_below_one(reporters=reporters)
    return reporters * scale.share_variance / scale.grid**2


def _tau(honest: int) -> Fraction:
    """An upper bound of τ for σ² ≥ 16."""
    return TAU_PER_SHARE * (honest - 1)


def _refuse_below_one(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise LocalProtocolError(f"{name} is {number} and must be at least 1; nothing was done")
