"""Lines are read once for all who look at the same ones, and no value is in a query's text."""

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from tests.support.line_strategies import EVERYTHING

from foyer_node.engine.compile import compile_leaves
from foyer_protocol.catalogue.entries import CATALOGUE
from foyer_protocol.catalogue.layout import lay_out
from foyer_protocol.catalogue.measures import LeadTimes, Residence, Spend, Tickets, Visitors, Window
from foyer_protocol.catalogue.schema import Period

YEAR = Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1))
QUARTER = Period(starts=date(2031, 4, 1), ends=date(2031, 7, 1))

PLANS = [*((leaf,) for leaf in EVERYTHING.leaves), EVERYTHING.leaves]
NAMES = [*(type(leaf).__name__ for leaf in EVERYTHING.leaves), "everything"]
each_plan = pytest.mark.parametrize("leaves", PLANS, ids=NAMES)


def statements(leaves, period=YEAR):
    return [query.sql for query in compile_leaves(leaves, period)]


def parameters(leaves, period=YEAR):
    return [value for query in compile_leaves(leaves, period) for value in query.parameters]


@each_plan
def test_the_text_of_a_query_holds_no_literal_but_its_own_few_constants(leaves):
    for sql in statements(leaves):
        assert "'" not in sql
        assert '"' not in sql.replace('"order"', "")
        assert set(re.findall(r"\d+(?:\.\d+)?", sql)) <= {"0", "1", "2", "0.5"}


@each_plan
def test_another_period_changes_the_parameters_only(leaves):
    assert statements(leaves, YEAR) == statements(leaves, QUARTER)
    assert parameters(leaves, YEAR) != parameters(leaves, QUARTER)


@each_plan
def test_every_question_mark_has_its_parameter(leaves):
    for query in compile_leaves(leaves, YEAR):
        assert query.sql.count("?") == len(query.parameters)


@each_plan
def test_a_query_reads_one_relation_once_and_writes_none(leaves):
    for sql in statements(leaves):
        sources = re.findall(r"(?:FROM|JOIN)\s+(\w+)", sql)
        own = set(re.findall(r"(\w+) AS (?:NOT )?MATERIALIZED \(", sql))
        assert [source for source in sources if source not in own] == ["eligible_line"]
        assert not re.search(r"\b(INSERT|UPDATE|DELETE|COPY|ATTACH|CREATE|PRAGMA|SET)\b", sql)


@each_plan
def test_days_are_bound_as_midnights_without_a_zone(leaves):
    moments = [value for value in parameters(leaves) if isinstance(value, datetime)]
    assert moments
    assert all(m.tzinfo is None and m.time() == m.time().min for m in moments)


def test_the_whole_catalogue_reads_the_lines_of_the_period_once_and_those_of_all_windows_once():
    period, windows = statements(lay_out(tuple(CATALOGUE.values())).leaves)
    assert "in_history" not in period
    assert "in_history" in windows


def test_leaves_that_look_at_the_period_alone_read_it_once():
    leaves = [leaf for leaf in EVERYTHING.leaves if leaf.family != "visitors"]
    assert len(statements([*leaves, Visitors(booked=(Window.PERIOD,))])) == 1


def test_leaves_that_differ_in_their_caps_share_a_column():
    tickets = [Tickets(cap=cap, online=True) for cap in (1, 2, 40)]
    spends = [Spend(cap=9, step_minor=step) for step in (1, 50)]
    (sql,) = statements([*tickets, *spends])
    assert sql.count("AS tickets_online") == 1
    assert sql.count("AS paid") == 1


def test_leaves_that_differ_in_their_slots_share_a_tally():
    homes = [Residence(codes=("DK-1", "UNKNOWN")), Residence(codes=("GB-S", "UNKNOWN"))]
    trees = [LeadTimes(edges=(0, 1, 2, 3, 9)), LeadTimes(edges=(0, 5, 9), branching=2)]
    (sql,) = statements([*homes, *trees])
    assert sql.count("by_home AS") == sql.count("by_days AS") == 1


def test_a_window_that_no_leaf_looks_at_is_not_read():
    leaf = Visitors(booked=(Window.PREVIOUS, Window.PERIOD))
    (sql,) = statements([leaf])
    assert "in_history" not in sql
    moments = [value for value in parameters([leaf]) if isinstance(value, datetime)]
    assert min(moments) == datetime(2025, 1, 1)


def test_lines_are_kept_only_where_more_than_one_grouping_reads_them():
    leaves = EVERYTHING.leaves
    by_order = [leaf for leaf in leaves if isinstance(leaf, LeadTimes)]
    by_unit = [leaf for leaf in leaves if isinstance(leaf, Tickets | Spend | Residence)]
    assert "line AS NOT MATERIALIZED" in statements(by_order)[0]
    assert "line AS NOT MATERIALIZED" in statements(by_unit)[0]
    assert "line AS MATERIALIZED" in statements([*by_order, *by_unit])[0]


def test_a_hundred_leaves_more_read_the_lines_no_more_often():
    more = [replace(leaf, cap=cap) for cap in range(3, 103) for leaf in [Tickets(cap=1)]]
    assert len(statements(more)) == 1
    assert len(statements([*EVERYTHING.leaves, *more])) == 2
