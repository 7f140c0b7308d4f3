"""What a price in zCDP means: ε at a given δ, and the price for a visitor seen often.

Prices add up as exact fractions [BS16, lemma 1.7]; only the translation for people, ε,
is a float. It is OpenDP's own map, so that no conversion of ours has to be believed.
"""

import math
from fractions import Fraction
from functools import lru_cache

from foyer_protocol.errors import LocalProtocolError

DELTA = Fraction(1, 10**6)
"""The δ at which the network states its ε."""


@lru_cache(maxsize=1024)
def epsilon(rho: Fraction, delta: Fraction = DELTA) -> float:
    """The ε for which ρ-zCDP gives (ε, `delta`)-DP, rounded up at the fourth decimal.

    OpenDP's `make_zCDP_to_approxDP` [CKS20, cor. 13]; tighter than the
    classical ρ + 2·√(ρ·ln(1/δ)).

    >>> epsilon(Fraction(1, 128))
    0.5452

    Raises:
        LocalProtocolError: `rho` is negative or `delta` is not between 0 and 1.
    """
    if rho < 0 or not 0 < delta < 1:
        raise LocalProtocolError(f"there is no ε for rho {rho} at delta {delta}")
    if rho == 0:
        return 0.0
    return math.ceil(Fraction(_opendp_epsilon(_round_up(rho), -_round_up(-delta))) * 10**4) / 10**4


def group_rho(rho: Fraction, institutions: int) -> Fraction:
    """The price for a visitor known to `institutions` houses: m²·ρ [BS16, prop. 1.9].

    >>> group_rho(Fraction(1, 50), 3)
    Fraction(9, 50)

    Raises:
        LocalProtocolError: `institutions` is below 1.
    """
    if institutions < 1:
        raise LocalProtocolError(
            f"a visitor is known to at least 1 institution, not {institutions}"
        )
    return institutions**2 * rho


def _round_up(number: Fraction) -> float:
    """The least float not below `number`."""
    nearest = float(number)
    return nearest if Fraction(nearest) >= number else math.nextafter(nearest, math.inf)


def _opendp_epsilon(rho: float, delta: float) -> float:
    """OpenDP's map from zCDP to ε; imported here because it takes half a second."""
    import opendp.prelude as dp  # noqa: PLC0415 - lazily, for a quick command line

    # "honest-but-curious": OpenDP has to believe our price for a release of ours.
    dp.enable_features("contrib", "honest-but-curious")
    release = dp.m.make_user_measurement(
        dp.vector_domain(dp.atom_domain(T="i64")),
        dp.l2_distance(T="f64"),
        dp.zero_concentrated_divergence(),
        function=lambda _: "",
        privacy_map=lambda _: rho,
        TO="String",
    )
    return float(dp.c.make_zCDP_to_approxDP(release).map(1.0).epsilon(delta))
