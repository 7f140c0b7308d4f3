"""Promise: an aborted round that nobody answered costs nobody anything, whoever is away."""

import pytest
from tests.support.aborting_town import DEADLINES, Town
from tests.support.committees import house

from foyer_protocol.rounds.phases import Phase
from foyer_protocol.rounds.profiles import THREE

ALL = tuple(house(n) for n in range(5))


@pytest.fixture
def town(tmp_path):
    made = Town(folder=tmp_path)
    yield made
    made.close()


def pause(town, *names):
    """These refuse to report. As helpers they are there all the same."""
    town.paused = set(names)
    for name in ALL:
        town.join(name)


def refunded(town, name, round_id="season-2026"):
    return town.ledger(name).refund_of(town.job(round_id).job_id) is not None


def test_too_few_reports_cost_nothing_and_the_same_period_can_be_used_again(town):
    pause(town, house(3), house(4))
    town.launch()
    town.serve()
    assert town.phase() is Phase.ABORTED
    assert [refunded(town, name) for name in ALL] == [True, True, True, False, False]
    assert all(town.spent(name) == 0 for name in ALL)
    pause(town)
    town.launch("season-again")
    town.serve()
    assert town.phase("season-again") is Phase.RELEASED
    assert all(town.spent(name) == town.price for name in ALL), "all that the cap allows"


def test_a_node_that_was_away_is_told_when_it_is_back_until_it_has_said_so(town):
    pause(town, house(3), house(4))
    town.launch()
    ask = town.send

    def one_leaves_before_the_end(institution, payload, *, ttl_seconds):
        if town.closings.given_up("season-2026"):
            town.away = {house(0)}
        ask(institution, payload, ttl_seconds=ttl_seconds)

    town.send = one_leaves_before_the_end
    town.serve()
    assert town.phase() is Phase.ABORTED
    assert not refunded(town, house(0))
    assert [one.to for one in town.closings.owed()] == [{house(0)}]
    town.away = set()
    town.serve()
    assert refunded(town, house(0))
    assert town.closings.owed() == []
    town.frames.clear()
    town.serve()
    assert "aborted" not in {kind for _, kind in town.frames}


def test_a_receipt_that_was_lost_is_asked_for_again_and_nothing_is_booked_twice(town):
    pause(town, house(3), house(4))
    town.deaf = {house(1)}
    town.launch()
    town.serve()
    before = town.ledger(house(1))
    assert refunded(town, house(1))
    town.deaf = set()
    town.frames.clear()
    town.serve()
    assert [name for name, kind in town.frames if kind == "aborted"] == [house(1)]
    assert town.ledger(house(1)) == before
    assert town.closings.owed() == []


def test_with_f_helpers_away_the_others_promises_suffice(town):
    pause(town, house(3))
    town.away = {house(4)}
    town.launch()
    town.serve()
    assert town.phase() is Phase.ABORTED
    assert all(town.spent(name) == 0 for name in ALL)


def test_with_more_away_the_round_ends_in_time_and_the_refund_follows_when_they_are_back(town):
    town.away = {house(3), house(4)}
    town.launch()
    began = town.now
    town.serve()
    assert town.phase() is Phase.ABORTED
    waited = DEADLINES.reports + DEADLINES.answers
    assert waited <= town.now - began <= waited + 2
    assert town.spent(house(0)) > 0
    assert len(town.closings.given_up()[0].promises) == 3
    town.away = {house(4)}
    town.serve(turns=3)
    assert all(town.spent(name) == 0 for name in ALL)
    assert town.closings.given_up() == []


def test_what_helpers_answered_is_never_given_back(town):
    """Two of five answer and the rest fall silent: of the promises of three, c may lie."""
    town.launch()
    ask = town.send
    asked = set()

    def until_two_answered(institution, payload, *, ttl_seconds):
        if town.phase() is Phase.UNMASKING:
            asked.add(institution)
            if len(asked) > 2:
                town.away = set(ALL) - {house(0), house(1)}
        ask(institution, payload, ttl_seconds=ttl_seconds)

    town.send = until_two_answered
    town.serve()
    assert town.phase() is Phase.ABORTED
    town.away = set()
    town.send = ask
    town.serve(turns=3)
    assert all(town.spent(name) > 0 for name in ALL)
    assert town.closings.owed() == []


def test_a_veto_that_nobody_answered_is_given_back_and_its_figures_are_not(town):
    town.launch()
    ask = town.send

    def all_leave_before_the_veto(institution, payload, *, ttl_seconds):
        if len(town.rounds.sums_of("season-2026")) == 2:
            town.away = {house(3), house(4)}
        ask(institution, payload, ttl_seconds=ttl_seconds)

    town.send = all_leave_before_the_veto
    town.serve()
    assert town.phase() is Phase.ABORTED
    town.send, town.away = ask, set()
    town.serve(turns=3)
    figures, veto = (town.job(number=number) for number in (0, 1))
    kept = town.ledger(house(0))
    assert (kept.refund_of(figures.job_id), kept.settlement_of(figures.job_id)) == (None, None)
    assert kept.refund_of(veto.job_id) is not None


def test_where_every_helper_is_needed_one_that_is_away_keeps_the_charge(tmp_path):
    town = Town(folder=tmp_path, profile=THREE, others=2, away={house(2), house(3)})
    town.launch()
    town.serve()
    assert town.spent(house(0)) > 0
    town.away = {house(3)}
    town.serve(turns=3)
    assert town.spent(house(0)) == 0
    town.close()


def test_a_round_that_a_bug_ended_is_given_back_all_the_same(town):
    pause(town, house(3), house(4))
    town.launch()
    collect, broken = town.collect, iter([True])

    def a_bug_once():
        if next(broken, False):
            raise RuntimeError("a bug")
        return collect()

    town.collect = a_bug_once
    town.serve(turns=3)
    assert (town.phase(), town.rounds.round("season-2026").reason) == (Phase.ABORTED, "internal")
    assert [refunded(town, name) for name in ALL] == [True, True, True, False, False]
