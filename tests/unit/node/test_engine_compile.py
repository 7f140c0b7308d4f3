"""No value from a plan, a code list or a row is ever written into the text of a query."""

import re
from datetime import date, datetime

import pytest
from tests.support.line_strategies import EVERYTHING

from foyer_node.engine.compile import compile_leaf
from foyer_protocol.catalogue.schema import Period

YEAR = Period(starts=date(2026, 1, 1), ends=date(2027, 1, 1))
QUARTER = Period(starts=date(2031, 4, 1), ends=date(2031, 7, 1))

each_leaf = pytest.mark.parametrize(
    "leaf", EVERYTHING.leaves, ids=[type(leaf).__name__ for leaf in EVERYTHING.leaves]
)


@each_leaf
def test_the_text_of_a_query_holds_no_literal_but_its_own_few_constants(leaf):
    sql = compile_leaf(leaf, YEAR).sql
    assert "'" not in sql
    assert '"' not in sql.replace('"order"', "")
    assert set(re.findall(r"\d+(?:\.\d+)?", sql)) <= {"0", "1", "2", "0.5"}


@each_leaf
def test_another_period_changes_the_parameters_only(leaf):
    assert compile_leaf(leaf, YEAR).sql == compile_leaf(leaf, QUARTER).sql
    assert compile_leaf(leaf, YEAR).parameters != compile_leaf(leaf, QUARTER).parameters


@each_leaf
def test_every_question_mark_has_its_parameter(leaf):
    query = compile_leaf(leaf, YEAR)
    assert query.sql.count("?") == len(query.parameters)


@each_leaf
def test_a_query_reads_one_relation_and_writes_none(leaf):
    sql = compile_leaf(leaf, YEAR).sql
    sources = set(re.findall(r"(?:FROM|JOIN)\s+(\w+)", sql))
    own = set(re.findall(r"(\w+) AS \(", sql))
    assert sources - own == {"eligible_line"}
    assert not re.search(r"\b(INSERT|UPDATE|DELETE|COPY|ATTACH|CREATE|PRAGMA|SET)\b", sql)


@each_leaf
def test_days_are_bound_as_midnights_without_a_zone(leaf):
    moments = [p for p in compile_leaf(leaf, YEAR).parameters if isinstance(p, datetime)]
    assert moments
    assert all(m.tzinfo is None and m.time() == m.time().min for m in moments)
