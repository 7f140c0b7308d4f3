"""The truth follows the catalogue's rules, on a book small enough to count by hand."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from foyer_demo.book import ANONYMOUS, Book, Channel, Customers, Lines, Orders, Price, Status
from foyer_demo.profiles import PROFILES
from foyer_demo.schedule import Events
from foyer_demo.truth import grouped_median, list_sales, pooled_truth, unit_leads, within
from foyer_demo.world import World, WorldConfig
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.schema import Period

YEAR = Period(starts=date(2025, 7, 1), ends=date(2026, 7, 1))
ANN, BOB, CLUB, SCHOOL = 0, 1, 2, 3
NEW_YEAR_SHOW, LATE_SHOW = 0, 1
SALES = (  # customer, placed (Copenhagen), channel, tells, ((event, tickets, cents, status), …)
    (ANN, "2025-07-01T00:30", Channel.WEB, True, ((0, 1, 9900, Status.SOLD),)),  # 30 June in UTC
    (ANN, "2025-12-01T12:00", Channel.WEB, True, ((0, 2, 2000, Status.SOLD),)),
    (ANN, "2026-06-01T12:00", Channel.BOX_OFFICE, False, ((1, 1, 0, Status.SOLD),)),
    (BOB, "2025-12-30T20:00", Channel.WEB, True, ((0, 1, 2000, Status.REFUNDED),)),
    (BOB, "2025-12-30T21:00", Channel.WEB, True, ((0, 1, 2000, Status.SOLD), (1, 1, 1500, 0))),
    (CLUB, "2025-12-30T10:00", Channel.WEB, True, ((0, 4, 2000, Status.SOLD),)),
    (SCHOOL, "2025-11-01T10:00", Channel.PHONE, True, ((0, 10, 1000, Status.SOLD),)),
    (ANONYMOUS, "2025-12-31T20:00", Channel.BOX_OFFICE, False, ((0, 2, 2000, Status.SOLD),)),
)


def make_book() -> Book:
    flat = [(o, *line) for o, sale in enumerate(SALES) for line in sale[4]]
    column = [np.array(values) for values in zip(*flat, strict=True)]
    return Book(
        profile=PROFILES[0],
        events=Events(
            starts=np.array(["2025-12-31T19:30", "2026-06-11T12:00"], dtype="datetime64[m]"),
            title=["Nytår", "Sommer"],
        ),
        customers=Customers(
            given=["Ann", "Bob", "Club", "Skole"],
            family=["A", "B", "C", "D"],
            email=["ann@example.org", "bob@example.org", "info@c.example.net", "d@example.org"],
            country=["DK", "SE", "DK", "DK"],
            postcode=["2100", "211 45", "2300", "2400"],
            birth_year=[1980] * 4,
            tells=[True] * 4,
        ),
        orders=Orders(
            number=[f"{n:04d}" for n in range(len(SALES))],
            customer=np.array([sale[0] for sale in SALES]),
            placed=np.array([sale[1] for sale in SALES], dtype="datetime64[m]"),
            channel=np.array([sale[2] for sale in SALES]),
            tells=np.array([sale[3] for sale in SALES]),
        ),
        lines=Lines(
            order=column[0],
            event=column[1],
            quantity=column[2],
            ticket_price=column[3],
            price=np.full(len(flat), Price.FULL),
            status=column[4],
        ),
    )


@pytest.fixture(scope="module")
def truth(small_world):
    book = make_book()
    world = World(config=WorldConfig(institutions=1), people=small_world.people, books=(book,))
    return pooled_truth(world, YEAR)


def test_refunds_are_out_groups_and_clubs_are_attendances_but_not_bookers(truth):
    assert truth.values["volume.attendances"] == 2 + 1 + 2 + 4 + 10 + 2
    assert truth.values["volume.bookers"] == 2


def test_an_order_just_after_local_midnight_belongs_to_the_day_before_in_utc(truth):
    assert truth.values["loyalty.first_time_share"] == Fraction(1, 2)  # Ann came in June
    assert truth.values["loyalty.retention_1y"] == 1


def test_the_price_is_of_paid_tickets_only(truth):
    cents = 2 * 2000 + 2000 + 1500 + 4 * 2000 + 10 * 1000 + 2 * 2000
    assert truth.values["money.average_ticket_price"] == Fraction(cents, 100 * 20)


def test_shares_of_tickets_count_the_till_as_neither_online_nor_known(truth):
    assert truth.values["booking.online_share"] == Fraction(2 + 2 + 4, 21)
    assert truth.values["maturity.capture_rate"] == Fraction(19, 21)


def test_a_booker_lives_where_the_latest_order_says_even_if_it_says_nothing(truth):
    assert truth.residence == {"SE-2": 1, "UNKNOWN": 1}


def test_a_unit_counts_once_with_the_lower_of_its_middle_lead_times():
    leads = unit_leads(within(list_sales(make_book()), YEAR))
    assert sorted(leads) == [0, 0, 10]  # Bob's eve, the till after the start, Ann's 10 and 30


def test_the_median_of_groups_runs_straight_through_its_leaf():
    assert grouped_median([5]) == Fraction(11, 2)
    assert grouped_median([0, 0, 10]) == Fraction(3, 4)
    assert grouped_median([250, 250]) == 248 + 4  # an eight-day leaf
    assert grouped_median([4000]) == 360 + 4  # everything late is in the last leaf


def test_every_statistic_of_the_catalogue_has_a_truth_and_its_contributors(small_world):
    whole = pooled_truth(small_world, small_world.config.period)
    assert {*whole.values, "geography.residence"} == set(CATALOGUE) == set(whole.contributors)
    assert sum(whole.residence.values()) == whole.values["volume.bookers"]


def test_a_till_contributes_to_what_its_columns_can_say_and_to_nothing_else(small_world):
    contributors = pooled_truth(small_world, small_world.config.period).contributors
    assert contributors["volume.attendances"] == contributors["booking.lead_time"] == 12
    assert contributors["volume.bookers"] == contributors["geography.residence"] == 11
    assert contributors["booking.online_share"] == 11
