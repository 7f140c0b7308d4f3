"""From enrolled institutions to a roster that governance can sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pydantic import ValidationError

from foyer_coordinator.ports import Institution
from foyer_protocol.catalogue.grid import Dimension, path_of
from foyer_protocol.errors import ConfigError
from foyer_protocol.messages.codec import fraction_text
from foyer_protocol.messages.roster import FIELDS, Member, Roster
from foyer_protocol.rounds.profiles import Profile, profile_for, profile_named, profile_of
from foyer_protocol.version import PROTOCOL_VERSION

_ASKED = {
    "period": "--period is a year or a month, such as 2026 or 2026-03",
    "minimum_cohort": "--minimum-cohort is 2 or more: the sum of one institution is its own",
    "period_rho_cap": "--cap is a fraction, such as 1/2, that is not negative",
    "": "--helper names institutions that can help, each once",
}
"""What each term of a roster has to be, by its field there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What governance decides beside who is in.

    `profile` names how many help and how many of them may be silent; empty means the
    largest that fits. `helpers` are who they are; empty means the first in alphabetical
    order. Of helpers without a profile `silent` may be away; by default all are needed.
    """

    period: str
    minimum_cohort: int
    period_rho_cap: Fraction
    helpers: tuple[str, ...] = ()
    profile: str = ""
    silent: int = 0


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
        ConfigError: a helper is not enrolled, there are too few institutions, there is no
            such profile or it does not fit, or a term is none that a roster can have.
    """
    admitted = sorted((one for one in institutions if not one.suspended), key=lambda one: one.slug)
    names = [one.slug for one in admitted]
    profile = choose_profile(terms, len(names))
    committee = terms.helpers or tuple(names[: profile.helpers])
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
    try:
        return _filled(network, coordinator_key, admitted, terms, profile, committee, epoch)
    except ValidationError as refusal:
        place = refusal.errors()[0]["loc"]
        raise ConfigError(
            f"{_ASKED.get(str(place[0]) if place else '', str(refusal))}; no roster was made"
        ) from None


def _filled(
    network: str,
    coordinator_key: str,
    admitted: Sequence[Institution],
    terms: Terms,
    profile: Profile,
    committee: tuple[str, ...],
    epoch: int,
) -> Roster:
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
                **facts_of(one),
            )
            for one in admitted
        ),
        committee=committee,
        threshold=profile.threshold,
        silent=profile.silent,
        corrupt=profile.corrupt,
        minimum_cohort=terms.minimum_cohort,
        period_rho_cap=fraction_text(terms.period_rho_cap),
    )


def facts_of(institution: Institution) -> dict[str, str]:
    """What a roster says of where and what an institution is; nothing that is off the grid.

    Types and bands are told at enrolment as free text: what no grid knows divides nobody.
    """
    told = {
        Dimension.TERRITORY: institution.territory or institution.country,
        Dimension.DISCIPLINE: institution.discipline,
        Dimension.SIZE: institution.size_band,
        Dimension.TYPE: institution.type,
    }
    return {FIELDS[one]: code for one, code in told.items() if path_of(one, code)}


def choose_profile(terms: Terms, members: int) -> Profile:
    """The profile that governance named, or the largest for so many members.

    Raises:
        ConfigError: there is no such profile, too few institutions are enrolled for it, it
            takes another number of helpers than were named, or `silent` is given where a
            profile says it or is more than the named helpers can bear.
    """
    if terms.silent and (terms.profile or not terms.helpers):
        raise ConfigError(
            f"--silent {terms.silent} is for helpers that are named, and a profile has its own"
            " number; no roster was made",
            hint="Name each helper with --helper, or leave out --silent.",
        )
    if not terms.profile:
        if members >= 3 and not terms.helpers:
            return profile_for(members)
        return profile_of(len(terms.helpers) or members, terms.silent)
    profile = profile_named(terms.profile)
    if members < profile.least_members:
        raise ConfigError(
            f"profile {profile.name!r} is for {profile.least_members} institutions or more;"
            f" {members} are enrolled; no roster was made",
            hint="Leave out --profile: the largest that fits is taken.",
        )
    if terms.helpers and len(terms.helpers) != profile.helpers:
        raise ConfigError(
            f"profile {profile.name!r} takes {profile.helpers} helpers;"
            f" {len(terms.helpers)} were named; no roster was made",
            hint="Name as many, or none: then the first in alphabetical order help.",
        )
    return profile
