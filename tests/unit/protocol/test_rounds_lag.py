"""Promise: figures are of a past that is old enough, and prices of a quarter at least."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.support.consortium import a_consortium, a_plan, altered

from foyer_protocol.catalogue.entries import CATALOGUE, PRICES
from foyer_protocol.catalogue.statistic import Unit
from foyer_protocol.errors import PrivacyRefusal
from foyer_protocol.rounds.lag import check_lag, earliest_day
from foyer_protocol.rounds.rules import check_job

PRICE = "money.average_ticket_price"


def about(starts, ends, *statistics):
    return altered(a_plan(*(statistics or ("volume.bookers",))), starts=starts, ends=ends)


def at(day):
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("statistics", "starts", "ends", "first"),
    [
        (("volume.bookers",), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)),
        (("volume.bookers",), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 28)),
        ((PRICE,), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)),
        (("volume.bookers", PRICE), date(2025, 7, 1), date(2026, 7, 1), date(2026, 10, 1)),
    ],
)
def test_a_plan_is_refused_until_its_day_and_no_longer(statistics, starts, ends, first):
    plan = about(starts, ends, *statistics)
    assert earliest_day(plan) == first
    check_lag(plan, at(first))
    with pytest.raises(PrivacyRefusal, match=f"may be asked from {first} on"):
        check_lag(plan, at(first) - 1)
    for early in (at(starts), 0, -(2**70)):
        with pytest.raises(PrivacyRefusal, match="this round is earlier"):
            check_lag(plan, early)
    check_lag(plan, 2**70)


def test_prices_of_less_than_a_quarter_are_refused_whenever_they_are_asked():
    short = about(date(2026, 1, 1), date(2026, 3, 31), PRICE)
    with pytest.raises(PrivacyRefusal, match="has 89 days; its figures need 3 months"):
        check_lag(short, at(date(2030, 1, 1)))
    check_lag(about(date(2026, 1, 1), date(2026, 1, 2)), at(date(2030, 1, 1)))


def test_a_job_is_held_to_the_day_on_which_its_reports_are_due():
    here = a_consortium("volume.bookers")
    check_job(here.job(), here.roster)
    early = at(here.plan.ends) + int(timedelta(days=1).total_seconds())
    with pytest.raises(PrivacyRefusal, match="may be asked from 2027-02-01 on"):
        check_job(here.job(reports_until=early, expires_at=early + 60), here.roster)


def test_money_is_under_the_gate_of_prices_and_everything_waits_a_month():
    for entry in CATALOGUE.values():
        assert entry.lag_months >= 1
        told = {name: getattr(entry, name) for name in PRICES}
        assert (told == PRICES) is (entry.unit is Unit.MONEY)
    assert PRICES == {"least_others": 5, "dominance_cap": 25, "lag_months": 3, "least_months": 3}
