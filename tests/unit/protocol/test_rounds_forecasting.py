"""Promise: before anybody is charged it is said what a round will show, and what would help."""

from datetime import date
from fractions import Fraction

import pytest
from tests.support.consortium import a_plan

from foyer_protocol.catalogue.entries import ATTENDANCES, CATALOGUE, RESIDENCE
from foyer_protocol.catalogue.measures import Family
from foyer_protocol.dp.accountant import epsilon
from foyer_protocol.dp.accuracy import Interval
from foyer_protocol.rounds.expectations import Expectation, expect
from foyer_protocol.rounds.forecasting import (
    MOST_DAYS,
    PRICE_STEP,
    Verdict,
    advise,
    forecast,
    half_width,
    interval,
    least_days,
    least_price,
    reads,
)

PLAN = a_plan()
WEAK = ("booking.online_share", "maturity.capture_rate", "geography.residence")
TINY = expect(PLAN, 6, visits=3000)
LARGE = expect(PLAN, 6)
DEAR = Fraction(2)


def verdicts(seen):
    return {figure.key: figure.verdict for figure in seen.figures}


def test_an_ordinary_network_reads_every_figure():
    seen = forecast(PLAN, LARGE)
    assert set(verdicts(seen).values()) == {Verdict.READABLE}
    assert seen.unreadable == ()
    assert all(figure.source == "sector constants" for figure in seen.figures)


def test_the_price_is_what_a_ledger_will_be_charged():
    seen = forecast(PLAN, LARGE)
    assert seen.rho == PLAN.figures_rho + seen.gate == Fraction(9, 100)
    assert seen.epsilon == epsilon(Fraction(9, 100))


def test_a_network_of_few_visits_is_told_which_figures_say_too_little():
    seen = forecast(PLAN, TINY)
    assert tuple(figure.key for figure in seen.unreadable) == (*WEAK[:1], WEAK[2], WEAK[1])
    share = next(figure for figure in seen.figures if figure.key == WEAK[0])
    assert (share.allowed, share.half_width > 0.1) == (0.1, True)


def test_a_histogram_says_how_many_of_its_cells_can_be_read():
    cells = {f.key: f.reading for f in forecast(PLAN, LARGE).figures}
    few = {f.key: f.reading for f in forecast(PLAN, TINY).figures}
    assert cells[RESIDENCE.key] > 100 > few[RESIDENCE.key] > 0
    assert few[ATTENDANCES.key] == 0


def test_a_histogram_of_nothing_is_not_readable():
    nothing = Interval(estimate=0.0, low=0.0, high=0.0)
    assert not reads(RESIDENCE, (nothing, nothing))
    assert not reads(ATTENDANCES, None)


def test_a_share_of_nothing_has_no_estimate_and_cannot_be_read():
    nothing = {f.key: f for f in forecast(PLAN, expect(PLAN, 6, visits=0)).figures}
    share, count = nothing[WEAK[0]], nothing[ATTENDANCES.key]
    assert (share.verdict, share.found, share.half_width) == (Verdict.UNCERTAIN, None, None)
    assert (count.verdict, count.allowed) == (Verdict.UNCERTAIN, 0.0)
    assert advise(PLAN, expect(PLAN, 6, visits=0), DEAR).prices is None


@pytest.mark.parametrize("institutions", [4, 5, 6, 7])
def test_too_few_institutions_are_told_that_the_gate_will_withhold(institutions):
    seen = forecast(PLAN, expect(PLAN, institutions))
    for figure in seen.figures:
        is_few = institutions - 1 < CATALOGUE[figure.key].least_others
        assert figure.verdict is (Verdict.FEW if is_few else Verdict.READABLE)
    assert (len(seen.unreadable) == len(CATALOGUE)) == (institutions == 4)


def test_what_nobody_knows_anything_of_is_unknown_and_not_refused():
    blank = Expectation(institutions=6, totals={}, sources={})
    seen = forecast(PLAN, blank)
    assert set(verdicts(seen).values()) == {Verdict.UNKNOWN}
    assert seen.unreadable == ()
    assert advise(PLAN, blank, DEAR).rho == Fraction(9, 100)


@pytest.mark.parametrize("key", CATALOGUE)
def test_the_proposed_price_is_the_first_step_that_reads(key):
    statistic = CATALOGUE[key]
    prices = least_price(PLAN, statistic, TINY, DEAR)
    steps = sum(prices.values()) / PRICE_STEP
    assert steps.denominator == 1
    cheaper = {family: price * (steps - 1) / steps for family, price in prices.items()}
    assert reads(statistic, interval(PLAN, statistic, TINY, prices))
    assert not reads(statistic, interval(PLAN, statistic, TINY, cheaper))


def test_a_price_keeps_the_proportion_of_the_families_it_is_made_of():
    prices = least_price(PLAN, CATALOGUE["money.average_ticket_price"], TINY, DEAR)
    assert prices[Family.VISITS] * 2 == prices[Family.SPEND] * 3


def test_what_no_price_in_reach_makes_readable_has_none():
    assert least_price(PLAN, CATALOGUE[WEAK[0]], TINY, Fraction(3, 100)) is None
    assert least_price(PLAN, ATTENDANCES, expect(PLAN, 6, visits=0), DEAR) is None
    assert least_price(PLAN, ATTENDANCES, TINY, Fraction(0)) is None


def test_the_proposed_period_is_the_shortest_that_reads():
    statistic = CATALOGUE["booking.online_share"]
    some = expect(PLAN, 6, visits=9000)
    days = least_days(PLAN, statistic, some)
    assert 365 < days < MOST_DAYS
    for length, is_read in ((days, True), (days - 1, False)):
        grown = some.scaled(Fraction(length, 365))
        assert reads(statistic, interval(PLAN, statistic, grown, {})) is is_read
    assert least_days(PLAN, statistic, TINY) is None


def test_the_advice_makes_every_figure_readable_and_spares_the_others():
    advice = advise(PLAN, TINY, DEAR)
    assert advice.period is None
    assert advice.prices[Family.VISITORS] == Fraction(1, 100)
    assert advice.rho == sum(advice.prices.values()) + Fraction(1, 100)
    dearer = a_plan(prices=advice.prices)
    assert forecast(dearer, TINY).unreadable == ()
    assert advise(PLAN, TINY, Fraction(3, 100)).prices is None


def test_a_longer_period_is_advised_where_it_helps_every_figure():
    plan = a_plan("booking.online_share")
    some = expect(plan, 6, visits=4000)
    assert forecast(plan, some).unreadable
    advice = advise(plan, some, DEAR)
    assert (advice.period.ends, advice.period.starts < date(2026, 1, 1)) == (plan.ends, True)
    assert advise(plan, LARGE, DEAR).period is None


def test_a_half_width_is_half_of_the_interval():
    assert half_width(Interval(estimate=5.0, low=4.0, high=7.0)) == 1.5
