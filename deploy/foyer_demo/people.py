"""Invented people. Names come from short lists; addresses end in domains reserved for examples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foyer_demo.places import draw_countries, draw_postcodes
from foyer_demo.profiles import Profile

GIVEN = (
    "Anna", "Lars", "Sofie", "Emil", "Karin", "Nils", "Marie", "Jonas", "Eeva", "Mikko",
    "Aino", "Louise", "Hugo", "Camille", "Noor", "Daan", "Femke", "Ruben", "Alice",
    "George", "Maud", "Peter", "Ingrid", "Oskar", "Elsa", "Paul", "Lena", "Max", "Clara",
    "Yusuf",
)  # fmt: skip
FAMILY = (
    "Berg", "Holm", "Lindqvist", "Virtanen", "Korhonen", "Jansen", "Visser", "Bakker",
    "Martin", "Dubois", "Moreau", "Smith", "Walker", "Nielsen", "Krogh", "Hansen",
    "Peeters", "Maes", "Schmidt", "Weber", "Tremblay", "Gagnon", "Dahl", "Lund", "Ekman",
    "Laine", "Okafor", "Haddad", "Novak", "Rossi",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Columns of equal length, one entry per person of the whole consortium."""

    given: list[str]
    family: list[str]
    email: list[str]
    country: list[str]
    postcode: list[str]
    birth_year: list[int]
    home: NDArray[np.int64]  # index of the institution they live near

    def __len__(self) -> int:
        return len(self.email)


def invent_people(
    rng: np.random.Generator, profiles: tuple[Profile, ...], counts: list[int]
) -> People:
    """Invent `counts[i]` people around institution `i`, each with an address of their own."""
    countries: list[str] = []
    postcodes: list[str] = []
    for profile, count in zip(profiles, counts, strict=True):
        here = draw_countries(rng, profile.country, count)
        countries += here
        postcodes += draw_postcodes(rng, here, profile.country, profile.home_area)
    total = sum(counts)
    given = [GIVEN[i] for i in rng.integers(0, len(GIVEN), total).tolist()]
    family = [FAMILY[i] for i in rng.integers(0, len(FAMILY), total).tolist()]
    ages = rng.gamma(9.0, 5.0, total).clip(15, 90).astype(int)
    return People(
        given=given,
        family=family,
        email=[_email(g, f, n) for n, (g, f) in enumerate(zip(given, family, strict=True))],
        country=countries,
        postcode=postcodes,
        birth_year=(2026 - ages).tolist(),
        home=np.repeat(np.arange(len(profiles)), counts),
    )


def _email(given: str, family: str, number: int) -> str:
    """An address nobody can have; the number, as a tag or not, makes it unique."""
    mark = "+" if number % 9 == 0 else "."
    domain = "mail-two.example" if number % 3 == 0 else "example.org"
    return f"{given}.{family}{mark}{number}@{domain}".lower()
