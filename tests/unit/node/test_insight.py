"""Promise: a house reads its own week, stages, ladders and advice, each from its own data."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.eligible_lines import DuckLines, imported
from tests.support.line_strategies import periods_with_lines

from foyer_node.insight.adviser import BURDENS, advise
from foyer_node.insight.lifecycle import (
    LIMITS,
    USUAL_LIMITS,
    LifecycleStage,
    StageLimits,
    count_stages,
    stage_of,
)
from foyer_node.insight.maturity import RUNGS, Axis, Maturity, Standing, measure_maturity
from foyer_node.insight.monday import Action, Number, monday_view
from foyer_node.insight.weeks import Week, last_weeks, tickets_ahead
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.measures import Need
from foyer_protocol.catalogue.schema import EligibleLine, Period, months_before

STATISTICS = tuple(CATALOGUE.values())
TODAY = date(2026, 11, 24)  # a Tuesday
MONDAY = date(2026, 11, 16)
YEAR = Period(starts=date(2025, 11, 1), ends=date(2026, 11, 1))
STORE = DuckLines((), imported())


def a_line(visitor="ada", ordered=datetime(2026, 11, 17, 12), **changed):
    order = changed.pop("order", f"{visitor}-{ordered}")
    values = {
        "unit": visitor or f"o:{order}",
        "visitor": visitor,
        "person": True,
        "order": order,
        "ordered_at": ordered,
        "event_at": ordered + timedelta(days=3),
        "quantity": 2,
        "paid_minor": 3000,
        "online": False,
        "territory": "DK-2",
    }
    return EligibleLine(**(values | changed))


def holding(*lines):
    STORE.replace(lines)
    return STORE


class TestLifecycle:
    @pytest.mark.parametrize(
        ("visits", "stage"),
        [(1, "new"), (2, "once-before"), (3, "convertee"), (4, "active"), (10, "active")],
    )
    def test_the_number_of_visits_decides_while_the_last_is_recent(self, visits, stage):
        assert stage_of(visits, TODAY, TODAY, USUAL_LIMITS) == stage

    def test_above_ten_visits_is_super_active(self):
        assert stage_of(11, TODAY, TODAY, USUAL_LIMITS) is LifecycleStage.SUPER_ACTIVE

    @pytest.mark.parametrize("limits", [USUAL_LIMITS, *LIMITS.values()])
    def test_each_limit_is_exact_to_the_day(self, limits: StageLimits):
        stale, lapsed = (
            months_before(TODAY, months) for months in (limits.stale_months, limits.lapsed_months)
        )
        day = timedelta(days=1)
        assert stage_of(1, stale, TODAY, limits) is LifecycleStage.NEW
        assert stage_of(1, stale - day, TODAY, limits) is LifecycleStage.STALE
        assert stage_of(1, lapsed, TODAY, limits) is LifecycleStage.STALE
        assert stage_of(1, lapsed - day, TODAY, limits) is LifecycleStage.LAPSED

    @settings(max_examples=60, deadline=None)
    @given(periods_with_lines(), st.sampled_from([USUAL_LIMITS, *LIMITS.values()]))
    def test_the_query_counts_as_the_rule_says(self, case, limits):
        period, lines = case
        expected = Counter()
        days, last = defaultdict(set), {}
        for line in lines:
            if line.visitor and line.person and line.ordered_at.date() < period.ends:
                day = (line.event_at or line.ordered_at).date()
                days[line.unit].add(day)
                last[line.unit] = max(last.get(line.unit, date.min), line.ordered_at.date())
        for unit, seen in days.items():
            expected[stage_of(len(seen), last[unit], period.ends, limits)] += 1
        found = count_stages(holding(*lines), period.ends, limits)
        assert {stage: n for stage, n in found.items() if n} == dict(expected)

    def test_anonymous_sales_and_groups_have_no_stage(self):
        store = holding(a_line(None), a_line("school", person=False))
        assert not any(count_stages(store, TODAY, USUAL_LIMITS).values())


class TestWeeks:
    def test_a_week_runs_from_monday_to_sunday_and_the_running_one_is_left_out(self):
        store = holding(
            a_line("ada", datetime(2026, 11, 15, 23, 59)),  # the Sunday before
            a_line("bo", datetime(2026, 11, 16)),
            a_line("cy", datetime(2026, 11, 22, 23, 59), online=True),
            a_line(None, datetime(2026, 11, 18)),
            a_line("di", datetime(2026, 11, 23)),  # this week's Monday
        )
        before, week = last_weeks(store, TODAY, 2)
        assert week == Week(
            starts=MONDAY, tickets=6, paid_minor=9000, orders=3,
            identified_tickets=4, online_tickets=2, new_visitors=2,
        )  # fmt: skip
        assert (before.tickets, before.new_visitors) == (2, 1)

    def test_somebody_is_new_once(self):
        store = holding(a_line("ada", datetime(2020, 1, 1)), a_line("ada", datetime(2026, 11, 17)))
        assert last_weeks(store, TODAY, 1)[0].new_visitors == 0

    def test_weeks_without_sales_are_zeros(self):
        weeks = last_weeks(holding(), TODAY, 3)
        assert [one.tickets for one in weeks] == [0, 0, 0]
        assert [one.starts for one in weeks] == [MONDAY - timedelta(days=d) for d in (14, 7, 0)]

    def test_only_what_takes_place_soon_is_ahead(self):
        soon = datetime(2026, 12, 1, 20)
        store = holding(
            a_line(event_at=soon),
            a_line("bo", event_at=soon + timedelta(days=60)),
            a_line("cy", event_at=datetime(2026, 11, 23)),
        )
        assert tickets_ahead(store, TODAY, 28) == 2


class TestMaturity:
    def test_a_till_and_nothing_else_stands_at_the_foot_of_every_ladder(self):
        store = holding(a_line(None, datetime(2026, 5, 1)))
        found = measure_maturity(store, YEAR, contactable=0, survey_months=0)
        assert [one.score for one in found.standings] == [0, 0, 0, 0, 0]
        assert found.total == 0
        assert found.next_step is Axis.CAPTURE

    def test_each_share_is_of_what_it_says(self):
        store = holding(
            a_line("ada", datetime(2026, 5, 1), quantity=3),
            a_line(None, datetime(2026, 5, 1), quantity=1, order="x"),
            a_line("bo", datetime(2026, 6, 1), quantity=4, territory="UNKNOWN"),
            a_line("old", datetime(2020, 6, 1), quantity=90),
        )
        found = measure_maturity(store, YEAR, contactable=1, survey_months=3)
        shares = {one.axis: one.share for one in found.standings}
        assert shares[Axis.CAPTURE] == 7 / 8
        assert shares[Axis.CONTACT] == 1 / 2
        assert shares[Axis.GEOGRAPHY] == 1 / 2
        assert shares[Axis.REPEAT] == 2 / 48
        assert shares[Axis.SURVEY] == 3 / 12

    def test_a_rung_begins_above_its_share(self):
        for number, rung in enumerate(RUNGS):
            assert Standing(axis=Axis.CAPTURE, share=rung).score == number
            assert Standing(axis=Axis.CAPTURE, share=rung + 1e-9).score == number + 1
        assert Standing(axis=Axis.CAPTURE, share=1.0).next_share is None
        assert Standing(axis=Axis.CAPTURE, share=None).next_share == 0.0

    def test_the_lowest_ladder_is_the_next_step(self):
        scores = dict.fromkeys(Axis, 0.9) | {Axis.GEOGRAPHY: 0.3}
        found = Maturity(
            standings=tuple(Standing(axis=axis, share=share) for axis, share in scores.items())
        )
        assert found.next_step is Axis.GEOGRAPHY


class TestAdvice:
    def test_every_need_of_the_catalogue_has_a_burden(self):
        assert set(BURDENS) == set(Need)

    def test_an_export_of_the_channel_goes_before_asking_for_a_postcode(self):
        found = advise(["order_id", "event_at"], STATISTICS)
        needs = [one.need for one in found]
        assert needs.index(Need.CHANNEL) < needs.index(Need.POSTCODE)
        assert [one.worth for one in found] == sorted((o.worth for o in found), reverse=True)

    def test_what_needs_two_things_is_only_a_way_opened(self):
        (postcode,) = [one for one in advise(["order_id"], STATISTICS) if one.need is Need.POSTCODE]
        assert "geography.residence" not in postcode.unlocks
        assert "geography.residence" in postcode.opens_way_to

    def test_nothing_is_advised_where_all_is_there(self):
        assert advise(["email", "event_at", "postcode", "channel"], STATISTICS) == ()


def a_week(number, tickets=100, **changed):
    values = {
        "starts": MONDAY + timedelta(days=7 * number),
        "tickets": tickets,
        "paid_minor": tickets * 1500,
        "orders": tickets // 2,
        "identified_tickets": tickets // 2,
        "online_tickets": tickets // 2,
        "new_visitors": 20,
    }
    return Week(**(values | changed))


def a_maturity(**shares):
    scores = dict.fromkeys(Axis, 0.9) | {Axis(name): share for name, share in shares.items()}
    return Maturity(
        standings=tuple(Standing(axis=axis, share=share) for axis, share in scores.items())
    )


def a_view(weeks, stages=None, **shares):
    stages = dict.fromkeys(LifecycleStage, 10) | (stages or {})
    return monday_view(weeks, ahead=77, stages=stages, maturity=a_maturity(**shares))


class TestMonday:
    steady = tuple(a_week(n, 95 + 10 * (n % 2)) for n in range(-8, 0))

    def test_five_numbers_are_shown(self):
        found = a_view((*self.steady, a_week(0)))
        assert list(found.numbers) == list(Number)
        assert found.numbers[Number.AHEAD] == 77
        assert found.numbers[Number.KNOWN_SHARE] == 0.5

    def test_a_week_like_the_others_has_no_changes(self):
        assert a_view((*self.steady, a_week(0, 104))).changes == ()

    def test_a_clear_change_is_told_with_what_was_usual(self):
        found = a_view((*self.steady, a_week(0, 300)))
        tickets = next(one for one in found.changes if one.number is Number.TICKETS)
        assert tickets.is_rise
        assert (tickets.before, tickets.now) == (100, 300)
        assert len(found.changes) <= 3

    def test_small_numbers_that_happened_to_be_alike_do_not_make_a_change(self):
        alike = tuple(a_week(n, 4, new_visitors=1) for n in range(-8, 0))
        assert a_view((*alike, a_week(0, 6, new_visitors=2))).changes == ()

    def test_closed_weeks_are_no_yardstick(self):
        closed = tuple(a_week(n, 0, new_visitors=0) for n in range(-8, 0))
        assert a_view((*closed, a_week(0))).changes == ()

    @pytest.mark.parametrize(
        ("shares", "action"),
        [
            ({"capture": 0.1}, Action.ASK_AT_THE_TILL),
            ({"contact": 0.1}, Action.ASK_FOR_CONSENT),
            ({"geography": 0.1}, Action.ASK_FOR_POSTCODES),
            ({}, Action.INVITE_SECOND_VISIT),
        ],
    )
    def test_one_action_is_suggested_by_the_lowest_need(self, shares, action):
        assert a_view((*self.steady, a_week(0)), **shares).action is action

    def test_many_stale_visitors_are_written_to(self):
        found = a_view((*self.steady, a_week(0)), stages={LifecycleStage.STALE: 60})
        assert found.action is Action.WRITE_TO_STALE

    def test_a_week_without_sales_asks_for_an_import(self):
        assert a_view((*self.steady, a_week(0, 0))).action is Action.IMPORT
