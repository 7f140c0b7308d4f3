"""The SQL engine and the slow engine, written apart, give the same sums on any lines."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.eligible_lines import DuckLines, imported
from tests.support.line_strategies import EVERYTHING, periods_with_lines

from foyer_node.engine import reference
from foyer_node.engine.extract import Extractor
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.measures import Need

FULL = imported()
STORE = DuckLines((), FULL)


def hold(lines, facts=FULL):
    STORE.replace(lines)
    STORE.note(facts)
    return Extractor(STORE)


@settings(max_examples=80, deadline=None)
@given(periods_with_lines())
def test_both_engines_give_the_same_contribution(case):
    period, lines = case
    found = hold(lines).extract(EVERYTHING, period)
    assert found == reference.contribution(lines, EVERYTHING, period, FULL)


@settings(max_examples=40, deadline=None)
@given(periods_with_lines())
def test_both_engines_give_the_same_exact_totals(case):
    period, lines = case
    found = hold(lines).extract_exact(EVERYTHING, period)
    assert found == reference.exact_totals(lines, EVERYTHING, period, FULL)


@settings(max_examples=40, deadline=None)
@given(periods_with_lines(), st.sets(st.sampled_from(EVERYTHING.statistics), min_size=1))
def test_both_engines_agree_whichever_statistics_a_plan_asks_for_together(case, statistics):
    period, lines = case
    layout = lay_out(tuple(sorted(statistics, key=lambda entry: entry.key)))
    found = hold(lines).extract(layout, period)
    assert found == reference.contribution(lines, layout, period, FULL)


@settings(max_examples=20, deadline=None)
@given(periods_with_lines(), st.integers(-1, 1))
def test_both_engines_draw_the_same_line_for_enough_history(case, days):
    period, lines = case
    facts = imported(period.history_needed_from + timedelta(days=days))
    found = hold(lines, facts).extract(EVERYTHING, period)
    assert found == reference.contribution(lines, EVERYTHING, period, facts)
    if days > 0:
        assert not any(any(found.values[leaf]) for leaf in EVERYTHING.leaves if leaf.needs_history)


@settings(max_examples=20, deadline=None)
@given(periods_with_lines(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_plays_no_part(case, random):
    period, lines = case
    shuffled = random.sample(lines, len(lines))
    assert hold(lines).extract(EVERYTHING, period) == hold(shuffled).extract(EVERYTHING, period)


@settings(max_examples=20, deadline=None)
@given(periods_with_lines(), periods_with_lines())
def test_pooled_truth_is_the_sum_of_the_institutions(first, second):
    period, lines = first
    houses = {"mak": lines, "tate": second[1]}
    facts = dict.fromkeys(houses, FULL)
    for clipped in (True, False):
        pool = reference.pooled(houses, EVERYTHING, period, facts, clipped=clipped)
        sums = reference.contribution if clipped else reference.exact_totals
        parts = [sums(of, EVERYTHING, period, FULL).values for of in houses.values()]
        for leaf in EVERYTHING.leaves:
            assert pool[leaf] == tuple(map(sum, zip(*(p[leaf] for p in parts), strict=True)))


@settings(max_examples=20, deadline=None)
@given(periods_with_lines())
def test_the_same_person_at_two_institutions_counts_at_both(case):
    period, lines = case
    twins = [replace(line) for line in lines]
    facts = {"mak": FULL, "tate": FULL}
    one = reference.pooled({"mak": lines}, EVERYTHING, period, facts)
    two = reference.pooled({"mak": lines, "tate": twins}, EVERYTHING, period, facts)
    assert all(two[leaf] == tuple(2 * n for n in one[leaf]) for leaf in EVERYTHING.leaves)


@settings(max_examples=20, deadline=None)
@given(periods_with_lines(), st.sets(st.sampled_from(Need)), st.integers(-1, 1))
def test_both_engines_feed_the_same_leaves_whatever_was_imported(case, provides, days):
    period, lines = case
    facts = imported(ends=period.starts + timedelta(days=days), provides=provides)
    found = hold(lines, facts).extract(EVERYTHING, period)
    assert found == reference.contribution(lines, EVERYTHING, period, facts)
    exact = hold(lines, facts).extract_exact(EVERYTHING, period)
    assert exact == reference.exact_totals(lines, EVERYTHING, period, facts)
