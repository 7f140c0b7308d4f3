"""From enrolled institutions to a roster that governance can sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from foyer_coordinator.ports import Institution
from foyer_protocol.errors import ConfigError
from foyer_protocol.messages.codec import fraction_text
from foyer_protocol.messages.roster import Member, Roster
from foyer_protocol.version import PROTOCOL_VERSION

HELPERS = 3
"""Helpers without tolerance for silent ones: two of three may collude and learn nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What governance decides beside who is in."""

    period: str
    minimum_cohort: int
    period_rho_cap: Fraction
    helpers: tuple[str, ...] = ()  # empty: the first `HELPERS` in alphabetical order


def draw_up(
    network: str,
    coordinator_key: str,
    institutions: Sequence[Institution],
    terms: Terms,
    *,
    epoch: int,
) -> Roster:
    """The unsigned roster of the next epoch, without suspended institutions.

    Raises:
        ConfigError: a helper is not enrolled, or there are too few institutions.
    """
    admitted = sorted((one for one in institutions if not one.suspended), key=lambda one: one.slug)
    names = [one.slug for one in admitted]
    committee = terms.helpers or tuple(names[:HELPERS])
    strangers = [name for name in committee if name not in names]
    if strangers:
        raise ConfigError(
            f"{', '.join(strangers)} cannot help: not enrolled; no roster was made",
            hint=f"Enrolled are {', '.join(names) or 'none'}.",
        )
    least = max(2, terms.minimum_cohort)
    if len(names) < least:
        raise ConfigError(
            f"{len(names)} institutions are enrolled; the minimum cohort is {least}; "
            "no roster was made",
            hint="Enrol more, or lower --minimum-cohort.",
        )
    return Roster(
        protocol=PROTOCOL_VERSION,
        network=network,
        epoch=epoch,
        period=terms.period,
        coordinator_key=coordinator_key,
        members=tuple(
            Member(
                institution=one.slug,
                signing_key=one.signing_key,
                helper_key=one.helper_key,
                helper_signature=one.helper_signature,
            )
            for one in admitted
        ),
        committee=committee,
        threshold=len(committee),
        silent=0,
        corrupt=len(committee) - 1,
        minimum_cohort=terms.minimum_cohort,
        period_rho_cap=fraction_text(terms.period_rho_cap),
    )
