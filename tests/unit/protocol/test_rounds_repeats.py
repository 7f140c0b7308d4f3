"""Promise: the same question is known under any name, and no other is taken for it."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.consortium import a_consortium, a_plan, altered, pay

from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.dp.ledger import Ledger, refund, settle
from foyer_protocol.messages.history import History, HistoryKind, abort_subject, extend
from foyer_protocol.messages.plan import Plan
from foyer_protocol.rounds.repeats import Asked, answered_before, question_of, refuse_repeat

PLAN = a_plan("volume.bookers", "booking.online_share", "money.average_ticket_price")
HERE = a_consortium(plan=PLAN)
ROSTER = HERE.roster
FREE = {"round_id": "another-name"}
OTHER = {
    "network": "another",
    "statistics": PLAN.statistics[:2],
    "starts": date(2026, 1, 2),
    "ends": date(2027, 1, 2),
    "currency": "DKK",
    "catalogue": "0" * 64,
    "scales": PLAN.scales[:1],
    "gate_rho": "1/99",
    "spread_rho": "1/50",
    "minimum_cohort": 5,
    "colluding": 2,
    "groups": 2,
    "cohorts": Dimension.SIZE,
}


def test_every_field_of_a_plan_was_decided_on():
    """Whoever gives a plan a new field says here whether it makes another question."""
    assert set(OTHER) | set(FREE) == set(Plan.model_fields)


@pytest.mark.parametrize("name", FREE)
def test_the_rounds_name_asks_nothing(name):
    assert altered(PLAN, **{name: FREE[name]}).content == PLAN.content


@pytest.mark.parametrize("name", OTHER)
def test_any_other_field_is_part_of_the_question(name):
    assert altered(PLAN, **{name: OTHER[name]}).content != PLAN.content


@pytest.mark.parametrize("field", ["grid", "share_variance", "rho", "squared_sensitivity"])
def test_any_other_noise_is_another_question(field):
    first = PLAN.scales[0]
    value = getattr(first, field)
    other = value + 1 if isinstance(value, int) else f"{Fraction(value).numerator + 1}/7919"
    scales = (altered(first, **{field: other}), *PLAN.scales[1:])
    assert altered(PLAN, scales=scales).content != PLAN.content


keys = st.lists(st.sampled_from(sorted(CATALOGUE)), min_size=1, max_size=6, unique=True)
names = st.from_regex(r"\A[a-z][a-z0-9-]{1,30}[a-z0-9]\Z")


@given(keys, st.data())
def test_no_name_and_no_order_of_statistics_makes_another_question(chosen, data):
    plan = a_plan(*chosen)
    again = a_plan(*data.draw(st.permutations(chosen)), round_id=data.draw(names))
    assert again.content == plan.content
    assert question_of(again, ROSTER) == question_of(plan, ROSTER)


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(keys, keys, days, days)
def test_other_figures_or_days_are_another_question(one, two, starts, ends):
    plans = [
        altered(a_plan(*chosen), starts=day, ends=date(2031, 1, 1))
        for chosen, day in ((one, starts), (two, ends))
    ]
    same = set(one) == set(two) and starts == ends
    assert (plans[0].content == plans[1].content) == same


def test_an_epoch_that_renews_keys_or_budgets_asks_nothing_new():
    later = altered(ROSTER, epoch=9, period="2027", period_rho_cap="3/1")
    assert question_of(PLAN, later) == question_of(PLAN, ROSTER)


def test_other_members_are_another_question():
    fewer = altered(ROSTER, members=ROSTER.members[:-1])
    assert question_of(PLAN, fewer) != question_of(PLAN, ROSTER)


QUESTION = question_of(PLAN, ROSTER)
JOB = HERE.job()
ASKED = Asked(question=QUESTION, job_id=JOB.job_id, round_id=PLAN.round_id)
PAID = pay(Ledger(), JOB, ROSTER)
ABORTED = extend(
    History(), HistoryKind.ABORT, abort_subject(PLAN.round_id, "too-few-nodes"), PLAN.round_id
)


def test_what_was_paid_for_is_answered():
    assert answered_before(QUESTION, [ASKED], PAID, History()) == ASKED
    settled = settle(PAID, JOB.job_id, "a" * 64)
    assert answered_before(QUESTION, [ASKED], settled, History()) == ASKED


def test_another_question_is_not():
    assert answered_before("0" * 64, [ASKED], PAID, History()) is None


def test_a_note_without_its_charge_counts_for_nothing():
    assert answered_before(QUESTION, [ASKED], Ledger(), History()) is None


def test_what_was_given_back_may_be_asked_again():
    assert answered_before(QUESTION, [ASKED], refund(PAID, JOB.job_id, "a" * 64), History()) is None


def test_a_round_that_all_were_told_ended_without_a_release_may_be_tried_again():
    assert answered_before(QUESTION, [ASKED], PAID, ABORTED) is None


def test_the_abort_of_another_round_does_not_help():
    other = extend(History(), HistoryKind.ABORT, abort_subject("other", "x"), "other")
    assert answered_before(QUESTION, [ASKED], PAID, other) == ASKED


def test_a_release_cannot_be_called_aborted():
    both = extend(ABORTED, HistoryKind.RELEASE, "b" * 64, PLAN.round_id)
    assert answered_before(QUESTION, [ASKED], PAID, both) == ASKED


def test_of_several_times_one_that_counts_is_enough():
    again = HERE.job()
    other = replace(ASKED, job_id=again.job_id, round_id="second-try")
    paid = pay(PAID, again, ROSTER)
    assert answered_before(QUESTION, [ASKED, other], paid, ABORTED) == other


def test_the_refusal_says_both_rounds_and_that_nothing_was_charged():
    refusal = refuse_repeat("once-more", ASKED)
    assert refusal.code == "already-answered"
    assert refusal.exit_status == 34
    assert "once-more" in refusal.message
    assert PLAN.round_id in refusal.message
    assert "Nothing was charged" in refusal.message


def test_other_facts_are_another_question_only_where_they_divide():
    by_size = altered(PLAN, cohorts=Dimension.SIZE)
    told = altered(ROSTER, members=tuple(altered(one, size_band="M") for one in ROSTER.members))
    assert question_of(PLAN, told) == question_of(PLAN, ROSTER)
    assert question_of(by_size, told) != question_of(by_size, ROSTER)
    elsewhere = altered(told, members=tuple(altered(one, territory="DK") for one in told.members))
    assert question_of(by_size, elsewhere) == question_of(by_size, told)
