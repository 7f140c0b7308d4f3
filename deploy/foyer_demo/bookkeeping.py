"""Fill the order book of one house from its visitors and its profile."""

import numpy as np
from numpy.typing import NDArray

from foyer_demo.book import Book, Customers, Lines, Orders
from foyer_demo.orders import (
    AFTER_DAYS,
    assemble_buyers,
    count_organisations,
    draw_channels,
    draw_times,
)
from foyer_demo.patronage import YEARS, Loyalty
from foyer_demo.people import FAMILY, GIVEN, People
from foyer_demo.places import draw_postcodes
from foyer_demo.profiles import Profile
from foyer_demo.schedule import plan_events
from foyer_demo.tickets import draw_lines, draw_quantities, draw_statuses, set_prices

Index = NDArray[np.int64]

AHEAD_DAYS = 120  # events are on sale for so long after the period
FORGOTTEN_SHARE = 0.04  # of the orders of those who told their postcode before
ORDER_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ3789"  # pretix leaves out what looks alike
ORDER_STRIDE, ORDER_CODES = 5_208_709, len(ORDER_LETTERS) ** 5  # without a common factor


def keep_book(
    rng: np.random.Generator,
    profile: Profile,
    loyalty: Loyalty,
    people: People,
    who: Index,
    till: int,
    first: np.datetime64,
    ends: np.datetime64,
) -> Book:
    """Draw all sales of one house from day `first` on.

    `who[v]` is the person behind visitor `v`; `till` is the number of anonymous orders
    in the last year; `ends` is the first day after the period.
    """
    events = plan_events(profile, first, ends + AHEAD_DAYS)
    organisations = count_organisations(profile, loyalty.patrons // 3)
    customers = _list_customers(rng, profile, people, who, organisations)
    buyers = assemble_buyers(rng, profile, loyalty, organisations, till)
    channel = draw_channels(rng, profile, buyers.customer)
    placed, event = draw_times(rng, profile, events, buyers, channel, first)
    made = np.flatnonzero(placed < ends + AFTER_DAYS)  # the file is made then
    turn = made[np.argsort(placed[made], kind="stable")]
    customer, year, group = buyers.customer[turn], buyers.year[turn], buyers.group[turn]
    tickets = draw_quantities(rng, profile, group)
    order, shown, quantity, kind = draw_lines(
        rng, profile, tickets, event[turn], group, len(events) - 1
    )
    lead_days = (events.starts[shown] - placed[turn][order]) / np.timedelta64(1, "D")
    tells = np.array([*customers.tells, False])[customer]  # index -1 is the anonymous one
    return Book(
        profile=profile,
        events=events,
        customers=customers,
        orders=Orders(
            number=_number_orders(profile, len(turn)),
            customer=customer,
            placed=placed[turn],
            channel=channel[turn],
            tells=tells & (rng.random(len(turn)) > FORGOTTEN_SHARE),
        ),
        lines=Lines(
            order=order,
            event=shown,
            quantity=quantity,
            ticket_price=set_prices(profile, kind, lead_days, year[order]),
            price=kind,
            status=draw_statuses(rng, profile, order, customer, channel[turn]),
        ),
    )


def count_till_orders(profile: Profile, loyalty: Loyalty, scale: float) -> int:
    """Anonymous orders of the last year, from the share the till has of all orders."""
    if not profile.knows_visitors:
        return round(profile.till_orders * scale)
    known = int((loyalty.year == YEARS - 1).sum())
    return round(known * profile.anonymous_share / (1 - profile.anonymous_share))


def _list_customers(
    rng: np.random.Generator, profile: Profile, people: People, who: Index, organisations: int
) -> Customers:
    """What the house's file knows of each person, then of each organisation."""
    persons, total = who.tolist(), len(who) + organisations
    country = [people.country[p] for p in persons] + [profile.country] * organisations
    postcode = [people.postcode[p] for p in persons] + draw_postcodes(
        rng, [profile.country] * organisations, profile.country, profile.home_area
    )
    asked = [profile.asks_country or home == profile.country for home in country]
    told = (rng.random(total) < profile.postcode_coverage).tolist()
    return Customers(
        given=[people.given[p] for p in persons] + [GIVEN[i % 30] for i in range(organisations)],
        family=[people.family[p] for p in persons] + [FAMILY[i % 29] for i in range(organisations)],
        email=[people.email[p] for p in persons]
        + [_organisation_email(profile, i) for i in range(organisations)],
        country=country,
        postcode=postcode,
        birth_year=[people.birth_year[p] for p in persons] + [1970] * organisations,
        tells=[a and t for a, t in zip(asked, told, strict=True)],
    )


def _organisation_email(profile: Profile, number: int) -> str:
    """A shared address for the even-numbered, an organiser's own for the others."""
    if number % 2:
        return f"outing.{profile.slug}.{number}@example.org"
    role = "booking" if number % 4 else "info"
    return f"{role}@club{number}.{profile.slug}.mail-two.example"


def _number_orders(profile: Profile, count: int) -> list[str]:
    """Order ids of one length, so that their order as text is that of their digits or letters."""
    if profile.export != "pretix":
        return [f"{1_000_000 + 7 * i}" for i in range(count)]
    numbers = (np.arange(1, count + 1, dtype=np.int64) * ORDER_STRIDE) % ORDER_CODES
    base = len(ORDER_LETTERS)
    digits = [(numbers // base**place % base).tolist() for place in range(4, -1, -1)]
    return ["".join(ORDER_LETTERS[d] for d in code) for code in zip(*digits, strict=True)]
