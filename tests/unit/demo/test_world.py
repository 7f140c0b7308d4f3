"""The invented consortium behaves like the sector, and is the same each time."""

import re
from collections import Counter

import numpy as np
import pytest

from foyer_demo.book import ANONYMOUS, Status
from foyer_demo.profiles import PROFILES
from foyer_demo.truth import bookers, homes, list_sales, pooled_truth, within
from foyer_demo.world import WorldConfig, generate
from foyer_node.importing.keys import Domains, normalise_email, visitor_kind
from foyer_protocol.catalogue.entries import SPEND_CAP_STEPS, SPEND_STEP_MINOR, TICKET_CAP
from foyer_protocol.catalogue.territories import UNKNOWN, territory_of


@pytest.fixture(scope="module")
def last_year(default_world):
    period = default_world.config.period
    return [within(list_sales(book), period) for book in default_world.books]


def test_the_same_seed_gives_the_same_world_and_another_seed_another(small_world):
    again = generate(small_world.config)
    assert again.people.email == small_world.people.email
    for one, other in zip(again.books, small_world.books, strict=True):
        assert one.orders.number == other.orders.number
        assert np.array_equal(one.orders.placed, other.orders.placed)
        assert np.array_equal(one.lines.ticket_price, other.lines.ticket_price)
    other = generate(WorldConfig(institutions=12, scale=0.02, seed=1))
    assert not np.array_equal(other.books[0].orders.placed, small_world.books[0].orders.placed)


@pytest.mark.parametrize("wrong", [{"institutions": 0}, {"institutions": 13}, {"scale": 0.0}])
def test_a_consortium_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"institutions asked for|scale"):
        WorldConfig(**wrong)


def test_the_default_consortium_has_the_size_it_promises(default_world, last_year):
    assert len(default_world.books) == 6
    assert 90_000 <= sum(len(book.orders) for book in default_world.books) <= 135_000
    assert sum(sale.tickets for sales in last_year for sale in sales) > 45_000
    assert 17_000 <= sum(len(bookers(sales)) for sales in last_year) <= 23_000


def test_loyalty_and_online_sales_are_those_of_the_sector(default_world):
    values = pooled_truth(default_world, default_world.config.period).values
    assert 0.53 <= values["loyalty.first_time_share"] <= 0.58
    assert 0.29 <= values["loyalty.retention_1y"] <= 0.33
    assert 0.56 <= values["booking.online_share"] <= 0.64
    assert 3 <= values["booking.lead_time"] <= 60


def test_about_a_quarter_of_the_bookers_book_twice_or_more(last_year):
    orders = [Counter(s.customer for s in sales if s.booker) for sales in last_year]
    often = sum(count > 1 for house in orders for count in house.values())
    assert 0.22 <= often / sum(map(len, orders)) <= 0.27


def test_about_one_in_seven_people_knows_more_than_one_house(default_world):
    houses = Counter()
    for book in default_world.books:
        seen = set(book.orders.customer.tolist()) - {ANONYMOUS}
        emails = [book.customers.email[customer] for customer in seen]
        houses.update(email for email in emails if book.profile.slug not in email)
    assert 0.12 <= sum(count > 1 for count in houses.values()) / len(houses) <= 0.16


def test_no_house_weighs_more_than_two_fifths(last_year):
    for weights in (
        [sum(sale.tickets for sale in sales) for sales in last_year],
        [len(bookers(sales)) for sales in last_year],
        [len(sales) for sales in last_year],
    ):
        assert max(weights) < 0.4 * sum(weights)
        assert min(weights) < 0.5 * max(weights)


def test_every_house_keeps_within_the_stated_bands(default_world, last_year):
    for book, sales in zip(default_world.books, last_year, strict=True):
        anonymous = sum(sale.customer == ANONYMOUS for sale in sales) / len(sales)
        known_homes = 1 - Counter(homes(sales))[UNKNOWN] / len(bookers(sales))
        refunded = (book.lines.status == Status.REFUNDED).mean()
        assert 0.14 <= anonymous <= 0.46
        assert 0.57 <= known_homes <= 0.96
        assert 0.005 <= refunded <= 0.03
        assert 1.6 <= sum(sale.tickets for sale in sales) / len(sales) <= 3.2


def test_some_book_on_the_day_and_some_long_before(last_year):
    leads = [sale.lead for sales in last_year for sale in sales if sale.person]
    assert 0.15 <= sum(lead == 0 for lead in leads) / len(leads) <= 0.30
    assert 0.20 <= sum(lead > 30 for lead in leads) / len(leads) <= 0.45
    assert max(leads) > 180


def test_clipping_takes_next_to_nothing_so_that_the_unclipped_truth_can_be_covered(last_year):
    tickets, cents = Counter(), Counter()
    for house, sales in enumerate(last_year):
        for sale in sales:
            unit = (house, sale.number if sale.customer == ANONYMOUS else sale.customer)
            tickets[unit] += sale.tickets
            cents[unit] += sum(paid for _, paid in sale.lines)
    spend_cap = SPEND_CAP_STEPS * SPEND_STEP_MINOR
    over = sum(max(paid - spend_cap, 0) for paid in cents.values())
    assert over < sum(cents.values()) / 5_000
    assert sum(max(n - TICKET_CAP, 0) for n in tickets.values()) < sum(tickets.values()) / 5_000


def test_prices_rise_with_the_years_and_fall_towards_the_day(default_world):
    book = default_world.books[0]
    full = (book.lines.price == 0) & (book.lines.status == Status.SOLD)
    placed = book.orders.placed[book.lines.order]
    lead = (book.events.starts[book.lines.event] - placed) / np.timedelta64(1, "D")
    price = book.lines.ticket_price
    assert price[full & (lead > 56)].mean() > 1.2 * price[full & (lead < 2)].mean()
    half = len(book.lines) // 2
    assert price[half:][full[half:]].mean() > price[:half][full[:half]].mean()


def test_the_books_hold_the_months_that_looking_back_needs(default_world):
    period = default_world.config.period
    for book in default_world.books:
        days = book.orders.placed.astype("datetime64[D]").tolist()
        assert days == sorted(days)
        assert (days[0] - period.history().starts).days <= 7
        assert period.ends <= days[-1]


def test_every_postcode_is_one_of_its_country(small_world):
    people = small_world.people
    for country, postcode in zip(people.country, people.postcode, strict=True):
        assert territory_of(country, postcode) != UNKNOWN


def test_nobody_has_an_address_that_could_exist(small_world):
    reserved = re.compile(r"[a-z0-9.+-]+@([a-z0-9-]+\.)*(example\.org|mail-two\.example)")
    emails = [email for book in small_world.books for email in book.customers.email]
    assert all(reserved.fullmatch(email) for email in emails)
    assert len(set(small_world.people.email)) == len(small_world.people)


def test_nobody_invented_is_left_out_as_a_test_account(small_world):
    emails = {email for book in small_world.books for email in book.customers.email}
    kinds = {visitor_kind(normalise_email(email), Domains()) for email in emails}
    assert kinds <= {"PERSON", "ORGANISATION"}


def test_the_twelve_houses_are_twelve_and_of_many_countries():
    assert len({profile.slug for profile in PROFILES}) == 12
    assert len({profile.country for profile in PROFILES}) >= 8
    assert len({profile.kind for profile in PROFILES}) >= 6
