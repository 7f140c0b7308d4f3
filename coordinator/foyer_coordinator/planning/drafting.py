"""From what an analyst asks to a plan under the roster that is in force."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.catalogue.measures import Family
from foyer_protocol.catalogue.schema import Period
from foyer_protocol.errors import ConfigError
from foyer_protocol.ids import is_slug
from foyer_protocol.messages.plan import Plan
from foyer_protocol.messages.roster import Roster, SignedRoster
from foyer_protocol.rounds.planning import DEFAULT_PRICES, Wish, make_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which figures of which days, at which price. No statistic named: all of them."""

    round_id: str
    starts: date
    ends: date
    statistics: tuple[str, ...] = ()
    colluding: int = 1
    groups: int = 1
    cohorts: Dimension | None = None
    prices: Mapping[Family, Fraction] = field(default_factory=dict)
    spread: Fraction = Fraction(0)


def roster_in_force(signed: SignedRoster | None) -> Roster:
    """The newest roster.

    Raises:
        ConfigError: none was signed yet.
    """
    if signed is None:
        raise ConfigError(
            "no roster was signed yet; nothing was proposed",
            hint="`foyer-coordinator roster sign` makes one.",
        )
    return signed.roster


def draft(question: Question, roster: Roster, currency: str) -> Plan:
    """The plan of a question, its noise worked out.

    Raises:
        ConfigError: the name or the period cannot be one, there are too few members to
            divide, or it is divided by lot and by a fact.
        CatalogueMismatch: a key that the catalogue does not define.
        LocalProtocolError: a price that no noise within the sampler's range can meet.
    """
    if not is_slug(question.round_id):
        raise ConfigError(f"{question.round_id!r} cannot name a round; nothing was proposed")
    if question.ends <= question.starts:
        raise ConfigError(
            f"a period ends after it starts; {question.starts} to {question.ends} was refused"
        )
    _leave_room(roster, question.groups)
    if question.cohorts is not None and question.groups > 1:
        raise ConfigError(
            f"{question.groups} groups by lot and cohorts by {question.cohorts} exclude each"
            " other; nothing was proposed",
            hint="Leave out --groups or --cohorts.",
        )
    return make_plan(
        Wish(
            round_id=question.round_id,
            network=roster.network,
            statistics=question.statistics or tuple(CATALOGUE),
            period=Period(starts=question.starts, ends=question.ends),
            currency=currency,
            minimum_cohort=roster.minimum_cohort,
            colluding=min(question.colluding, roster.minimum_cohort - 1),
            prices={**DEFAULT_PRICES, **question.prices},
            spread=question.spread,
            groups=question.groups,
            cohorts=question.cohorts,
        )
    )


def read_prices(words: Iterable[str]) -> dict[Family, Fraction]:
    """Prices by family, from words such as `visits=3/100`.

    Raises:
        ConfigError: no such family, or no price above 0.
    """
    found = {}
    for word in words:
        name, _, text = word.partition("=")
        try:
            family, price = Family(name), Fraction(text)
        except (ValueError, ZeroDivisionError):
            family, price = None, Fraction(0)
        if family is None or price <= 0:
            raise ConfigError(
                f"--price {word} is no price; nothing was proposed",
                hint=f"Write FAMILY=RHO, such as visits=3/100. Families: {', '.join(Family)}.",
            )
        found[family] = price
    return found


def read_spread(text: str) -> Fraction:
    """The price of asking how institutions are spread; 0 asks it not.

    Raises:
        ConfigError: no price.
    """
    try:
        price = Fraction(text)
    except (ValueError, ZeroDivisionError):
        price = Fraction(-1)
    if price < 0:
        raise ConfigError(
            f"--spread {text} is no price; nothing was proposed",
            hint="Write a price in zCDP, such as 1/50.",
        )
    return price


def _leave_room(roster: Roster, groups: int) -> None:
    """Refuse a division that not even all members together could fill."""
    if groups > 1 and groups * roster.minimum_cohort > len(roster.members):
        raise ConfigError(
            f"{groups} groups of {roster.minimum_cohort} need more than the"
            f" {len(roster.members)} members; nothing was proposed",
            hint="Divide into fewer groups.",
        )
