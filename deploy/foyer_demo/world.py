"""A whole invented consortium from one seed. Synthetic data, not privacy noise: reproducible."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from foyer_demo.book import Book
from foyer_demo.bookkeeping import count_till_orders, keep_book
from foyer_demo.patronage import count_residents, draw_loyalty, share_people
from foyer_demo.people import People, invent_people
from foyer_demo.profiles import PROFILES, Profile
from foyer_protocol.catalogue.schema import Period

DEFAULT_PERIOD = Period(starts=date(2025, 7, 1), ends=date(2026, 7, 1))
"""A season. Fixed, so that the demo's truth does not depend on the day it is run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldConfig:
    """What to invent. `scale` multiplies every house; 1 is some 115,000 orders for six.

    The books begin 36 months before the period and end three days after it. The period
    is a year, so that years of orders and windows of the catalogue are the same.

    Raises:
        ValueError: a consortium of none or of more than twelve, or a scale not above 0.
    """

    seed: int = 20260701
    institutions: int = 6
    scale: float = 1.0
    period: Period = DEFAULT_PERIOD

    def __post_init__(self) -> None:
        if not 1 <= self.institutions <= len(PROFILES):
            raise ValueError(
                f"{self.institutions} institutions asked for; there are {len(PROFILES)} to invent"
            )
        if self.scale <= 0:
            raise ValueError(f"a scale is above 0, not {self.scale}")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """People and the order book of every house, in the order of the profiles."""

    config: WorldConfig
    people: People = field(repr=False)
    books: tuple[Book, ...] = field(repr=False)

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The houses."""
        return tuple(book.profile for book in self.books)


def generate(config: WorldConfig) -> World:
    """Invent a consortium. The same config gives the same world, to the last order."""
    profiles = PROFILES[: config.institutions]
    loyalty_seed, people_seed, *book_seeds = np.random.SeedSequence(config.seed).spawn(
        2 + len(profiles)
    )
    rng = np.random.default_rng(loyalty_seed)
    loyalties = [draw_loyalty(rng, round(p.bookers * config.scale)) for p in profiles]
    patrons = [loyalty.patrons for loyalty in loyalties]
    rng = np.random.default_rng(people_seed)
    people = invent_people(rng, profiles, count_residents(patrons))
    persons = share_people(rng, profiles, patrons, people.home)
    first = np.datetime64(config.period.history().starts, "D")
    ends = np.datetime64(config.period.ends, "D")
    books = tuple(
        keep_book(
            np.random.default_rng(seed),
            profile,
            loyalty,
            people,
            who,
            count_till_orders(profile, loyalty, config.scale),
            first,
            ends,
        )
        for profile, loyalty, who, seed in zip(
            profiles, loyalties, persons, book_seeds, strict=True
        )
    )
    return World(config=config, people=people, books=books)
