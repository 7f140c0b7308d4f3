"""Promise: a plan made here is one that every honest party accepts, at the price it states."""

from fractions import Fraction

import pytest
from tests.support.consortium import a_plan

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.measures import Family
from foyer_protocol.errors import CatalogueMismatch, LocalProtocolError
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.rounds.planning import DEFAULT_GATE, DEFAULT_PRICES
from foyer_protocol.rounds.rules import check_plan, noise_scale


@pytest.mark.parametrize("statistics", [(key,) for key in CATALOGUE] + [tuple(CATALOGUE)])
def test_every_statistic_can_be_planned_and_passes_the_rules(statistics):
    plan = a_plan(*statistics)
    check_plan(plan)
    assert plan.statistics == statistics


@pytest.mark.parametrize("minimum, colluding", [(3, 0), (4, 0), (5, 2), (40, 10)])
def test_other_cohorts_can_be_planned(minimum, colluding):
    plan = a_plan(minimum_cohort=minimum, colluding=colluding)
    check_plan(plan)
    assert plan.honest == minimum - colluding


def test_the_price_of_a_plan_is_that_of_its_families():
    plan = a_plan()
    assert plan.figures_rho == sum(DEFAULT_PRICES.values()) == Fraction(8, 100)
    assert read_fraction(plan.gate_rho) == DEFAULT_GATE


def test_a_family_that_is_not_asked_for_costs_nothing():
    assert a_plan("volume.attendances").figures_rho == DEFAULT_PRICES[Family.VISITS]


def test_counting_on_fewer_honest_nodes_means_more_noise_from_each():
    trusting, wary = (noise_scale(a_plan("volume.bookers", colluding=c).scales[0]) for c in (0, 2))
    raw = [scale.share_variance / scale.grid**2 for scale in (trusting, wary)]
    assert raw[1] == pytest.approx(2 * float(raw[0]))


def test_an_unknown_statistic_is_not_planned():
    with pytest.raises(CatalogueMismatch, match=r"no statistic is called volume\.secrets"):
        a_plan("volume.secrets")


def test_a_price_that_no_noise_can_meet_is_not_planned():
    with pytest.raises(LocalProtocolError, match="no noise was planned"):
        a_plan(prices=dict.fromkeys(Family, Fraction(0)))


@pytest.mark.parametrize(
    "changes, match",
    [
        ({"statistics": ("volume.bookers", "volume.bookers")}, "once"),
        ({"colluding": 4}, "honest share"),
        ({"minimum_cohort": 1}, "minimum_cohort"),
        ({"currency": "euro"}, "currency"),
    ],
)
def test_a_plan_that_contradicts_itself_cannot_be_made(changes, match):
    fields = {**dict(a_plan("volume.bookers")), **changes}
    with pytest.raises(ValueError, match=match):
        type(a_plan("volume.bookers"))(**fields)
