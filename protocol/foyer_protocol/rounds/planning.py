"""From a wish (which figures, at what price) to a plan with its noise worked out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.fingerprint import catalogue_fingerprint
from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.measures import Family
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.dp.noise_shares import plan_noise
from foyer_protocol.errors import CatalogueMismatch, LocalProtocolError
from foyer_protocol.messages.codec import fraction_text
from foyer_protocol.messages.plan import FamilyScale, Plan

DEFAULT_PRICES: Mapping[Family, Fraction] = {
    Family.VISITS: Fraction(3, 100),
    Family.SPEND: Fraction(2, 100),
    Family.VISITORS: Fraction(1, 100),
    Family.LEAD_TIME: Fraction(1, 100),
    Family.RESIDENCE: Fraction(1, 100),
}
"""zCDP by family, 0.08 together: tickets have the largest bound beside their spread, so
they get most. With the gate a round costs rho 0.09, epsilon 2.1 at delta 1e-6."""

DEFAULT_GATE = Fraction(1, 100)
"""zCDP for each node's look at its own weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an analyst asks for before any noise is worked out."""

    round_id: str
    network: str
    statistics: tuple[str, ...]
    period: Period
    currency: str
    minimum_cohort: int
    colluding: int
    prices: Mapping[Family, Fraction] = field(default_factory=lambda: DEFAULT_PRICES)
    gate: Fraction = DEFAULT_GATE
    spread: Fraction = Fraction(0)  # for sorting each institution's own values into ranges
    groups: int = 1
    cohorts: Dimension | None = None


def make_plan(wish: Wish) -> Plan:
    """Work out the noise of every family from its price.

    Raises:
        CatalogueMismatch: a key that our catalogue does not define.
        LocalProtocolError: a price that no noise within the sampler's range can meet.
    """
    unknown = [key for key in wish.statistics if key not in CATALOGUE]
    if unknown:
        raise CatalogueMismatch(
            f"no statistic is called {', '.join(unknown)}; nothing was planned",
            hint="The names are in protocol/docs/catalogue.md.",
        )
    layout = lay_out(tuple(CATALOGUE[key] for key in wish.statistics))
    if wish.spread and not replace(layout, spread=True).bins:
        raise LocalProtocolError(
            f"no statistic of the plan can be sorted into ranges for rho {wish.spread};"
            " nothing was planned"
        )
    honest = wish.minimum_cohort - wish.colluding
    scales = []
    for block in layout.blocks:
        price = wish.prices[block.family]
        scale = plan_noise(block.squared_sensitivity, block.width, price, honest)
        scales.append(
            FamilyScale(
                family=block.family,
                squared_sensitivity=scale.squared_sensitivity,
                grid=scale.grid,
                share_variance=fraction_text(scale.share_variance),
                rho=fraction_text(scale.rho),
            )
        )
    return Plan(
        round_id=wish.round_id,
        network=wish.network,
        statistics=wish.statistics,
        starts=wish.period.starts,
        ends=wish.period.ends,
        currency=wish.currency,
        catalogue=catalogue_fingerprint(),
        scales=tuple(scales),
        gate_rho=fraction_text(wish.gate),
        spread_rho=fraction_text(wish.spread),
        minimum_cohort=wish.minimum_cohort,
        colluding=wish.colluding,
        groups=wish.groups,
        cohorts=wish.cohorts,
    )
