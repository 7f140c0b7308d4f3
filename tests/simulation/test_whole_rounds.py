"""Promise: a round ends with a release that is worth its price, or with nothing released."""

from fractions import Fraction

import pytest
from tests.support.consortium import NAMES, a_consortium, a_plan, even

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.crypto.randomness import system_entropy
from foyer_protocol.dp.ledger import charge
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.release import Reason, Release, Status
from foyer_protocol.rounds.events import GaveUp, RefusalArrived, ReportArrived
from foyer_protocol.rounds.helper import Answered, HelperState
from foyer_protocol.simulate import run_round

PLAN = a_plan()


def consortium(sizes=(4000,) * 6, lacking=(), **kwargs):
    """Six even institutions; `lacking[i]` are the statistics the i-th cannot answer."""
    missing = dict(enumerate(lacking))
    parts = {
        name: even(PLAN, size, frozenset(missing.get(place, ())))
        for place, (name, size) in enumerate(zip(NAMES, sizes, strict=True))
    }
    return a_consortium(contributions=parts, plan=PLAN, **kwargs)


def run(here, **kwargs):
    return run_round(here.plan, here.roster, here.parties, **kwargs)


def test_everyone_takes_part_and_every_figure_is_shown():
    here = consortium()
    release = run(here)
    assert isinstance(release, Release)
    assert {figure.status for figure in release.figures} == {Status.SHOWN}


def test_every_ledger_and_every_helper_agree_on_what_was_spent():
    here = consortium()
    release = run(here)
    rho = read_fraction(release.rho)
    period = here.roster.period
    assert {party.ledger.spent(period) for party in here.parties.values()} == {rho}
    helpers = [here.parties[name].memory for name in here.roster.committee]
    assert {memory.spent(period) for memory in helpers} == {rho}


@pytest.mark.parametrize("offline", [{"folkwang"}, {"ermitage", "dox"}])
def test_absent_data_nodes_cost_nothing_above_the_minimum(offline):
    here = consortium()
    release = run(here, offline=frozenset(offline))
    assert isinstance(release, Release)
    shown = {figure.key for figure in release.figures if figure.status is Status.SHOWN}
    others = 6 - len(offline) - 1
    assert shown == {key for key in here.plan.statistics if CATALOGUE[key].least_others <= others}


def test_below_the_minimum_cohort_nothing_is_released_and_no_helper_answers():
    here = consortium()
    end = run(here, offline=frozenset({"folkwang", "ermitage", "dox"}))
    assert end == GaveUp(reason="too-few-nodes")
    assert not any(party.memory.answered for party in here.parties.values())


@pytest.mark.parametrize("helper", NAMES[:3])
def test_one_silent_helper_and_nothing_is_released(helper):
    assert run(consortium(), offline=frozenset({helper})) == GaveUp(reason="deadline-passed")


def test_a_helper_whose_network_budget_is_spent_ends_the_round():
    here = consortium(cap=Fraction(8, 100))  # enough for the figures, not for the gate
    assert run(here) == GaveUp(reason="too-few-nodes")
    spent = [party.ledger.spent(here.roster.period) for party in here.parties.values()]
    assert set(spent) == {PLAN.figures_rho}


def test_a_node_without_budget_stays_out_and_the_others_go_on():
    here = consortium(cap=Fraction(1, 10))
    party = here.parties["folkwang"]
    party.ledger = charge(
        party.ledger,
        job_id="f" * 32,
        round_id="earlier",
        rho=Fraction(1, 20),
        period=here.roster.period,
        cap=Fraction(1, 10),
    )
    release = run(here)
    assert isinstance(release, Release)
    assert party.ledger.spent(here.roster.period) == Fraction(1, 20)


def test_a_figure_of_four_is_withheld_while_the_others_are_shown():
    few = {"loyalty.retention_1y"}
    release = run(consortium(lacking=(few, few)))
    reasons = {figure.key: figure.reason for figure in release.figures}
    assert reasons.pop("loyalty.retention_1y") is Reason.FEW_CONTRIBUTORS
    assert set(reasons.values()) == {Reason.NONE}


def test_a_giant_among_small_houses_stops_every_figure_it_dominates():
    release = run(consortium(sizes=(90_000, 4000, 4000, 4000, 4000, 4000)))
    assert {figure.reason for figure in release.figures} == {Reason.DOMINANCE}
    assert set(release.noised) == {None}


def test_the_same_job_is_never_charged_twice():
    here = consortium()
    job = here.job()
    party = here.parties["aros"]
    assert isinstance(party.report(job, here.roster, system_entropy), ReportArrived)
    assert isinstance(party.report(job, here.roster, system_entropy), RefusalArrived)
    assert len(party.ledger.entries) == 1


def test_a_helper_that_refuses_ends_the_round_with_nothing():
    here = consortium()
    helper = here.parties["ccb"]
    spent = Answered(set_digest="0" * 64, members=(), rho=Fraction(1000), period=here.roster.period)
    helper.memory = HelperState(answered={"0" * 32: spent})
    assert run(here) == GaveUp(reason="helper-refused")
    assert set(helper.memory.answered) == {"0" * 32}
